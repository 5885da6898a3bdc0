"""The cheap reader first, the dear one only where that was not enough: real store, real server."""

import asyncio
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.calls.prices import OwnPrice, Prices
from pipeline.errors import StoreError, UsageError
from pipeline.runs import Watch, cascade, workers
from pipeline.runs.reader_choice import choose
from pipeline.runs.selection import Flaw
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from tests.command import (
    LETTERS,
    ReadHere,
    contradictory,
    jornada_here,
    lay_out,
    right_answer,
    sound,
)
from tests.llm_server import LlmServer, Reply, answer, failure, serve

pytestmark = pytest.mark.slow

FLAWED = [1, 3, 4]
BULLETINS = [contradictory(n) if n in FLAWED else sound(n) for n in range(6)]
SERVER_ERROR = failure(404, "no such model")


def settings(folder: Path, server: LlmServer | None = None) -> Settings:
    url = server.base_url if server else "http://127.0.0.1:9/v1"
    return Settings(
        db=folder / "jornada.duckdb",
        concurrency=1,
        llm=LlmSettings(model="cheap", base_url=url),
    )


@pytest.fixture(scope="module")
def _read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cascade")
    lay_out(folder / "bulletins", *BULLETINS)
    ran = jornada_here(folder)("extract", "bulletins", "--reader", "baseline")
    assert ran.returncode == 0, ran.stderr
    shutil.copyfile(folder / "jornada.duckdb", folder / "as-read")
    return folder


@pytest.fixture
def folder_read_by_rules(_read_once: Path) -> Path:
    """Give a folder whose six bulletins the baseline has read, three of them with a warning.

    It is the same for all tests, as its database has the paths of its files; both are as they were.
    """
    lay_out(_read_once / "bulletins", *BULLETINS)
    shutil.copyfile(_read_once / "as-read", _read_once / "jornada.duckdb")
    return _read_once


@pytest.fixture
def read_by_rules(folder_read_by_rules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the same folder, whose bulletins are read without a process for it."""
    monkeypatch.setattr(workers, "Workers", ReadHere)
    return folder_read_by_rules


def right(*numbers: int) -> list[Reply]:
    return [answer(right_answer(contradictory(number))) for number in numbers]


def half(*numbers: int) -> list[Reply]:
    """Leave a figure out of each answer, also when asked again, and twice."""
    return [answer(right_answer(contradictory(n), only=1)) for n in numbers for _ in range(3)]


def escalated(
    folder: Path, server: LlmServer, among: Sequence[str] | None = None
) -> tuple[cascade.RetryResult | None, list[str]]:
    said: list[str] = []
    dear = cascade.better_step(settings(folder, server), "dear")
    store = cascade.open_store(dear.settings)
    watch = Watch(say=said.append)
    return asyncio.run(cascade.escalate(dear, store, watch, among=among)), said


def asked_about(server: LlmServer) -> list[int]:
    """Tell which bulletins the requests were about, by their letters."""
    said = [server.said(request) for request in range(len(server.requests))]
    letters = [re.search(r"Boletín ([A-F])\b", words) for words in said]
    return [LETTERS.index(letter[1]) for letter in letters if letter]


def test_only_documents_with_findings_go_to_the_dear_model(folder_read_by_rules: Path) -> None:
    with serve(*right(*FLAWED)) as server:
        asked, said = escalated(folder_read_by_rules, server)
        assert asked_about(server) == FLAWED
        assert {request["model"] for request in server.requests} == {"dear"}
    assert said == ["Asking dear again about 3 of 6 documents: 3 with findings."]
    assert asked is not None
    assert (asked.summary.documents, asked.summary.outcome) == (3, "finished")


def test_what_the_dear_model_has_read_is_never_asked_about_again(read_by_rules: Path) -> None:
    with serve(*half(*FLAWED)) as server:
        first, _ = escalated(read_by_rules, server)
        assert first is not None
        assert first.summary.partial == 3
        asked, said = escalated(read_by_rules, server)
        assert asked is None
        assert len(server.requests) == 9
    assert said == ["3 are left out: dear was asked about them before."]


def test_a_call_that_brought_no_answer_is_made_again(read_by_rules: Path) -> None:
    with serve(SERVER_ERROR, SERVER_ERROR, SERVER_ERROR) as server:
        asked, _ = escalated(read_by_rules, server)
        assert asked is not None
        assert asked.summary.failed == 3
    with serve(*right(*FLAWED)) as server:
        asked, _ = escalated(read_by_rules, server)
        assert asked_about(server) == FLAWED
    assert asked is not None


def test_of_the_documents_given_only_those_are_asked_about(read_by_rules: Path) -> None:
    store = Store(read_by_rules / "jornada.duckdb")
    ((one,), *_) = store.read("SELECT DISTINCT document_id FROM current_findings ORDER BY 1").rows
    (sound_one,) = store.read(
        "SELECT document_id FROM documents ANTI JOIN current_findings USING (document_id)"
    ).rows[0]
    with serve(SERVER_ERROR) as server:
        asked, said = escalated(read_by_rules, server, [one, sound_one])
        assert len(server.requests) == 1
    assert asked is not None
    assert list(asked.chosen.flaws) == [one]
    assert said == ["Asking dear again about 1 of 2 documents: 1 with findings."]


def test_documents_come_from_the_store_named_by_the_file_and_none_that_no_file_holds(
    read_by_rules: Path,
) -> None:
    here = jornada_here(read_by_rules)
    folder = read_by_rules / "bulletins"
    (folder / "03.txt").write_text(
        "Boletín Z\n\nSe otorgaron 7 consultas en la jornada.\n", "utf-8"
    )
    assert here("extract", "bulletins", "--reader", "baseline").returncode == 0
    for path in folder.iterdir():
        path.unlink()
    with serve(SERVER_ERROR, SERVER_ERROR) as server:
        asked, said = escalated(read_by_rules, server)
        assert asked_about(server) == [1, 4]
    assert asked is not None
    names = {failure.source for failure in asked.summary.failures}
    assert names == {str(folder / "01.txt"), str(folder / "04.txt")}
    assert said == ["Asking dear again about 2 of 6 documents: 2 with findings."]


def test_what_was_forgotten_is_not_asked_about(read_by_rules: Path) -> None:
    assert jornada_here(read_by_rules)("forget", "bulletins/03.txt").returncode == 0
    with serve(*right(1, 4)) as server:
        asked, said = escalated(read_by_rules, server)
        assert asked_about(server) == [1, 4]
    assert asked is not None
    assert said == ["Asking dear again about 2 of 5 documents: 2 with findings."]
    store = Store(read_by_rules / "jornada.duckdb")
    ((left,),) = store.read("SELECT count(*) FROM current_sources").rows
    assert left == 5, "asking about stored documents says nothing of files"


def test_a_retry_asks_the_first_reader_once_more_and_then_the_dear_one(
    read_by_rules: Path,
) -> None:
    async def retried(server: LlmServer) -> cascade.RetryResult | None:
        given = settings(read_by_rules, server)
        first = cascade.Step(given, choose(given))
        dear = cascade.better_step(first.settings, "dear")
        store = cascade.open_store(first.settings)
        return await cascade.ask_again(first, store, Watch(), [Flaw.FINDINGS], dear=dear)

    with serve(*half(*FLAWED), *right(*FLAWED)) as server:
        asked = asyncio.run(retried(server))
        assert asked is not None
        assert [each["model"] for each in server.requests] == ["cheap"] * 9
        assert asyncio.run(retried(server)) is None, "the dear one's turn has come"
        assert len(server.requests) == 9
        escalated(read_by_rules, server)
        assert [each["model"] for each in server.requests[9:]] == ["dear"] * 3
        assert escalated(read_by_rules, server) == (None, [])


def test_what_the_first_step_spent_is_out_of_the_budget_of_the_next(tmp_path: Path) -> None:
    plain = settings(tmp_path)
    prices = Prices(own={"dear": OwnPrice(input=1.0, output=2.0)})
    priced = plain.llm.model_copy(update={"prices": prices})
    given = plain.model_copy(update={"budget": 5.0, "llm": priced})
    dear = cascade.better_step(given, "dear")
    assert cascade.reduce_budget(dear, 3.0).settings.budget == 2.0
    assert cascade.reduce_budget(dear, 7.0).settings.budget == 0.0
    unlimited = cascade.better_step(plain, "dear")
    assert cascade.reduce_budget(unlimited, 3.0).settings.budget is None
    with pytest.raises(UsageError, match="needs a price"):
        cascade.better_step(plain.model_copy(update={"budget": 5.0}), "dear")


def test_a_dear_model_that_is_asked_anyway_or_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asked first"):
        cascade.better_step(settings(tmp_path), "cheap")
    nowhere = Settings(reader="baseline")
    with pytest.raises(UsageError, match="needs a server"):
        cascade.better_step(nowhere, "dear")


def test_without_a_database_there_is_nothing_to_ask_about(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such database"):
        cascade.open_store(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []
