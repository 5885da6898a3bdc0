"""`jornada retry`, through the real command."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from pipeline.runs.lock import lock_database
from pipeline.store import Store
from tests.command import Jornada, Model, Ran, contradictory, held_up, lay_out, right_answer, sound
from tests.llm_server import LlmServer, answer, failure, serve

pytestmark = pytest.mark.slow

NADA = [answer("nada")] * 3
"""What makes a reading fail with an answer: all three that it may have."""


def asking(server: LlmServer | Model, model: str = "cheap") -> dict[str, str]:
    return {"JORNADA_MODEL": model, "OPENAI_BASE_URL": server.base_url}


def told(ran: Ran) -> Any:  # noqa: ANN401 - what JSON holds
    return json.loads(ran.stdout)


@pytest.fixture
def failed(tmp_path: Path, here: Jornada) -> Path:
    """Give a folder of three bulletins, of which the model has failed on the first two."""
    lay_out(tmp_path / "bulletins", *(sound(number) for number in range(3)))
    with serve(*NADA, *NADA, answer(right_answer(sound(2)))) as server:
        ran = here("extract", "bulletins", "--concurrency", "1", **asking(server))
    assert ran.returncode == 1, ran.stderr
    return tmp_path


def test_failed_documents_are_asked_about_again_without_their_files(
    failed: Path, here: Jornada
) -> None:
    for path in (failed / "bulletins").iterdir():
        path.unlink()
    with serve(*(answer(right_answer(sound(number))) for number in range(2))) as server:
        ran = here("retry", "--concurrency", "1", **asking(server))
        assert len(server.requests) == 2
    assert ran.returncode == 0, ran.stderr
    assert "Asking cheap again about 2 of 3 documents: 2 failed." in ran.stderr
    assert here("query", "SELECT value FROM current_figures ORDER BY 1", "--csv").stdout == (
        "value\n100\n101\n102\n"
    )
    sources = here("query", "SELECT path FROM sources ORDER BY 1", "--csv").stdout
    paths = [str(failed / "bulletins" / f"0{number}.txt") for number in range(3)]
    assert sources.split() == ["path", *paths], "nobody looked at a file"


def test_what_fails_again_is_status_1_and_told_with_what_may_help(
    failed: Path, here: Jornada
) -> None:
    with serve(answer(right_answer(sound(0))), *NADA) as server:
        ran = here("retry", "--failed", "--concurrency", "1", **asking(server))
    assert ran.returncode == 1
    assert f"failed: {failed / 'bulletins' / '01.txt'}" in ran.stderr
    assert "1 of 2 are well now; still so: 1 failed." in ran.stderr
    assert "--escalate-to MODEL" in ran.stderr


@pytest.mark.usefixtures("extracted")
@pytest.mark.parametrize("arguments", [[], ["--partial"], ["--findings", "--json"]])
def test_nothing_to_ask_about_is_one_line_and_status_0(
    here: Jornada, model: Model, arguments: list[str]
) -> None:
    ran = here("retry", *arguments, **asking(model))
    assert ran.returncode == 0
    assert "Nothing to ask again about: no document left is" in ran.stderr
    assert model.asked == 0


@pytest.mark.usefixtures("failed")
def test_a_dear_model_gets_what_the_first_could_not_read_and_then_nobody_is_asked(
    here: Jornada,
) -> None:
    script = [answer(right_answer(sound(0))), *NADA, answer(right_answer(sound(1)))]
    arguments = ("retry", "--escalate-to", "dear", "--concurrency", "1", "--json")
    with serve(*script) as server:
        ran = here(*arguments, **asking(server))
        assert [each["model"] for each in server.requests] == ["cheap"] * 4 + ["dear"]
        facts = told(ran)
        assert ran.returncode == 0
        assert facts["documents"] == 2
        assert facts["still"] == {"failed": 0, "partial": 0, "findings": 0}
        assert [(step["model"], step["read"]) for step in facts["steps"]] == [
            ("cheap", 1), ("dear", 1),
        ]  # fmt: skip
        again = here(*arguments, **asking(server))
        assert (again.returncode, told(again)["documents"]) == (0, 0)
        assert len(server.requests) == 5


@pytest.mark.usefixtures("failed")
def test_calls_that_bring_no_answer_leave_the_documents_failed(here: Jornada) -> None:
    with serve(*[failure(404, "no such model")] * 2) as server:
        ran = here("retry", "--concurrency", "1", "--json", **asking(server))
    assert ran.returncode == 1
    assert told(ran)["still"]["failed"] == 2


@pytest.mark.usefixtures("failed")
def test_another_run_on_the_database_is_told_in_one_line(failed: Path, here: Jornada) -> None:
    with lock_database(failed / "jornada.duckdb"):
        ran = here("retry", OPENAI_BASE_URL="http://127.0.0.1:9/v1", JORNADA_MODEL="m")
    assert ran.returncode == 2
    assert "another run is working on it" in ran.stderr


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path, here: Jornada) -> None:
    ran = here("retry")
    assert ran.returncode == 2
    assert "no such database" in ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("failed")
def test_escalating_without_a_server_is_refused_before_anything_is_asked(here: Jornada) -> None:
    ran = here("retry", "--escalate-to", "dear")
    assert ran.returncode == 2
    assert "needs a server" in ran.stderr


def test_a_killed_escalation_asks_only_about_the_rest(
    tmp_path: Path, here: Jornada, model: Model
) -> None:
    lay_out(tmp_path / "bulletins", *(contradictory(number) for number in range(8)), sound(8))
    assert here("extract", "bulletins", "--reader", "baseline").returncode == 0
    arguments = ["retry", "--findings", "--reader", "baseline", "--escalate-to", "scripted"]
    with held_up(tmp_path, model, *arguments, "--concurrency", "2", free=3) as process:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL
    asked = model.asked
    assert asked == 5, "three answers and two calls that wait"

    model.let_go.set()
    again = here(*arguments, "--json", OPENAI_BASE_URL=model.base_url)
    assert again.returncode == 0, again.stderr
    assert model.asked - asked == 5, "the three answers are kept, the sound one is none of its"
    store = Store(tmp_path / "jornada.duckdb")
    assert store.read(
        "SELECT count(DISTINCT document_id), count(*) FROM readings WHERE model = 'scripted'"
    ).rows == [(8, 8)]
    here(*arguments, OPENAI_BASE_URL=model.base_url)
    assert model.asked - asked == 5
