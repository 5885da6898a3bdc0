"""Decided readings: behind whatever is stored of a document, in the same transaction."""

import threading
from typing import Any

import duckdb
import pytest

from pipeline.errors import StoreError
from pipeline.runs import recheck
from pipeline.store import Store, new_run
from pipeline.store.decided import fetch_decisions, make_decided
from pipeline.store.rows import Entry, Sighting, now
from schemas.decision import Decision
from schemas.document import Document, Source
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, Figure, JornadaReport
from tests.decisions import TEXT, a_decision, a_figure_at, at, decidable
from tests.readings import KEY, a_document, a_reading

DOCUMENT = decidable()
CORRECTED = a_document("Corregido: fueron 2 hospitales menos.\n" + TEXT.replace("320", "321"))
READ = a_figure_at(58610, "58 mil 610 consultas")
PLANNED = a_figure_at(58610, "58 mil 610 consultas", status="planned")
SURGERY = a_figure_at(320, "320 cirugías", service="surgery", detail=None)
OTHER_KEY = KEY.model_copy(update={"prompt": "q", "prompt_hash": "i"})
FACTS = "SELECT value, status, decided, decided_by FROM facts ORDER BY number"
TOLD = "SELECT message, severity, char_start FROM current_findings WHERE check_name = 'decision'"


def read(
    *figures: Figure, document: Document = DOCUMENT, key: ReaderKey = KEY, status: str = "ok"
) -> Reading:
    report = JornadaReport(bulletin_kind=BulletinKind.RESULTS, title="Uno", figures=figures)
    reading = a_reading(document, ReadingStatus(status), report=report, key=key)
    return reading.model_copy(update={"findings": ()})


def put(store: Store, reading: Reading, document: Document = DOCUMENT, path: str = "a.txt") -> None:
    sighting = Sighting(Source(path=f"/b/{path}"), document.id, "read")
    store.append(new_run(reading.key), [Entry(document, reading, now())], [sighting])


def decide(store: Store, kind: str, number: int = 1, **about: object) -> Decision:
    one = a_decision(kind, DOCUMENT, number, **about)
    run = new_run(ReaderKey(reader="review", schema_hash="none"))
    assert store.record(run, [one]) == 1
    assert store.record(run, [one]) == 0
    return one


def derived(store: Store) -> list[tuple[Any, ...]]:
    """Tell how the readings came about, the oldest first."""
    return store.read("SELECT derived, prompt FROM readings ORDER BY read_at, rowid").rows


def test_a_decision_comes_back_as_it_was_made(store: Store) -> None:
    put(store, read(READ))
    first = decide(store, "change", 1, span=at("58 mil 610"), figure=PLANNED, reading_id="r")
    second = decide(store, "change", 2, field="title", value=None)
    third = decide(store, "undo", 3, undoes=second.decision_id)
    assert fetch_decisions(store, [DOCUMENT.id]) == (first, second, third)
    assert fetch_decisions(store, ["another"]) == ()


def test_a_new_reading_keeps_what_was_decided_and_tells_where_it_does_not_agree(
    store: Store,
) -> None:
    first = read(READ, SURGERY)
    put(store, first)
    looked_at = {"reading_id": first.reading_id}
    decide(store, "change", 1, span=at("58 mil 610"), figure=PLANNED, **looked_at)
    decide(store, "delete", 2, span=at("320"), **looked_at)
    add = a_figure_at(14, "14 hospitales", service="other", detail="other")
    decide(store, "add", 3, span=at("14"), figure=add, **looked_at)
    decided = [(58610, "planned", "changed", "ANA"), (14, "performed", "added", "ANA")]
    assert store.read(FACTS).rows == decided
    assert store.read(TOLD).rows == [], "it was decided of this very reading"

    put(store, read(READ, SURGERY, key=OTHER_KEY))
    assert store.read(FACTS).rows == decided
    assert derived(store)[-2:] == [(None, "q"), ("review", "q")]
    assert sorted(store.read(TOLD).rows) == [
        ("ANA added 14, which this reading lacks", "info", at("14").start),
        ("ANA changed 58610; this reading has another status", "info", 13),
        ("ANA said that '320 cirugías' holds no figure", "info", at("320").start),
    ]


def test_a_new_reading_that_failed_changes_nothing(store: Store) -> None:
    put(store, read(READ))
    decide(store, "change", span=at("58 mil 610"), figure=PLANNED)
    put(store, read(key=OTHER_KEY, status="failed"))
    assert store.read(FACTS).rows == [(58610, "planned", "changed", "ANA")]
    assert derived(store) == [(None, "p"), ("review", "p"), (None, "q")]


def test_what_no_reader_could_read_is_labelled_by_hand(store: Store) -> None:
    put(store, read(status="failed"))
    one = decide(store, "add", span=at("58 mil 610"), figure=READ)
    assert store.read(FACTS).rows == [(58610, "performed", "added", "ANA")]
    ((status, error, cost),) = store.read(
        "SELECT status, error, cost_usd FROM current_readings"
    ).rows
    assert (status, error, cost) == ("partial", None, None)
    open_numbers = "SELECT message FROM current_findings WHERE check_name = 'completeness'"
    assert [told.split(" (")[0] for (told,) in store.read(open_numbers).rows] == [
        *("'320'", "'71.2 por ciento'", "'14'", "'64, 255'"),
    ]
    decide(store, "add", 2, span=at("320"), figure=SURGERY)
    decide(store, "delete", 3, span=at("71.2 por ciento"))
    decide(store, "delete", 4, span=at("64, 255"))
    decide(store, "delete", 4, span=at("14"))
    assert store.read("SELECT status FROM current_readings").rows == [("ok",)]
    decide(store, "undo", 5, undoes=one.decision_id)
    assert store.read("SELECT value FROM facts").rows == [(320,)]


def test_a_dropped_number_that_is_decided_since_is_not_told_of_any_more(store: Store) -> None:
    put(store, read(READ))
    finding = {
        "check": "grounding",
        "severity": "error",
        "message": "dropped: x",
        "span": at("320"),
    }
    reading = Reading.model_validate(
        {**read(READ, status="partial").model_dump(), "reading_id": "r2", "findings": [finding]}
    )
    put(store, reading)
    decide(store, "add", span=at("320"), figure=SURGERY)
    told = store.read("SELECT check_name FROM current_findings").rows
    assert ("grounding",) not in told


def test_where_nobody_decided_a_flush_costs_one_query(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = Store.read

    def counted(self: Store, sql: str, parameters: Any = ()) -> Any:  # noqa: ANN401
        asked.append(sql)
        return ask(self, sql, parameters)

    monkeypatch.setattr(Store, "read", counted)
    put(store, read(READ))
    assert len(asked) == 1
    assert "decisions" in asked[0]


def test_a_decided_reading_is_the_newest_whatever_the_clock_says(store: Store) -> None:
    reading = read(READ)
    late = now().replace(year=now().year + 1)
    store.append(new_run(KEY), [Entry(DOCUMENT, reading, late)], [])
    decide(store, "change", span=at("58 mil 610"), figure=PLANNED)
    assert store.read(FACTS).rows == [(58610, "planned", "changed", "ANA")]


def test_what_stands_as_decided_is_not_made_again(store: Store) -> None:
    put(store, read(READ))
    decide(store, "change", span=at("58 mil 610"), figure=PLANNED)
    assert make_decided(store, [DOCUMENT.id]) == []
    decide(store, "accept", 2, span=at("58 mil 610"), figure=PLANNED, who="EVA")
    assert store.read(FACTS).rows == [(58610, "planned", "accepted", "EVA")]


def test_a_decided_reading_is_no_reading_of_its_reader(store: Store) -> None:
    put(store, read(status="failed").model_copy(update={"attempts": ()}))
    decide(store, "add", span=at("58 mil 610"), figure=READ)
    assert store.find_read([DOCUMENT.id], KEY) == {}
    put(store, read(READ))
    assert store.find_read([DOCUMENT.id], KEY) == {DOCUMENT.id: None}
    assert store.find_read([DOCUMENT.id], KEY, times=2) == {}


def test_recheck_after_decisions_changes_nothing_that_was_decided(store: Store) -> None:
    baseline = KEY.model_copy(update={"reader": "baseline", "model": None, "prompt": None})
    put(store, read(READ, SURGERY, key=baseline))
    decide(store, "change", 1, span=at("58 mil 610"), figure=PLANNED)
    decide(store, "delete", 2, span=at("320"))
    before = store.read(FACTS).rows
    counts = recheck.Recheck()
    recheck.recheck(store, counts)
    assert counts.judged == 1
    assert store.read(FACTS).rows == before
    again = recheck.Recheck()
    assert recheck.recheck(store, again) is None, "the second finds nothing to change"
    assert (again.same, again.changed) == (1, 0)
    assert store.read(FACTS).rows == before


def test_the_text_of_a_corrected_file_keeps_what_was_decided_of_the_same_sentences(
    store: Store,
) -> None:
    put(store, read(READ, SURGERY))
    more = a_figure_at(58610, "58 mil 610 consultas más", detail=None)
    kept = decide(store, "add", 1, span=at("58 mil 610", times=2), figure=more)
    lost = decide(store, "delete", 2, span=at("320"))
    undone = decide(store, "delete", 3, span=at("14"))
    decide(store, "undo", 4, undoes=undone.decision_id)

    put(store, read(document=CORRECTED), CORRECTED)
    assert store.read(FACTS).rows == [(58610, "performed", "added", "ANA")]
    carried = "SELECT who, decided_at, carried_from FROM decisions WHERE carried_from IS NOT NULL"
    assert store.read(carried).rows == [("ANA", kept.decided_at, kept.decision_id)]
    message = "not carried over: what ANA decided of '320', whose sentence is another now"
    assert store.read(TOLD).rows == [
        (message, "warning", None),
        ("ANA added 58610, which this reading lacks", "info", CORRECTED.text.rindex("58 mil")),
    ]
    fetched = fetch_decisions(store, [CORRECTED.id])
    assert lost.decision_id not in [one.carried_from for one in fetched]

    put(
        store,
        read(document=CORRECTED, key=OTHER_KEY, status="failed"),
        CORRECTED,
    )
    put(store, read(document=CORRECTED, key=OTHER_KEY), CORRECTED)
    assert (message, "warning", None) in store.read(TOLD).rows, "it goes on being said"

    put(store, read(READ, SURGERY), DOCUMENT)
    assert len(fetch_decisions(store, [DOCUMENT.id])) == 4, "what came from here does not come back"
    assert (58610, "performed", "added", "ANA") in store.read(FACTS).rows


def test_a_corrected_text_that_waits_for_its_answer_gets_them_with_that(store: Store) -> None:
    put(store, read(READ, SURGERY))
    more = a_figure_at(58610, "58 mil 610 consultas más", detail=None)
    decide(store, "add", 1, span=at("58 mil 610", times=2), figure=more)
    decide(store, "delete", 2, span=at("320"))
    pending = Sighting(Source(path="/b/a.txt"), CORRECTED.id, "pending")
    store.append(new_run(KEY), [], [pending], [CORRECTED])
    assert fetch_decisions(store, [CORRECTED.id]) == ()
    store.append(new_run(KEY), [Entry(CORRECTED, read(document=CORRECTED), now())], [])
    assert store.read(FACTS).rows == [(58610, "performed", "added", "ANA")]
    assert "not carried over" in store.read(TOLD).rows[0][0]


def test_a_text_that_was_read_before_gets_the_decisions_with_its_new_source(store: Store) -> None:
    put(store, read(READ, SURGERY))
    put(store, read(document=CORRECTED), CORRECTED, "copy.txt")
    more = a_figure_at(58610, "58 mil 610 consultas más", detail=None)
    decide(store, "add", 1, span=at("58 mil 610", times=2), figure=more)
    store.append(new_run(KEY), [], [Sighting(Source(path="/b/a.txt"), CORRECTED.id, "unchanged")])
    assert store.read(FACTS).rows == [(58610, "performed", "added", "ANA")]


def test_what_is_decided_while_a_run_writes_is_all_there_in_the_end(closed_store: Store) -> None:
    """Within one process the two take turns."""
    put(closed_store, read(READ))

    def write() -> None:
        for _ in range(5):
            put(Store(closed_store.path, patience=30), read(READ, key=OTHER_KEY))

    thread = threading.Thread(target=write)
    thread.start()
    patient = Store(closed_store.path, patience=30)
    for number in range(5):
        decide(patient, "change", number, span=at("58 mil 610"), figure=PLANNED)
    thread.join()
    assert closed_store.read(FACTS).rows == [(58610, "planned", "changed", "ANA")]


@pytest.mark.parametrize("status", ["ok", "failed"])
def test_what_was_undone_before_it_came_in_makes_no_reading(store: Store, status: str) -> None:
    put(store, read(READ, status=status))
    add = a_decision("add", DOCUMENT, 1, span=at("320"), figure=SURGERY)
    undo = a_decision("undo", DOCUMENT, 2, undoes=add.decision_id)
    assert store.record(new_run(KEY), [add, undo]) == 2
    assert derived(store) == [(None, "p")]


def test_a_text_without_numbers_that_nobody_could_read_is_not_read_by_an_undo(
    store: Store,
) -> None:
    document = a_document("Sin cifras.")
    put(store, read(document=document, status="failed"), document)
    title = a_decision("accept", document, 1, field="title", value="Uno")
    for one in (title, a_decision("undo", document, 2, undoes=title.decision_id)):
        store.record(new_run(KEY), [one])
    told = "SELECT status, error, title FROM current_readings"
    assert store.read(told).rows == [("partial", "no answer", "Título")]


def test_a_decision_that_cannot_be_read_is_named(closed_store: Store) -> None:
    put(closed_store, read(READ))
    one = decide(closed_store, "change", span=at("58 mil 610"), figure=PLANNED)
    with duckdb.connect(closed_store.path) as con:
        con.execute("""UPDATE decisions SET figure = '{"value": 3}'""")
    with pytest.raises(StoreError, match=f"the decision {one.decision_id} .* another version"):
        put(closed_store, read(READ, key=OTHER_KEY))
