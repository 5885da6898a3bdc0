"""How the index of the queue follows the database, and that it is never trusted over it."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from pipeline.errors import StoreError
from pipeline.review.queue import update as queue_update
from pipeline.review.queue.index import QueueIndex, index_path
from pipeline.review.queue.query import parse_query
from pipeline.review.queue.search import Found, Row, find_neighbours, find_rows
from pipeline.review.queue.update import update
from pipeline.runs.deciding import Decisions
from pipeline.runs.forgetting import find_known, forget_all
from pipeline.store import Store, database, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Source
from schemas.finding import Finding, Severity
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import Figure, Service
from tests.decisions import a_decision, a_figure_at, at, decidable
from tests.readings import KEY, a_document, a_figure, a_reading, a_report, put

OTHER_KEY = ReaderKey(reader="baseline", schema_hash="s")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "jornada.duckdb", patience=0)
    made.prepare()
    return made


@pytest.fixture
def index(store: Store) -> QueueIndex:
    return QueueIndex(store.path)


def follow(store: Store, index: QueueIndex) -> None:
    """Take in all that is new."""
    while update(store, index):
        pass
    assert index.tell_progress().is_done


def ask(index: QueueIndex, **asked: str) -> Found:
    return find_rows(index, parse_query(asked))


def rows(store: Store, index: QueueIndex, **asked: str) -> list[Row]:
    follow(store, index)
    return list(ask(index, **asked).rows)


def without_findings(reading: Reading, *findings: Finding) -> Reading:
    return reading.model_copy(update={"findings": findings})


def test_documents_that_failed_were_not_read_or_cannot_be_are_there_too(
    store: Store, index: QueueIndex
) -> None:
    good, failed, unread = (a_document(text) for text in ("Uno 1", "Dos 2", "Tres 3"))
    put(store, run := new_run(KEY), (good, a_reading(good)))
    put(store, run, (failed, without_findings(a_reading(failed, ReadingStatus.FAILED))))
    scan = Sighting(Source(path="/b/scan.pdf"), None, "failed", "a picture")
    waits = Sighting(Source(path="/b/3.txt"), unread.id, "pending")
    store.append(run, [], [scan, waits], [unread])
    found = rows(store, index)
    assert [(row.document_id, row.state, row.error) for row in found] == [
        (None, "unreadable", "a picture"),
        (failed.id, "failed", "no answer"),
        (good.id, "ok", None),
        (unread.id, "unread", None),
    ]
    # It can be read now.
    put(store, run, (unread, a_reading(unread)))
    store.append(run, [], [Sighting(Source(path="/b/scan.pdf"), good.id, "unchanged")])
    assert {(row.document_id, row.state) for row in rows(store, index)} == {
        (failed.id, "failed"),
        (good.id, "ok"),
        (unread.id, "ok"),
    }


def test_what_is_forgotten_or_corrected_leaves_and_what_is_said_anew_comes(
    store: Store, index: QueueIndex
) -> None:
    first, second, third = (a_document(f"Se dieron {n} consultas") for n in (1, 2, 3))
    run = new_run(KEY)
    source = Source(path="/b/1.txt")
    entries = [Entry(first, a_reading(first), now())]
    store.append(run, entries, [Sighting(source, first.id, "read")])
    put(store, run, (third, a_reading(third)))
    assert len(rows(store, index)) == 2
    entries = [Entry(second, a_reading(second), now())]
    store.append(run, entries, [Sighting(source, second.id, "read")])
    assert {row.document_id for row in rows(store, index)} == {second.id, third.id}
    put(store, new_run(OTHER_KEY), (third, a_reading(third, key=OTHER_KEY)))
    follow(store, index)
    assert index.list_choices()["reader"] == ["baseline", "llm m p"]
    forget_all(store, find_known(store, [third.id]))
    assert {row.document_id for row in rows(store, index)} == {second.id}
    assert index.list_choices()["reader"] == ["llm m p"], "no document has the other any more"
    # And back, with the words that are found by: a text is indexed once.
    store.append(run, [], [Sighting(source, first.id, "read")])
    assert [row.document_id for row in rows(store, index, q="dieron 1")] == [first.id]
    assert rows(store, index, q="dieron 2") == []


def test_findings_are_counted_by_their_severity_in_the_current_reading(
    store: Store, index: QueueIndex
) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    assert [(row.errors, row.warnings, row.infos) for row in rows(store, index)] == [(0, 1, 1)]
    bad = Finding(check="sums", severity=Severity.ERROR, message="odd")
    put(store, new_run(KEY), (document, without_findings(a_reading(document), bad, bad)))
    assert [(row.errors, row.warnings, row.infos) for row in rows(store, index)] == [(2, 0, 0)]


def surgery(figure: Figure) -> Figure:
    return figure.model_copy(update={"service": Service.SURGERY, "detail": None})


def test_figures_of_two_readers_are_compared_as_often_as_each_has_them(
    store: Store, index: QueueIndex
) -> None:
    one, two = a_figure(1), a_figure(2)
    compared = {
        "Igual": ((one, two, one), (one, one, two), 0),
        "Otro servicio": ((one, two), (one, surgery(two)), 1),
        "Dos veces": ((one, one), (one,), 1),
        "Uno tiene más": ((one,), (one, two, surgery(two)), 2),
    }
    expected = {}
    with store.keep_open():
        for text, (mine, theirs, differing) in compared.items():
            document = a_document(text)
            put(store, new_run(KEY), (document, a_reading(document, report=a_report(*mine))))
            other = a_reading(document, report=a_report(*theirs), key=OTHER_KEY)
            put(store, new_run(OTHER_KEY), (document, other))
            expected[document.id] = differing
        # One reader twice is one reader: the newest counts.
        document = a_document("Releído")
        for figure in (one, surgery(one)):
            put(store, new_run(KEY), (document, a_reading(document, report=a_report(figure))))
        expected[document.id] = 0
    assert {row.document_id: row.differing for row in rows(store, index)} == expected
    assert {row.differing for row in ask(index, differ="yes").rows} == {1, 2}


@pytest.mark.slow
def test_what_is_decided_is_counted_and_a_document_that_is_done_comes_last(
    store: Store, index: QueueIndex
) -> None:
    document, other = decidable(), a_document("Sin cifras")
    figures = (a_figure_at(58610, "58 mil 610 consultas"), a_figure_at(320, "320 cirugías"))
    warned = a_reading(document, report=a_report(*figures))
    empty = a_report().model_copy(update={"figures": ()})
    put(store, new_run(KEY), (document, warned))
    put(store, new_run(KEY), (other, without_findings(a_reading(other, report=empty))))
    assert [row.document_id for row in rows(store, index)] == [document.id, other.id]

    decisions = Decisions(store.path)
    accepted = [
        a_decision("accept", document, span=at(words), figure=figure)
        for words, figure in zip(("58 mil 610", "320"), figures, strict=True)
    ]
    decisions.record(accepted[:1])
    decisions.settle()
    row, _ = rows(store, index)
    assert (row.decided, row.figures, row.reviewed) == (1, 2, False)
    decisions.record(accepted[1:])
    decisions.settle()
    assert [row.document_id for row in rows(store, index)] == [other.id, document.id]
    assert [row.document_id for row in ask(index, reviewed="yes").rows] == [document.id]

    is_none = a_decision("accept", other, 1, field="relevant", value=True)
    undone = a_decision("undo", other, 2, undoes=is_none.decision_id)
    for decision, reviewed in ((is_none, True), (undone, False)):
        decisions.record([decision])
        decisions.settle()
        (row,) = [each for each in rows(store, index) if each.document_id == other.id]
        assert row.reviewed is reviewed


def test_a_word_is_found_in_text_title_path_place_and_code_however_it_is_written(
    store: Store, index: QueueIndex
) -> None:
    document, other = a_document("La CIRUGÍA de Mérida, 58 mil 610 consultas"), a_document("Nada")
    place = a_figure().model_copy(update={"place": "Nuevo León"})
    put(store, new_run(KEY), (document, a_reading(document, report=a_report(place))))
    put(store, new_run(KEY), (other, a_reading(other, report=a_report(a_figure(3)))))
    follow(store, index)
    for words in (
        "cirugia",
        "MERIDA cirugía",
        "merid",
        "nuevo leon",
        f"{document.id[:6]}.txt",
        document.id[:9],
        "cirugia leon 610",
    ):
        found = ask(index, q=words)
        assert [row.document_id for row in found.rows] == [document.id], words
    for words in ("family_medicine", "medicina familiar", "titulo", "consultation"):
        assert ask(index, q=words).total == 2, words
    assert ask(index, q="cirugia nada").total == 0
    assert ask(index, q="iru").total == 0


def test_without_text_search_titles_places_codes_and_paths_are_searched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.review.queue.index.has_text_search", lambda: False)
    plain = QueueIndex(store.path)
    document = a_document("La cirugía")
    put(store, new_run(KEY), (document, a_reading(document)))
    follow(store, plain)
    assert ask(plain, q="medicina CONSULTATION").total == 1
    assert ask(plain, q="cirugía").total == 0


def test_filters_find_what_they_say(store: Store, index: QueueIndex) -> None:
    plain, odd = a_document("Uno"), a_document("Dos")
    put(store, new_run(KEY), (plain, without_findings(a_reading(plain))))
    report = a_report(surgery(a_figure())).model_copy(update={"relevant": False})
    put(store, new_run(OTHER_KEY), (odd, a_reading(odd, ReadingStatus.PARTIAL, report=report,
        key=OTHER_KEY)))  # fmt: skip
    follow(store, index)
    for asked, only in {
        ("state", "partial"): odd,
        ("state", "ok"): plain,
        ("findings", "warning"): odd,
        ("findings", "none"): plain,
        ("relevant", "no"): odd,
        ("relevant", "yes"): plain,
        ("reader", "baseline"): odd,
        ("reader", "llm m p"): plain,
        ("service", "surgery"): odd,
        ("service", "consultation"): plain,
    }.items():
        assert [row.document_id for row in ask(index, **dict([asked])).rows] == [only.id], asked
    both = (("format", "txt"), ("year", "2022"), ("differ", "no"), ("reviewed", "no"))
    assert ask(index, **dict(both)).total == 2
    for name, value in (*both, ("findings", "error")):
        other = {"format": "pdf", "year": "2021", "differ": "yes", "reviewed": "yes"}
        assert ask(index, **{name: other.get(name, value)}).total == 0


def test_pages_follow_one_another_and_neighbours_go_over_their_edges(
    store: Store, index: QueueIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.review.queue.search.PAGE", 4)
    monkeypatch.setattr(queue_update, "_DOCUMENTS_AT_ONCE", 3)
    documents = [a_document(f"Boletín {number}") for number in range(10)]
    put(store, new_run(KEY), *((each, a_reading(each)) for each in documents))
    follow(store, index)
    pages = [ask(index, page=str(number)) for number in (1, 2, 3, 4)]
    assert [page.page for page in pages] == [1, 2, 3, 3]
    listed = [row.document_id for page in pages[:3] for row in page.rows]
    assert sorted(filter(None, listed)) == sorted(each.id for each in documents)
    query = parse_query({"q": "boletin"})
    for before, here, behind in zip([None, *listed], listed, [*listed[1:], None], strict=False):
        assert find_neighbours(index, str(here), query) == (before, behind)
    assert find_neighbours(index, "0" * 64, query) == (None, None)
    assert find_neighbours(index, str(listed[0]), parse_query({"state": "failed"})) == (None, None)


def test_another_database_under_the_same_name_and_a_damaged_index_are_noticed(
    store: Store, index: QueueIndex
) -> None:
    one, two = a_document("Uno"), a_document("Dos")
    put(store, new_run(KEY), (one, a_reading(one)))
    assert [row.document_id for row in rows(store, index)] == [one.id]
    store.path.unlink()
    store.prepare()
    put(store, new_run(KEY), (two, a_reading(two)))
    assert [row.document_id for row in rows(store, index)] == [two.id]
    index_path(store.path).write_bytes(b"this is no SQLite file" * 100)
    with pytest.raises(Exception, match="made anew"):
        index.read_marks()
    assert [row.document_id for row in rows(store, index)] == [two.id]


@pytest.mark.slow
def test_what_no_document_is_found_by_any_more_does_not_pile_up(
    store: Store, index: QueueIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.review.queue.index._MOST_LEFT_OVER", 0)
    document = a_document("La cirugía")
    for number in range(9):
        figure = a_figure().model_copy(update={"place": f"HGZ {number}"})
        put(store, new_run(KEY), (document, a_reading(document, report=a_report(figure))))
        follow(store, index)
        assert ask(index, q=f"cirugia {number}").total == 1
        assert ask(index, q=f"cirugia {number - 1}").total == 0
    assert index.read("SELECT count(*) FROM texts")[0][0] < 8


def test_each_piece_takes_one_opening_of_the_database_and_none_is_looked_for_behind_the_last(
    store: Store, index: QueueIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    opened: list[bool] = []
    connect = database.connect

    def count(*about: Any, read_only: bool) -> duckdb.DuckDBPyConnection:  # noqa: ANN401 - its own
        opened.append(read_only)
        return connect(*about, read_only=read_only)

    monkeypatch.setattr(database, "connect", count)
    assert [update(store, index), update(store, index)] == [True, False]
    assert opened == [True, True]
    assert index.tell_progress().is_done


def test_one_process_at_a_time_follows_and_the_others_look(store: Store, index: QueueIndex) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    with FileLock(index_path(store.path).with_name(f"{index_path(store.path).name}.lock")):
        assert update(store, index) is None
        assert not index.tell_progress().is_begun
        assert ask(index).total == 0
    assert len(rows(store, index)) == 1


def test_the_index_answers_while_another_process_has_the_database(
    store: Store, index: QueueIndex
) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    follow(store, index)
    # To DuckDB, a connection that writes is another process as well.
    with duckdb.connect(store.path):
        with pytest.raises(StoreError, match="has the database open"):
            update(store, index)
        assert ask(index).total == 1
    assert update(store, index) is False
