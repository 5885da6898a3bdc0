"""Several processes that read, of which any may die."""

import asyncio
import json
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.calls.budget import Budget
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.journal import Journal
from pipeline.errors import (
    DocumentError,
    GivenUpError,
    Halted,
    ReaderError,
    StoreError,
    TransportError,
)
from pipeline.isolation.limits import Limits
from pipeline.isolation.process import start_process
from pipeline.runs import workers
from pipeline.runs.reader_choice import Choice
from pipeline.runs.workers import Channel, Workers
from pipeline.settings import LlmSettings, Settings
from schemas.document import Document
from schemas.reading import Reading, ReadingStatus
from tests import hostile
from tests.command import Jornada, Model, held_up, jornada_in
from tests.processes import PATIENCE, until, wait_until
from tests.readings import a_document

T = TypeVar("T")
BASELINE = Choice("baseline", "a test")
LLM = Choice("llm", "a test")


def bulletins(count: int) -> list[Document]:
    return [
        a_document(f"Se otorgaron {100 + number} consultas en la jornada.")
        for number in range(count)
    ]


def working(
    count: int,
    settings: Settings,
    choice: Choice,
    what: Callable[[Workers], Awaitable[T]],
    gateway: LocalGateway | None = None,
) -> T:
    async def run() -> T:
        several = settings.model_copy(update={"workers": count})
        workers = Workers(several, choice, gateway or LocalGateway())
        try:
            return await what(workers)
        finally:
            await workers.aclose()

    try:
        return asyncio.run(run())
    finally:
        assert multiprocessing.active_children() == []


def reading_all(documents: list[Document]) -> Callable[[Workers], Awaitable[list[Reading]]]:
    async def what(workers: Workers) -> list[Reading]:
        return list(await asyncio.gather(*map(workers.read, documents)))

    return what


def figures(readings: list[Reading]) -> list[list[float]]:
    return [[f.value for f in one.report.figures] if one.report else [] for one in readings]


def at(model: Model) -> Settings:
    return Settings(llm=LlmSettings(model="m", base_url=model.base_url))


# First with a model: what the workers are forked from loads what the first ones need.


@pytest.mark.slow
def test_their_calls_pass_one_gateway_and_answers_are_kept(tmp_path: Path, model: Model) -> None:
    journal = Journal(tmp_path / "a.journal")
    gateway = LocalGateway(journal)
    readings = working(2, at(model), LLM, reading_all(bulletins(6)), gateway)
    assert figures(readings) == [[100 + number] for number in range(6)]
    assert sorted(journal.list_unfinished()) == sorted(one.reading_id for one in readings)
    asked = model.asked
    again = working(2, at(model), LLM, reading_all(bulletins(6)), LocalGateway(journal))
    assert model.asked == asked, "all had been answered"
    assert [one.reading_id for one in again] == [one.reading_id for one in readings]
    journal.close()


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_nothing_is_asked_twice(
    tmp_path: Path, model: Model
) -> None:
    journal = Journal(tmp_path / "a.journal")
    gateway = LocalGateway(journal, budget=Budget(None))
    model.free = 4

    async def what(workers: Workers) -> list[Reading]:
        tasks = [asyncio.create_task(workers.read(one)) for one in bulletins(10)]
        await asyncio.to_thread(model.stuck.wait, PATIENCE)
        await until(lambda: len(journal.list_unfinished()) == 4)
        for child in multiprocessing.active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
        model.let_go.set()
        return list(await asyncio.gather(*tasks))

    readings = working(2, at(model), LLM, what, gateway)
    assert figures(readings) == [[100 + number] for number in range(10)]
    # The four that were answered are not asked about again; the others were in flight, or were not.
    assert model.asked <= 4 + 2 * 6
    assert gateway.budget.reserved == 0
    assert len(journal.list_unfinished()) == 10
    journal.close()


def test_what_goes_wrong_arrives_as_what_it_is() -> None:
    faults = [
        Halted("enough"),
        DocumentError("no text"),
        TransportError("no answer", "gone", retry_after=2.0),
        StoreError("the disk is full"),
        KeyError("x"),
    ]

    async def answer(_: str, number: int) -> None:
        raise faults[number]

    async def run() -> list[Exception]:
        ends = socket.socketpair()
        ours, theirs = [Channel(*await asyncio.open_connection(sock=end)) for end in ends]
        serving = [asyncio.create_task(line.serve(answer)) for line in (ours, theirs)]
        asked = (ours.ask("read", number) for number in range(len(faults)))
        told = await asyncio.gather(*asked, return_exceptions=True)
        serving[0].cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        return told

    *known, unknown = asyncio.run(run())
    assert [(type(one), str(one)) for one in known] == [
        (type(one), str(one)) for one in faults[:-1]
    ]
    assert (known[2].cause, known[2].retry_after) == ("gone", 2.0)
    assert (type(unknown), str(unknown)) == (ReaderError, "unexpected KeyError: 'x'")


@pytest.mark.slow
def test_workers_leave_it_to_their_parent_when_to_stop(model: Model) -> None:
    """A terminal tells all of its processes of Ctrl-C, and of its end."""
    model.free = 0

    async def what(workers: Workers) -> Reading:
        reading = asyncio.create_task(workers.read(bulletins(1)[0]))
        await until(lambda: model.asked)
        (child,) = multiprocessing.active_children()
        for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(child.pid or 0, told)
        model.let_go.set()
        return await reading

    assert working(1, at(model), LLM, what).status is ReadingStatus.OK
    assert model.asked == 1


@pytest.mark.slow
def test_a_document_of_which_workers_die_fails_and_the_others_are_read(
    tmp_path: Path, model: Model
) -> None:
    async def what(workers: Workers) -> list[object]:
        first, second, *others = bulletins(4)
        await workers.read(second)
        model.free = model.asked
        doomed = asyncio.create_task(workers.read(first))
        asked = model.asked
        for deaths in (1, 2, 3):
            await until(lambda so_many=asked + deaths: model.asked >= so_many)
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)
        failed = (await asyncio.gather(doomed, return_exceptions=True))[0]
        model.let_go.set()
        return [failed, *await asyncio.gather(*map(workers.read, others))]

    assert tmp_path.exists()
    failed, *others = working(1, at(model), LLM, what)
    assert isinstance(failed, ReaderError)
    assert "3 processes died" in str(failed)
    assert all(isinstance(one, Reading) and one.status is ReadingStatus.OK for one in others)


@pytest.mark.slow
def test_workers_are_told_when_no_call_goes_out_any_more(model: Model) -> None:
    gateway = LocalGateway()
    gateway.halt(Halted("the run is being stopped"))

    async def what(workers: Workers) -> None:
        with pytest.raises(Halted, match="is being stopped"):
            await workers.read(bulletins(1)[0])

    working(1, at(model), LLM, what, gateway)
    assert model.asked == 0


@pytest.mark.slow
def test_several_processes_read_as_one_does() -> None:
    readings = working(2, Settings(), BASELINE, reading_all(bulletins(20)))
    assert figures(readings) == [[100 + number] for number in range(20)]


@pytest.mark.slow
@pytest.mark.usefixtures("bulletins_of_baseline")
def test_a_run_with_workers_stores_the_rows_of_one_without(jornada: Jornada, here: Jornada) -> None:
    asked = ("extract", "bulletins", "--reader", "baseline", "--json")
    one = json.loads(here(*asked, "--db", "one.duckdb").stdout)
    two = json.loads(jornada(*asked, "--db", "two.duckdb", "--workers", "2").stdout)
    assert (one["read"], one["figures"]) == (two["read"], two["figures"]) == (12, 12)
    for sql in (
        "SELECT * EXCLUDE (reading_id) FROM figures ORDER BY ALL",
        "SELECT document_id, reader, schema_hash, status, report FROM readings ORDER BY ALL",
    ):
        rows = [here("query", sql, "--json", "--db", f"{db}.duckdb") for db in ("one", "two")]
        assert rows[0].stdout == rows[1].stdout


@pytest.fixture
def bulletins_of_baseline(tmp_path: Path) -> None:
    folder = tmp_path / "bulletins"
    folder.mkdir()
    for document in bulletins(12):
        (folder / f"{document.text[13:16]}.txt").write_text(document.text, "utf-8")


@pytest.mark.slow
def test_workers_end_when_their_parent_is_killed(tmp_path: Path, model: Model) -> None:
    for document in bulletins(12):
        (tmp_path / f"{document.text[13:16]}.txt").write_text(document.text, "utf-8")
    asked = ("extract", *sorted(map(str, tmp_path.glob("*.txt"))), "--workers", "2")
    with held_up(tmp_path, model, *asked, free=0) as process:
        workers = descendants(process.pid)
        assert len(workers) >= 3, "two workers, and what forks them"
        process.kill()
    wait_until(lambda: not any(map(alive, workers)), "the end of the workers")


def descendants(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip(f"{sys.platform} does not list the children of a process there")
    children = [int(child) for child in listed.read_text("ascii").split()]
    return [*children, *(one for child in children for one in descendants(child))]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


HEAVY = "Se realizaron 5 cirugías y 9 consultas en Puebla.\n\n" * 19_000
"""Takes the baseline many seconds, and some hundred megabytes."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(seconds=6), "took longer than 6 s"),
        (Limits(PATIENCE, megabytes=60), "needed more than 60 MB of memory"),
    ],
)
def test_a_document_that_passes_the_limits_is_given_up_and_costs_no_other(
    limits: Limits, told: str
) -> None:
    async def what(workers: Workers) -> list[Reading | BaseException]:
        documents = [*bulletins(3), a_document(HEAVY), *bulletins(6)[3:]]
        reading = asyncio.gather(*map(workers.read, documents), return_exceptions=True)
        if limits.seconds < PATIENCE:
            heavy = a_document(HEAVY).id
            await until(lambda: any(one.name == heavy for one in workers.find_in_hand()))
        return await reading

    read = working(1, Settings(limits=limits), BASELINE, what)
    heavy = read.pop(3)
    assert isinstance(heavy, GivenUpError)
    assert str(heavy) == told
    assert figures([one for one in read if isinstance(one, Reading)]) == [
        [100 + number] for number in range(6)
    ]


@pytest.mark.slow
def test_what_was_given_up_is_read_again_by_retry_alone(tmp_path: Path) -> None:
    jornada = jornada_in(tmp_path)
    (tmp_path / "jornada.toml").write_text("document_seconds = 6\n", "utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "heavy.txt").write_text(HEAVY, "utf-8")
    (tmp_path / "in" / "light.txt").write_text("Se dieron 5 consultas en la jornada.", "utf-8")
    (tmp_path / "in" / "self.pdf").write_bytes(hostile.pdf_that_draws_itself())
    first = jornada("extract", "in")
    assert first.returncode == 1
    assert "heavy.txt: took longer than 6 s\n" in first.stderr
    assert "self.pdf: " in first.stderr
    again = json.loads(jornada("extract", "in", "--json").stdout)
    assert (again["unchanged"], again["failed"], again["failed_before"]) == (1, 2, 1)
    assert all("`jornada retry" in each["error"] for each in again["failures"])
    retried = jornada("retry")
    assert retried.returncode == 1
    assert "heavy.txt: took longer than 6 s\n" in retried.stderr
    assert "Opening a file again that was given up." in retried.stderr
    (tmp_path / "in" / "self.pdf").write_text("Se dieron 6 consultas en la jornada.", "utf-8")
    changed = json.loads(jornada("extract", "in", "--json").stdout)
    assert any(each["error"].startswith("broken file") for each in changed["failures"])


def megabytes_of(pid: int) -> int:
    """Tell what a process has to fill, as it would itself."""
    statm = Path(f"/proc/{pid}/statm")
    if not statm.exists():
        pytest.skip(f"{sys.platform} does not tell the memory of a process there")
    return int(statm.read_text("ascii").split()[5]) * os.sysconf("SC_PAGESIZE") // 2**20


@pytest.mark.slow
def test_a_worker_that_has_grown_leaves_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    large = a_document("Se realizaron 5 cirugías y 9 consultas en Puebla.\n\n" * 3_000)
    started: list[BaseProcess] = []

    def start_noted(target: Callable[..., None], arguments: Sequence[object]) -> BaseProcess:
        started.append(start_process(target, arguments))
        return started[-1]

    monkeypatch.setattr(workers, "start_process", start_noted)

    async def measure(several: Workers) -> int:
        await several.read(bulletins(1)[0])
        return megabytes_of(started.pop().pid or 0)

    async def what(several: Workers) -> list[Reading]:
        readings = [await several.read(one) for one in bulletins(3)]
        readings += await asyncio.gather(*map(several.read, [*bulletins(5)[3:], large]))
        assert len(started) == 1, (
            "it leaves once it has no more in hand, and not before it has grown"
        )
        return readings + await asyncio.gather(*map(several.read, bulletins(6)[3:]))

    # It leaves at half of the limit: more than it has after some bulletins, which depends on what
    # it was forked from, and less than after the large one.
    most = working(1, Settings(), BASELINE, measure) + 12
    readings = working(1, Settings(limits=Limits(PATIENCE, 2 * most)), BASELINE, what)
    assert len(readings) == 9
    assert all(one.status is not ReadingStatus.FAILED for one in readings)
    assert len(started) == 2
