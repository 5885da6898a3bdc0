"""Where documents are: a path has one row, so that figures joined with it are not doubled."""

from pathlib import Path

import pytest

from examples.fault_server import Options, serving
from pipeline.batch.options import Until
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Source
from tests.batch_jobs import Jobs, loaded
from tests.readings import KEY, a_document, a_figure, a_reading, a_report

FIGURES = (
    "SELECT path, number, value FROM current_figures JOIN current_sources USING (document_id) "
    "ORDER BY ALL"
)


def read(store: Store, document: Document, *paths: str) -> None:
    reading = a_reading(document, report=a_report(a_figure(1), a_figure(2)))
    see(store, document, "read", *paths, entries=[Entry(document, reading, now())])


def see(
    store: Store,
    document: Document | None,
    status: str,
    *paths: str,
    entries: list[Entry] | None = None,
) -> None:
    document_id = document and document.id
    seen = [Sighting(Source(path=path), document_id, status) for path in paths]
    store.append(new_run(KEY), entries or [], seen)


def test_a_document_seen_in_two_runs_has_each_figure_once_a_path(store: Store) -> None:
    document = a_document()
    see(store, document, "pending", "/a.txt", "/b.txt")
    read(store, document, "/a.txt", "/b.txt")
    assert store.read("SELECT count(*) FROM sources").rows == [(4,)]
    assert store.read(FIGURES).rows == [
        (path, number, float(number)) for path in ("/a.txt", "/b.txt") for number in (1, 2)
    ]


@pytest.mark.slow
def test_a_batch_that_was_submitted_then_collected_doubles_no_figure(tmp_path: Path) -> None:
    documents = loaded(4)
    with serving(Options(batch_seconds=0.2)) as server:
        jobs = Jobs(tmp_path, server)
        jobs.run(documents, until=Until.SUBMITTED)
        jobs.run(None)
    ((doubled,),) = jobs.store.read(
        "SELECT count(*) FROM current_figures JOIN sources USING (document_id)"
    ).rows
    rows = jobs.store.read(FIGURES).rows
    ((figures,),) = jobs.store.read("SELECT count(*) FROM current_figures").rows
    assert doubled == 2 * figures
    assert len(rows) == len(set(rows)) == figures > 0
    assert jobs.store.read("SELECT DISTINCT status FROM current_sources").rows == [("read",)]


def test_a_path_is_of_the_document_that_it_holds_now(store: Store) -> None:
    document, other = a_document(), a_document("otro 58 mil 610 consultas")
    read(store, document, "/a.txt", "/b.txt")
    read(store, other, "/a.txt")
    assert store.read("SELECT path, document_id FROM current_sources ORDER BY 1").rows == [
        ("/a.txt", other.id),
        ("/b.txt", document.id),
    ]
    see(store, document, "unchanged", "/a.txt")
    assert store.read("SELECT DISTINCT document_id FROM current_sources").rows == [(document.id,)]


def test_a_path_that_is_unreadable_now_has_a_row_without_a_document(store: Store) -> None:
    read(store, a_document(), "/a.txt", "/b.txt")
    see(store, None, "failed", "/a.txt")
    rows = store.read("SELECT path, status, document_id FROM current_sources ORDER BY 1").rows
    assert rows == [("/a.txt", "failed", None), ("/b.txt", "read", a_document().id)]
    assert {path for path, *_ in store.read(FIGURES).rows} == {"/b.txt"}
    failed = "SELECT path FROM current_sources WHERE document_id IS NULL"
    assert store.read(failed).rows == [("/a.txt",)]


def test_records_of_one_file_are_sources_of_their_own(store: Store) -> None:
    documents = [a_document("uno"), a_document("dos"), a_document("tres")]
    records = ["1", "2", None]
    for _ in range(2):
        for document, record in zip(documents, records, strict=True):
            sighting = Sighting(Source(path="/a.jsonl", record=record), document.id, "read")
            store.append(new_run(KEY), [], [sighting])
    rows = store.read("SELECT document_id, record FROM current_sources ORDER BY seen_at").rows
    assert rows == [(one.id, record) for one, record in zip(documents, records, strict=True)]


def test_rows_of_one_moment_are_told_apart_by_their_order(store: Store) -> None:
    seen_at = now()
    store.insert(
        {
            "sources": [
                {
                    "document_id": str(number),
                    "run_id": "r",
                    "path": "/a.txt",
                    "record": None,
                    "status": "read",
                    "error": None,
                    "seen_at": seen_at,
                }
                for number in range(5)
            ]
        }
    )
    assert store.read("SELECT document_id FROM current_sources").rows == [("4",)]
