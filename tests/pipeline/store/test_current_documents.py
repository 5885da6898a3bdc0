"""What counts: the texts that files hold today, and nothing that they held before."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Source
from tests.readings import KEY, a_document, a_figure, a_reading, a_report

DOCUMENTS = tuple(a_document(text) for text in ("uno", "dos", "tres"))
ONE, TWO, _ = DOCUMENTS
CURRENT = "SELECT document_id, path, record, sources FROM current_documents ORDER BY ALL"
VIEWS = ("current_readings", "current_figures", "current_jornadas", "current_findings")


def see(store: Store, path: str, document: Document | None, status: str = "read") -> None:
    sighting = Sighting(Source(path=path), document and document.id, status)
    store.append(new_run(KEY), [], [sighting])


def read(store: Store, document: Document) -> None:
    """Store a reading, and no source."""
    reading = a_reading(document, report=a_report(a_figure(1), a_figure(2)))
    store.append(new_run(KEY), [Entry(document, reading, now())], [])


def documents_in(store: Store, view: str) -> set[str]:
    rows = store.read(f"SELECT DISTINCT document_id FROM {view}").rows  # noqa: S608 - a name of ours
    return {document_id for (document_id,) in rows}


def test_a_corrected_file_counts_once_and_what_it_said_before_no_more(store: Store) -> None:
    for document in (ONE, TWO):
        read(store, document)
        see(store, "/a.txt", document)
    assert store.read(CURRENT).rows == [(TWO.id, "/a.txt", None, 1)]
    for view in VIEWS:
        assert documents_in(store, view) == {TWO.id}
    assert store.read("SELECT count(*) FROM current_figures").rows == [(2,)]
    assert store.read("SELECT count(*) FROM figures").rows == [(4,)]


def test_a_text_that_another_file_holds_still_counts(store: Store) -> None:
    read(store, ONE)
    see(store, "/a.txt", ONE)
    see(store, "/b.txt", ONE)
    assert store.read(CURRENT).rows == [(ONE.id, "/a.txt", None, 2)]
    see(store, "/a.txt", TWO)
    rows = [(ONE.id, "/b.txt", None, 1), (TWO.id, "/a.txt", None, 1)]
    assert store.read(CURRENT).rows == sorted(rows)
    assert documents_in(store, "current_figures") == {ONE.id}


def test_a_file_that_cannot_be_read_now_counts_as_what_it_held_last(store: Store) -> None:
    read(store, ONE)
    see(store, "/a.txt", ONE)
    see(store, "/a.txt", None, "failed")
    assert store.read(CURRENT).rows == [(ONE.id, "/a.txt", None, 1)]
    assert store.read("SELECT document_id, status FROM current_sources").rows == [(None, "failed")]
    assert documents_in(store, "current_figures") == {ONE.id}


def test_what_was_forgotten_counts_no_more_until_it_is_seen_again(store: Store) -> None:
    read(store, ONE)
    see(store, "/a.txt", ONE)
    see(store, "/a.txt", None, "forgotten")
    for view in ("current_sources", "current_documents", *VIEWS):
        assert documents_in(store, view) == set()
    see(store, "/a.txt", None, "failed")
    assert documents_in(store, "current_documents") == set()
    assert store.read("SELECT status FROM current_sources").rows == [("failed",)]
    see(store, "/a.txt", ONE, "unchanged")
    assert store.read(CURRENT).rows == [(ONE.id, "/a.txt", None, 1)]
    assert documents_in(store, "current_figures") == {ONE.id}


def test_a_document_that_no_file_was_ever_on_record_for_counts(store: Store) -> None:
    read(store, ONE)
    assert store.read(CURRENT).rows == [(ONE.id, None, None, 0)]
    assert documents_in(store, "current_figures") == {ONE.id}


def test_each_text_that_came_by_standard_input_counts_until_it_is_forgotten(store: Store) -> None:
    for document in (ONE, TWO):
        see(store, "-", document)
    assert store.read(CURRENT).rows == sorted((each.id, "-", None, 1) for each in (ONE, TWO))
    assert documents_in(store, "current_sources") == {ONE.id, TWO.id}
    see(store, "-", ONE, "forgotten")
    assert store.read(CURRENT).rows == [(TWO.id, "-", None, 1)]
    assert documents_in(store, "current_sources") == {TWO.id}
    see(store, "-", ONE)
    assert documents_in(store, "current_documents") == {ONE.id, TWO.id}


def test_a_document_is_named_by_the_record_that_it_was_found_in_first(store: Store) -> None:
    for record in ("9", "1"):
        source = Source(path="/b.jsonl", record=record)
        store.append(new_run(KEY), [], [Sighting(source, ONE.id, "read")])
    see(store, "/a.txt", ONE)
    assert store.read(CURRENT).rows == [(ONE.id, "/b.jsonl", "9", 3)]


sightings = st.tuples(
    st.sampled_from(["/a.txt", "/b.txt"]),
    st.one_of(st.sampled_from(["failed", "forgotten"]), st.sampled_from(DOCUMENTS)),
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seen=st.lists(sightings, max_size=8))
def test_each_document_is_counted_by_the_files_that_hold_it(
    emptied: Callable[[], Store], seen: list[tuple[str, str | Document]]
) -> None:
    store = emptied()
    holds: dict[str, str] = {}
    for path, what in seen:
        if isinstance(what, Document):
            see(store, path, what)
            holds[path] = what.id
        else:
            see(store, path, None, what)
            if what == "forgotten":
                holds.pop(path, None)
    counted = store.read("SELECT document_id, sources FROM current_documents").rows
    assert sorted(counted) == sorted(Counter(holds.values()).items())
