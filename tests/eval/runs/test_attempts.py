"""Calls to a model come out of a real store, by reading and in their order."""

from pathlib import Path

from eval.runs.attempts import StoredAttempt, fetch_attempts
from eval.runs.stored_readings import fetch_readings
from pipeline.store import Store, new_run
from schemas.reading import Attempt, AttemptOutcome, ReadingStatus
from tests.readings import KEY, a_document, a_figure, a_reading, a_report, put

DOCUMENT = a_document()


def test_the_calls_of_a_reading_are_found_by_its_id_in_their_order(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb")
    store.prepare()
    calls = (
        Attempt(number=1, outcome="unanswered", seconds=0.5),
        Attempt(
            number=2,
            outcome="invalid",
            raw_answer="{}",
            errors=("title: is missing", "figures: 1"),
            input_tokens=10,
            output_tokens=2,
            cost_usd=0.25,
            schema_mode="strict",
            seconds=1.5,
        ),
        Attempt(number=3, outcome="ok", raw_answer='{"a": 1}', seconds=2.5),
    )
    report = a_report(a_figure(7))
    reading = a_reading(DOCUMENT, ReadingStatus.OK, report=report)
    put(store, new_run(KEY), (DOCUMENT, reading.model_copy(update={"attempts": calls})))
    ((stored,),) = fetch_readings(store, [DOCUMENT.id], KEY, 1).values()
    assert stored.reading_id == reading.reading_id
    assert fetch_attempts(store, [reading.reading_id, "none such"]) == {
        reading.reading_id: (
            StoredAttempt(AttemptOutcome.UNANSWERED, None, seconds=0.5),
            StoredAttempt(
                AttemptOutcome.INVALID,
                "{}",
                ("title: is missing", "figures: 1"),
                *(10, 2, 0.25, 1.5, "strict"),
            ),
            StoredAttempt(AttemptOutcome.OK, '{"a": 1}', seconds=2.5),
        )
    }


def test_a_bulletin_that_nobody_read_has_no_reading(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb")
    store.prepare()
    ((stored,),) = fetch_readings(store, [DOCUMENT.id], KEY, 1).values()
    assert stored.reading_id is None
    assert fetch_attempts(store, []) == {}
