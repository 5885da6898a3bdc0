"""Runs that break off with answers in hand: what was paid for is not asked again."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import runs
from pipeline.calls.budget import Budget
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.journal import Journal, KeptAnswer, Question
from pipeline.calls.prices import OwnPrice, Prices
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.documents import LoadedSource
from pipeline.errors import Halted
from pipeline.forms import prompts
from pipeline.llm import conversation
from pipeline.llm.reader import LlmReader
from pipeline.runs import RunOptions, SetUp, Summary, Watch
from pipeline.settings import LlmSettings
from pipeline.store import Store
from pipeline.store.fetch import fetch_readings
from schemas.document import Source
from schemas.reading import Reading
from tests.llm_server import NEVER, LlmServer, answer, serve
from tests.pipeline.calls.test_gateway import Clock
from tests.processes import until
from tests.readings import a_document

PROMPT = prompts.load_prompt("quoted-v1")
PRICED = Prices(own={"m": OwnPrice(input=0, output=10_000)})  # dollars for a million tokens
SETTINGS = LlmSettings(model="m", max_output_tokens=100, prices=PRICED)
A_CALL_AT_MOST, AN_ANSWER = 1.0, 0.5  # dollars: 100 tokens of output, and 50
DOCUMENT = a_document("Se otorgaron 100 consultas en la jornada.")
SPENT_TWICE = "no question that was answered is asked again"


class Struck(BaseException):
    """What nothing catches, as the end of a process.

    A `KeyboardInterrupt` would break the event loop off and leave the task that raised it behind,
    of which asyncio complains when pytest is at its end, as if that had been struck.
    """


def bulletins(count: int) -> list[LoadedSource]:
    documents = (
        a_document(f"Se otorgaron {100 + number} consultas en la jornada.")
        for number in range(count)
    )
    return [LoadedSource(Source(path=f"{one.text[13:16]}.txt"), one, None) for one in documents]


def said(value: int) -> str:
    figure = {
        "quote": f"{value} consultas",
        "value": value,
        "unit": "count",
        "service": "consultation",
        "detail": None,
        "status": "performed",
        "period": "jornada",
        "edition": None,
        "place": "national",
        "approximate": False,
    }
    nothing = dict.fromkeys(("title", "published_on", "programme"))
    empty: dict[str, list[str]] = {
        name: [] for name in ("jornadas", "set_aside", "specialties", "places")
    }
    return json.dumps({**nothing, **empty, "bulletin_kind": "results", "figures": [figure]})


RIGHT, INVENTED = said(100), said(7000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.duckdb.journal"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a.duckdb")


def read_once(server: LlmServer, path: Path, *, cancel_at: int | None = None) -> Reading:
    """Read DOCUMENT as a process of its own would, which is stopped when so many were asked."""

    async def run() -> Reading:
        reader = LlmReader(settings_for(server), PROMPT, LocalGateway(journal))
        try:
            task = asyncio.create_task(reader.read(DOCUMENT))
            await until(lambda: task.done() or len(server.requests) == cancel_at)
            if cancel_at is not None:
                task.cancel()
            return await task
        finally:
            await reader.aclose()

    journal = Journal(path)
    try:
        return asyncio.run(run())
    finally:
        journal.close()


def settings_for(server: LlmServer) -> LlmSettings:
    return SETTINGS.model_copy(update={"base_url": server.base_url})


def go(
    server: LlmServer,
    store: Store,
    path: Path,
    loaded: Sequence[LoadedSource],
    gateway: LocalGateway | None = None,
    *,
    anew: bool = False,
    concurrency: int = 1,
) -> Summary:
    """Run over these documents as a process of its own would."""

    async def run() -> Summary:
        at = gateway or LocalGateway()
        at.journal = journal
        reader = LlmReader(settings_for(server), PROMPT, at)
        run_options = RunOptions(concurrency, anew=anew)
        try:
            return await runs.run(loaded, reader, store, run_options, Watch(), SetUp(at))
        finally:
            await reader.aclose()

    journal = Journal(path)
    try:
        return asyncio.run(run())
    finally:
        journal.close()


def kept(path: Path) -> tuple[str, ...]:
    journal = Journal(path)
    try:
        return journal.list_unfinished()
    finally:
        journal.close()


def test_an_answer_is_on_disk_before_it_is_judged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*_: object, **__: object) -> None:
        raise Struck

    with serve(answer(RIGHT)) as server:
        with monkeypatch.context() as change:
            change.setattr(conversation, "judge_answer", struck)
            with pytest.raises(Struck):
                read_once(server, path)
        (begun,) = kept(path)
        reading = read_once(server, path)
    assert len(server.requests) == 1, SPENT_TWICE
    assert reading.reading_id == begun
    assert (reading.status, reading.cost_usd) == ("ok", AN_ANSWER)
    assert [(one.number, one.outcome, one.raw_answer) for one in reading.attempts] == [
        (1, "ok", RIGHT)
    ]


def test_a_conversation_that_was_broken_off_goes_on_where_it_was(path: Path) -> None:
    never = replace(answer(RIGHT), delay=NEVER)
    with serve(answer(INVENTED), never, answer(RIGHT)) as server:
        with pytest.raises(asyncio.CancelledError):
            read_once(server, path, cancel_at=2)
        reading = read_once(server, path)
        with_the_answer = server.requests[2]["messages"]
    assert len(server.requests) == 3
    assert with_the_answer == server.requests[1]["messages"] != server.requests[0]["messages"]
    assert [(one.number, one.outcome) for one in reading.attempts] == [(1, "invalid"), (2, "ok")]
    assert (reading.status, reading.cost_usd) == ("ok", 2 * AN_ANSWER)

    with serve(answer(INVENTED), answer(RIGHT)) as server:
        undisturbed = read_once(server, path.with_name("other"))
    ignored = {"reading_id", "seconds", "attempts", "key"}  # it stands at another address
    assert reading.model_dump(exclude=ignored) == undisturbed.model_dump(exclude=ignored)
    assert [one.errors for one in reading.attempts] == [one.errors for one in undisturbed.attempts]


def test_kept_answers_to_other_questions_are_on_record_as_unused(path: Path) -> None:
    with serve(answer(RIGHT), answer(RIGHT)) as server:
        read_once(server, path)
        journal = Journal(path)
        key = LlmReader(settings_for(server), PROMPT)._key_hash  # noqa: SLF001 - as the gateway has it
        (reading_id, (had,)) = journal.open_reading(DOCUMENT.id, key)
        journal.forget([reading_id])
        journal.keep(
            [
                KeptAnswer(
                    Question(DOCUMENT.id, key, reading_id, 1, "what was asked once"), had.attempt
                )
            ]
        )
        journal.close()
        reading = read_once(server, path)
        again = read_once(server, path)
    assert len(server.requests) == 2
    for one in (reading, again):
        assert [(a.number, a.outcome) for a in one.attempts] == [(1, "ok"), (2, "unused")]
        assert (one.reading_id, one.status) == (reading_id, "ok")
        assert one.cost_usd == 2 * AN_ANSWER, "it was paid for"


def test_answers_are_forgotten_once_they_are_stored(store: Store, path: Path) -> None:
    with serve(answer(said(100)), answer(said(101)), answer(said(102))) as server:
        assert go(server, store, path, bulletins(3)).read == 3
    assert not path.exists()


@pytest.mark.parametrize("anew", [False, True])
def test_a_kill_between_storing_and_forgetting_leads_to_no_double(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, *, anew: bool
) -> None:
    with serve(answer(RIGHT), answer(RIGHT)) as server:
        with monkeypatch.context() as change:
            change.setattr(Journal, "forget", lambda *_: None)
            go(server, store, path, bulletins(1))
        assert len(kept(path)) == 1
        summary = go(server, store, path, bulletins(1), anew=anew)
    assert (summary.read, summary.unchanged) == ((1, 0) if anew else (0, 1))
    assert len(server.requests) == 1 + anew
    ids = store.read("SELECT reading_id FROM readings").rows
    assert len(ids) == len(set(ids)) == 1 + anew
    assert not path.exists()


def test_a_run_ends_where_the_budget_does_and_keeps_what_was_paid(store: Store, path: Path) -> None:
    script = [answer(said(100 + number)) for number in range(6)]
    with serve(*script) as server:
        # Each call may cost a dollar and costs half of one.
        first = go(server, store, path, bulletins(6), LocalGateway(budget=Budget(2.4)))
        assert first.outcome == "budget"
        assert first.reason is not None
        assert first.reason.startswith("the budget of $2.40 is reached: $1.50 spent")
        assert (first.read, first.cost_usd) == (3, 1.5)
        assert store.read("SELECT count(*), sum(cost_usd) FROM readings").rows == [(3, 1.5)]
        assert store.read("SELECT outcome FROM run_ends").rows == [("budget",)]
        second = go(server, store, path, bulletins(6), LocalGateway(budget=Budget(5.0)))
    assert (second.outcome, second.read, second.unchanged) == ("finished", 3, 3)
    assert len(server.requests) == 6


def test_a_budget_that_ends_in_mid_conversation_keeps_its_answer(store: Store, path: Path) -> None:
    with serve(answer(INVENTED), answer(RIGHT)) as server:
        first = go(server, store, path, bulletins(1), LocalGateway(budget=Budget(1.4)))
        assert (first.outcome, first.read, first.failed, first.left) == ("budget", 0, 0, 1)
        assert len(kept(path)) == 1
        second = go(server, store, path, bulletins(1), LocalGateway(budget=Budget(1.4)))
    assert (second.outcome, second.read) == ("finished", 1)
    assert len(server.requests) == 2, SPENT_TWICE
    assert not path.exists()


def test_no_more_calls_go_out_at_once_than_the_budget_has_money_for(
    store: Store, path: Path
) -> None:
    script = [replace(answer(said(100 + number)), delay=0.2) for number in range(4)]
    budget = Budget(2.5)
    with serve(*script) as server:
        go(server, store, path, bulletins(20), LocalGateway(budget=budget), concurrency=20)
    # Two at once, then one more where their change allows it.
    assert len(server.requests) <= 4
    assert budget.spent + budget.doubtful <= 2.5


def test_the_rate_that_is_allowed_is_held_however_many_read_at_once(
    store: Store, path: Path
) -> None:
    clock = Clock()
    gateway = LocalGateway(rate_limiter=RateLimiter(240, clock=clock), wait=clock.wait)
    with serve(*[answer(said(100))] * 60) as server:
        go(server, store, path, bulletins(7), gateway, concurrency=7)
    # Four a second and as many at once.
    assert len(server.requests) >= 12, "all but one are asked again"
    assert clock.now >= (len(server.requests) - 4) / 4 - 0.01


def test_a_reading_comes_out_of_the_store_as_it_went_in(store: Store, path: Path) -> None:
    with serve(answer(INVENTED), answer(RIGHT)) as server:
        go(server, store, path, bulletins(1))
    ((reading_id,),) = store.read("SELECT reading_id FROM readings").rows
    (reading,) = fetch_readings(store, [reading_id])
    assert [one.raw_answer for one in reading.attempts] == [INVENTED, RIGHT]
    assert reading.report is not None
    assert [figure.value for figure in reading.report.figures] == [100]


def test_a_halted_reader_asks_nobody(path: Path) -> None:
    async def run(server: LlmServer) -> None:
        gateway = LocalGateway()
        gateway.halt(Halted("stop"))
        reader = LlmReader(settings_for(server), PROMPT, gateway)
        with pytest.raises(Halted, match="stop"):
            await reader.read(DOCUMENT)
        await reader.aclose()

    assert not path.exists()
    with serve(answer(RIGHT)) as server:
        asyncio.run(run(server))
    assert server.requests == []
