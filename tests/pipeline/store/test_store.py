"""What goes into a real DuckDB file, and comes out again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, entry_rows, now
from schemas.document import Document, Source
from schemas.reading import Attempt, ReaderKey, Reading, ReadingStatus
from schemas.report import Figure, Jornada, PlaceMention, SetAside, Specialty
from tests.readings import KEY, a_document, a_figure, a_reading, a_report, put

TABLES = {
    "store_version",
    "migrations",
    "runs",
    "run_ends",
    "documents",
    "sources",
    "readings",
    "attempts",
    "jornadas",
    "figures",
    "given_up",
    "set_aside",
    "specialties",
    "places",
    "prompts",
    "decisions",
    "findings",
    "eval_runs",
    "eval_reasks",
    "eval_scores",
    "eval_verdicts",
    "signatures",
    "signature_bands",
    "near_documents",
    "batches",
    "codes",
    "batch_requests",
    "batch_states",
    "batch_results",
}
VIEWS = {
    "current_readings",
    "current_figures",
    "current_jornadas",
    "current_findings",
    "current_sources",
    "current_documents",
    "jornada_mentions",
    "known_jornadas",
    "facts",
    "prints",
    "totals",
    "jornada_totals",
    "plan_and_result",
    "series",
    "conflicts",
    "coverage",
}


def unanswered(document: Document) -> Reading:
    return a_reading(document, ReadingStatus.FAILED).model_copy(
        update={"attempts": (Attempt(number=1, outcome="unanswered", seconds=0.5),)}
    )


def test_all_tables_views_and_columns_are_there_with_comments(store: Store) -> None:
    tables = store.read("SELECT table_name, comment FROM duckdb_tables()").rows
    views = store.read("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").rows
    columns = store.read(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL "
        "AND NOT internal"
    ).rows
    assert {name for name, _ in tables} == TABLES
    assert {name for name, _ in views} == VIEWS
    assert all(comment for _, comment in tables + views)
    assert columns == []


@pytest.mark.parametrize(
    ("table", "shape", "extra"),
    [
        (
            "figures",
            Figure,
            {
                *("reading_id", "document_id", "number", "place_kind", "state"),
                *("context_start", "context_end", "context_key", "checked", "findings"),
                *("decided", "decided_by", "decided_at"),
            },
        ),
        ("jornadas", Jornada, {"reading_id", "document_id", "number"}),
        ("set_aside", SetAside, {"reading_id", "document_id", "number"}),
        ("specialties", Specialty, {"reading_id", "document_id", "number"}),
        ("places", PlaceMention, {"reading_id", "document_id", "number"}),
        ("attempts", Attempt, {"reading_id"}),
    ],
)
def test_a_table_has_a_column_for_each_field_of_its_shape(
    store: Store, table: str, shape: type[Figure], extra: set[str]
) -> None:
    columns = {name for name, *_ in store.read(f"DESCRIBE {table}").rows}
    assert columns == set(shape.model_fields) | extra


def test_a_reading_comes_back_from_every_table(closed_store: Store) -> None:
    document = a_document()
    run = new_run(KEY)
    assert put(closed_store, run, (document, a_reading(document)))

    def only(sql: str) -> tuple[object, ...]:
        (row,) = closed_store.read(sql).rows
        return row

    assert only(
        "SELECT document_id, title, format, published_on, text, characters FROM documents"
    ) == (
        document.id, "Título", "txt", date(2022, 7, 5), document.text, 33,
    )  # fmt: skip
    assert only("SELECT run_id, reader, model FROM runs") == (run.run_id, "llm", "m")
    assert only(
        "SELECT run_id, reader, model, prompt, prompt_hash, schema_hash, status, title, "
        "bulletin_kind, programme, input_tokens, output_tokens, cost_usd, attempts FROM readings"
    ) == (
        run.run_id, "llm", "m", "p", "h", "s", "ok", "Título", "results", "120 días",
        9, None, 0.25, 2,
    )  # fmt: skip
    assert only("SELECT report->>'$.figures[0].value' FROM readings") == ("58610",)
    assert only('SELECT edition, kind, year, start, "end", subject FROM jornadas') == (
        8, "national", 2022, date(2022, 7, 2), date(2022, 7, 3), True,
    )  # fmt: skip
    assert only("SELECT number, value, detail, quote, char_start, char_end FROM figures") == (
        1, 58610.0, "family_medicine", "58 mil 610 consultas", 13, 33,
    )  # fmt: skip
    assert only("SELECT quote, reason FROM set_aside") == ("35", "offices")
    assert only("SELECT service, name FROM specialties") == ("surgery", "Oftalmología")
    assert only("SELECT name, role FROM places") == ("Yucatán", "participant")
    attempts = "SELECT number, raw_answer, errors FROM attempts ORDER BY number"
    assert closed_store.read(attempts).rows == [(1, "{", ["a", "b"]), (2, "{}", [])]
    assert closed_store.read(
        "SELECT check_name, severity, field, char_start, char_end FROM findings ORDER BY number"
    ).rows == [("sums", "warning", None, 13, 33), ("dates", "info", "jornadas", None, None)]


def test_every_time_is_a_timestamp_in_utc(store: Store) -> None:
    document = a_document()
    before = now()
    put(store, new_run(KEY), (document, a_reading(document)))
    ((read_at,),) = store.read("SELECT read_at FROM readings").rows
    assert isinstance(read_at, datetime)
    assert before <= read_at <= now()
    kinds = store.read(
        "SELECT DISTINCT data_type FROM duckdb_columns() WHERE ends_with(column_name, '_at')"
    ).rows
    assert kinds == [("TIMESTAMP",)]


def test_the_newest_usable_reading_of_a_document_is_current(store: Store) -> None:
    document, other = a_document(), a_document("otro 58 mil 610 consultas")
    for value, status in [(1, "ok"), (2, "partial"), (3, "failed")]:
        reading = a_reading(document, ReadingStatus(status), report=a_report(a_figure(value)))
        put(store, new_run(KEY), (document, reading))
    put(store, new_run(KEY), (other, a_reading(other, ReadingStatus.FAILED)))
    assert store.read("SELECT document_id, status FROM current_readings").rows == [
        (document.id, "partial")
    ]
    assert store.read("SELECT value FROM current_figures").rows == [(2.0,)]
    assert store.read("SELECT count(*) FROM current_jornadas").rows == [(1,)]
    assert store.read("SELECT count(*) FROM current_findings").rows == [(2,)]
    assert store.read("SELECT count(*) FROM readings").rows == [(4,)], "nothing is overwritten"


@pytest.mark.parametrize("status", ["ok", "partial"])
def test_a_usable_reading_by_an_equal_reader_counts_as_had(store: Store, status: str) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document, ReadingStatus(status))))
    assert store.find_read([document.id, "0" * 64], KEY) == {document.id: None}


@pytest.mark.parametrize("field", list(ReaderKey.model_fields))
def test_a_reading_by_another_reader_does_not_count_as_had(store: Store, field: str) -> None:
    document, key = a_document(), KEY.model_copy(update={"parameters": "{}"})
    put(store, new_run(key), (document, a_reading(document, key=key)))
    assert store.find_read([document.id], key) == {document.id: None}
    assert store.find_read([document.id], key.model_copy(update={field: "other"})) == {}


def test_readings_are_counted_where_several_are_wanted(store: Store) -> None:
    document, run = a_document(), new_run(KEY)
    put(store, run, (document, a_reading(document)), (document, unanswered(document)))
    assert store.find_read([document.id], KEY, times=2) == {}
    put(store, run, (document, a_reading(document)))
    assert store.find_read([document.id], KEY, times=2) == {document.id: None}


def test_an_absent_model_and_prompt_compare_equal(store: Store) -> None:
    document = a_document()
    baseline = ReaderKey(reader="baseline", schema_hash="s")
    put(store, new_run(baseline), (document, a_reading(document, key=baseline)))
    assert store.find_read([document.id], baseline) == {document.id: None}


def test_an_answer_without_a_message_was_paid_for_and_counts_as_had(store: Store) -> None:
    attempt = Attempt(number=1, outcome="invalid", raw_answer=None, cost_usd=0.1, seconds=0.5)
    document = a_document()
    failed = a_reading(document, ReadingStatus.FAILED)
    put(store, new_run(KEY), (document, failed.model_copy(update={"attempts": (attempt,)})))
    assert store.find_read([document.id], KEY) == {document.id: "no answer"}


def test_a_failed_reading_counts_as_had_where_a_model_had_answered(store: Store) -> None:
    document, silent = a_document(), a_document("silencio")
    failed = a_reading(document, ReadingStatus.FAILED)
    put(store, new_run(KEY), (document, failed), (silent, unanswered(silent)))
    assert store.find_read([document.id, silent.id], KEY) == {document.id: "no answer"}


def test_one_usable_reading_outweighs_failed_ones(store: Store) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    put(store, new_run(KEY), (document, a_reading(document, ReadingStatus.FAILED)))
    assert store.find_read([document.id], KEY) == {document.id: None}


def test_a_reading_that_was_judged_anew_is_not_another_answer(store: Store) -> None:
    document = a_document()
    anew = a_reading(document).model_copy(update={"derived": "recheck", "derived_from": "1"})
    put(store, new_run(KEY), (document, a_reading(document)), (document, anew))
    assert store.find_read([document.id], KEY, times=2) == {}


def test_a_reading_of_before_parameters_were_kept_counts_as_made_with_the_same(
    store: Store,
) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    with_parameters = KEY.model_copy(update={"parameters": '{"reasks": 2}'})
    assert store.find_read([document.id], with_parameters) == {document.id: None}


def test_it_is_told_which_readings_are_stored(store: Store) -> None:
    document = a_document()
    reading = a_reading(document)
    assert store.find_stored([reading.reading_id]) == set()
    put(store, new_run(KEY), (document, reading))
    assert store.find_stored([reading.reading_id, "other"]) == {reading.reading_id}


def test_a_document_can_be_stored_before_it_is_read(store: Store) -> None:
    document = a_document()
    source = Sighting(Source(path="a.txt"), document.id, "pending")
    assert store.append(new_run(KEY), [], [source], [document]).new
    put(store, new_run(KEY), (document, a_reading(document)))
    assert store.read("SELECT count(*), count(DISTINCT run_id) FROM documents").rows == [(1, 1)]


def test_a_source_seen_again_unchanged_adds_no_row_and_a_changed_one_does(store: Store) -> None:
    source = Source(path="b.txt")
    seen = [
        Sighting(source, "1", "read"),
        Sighting(source, "1", "unchanged"),
        Sighting(source, None, "failed", "is empty"),
        Sighting(source, None, "failed", "is empty"),
        Sighting(source, "1", "unchanged"),
        Sighting(Source(path="b.txt", record="7"), "1", "unchanged"),
    ]
    assert [store.append(new_run(KEY), [], [sighting]).new for sighting in seen] == [
        True, False, True, False, True, True,
    ]  # fmt: skip
    assert store.read("SELECT count(*) FROM sources").rows == [(4,)]
    assert store.read("SELECT count(*) FROM runs").rows == [(4,)], "no run without a trace of it"


def test_a_reading_that_no_column_holds_is_stored_as_failed_and_the_others_as_they_are(
    store: Store,
) -> None:
    good, bad = a_document(), a_document("malo")
    beyond = a_figure().model_copy(update={"edition": 10**30})
    reading = a_reading(bad, report=a_report(beyond)).model_copy(update={"cost_usd": 0.25})
    entries = [Entry(bad, reading, now()), Entry(good, a_reading(good), now())]
    appended = store.append(new_run(KEY), entries, [])
    (failed,) = appended.failed
    assert (appended.new, failed.reading_id, failed.report) == (True, reading.reading_id, None)
    assert failed.cost_usd == 0.25
    rows = store.read("SELECT document_id, status, error FROM readings").rows
    by_id = {document_id: (status, error) for document_id, status, error in rows}
    assert by_id[good.id] == ("ok", None)
    assert by_id[bad.id][0] == "failed"
    assert "cannot be stored" in by_id[bad.id][1]
    assert store.read("SELECT document_id FROM figures").rows == [(good.id,)]


def a_large_reading(document: Document, numbers: int) -> Reading:
    aside = SetAside(quote="35", reason="offices", char_start=0, char_end=2)
    report = a_report().model_copy(update={"set_aside": numbers * (aside,)})
    return a_reading(document, report=report)


@pytest.mark.slow
def test_a_reading_too_large_for_memory_fails_alone(closed_store: Store) -> None:
    small = Store(closed_store.path, memory_megabytes=16)
    first, large, last = a_document("uno"), a_document("grande"), a_document("dos")
    entries = [
        Entry(first, a_reading(first), now()),
        Entry(large, a_large_reading(large, 150_000), now()),
        Entry(last, a_reading(last), now()),
    ]
    sightings = [
        Sighting(Source(path=f"{number}.txt"), each.document.id, "read")
        for number, each in enumerate(entries)
    ]
    appended = small.append(new_run(KEY), entries, sightings)
    (failed,) = appended.failed
    assert failed.document_id == large.id
    assert failed.error == (
        "the reading cannot be stored: its 1 figures and 150,000 numbers set aside take more "
        "memory than a run may; divide the document"
    )
    statuses = closed_store.read("SELECT document_id, status FROM readings").rows
    assert dict(statuses) == {first.id: "ok", large.id: "failed", last.id: "ok"}
    assert closed_store.read("SELECT count(*) FROM sources").rows == [(3,)]
    documents = "SELECT count(*), count(DISTINCT run_id) FROM documents"
    assert closed_store.read(documents).rows == [(3, 1)]


@pytest.mark.slow
def test_readings_that_are_too_large_only_together_are_all_stored(closed_store: Store) -> None:
    small = Store(closed_store.path, memory_megabytes=8)
    documents = [a_document(str(number)) for number in range(12)]
    entries = [Entry(each, a_large_reading(each, 4_000), now()) for each in documents]
    with pytest.raises(StoreError, match="Out of Memory"):
        small.insert(entry_rows(new_run(KEY), entries))
    assert small.append(new_run(KEY), entries, []).failed == ()
    assert closed_store.read("SELECT count(*) FROM readings WHERE status = 'ok'").rows == [(12,)]
    assert closed_store.read("SELECT count(*) FROM set_aside").rows == [(48_000,)]


def test_lone_surrogates_and_null_characters_can_be_stored(closed_store: Store) -> None:
    odd = Sighting(Source(path="/caf\udce9.txt"), None, "failed", "nul \x00 \ud800")
    assert closed_store.append(new_run(KEY), [], [odd]).new
    assert not closed_store.append(new_run(KEY), [], [odd]).new
    stored = closed_store.read("SELECT path, error FROM sources").rows
    assert stored == [("/caf?.txt", "nul \x00 ?")]


def test_a_file_is_kept_open_for_blocks_within_blocks(closed_store: Store) -> None:
    counted = "SELECT count(*) FROM documents"
    document = a_document()
    with closed_store.keep_open(read_only=True):
        with closed_store.keep_open(read_only=True):
            assert closed_store.read(counted).rows == [(0,)]
        assert closed_store.read(counted).rows == [(0,)]
        with pytest.raises(StoreError, match="read-only mode"):
            put(closed_store, new_run(KEY), (document, a_reading(document)))
    with closed_store.keep_open():
        assert put(closed_store, new_run(KEY), (document, a_reading(document)))
        with closed_store.keep_open(read_only=True):
            assert closed_store.read(counted).rows == [(1,)]


def test_stores_of_one_process_may_open_one_file_at_once(tmp_path: Path) -> None:
    """A server has several, each asked by threads of its own, and one of them writes."""
    path = tmp_path / "jornada.duckdb"
    Store(path).prepare()

    def ask(number: int) -> None:
        for _ in range(12):
            store = Store.for_questions(path) if number % 2 else Store(path)
            if number:
                store.read("SELECT 1")
            else:
                store.prepare()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(ask, range(4)))
