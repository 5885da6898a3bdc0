"""Readings of gold come out of a real store as the score needs them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from eval.runs.stored_readings import RawAnswer, fetch_readings
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting
from schemas.document import Source
from schemas.finding import Finding, Severity, Span
from schemas.reading import Attempt, ReaderKey, ReadingStatus
from tests.decisions import a_decision
from tests.readings import KEY, a_document, a_figure, a_reading, a_report, put

DOCUMENT = a_document()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def keep(
    store: Store, minute: int, value: float | None, key: ReaderKey = KEY, *, answered: bool = True
) -> None:
    """Store a reading of one figure, or a failed one, as read at that minute."""
    status = ReadingStatus.FAILED if value is None else ReadingStatus.OK
    report = None if value is None else a_report(a_figure(value))
    reading = a_reading(DOCUMENT, status, report=report, key=key)
    if value is None:
        reading = reading.model_copy(update={"error": f"failed at {minute}"})
    if not answered:
        silent = Attempt(number=1, outcome="unanswered", seconds=0.5)
        reading = reading.model_copy(update={"attempts": (silent,)})
    entry = Entry(DOCUMENT, reading, datetime(2026, 1, 1, 10, minute))  # noqa: DTZ001 - UTC
    store.append(new_run(key), [entry], [Sighting(Source(path="a.txt"), DOCUMENT.id, "read")])


def values(store: Store, repeats: int) -> list[float | str | None]:
    return [
        reading.report.figures[0].value if reading.report else reading.error
        for reading in fetch_readings(store, [DOCUMENT.id], KEY, repeats)[DOCUMENT.id]
    ]


def test_the_oldest_readings_count_so_that_asking_again_changes_nothing(store: Store) -> None:
    for minute, value in enumerate((1, 2, 3)):
        keep(store, minute, value)
    assert values(store, 2) == [1, 2]


def test_a_failed_answer_is_a_result_that_a_later_one_does_not_replace(store: Store) -> None:
    keep(store, 0, None)
    keep(store, 1, 7)
    assert values(store, 1) == ["failed at 0"]
    assert values(store, 2) == ["failed at 0", 7]
    assert store.find_read([DOCUMENT.id], KEY, 2) == {DOCUMENT.id: None}


def test_a_call_without_an_answer_gives_way_to_a_later_reading(store: Store) -> None:
    keep(store, 0, None, answered=False)
    keep(store, 1, 7)
    assert values(store, 1) == [7]
    assert values(store, 3) == [7, "failed at 0", "was not read"]
    assert store.find_read([DOCUMENT.id], KEY, 2) == {}


def test_readings_by_another_key_do_not_count(store: Store) -> None:
    keep(store, 0, 7, KEY.model_copy(update={"prompt_hash": "edited"}))
    assert values(store, 1) == ["was not read"]


def test_a_document_that_was_never_read_is_a_failure_not_a_gap(store: Store) -> None:
    (reading,) = fetch_readings(store, ["0" * 64], KEY, 1)["0" * 64]
    assert reading.status is ReadingStatus.FAILED
    assert reading.report is None


def test_answers_come_verbatim_with_tokens_and_cost(store: Store) -> None:
    keep(store, 0, 7)
    (reading,) = fetch_readings(store, [DOCUMENT.id], KEY, 1)[DOCUMENT.id]
    assert reading.answers == (RawAnswer("{"), RawAnswer("{}"))
    assert (reading.attempts, reading.input_tokens, reading.output_tokens) == (2, 9, None)
    assert (reading.cost_usd, reading.seconds) == (0.25, 1.0)


def test_nobody_waited_for_an_answer_that_came_in_a_batch(store: Store) -> None:
    in_batch = [Attempt(number=1, outcome="ok", raw_answer="{}", seconds=0.0)]
    silent = [Attempt(number=1, outcome="unanswered", seconds=0.0)]
    for attempts, seconds in ((in_batch, None), (silent, 1.0), ([], 1.0)):
        about = a_document(f"Se otorgaron 58 mil 610 consultas. {len(attempts)} {seconds}")
        reading = a_reading(about).model_copy(update={"attempts": tuple(attempts)})
        put(store, new_run(KEY), (about, reading))
        (found,) = fetch_readings(store, [about.id], KEY, 1)[about.id]
        assert found.seconds == seconds
    (never,) = fetch_readings(store, ["0" * 64], KEY, 1)["0" * 64]
    assert never.seconds is None


def test_figures_that_the_text_does_not_hold_are_counted(store: Store) -> None:
    findings = [
        Finding(check="grounding", severity=Severity.ERROR, field="figures", message="dropped"),
        Finding(check="validation", severity=Severity.ERROR, field="figures[3].quote", message="-"),
        Finding(check="validation", severity=Severity.ERROR, field="figures", message="missed"),
        Finding(check="sums", severity=Severity.WARNING, field="figures[0]", message="odd"),
    ]
    reading = a_reading(DOCUMENT).model_copy(update={"findings": tuple(findings)})
    put(store, new_run(KEY), (DOCUMENT, reading))
    (found,) = fetch_readings(store, [DOCUMENT.id], KEY, 1)[DOCUMENT.id]
    assert found.dropped == 2


def test_what_people_decided_is_no_reading_of_its_reader(store: Store) -> None:
    keep(store, 0, 58610)
    one = a_decision("delete", DOCUMENT, span=Span(13, 23))
    store.record(new_run(ReaderKey(reader="review", schema_hash="none")), [one])
    assert store.read("SELECT derived FROM current_readings").rows == [("review",)]
    assert values(store, 2) == [58610, "was not read"]
