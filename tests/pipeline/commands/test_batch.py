"""`jornada batch submit|status|collect`, against the fault server."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.fault_server import Options, Serving, serving
from pipeline.llm import retry
from pipeline.store import Store
from tests.batch_jobs import hold, texts
from tests.command import Jornada, jornada_here, start

pytestmark = pytest.mark.slow
PRICES = '["faulty"]\ninput = 1.0\noutput = 4.0\nbatch_discount = 0.5\n'


@pytest.fixture
def server() -> Iterator[Serving]:
    with serving(Options(batch_seconds=0.02)) as running:
        yield running


@pytest.fixture
def jornada(tmp_path: Path) -> Jornada:
    (tmp_path / "bulletins").mkdir()
    for number, text in enumerate(texts(3)):
        (tmp_path / "bulletins" / f"{number}.txt").write_text(text)
    (tmp_path / "prices.toml").write_text(PRICES)
    return jornada_here(tmp_path)


def submit(jornada: Jornada, server: Serving, *more: str) -> dict[str, object]:
    asking = ("--model", "faulty", "--base-url", server.base_url, "--prices", "prices.toml")
    done = jornada("batch", "submit", "bulletins", *asking, "--json", *more)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_submit_status_collect(jornada: Jornada, server: Serving, tmp_path: Path) -> None:
    told = submit(jornada, server)
    assert (told["pending"], told["read"]) == (3, 0)
    listed = jornada("batch", "status")
    assert "then `jornada batch collect`" in listed.stdout
    assert "up to $0." in listed.stdout
    assert "1 batches with 3 requests are not done" in listed.stderr

    # Model, server and prompt are on record.
    done = jornada("batch", "collect", "--wait", "--poll", "0.1", "--prices", "prices.toml")
    assert (done.returncode, "have no reading yet" in done.stderr) == (0, False)
    costs = Store(tmp_path / "jornada.duckdb").read(
        "SELECT (SELECT sum(cost_usd) FROM readings), (SELECT sum(cost_usd) FROM batch_results)"
    )
    assert costs.rows[0][0] == pytest.approx(costs.rows[0][1])
    assert costs.rows[0][0] > 0

    (batch,) = json.loads(jornada("batch", "status", "--json").stdout)
    assert (batch["state"], batch["open"], batch["next"]) == ("collected", False, "done")
    assert (batch["requests"], batch["done"], batch["failed"]) == (3, 3, 0)
    assert batch["cost_usd"] == pytest.approx(costs.rows[0][0])
    nothing = jornada("batch", "collect")
    assert (nothing.returncode, nothing.stderr) == (
        0,
        "Nothing is out, and nothing waits to be read.\n",
    )


def test_a_prompt_that_changed_meanwhile_is_named(
    jornada: Jornada, server: Serving, tmp_path: Path
) -> None:
    prompt = Path(__file__).parents[3] / "prompts" / "quoted-v1.md"
    mine = tmp_path / "mine.md"
    mine.write_text(prompt.read_text())
    submit(jornada, server, "--prompt", "mine.md")
    mine.write_text(prompt.read_text() + "\nGracias.\n")
    done = jornada("batch", "collect")
    assert done.returncode == 2
    assert "what was asked has changed since (prompt_hash)" in done.stderr
    mine.unlink()
    assert "cannot read the prompt mine.md" in jornada("batch", "collect").stderr
    mine.write_text(prompt.read_text())
    assert jornada("batch", "collect", "--wait", "--poll", "0.1").returncode == 0


def test_there_is_nothing_to_show_or_collect_where_nothing_was_submitted(
    jornada: Jornada,
) -> None:
    assert jornada("batch", "status").returncode == 2
    assert jornada("extract", "bulletins").returncode == 0
    done = jornada("batch", "status")
    assert (done.returncode, done.stdout) == (0, "")
    assert "`jornada batch submit` makes some" in done.stderr
    assert "Nothing is out" in jornada("batch", "collect").stderr


def test_batches_need_a_model(jornada: Jornada) -> None:
    done = jornada("batch", "submit", "bulletins")
    assert done.returncode == 2
    assert "batches are for models: name one with --model" in done.stderr


def test_a_budget_needs_a_price(jornada: Jornada, server: Serving) -> None:
    asking = ("--model", "faulty", "--base-url", server.base_url)
    done = jornada("batch", "submit", "bulletins", *asking, "--budget", "1")
    assert (done.returncode, "a budget needs a price" in done.stderr) == (2, True)


def test_a_server_that_is_gone_is_one_line_and_an_exit_status(
    jornada: Jornada, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)
    asking = ("--model", "m", "--base-url", "http://127.0.0.1:9/v1")
    done = jornada("batch", "submit", "bulletins", *asking)
    assert done.returncode == 2
    assert "Stopped: no answer from http://127.0.0.1:9/v1" in done.stderr
    assert "3 documents have no reading yet" in done.stderr
    listed = jornada("batch", "status")
    assert "`jornada batch collect` submits it" in listed.stdout


def test_a_person_says_what_the_providers_console_shows(jornada: Jornada) -> None:
    with serving(
        Options(batch_seconds=0.02, batch_trouble=("lost",), batch_manners=("unlisted",))
    ) as server:
        asking = ("--model", "faulty", "--base-url", server.base_url)
        done = jornada("batch", "submit", "bulletins", *asking)
        assert done.returncode == 2
        (batch,) = json.loads(jornada("batch", "status", "--json").stdout)
        name = batch["batch"][:8]
        assert f"`jornada batch confirm {name} ID`" in done.stderr
        assert (batch["state"], batch["open"]) == ("unconfirmed", True)
        for wrong in ((), ("batch_1", "--absent")):
            neither = jornada("batch", "confirm", name, *wrong)
            assert (neither.returncode, "or --absent" in neither.stderr) == (2, True)
        (made_as,) = server.log()["batches"]
        assert jornada("batch", "confirm", name, made_as).returncode == 0
        done = jornada("batch", "collect", "--wait", "--poll", "0.1")
        assert (done.returncode, server.log()["batched"]) == (0, 3)
    assert "is not in doubt" in jornada("batch", "confirm", name, "--absent").stderr


def test_extract_with_batch_does_all_three(jornada: Jornada, server: Serving) -> None:
    asking = ("--model", "faulty", "--base-url", server.base_url, "--batch", "--poll", "0.1")
    done = jornada("extract", "bulletins", *asking, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert server.log()["batched"] == 3
    assert "submitted as batch_" in done.stderr
    assert 3 in (told.get("read"), *(step.get("read") for step in told.get("steps", [])))


def test_reading_online_what_is_out_in_batches_is_warned_of(
    jornada: Jornada, server: Serving
) -> None:
    submit(jornada, server)
    asking = ("--model", "faulty", "--base-url", server.base_url)
    done = jornada("extract", "bulletins", *asking)
    assert done.returncode == 0, done.stderr
    assert "3 documents have been asked about in batches and are not read yet" in done.stderr
    assert "asked about in batches" not in jornada("extract", "bulletins", *asking).stderr


def test_batches_are_read_in_one_process(jornada: Jornada) -> None:
    asking = ("--model", "faulty", "--base-url", "http://127.0.0.1:9/v1")
    done = jornada("extract", "bulletins", "--batch", "--workers", "2", *asking)
    assert (done.returncode, "leave out --workers" in done.stderr) == (2, True)


def test_ctrl_c_ends_the_waiting_and_leaves_what_is_out(jornada: Jornada, tmp_path: Path) -> None:
    with serving() as slow:
        hold(slow)
        submit(jornada, slow)
        with start(tmp_path, "batch", "collect", "--wait", "--poll", "0.2") as waiting:
            assert waiting.stderr is not None
            assert "in_progress" in waiting.stderr.readline()
            waiting.send_signal(signal.SIGINT)
            told = waiting.stderr.read()
        assert waiting.returncode == 130
        assert "Stopped." in told
        assert "3 documents have no reading yet" in told
        (batch,) = json.loads(jornada("batch", "status", "--json").stdout)
        assert (batch["state"], batch["open"]) == ("in_progress", True)
