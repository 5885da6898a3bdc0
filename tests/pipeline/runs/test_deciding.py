"""Decisions are taken down at once and stored when that can be, none lost and none twice."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from pipeline.decisions.journal import DecisionJournal, decisions_path
from pipeline.errors import StoreError, UsageError
from pipeline.runs.deciding import Decisions
from pipeline.store import Store, new_run
from pipeline.store.rows import now
from schemas.report import BulletinKind, JornadaReport, Status
from tests.decisions import a_decision, a_figure_at, at, decidable
from tests.forks import kill_at_each_step
from tests.readings import KEY, a_document, a_reading, put

DOCUMENT = decidable()
SURGERY = a_figure_at(320, "320 cirugías", service="surgery", detail=None)
READ = a_figure_at(58610, "58 mil 610 consultas")
READING = a_reading(
    DOCUMENT, report=JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=(READ,))
)
ADDED = a_decision("add", DOCUMENT, 1, span=at("320"), figure=SURGERY)
DELETED = a_decision("delete", DOCUMENT, 2, span=at("58 mil 610"))
FACTS = "SELECT value, decided, decided_by, decided_at FROM facts ORDER BY number"
KEPT = "SELECT decision_id FROM decisions ORDER BY decided_at, rowid"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    put(made, new_run(KEY), (DOCUMENT, READING))
    return made


@contextmanager
def held_by_another(db: Path) -> Iterator[None]:
    """Have another process write into the database."""
    fork = multiprocessing.get_context("spawn")
    ready, done = fork.Event(), fork.Event()
    process = fork.Process(target=hold, args=(db, ready, done))
    process.start()
    try:
        assert ready.wait(60)
        yield
    finally:
        done.set()
        process.join(60)


def hold(db: Path, ready: Event, done: Event) -> None:
    with duckdb.connect(db):
        ready.set()
        done.wait(60)


def decide_many(db: Path, who: str) -> None:
    decisions = Decisions(db)
    for number in range(3):
        labels = {"status": ("planned", "performed")[number % 2]}
        figure = a_figure_at(320, "320 cirugías", service="surgery", detail=None, **labels)
        one = a_decision("change", DOCUMENT, number, who=who, span=at("320"), figure=figure)
        while True:
            with suppress(StoreError):  # the other one writes, and this one knows no text yet
                decisions.record([one])
                break
        with suppress(StoreError):
            decisions.settle()


def test_a_decision_is_on_disk_then_in_the_store_and_shown(store: Store) -> None:
    decisions = Decisions(store.path)
    decisions.record([ADDED])
    decisions.record([ADDED])
    assert DecisionJournal(decisions_path(store.path)).list_kept() == (ADDED,)
    assert decisions.of(DOCUMENT.id) == (ADDED,)
    assert store.read(FACTS).rows == [(58610, None, None, None)]
    assert (decisions.settle(), decisions.settle()) == (1, 0)
    assert decisions.of(DOCUMENT.id) == (ADDED,)
    assert DecisionJournal(decisions_path(store.path)).list_kept() == ()
    assert store.read(FACTS).rows == [
        (58610, None, None, None),
        (320, "added", "ANA", ADDED.decided_at),
    ]
    decisions.record([ADDED])
    assert decisions.settle() == 0, "known in the store, it is no news"


def test_many_decisions_on_a_document_are_one_reading(store: Store) -> None:
    decisions = Decisions(store.path)
    decisions.record([ADDED])
    decisions.record([DELETED])
    assert decisions.settle() == 2
    assert store.read(
        "SELECT reader, derived, derived_from, cost_usd, attempts FROM readings ORDER BY read_at"
    ).rows == [
        ("llm", None, None, 0.25, 2),
        ("llm", "review", READING.reading_id, None, 0),
    ]
    assert store.read(FACTS).rows == [(320, "added", "ANA", ADDED.decided_at)]
    assert ("58 mil 610", "no figure, says ANA") in store.read(
        "SELECT quote, reason FROM set_aside SEMI JOIN current_readings USING (reading_id)"
    ).rows


def test_all_undone_is_a_reading_as_before(store: Store) -> None:
    decisions = Decisions(store.path)
    told = "SELECT status, report FROM current_readings"
    before = store.read(told).rows
    decisions.record([ADDED, DELETED])
    decisions.settle()
    assert store.read(told).rows != before
    undone = [a_decision("undo", DOCUMENT, 9, undoes=one.decision_id) for one in (ADDED, DELETED)]
    decisions.record(undone)
    assert decisions.settle() == 2
    assert store.read(told).rows == before
    assert store.read(FACTS).rows == [(58610, None, None, None)]
    findings = "SELECT check_name FROM current_findings ORDER BY number"
    assert store.read(findings).rows == [("sums",), ("dates",)]


def test_labels_that_are_given_apart_change_nothing_for_others(store: Store) -> None:
    decisions = Decisions(store.path)
    apart = DELETED.model_copy(update={"apart": True})
    decisions.record([apart])
    assert decisions.settle() == 1
    assert decisions.of(DOCUMENT.id) == (apart,)
    assert store.read("SELECT count(*) FROM readings").rows == [(1,)]


def test_what_cannot_hold_is_refused_and_nothing_of_it_kept(store: Store) -> None:
    decisions = Decisions(store.path)
    wrong = a_decision("add", DOCUMENT, span=at("14"), figure=SURGERY)
    with pytest.raises(UsageError, match="does not hold the number"):
        decisions.record([ADDED, wrong])
    with pytest.raises(UsageError, match="no such decision"):
        decisions.record([a_decision("undo", DOCUMENT, undoes=ADDED.decision_id)])
    with pytest.raises(UsageError, match="there is no document"):
        decisions.record([a_decision("delete", a_document("Otro 3"), span=at("3", "Otro 3"))])
    assert decisions.of(DOCUMENT.id) == ()


def test_while_another_process_writes_decisions_wait(store: Store) -> None:
    decisions = Decisions(store.path, patience=0.1)
    decisions.record([ADDED])
    with held_by_another(store.path):
        decisions.record([DELETED])
        with pytest.raises(StoreError, match="another process"):
            decisions.settle()
    assert decisions.of(DOCUMENT.id) == (ADDED, DELETED)
    assert decisions.settle() == 2


def test_threads_that_store_at_once_store_each_decision_once(store: Store) -> None:
    figures = [SURGERY.model_copy(update={"edition": edition}) for edition in range(1, 6)]
    for number, figure in enumerate(figures):
        Decisions(store.path).record(
            [a_decision("change", DOCUMENT, number, span=at("320"), figure=figure)]
        )
    each = [Decisions(store.path) for _ in range(4)]
    with ThreadPoolExecutor(len(each)) as threads:
        stored = list(threads.map(Decisions.settle, each))
    assert sorted(stored) == [0, 0, 0, 5]
    assert store.read("SELECT count(*) FROM readings").rows == [(2,)]


@pytest.mark.slow
def test_two_servers_decide_at_a_time(store: Store) -> None:
    spawn = multiprocessing.get_context("spawn")
    both = [spawn.Process(target=decide_many, args=(store.path, who)) for who in ("ANA", "EVA")]
    for process in both:
        process.start()
    for process in both:
        process.join(120)
    assert [process.exitcode for process in both] == [0, 0]
    Decisions(store.path).settle()
    assert store.read("SELECT who, count(*) FROM decisions GROUP BY who ORDER BY who").rows == [
        ("ANA", 3),
        ("EVA", 3),
    ]
    assert store.read("SELECT value, decided FROM facts ORDER BY number").rows == [
        (58610, None),
        (320, "changed"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("before", [True, False])
def test_killed_at_any_step_nothing_is_lost_and_nothing_double(store: Store, before: bool) -> None:  # noqa: FBT001
    """Whoever got no answer sends the same again, as a page does; what was answered is kept."""
    undo = a_decision("undo", DOCUMENT, 3, undoes=DELETED.decision_id)
    sent = [ADDED, DELETED, undo]
    acknowledged = store.path.with_name("acknowledged")
    acknowledged.touch()

    def serve(_: int) -> None:
        decisions = Decisions(store.path)
        for one in sent:
            if one.decision_id not in acknowledged.read_text("utf-8"):
                decisions.record([one])
                with acknowledged.open("a", encoding="utf-8") as file:
                    file.write(f"{one.decision_id}\n")
            decisions.settle()

    def nothing_is_lost(_: int) -> None:
        there = {one.decision_id for one in Decisions(store.path).of(DOCUMENT.id)}
        assert set(acknowledged.read_text("utf-8").split()) <= there

    steps = (
        (DecisionJournal, "keep"),
        (DecisionJournal, "forget"),
        (Store, "prepare"),
        (Store, "record"),
    )
    lives = kill_at_each_step(serve, steps, before=before, afterwards=nothing_is_lost)
    assert lives > len(sent)
    assert store.read(KEPT).rows == [(one.decision_id,) for one in sent]
    assert store.read(FACTS).rows == [
        (58610, None, None, None),
        (320, "added", "ANA", ADDED.decided_at),
    ]
    assert store.read("SELECT count(*) FROM readings WHERE derived = 'review'").rows == [(3,)]


def test_what_is_decided_waits_while_the_database_is_gone(store: Store, tmp_path: Path) -> None:
    decisions = Decisions(store.path)
    decisions.record([ADDED])
    away = store.path.rename(tmp_path / "away.duckdb")
    with pytest.raises(StoreError, match="no such database any more"):
        decisions.settle()
    assert not store.path.exists(), "an empty one in its place would take what was decided"
    away.rename(store.path)
    assert decisions.settle() == 1
    assert store.read("SELECT value FROM facts WHERE decided = 'added'").rows == [(320,)]


def test_what_is_decided_of_a_document_waits_for_the_database_that_has_it(
    store: Store, tmp_path: Path
) -> None:
    decisions = Decisions(store.path)
    decisions.record([ADDED])
    away = store.path.rename(tmp_path / "away.duckdb")
    Store(store.path).prepare()
    assert decisions.settle() == 0
    with held_by_another(store.path):
        assert decisions.settle() == 0, "it is not opened again for the same"
    assert decisions.of(DOCUMENT.id) == (ADDED,)
    away.replace(store.path)
    assert decisions.settle() == 1


def test_an_undo_counts_by_a_clock_that_was_set_back(store: Store) -> None:
    decisions = Decisions(store.path)
    decisions.record([ADDED])
    undo = a_decision("undo", DOCUMENT, -60, undoes=ADDED.decision_id)
    (kept,) = Decisions(store.path).record([undo])
    assert kept.decided_at > ADDED.decided_at
    decisions.settle()
    assert store.read("SELECT value FROM facts").rows == [(58610,)]


def test_what_is_decided_last_holds_by_a_clock_that_was_set_back(store: Store) -> None:
    decisions = Decisions(store.path)
    ahead = now() + timedelta(hours=1)
    figures = [READ.model_copy(update={"status": status}) for status in reversed(Status)]
    for when, figure in zip((ahead, now()), figures, strict=True):
        one = a_decision("change", DOCUMENT, span=at("58 mil 610"), figure=figure)
        decisions.record([one.model_copy(update={"decided_at": when})])
    decisions.settle()
    assert store.read("SELECT status FROM facts").rows == [("performed",)]


@pytest.mark.slow
def test_two_of_one_process_can_store_at_once(store: Store) -> None:
    both = [Decisions(store.path) for _ in range(2)]
    many = [a_decision("delete", DOCUMENT, number, span=at("320")) for number in range(10)]
    with ThreadPoolExecutor(2) as threads:
        for one in many:
            both[0].record([one])
            stored = sum(threads.map(lambda each: each.settle(), both))
            assert stored == 1


@pytest.mark.parametrize(
    "about",
    [
        {"kind": "change", "field": "title", "value": "half a pair \ud800"},
        {"kind": "delete", "span": (0, 3), "reading_id": "\udfff"},
    ],
)
def test_what_no_file_can_keep_is_no_decision(about: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="no file can keep"):
        a_decision(document=DOCUMENT, **about)


@pytest.mark.parametrize("span", [(-5, 3), (30, 3), (5, 5), (5, 10**30), (10**30, 10**31)])
def test_a_place_outside_of_the_text_holds_no_number(store: Store, span: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="no number stands at"):
        Decisions(store.path).record([a_decision("delete", DOCUMENT, span=span)])
