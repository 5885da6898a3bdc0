"""Reposted bulletins are found among all that were ever seen, and read only once if told to."""

import asyncio
import os
import signal
import threading
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from examples.make_backlog import bulletins
from pipeline import runs
from pipeline.documents import LoadedSource
from pipeline.errors import ReaderError
from pipeline.extract import extract
from pipeline.near import dedupe, search
from pipeline.near.search import find_near
from pipeline.rules.reader import BaselineReader
from pipeline.runs import RunOptions, Summary, Watch
from pipeline.store import QueryResult, Store, new_run
from pipeline.store.rows import Run
from schemas.document import Document, Source
from schemas.finding import Severity
from schemas.reading import Reading, ReadingStatus
from tests.processes import PATIENCE
from tests.readings import KEY, a_document, a_reading, put


@cache
def originals() -> tuple[str, ...]:
    return tuple(text for _, text in bulletins(6, seed=3, near=0.0))


def reposted(text: str, number: int = 1) -> str:
    return f"Redacción Portal Salud {'x' * number}\n\n{text}"


def made(*texts: str) -> list[Document]:
    return [a_document(text) for text in texts]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    return made


def look(store: Store, documents: Sequence[Document]) -> dict[str, str]:
    return find_near(store, new_run(KEY), documents)


def test_the_first_of_a_group_is_like_none_and_the_others_are_like_it(store: Store) -> None:
    one, other = originals()[:2]
    first, again, different, third = made(one, reposted(one), other, reposted(one, 2))
    assert look(store, [first, again, different, third]) == {
        again.id: first.id,
        third.id: first.id,
    }
    rows = store.read("SELECT document_id, like_id, similarity FROM near_documents").rows
    assert {(document_id, like) for document_id, like, _ in rows} == {
        (again.id, first.id),
        (third.id, first.id),
    }
    assert all(0.5 <= degree <= 1 for _, _, degree in rows)


def test_groups_go_over_batches_and_runs(store: Store) -> None:
    one, other = originals()[:2]
    first, again, third = made(one, reposted(one), reposted(one, 2))
    assert look(store, [first]) == {}
    assert look(store, made(other)) == {}
    assert look(store, [again]) == {again.id: first.id}
    assert look(Store(store.path), [third]) == {third.id: first.id}


def test_who_is_seen_again_keeps_its_place_in_whatever_order(store: Store) -> None:
    one = originals()[0]
    first, again, third = made(one, reposted(one), reposted(one, 2))
    told = look(store, [first, again, third])
    rows = store.read("SELECT count(*) FROM signatures").rows
    assert look(store, [third, again, first]) == told
    assert look(store, [again]) == {again.id: first.id}
    assert look(store, [first]) == {}
    assert store.read("SELECT count(*) FROM signatures").rows == rows


def test_texts_too_short_to_compare_are_like_none_and_not_signed_again(store: Store) -> None:
    one, other = made("5 consultas", "6 consultas")
    assert look(store, [one, other]) == look(store, [one, other]) == {}
    assert store.read("SELECT count(*) FROM signatures").rows == [(2,)]


def test_no_document_at_all_is_no_question(store: Store) -> None:
    assert look(store, []) == {}


def test_bulletins_that_are_no_reposts_are_kept_apart(store: Store) -> None:
    assert look(store, made(*originals())) == {}


def test_no_more_signatures_are_fetched_than_are_compared(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_COMPARED", 2)
    one = originals()[0]
    of_a_template = made(*(f"{one}\n\nHubo {number} vacunas." for number in range(1001, 1009)))
    assert look(store, of_a_template) == {}
    asked, fetched = store.read, []

    def noting(sql: str, parameters: Sequence[object] = ()) -> QueryResult:
        found = asked(sql, parameters)
        if "hashes" in sql:
            fetched.append(len(found.rows))
        return found

    monkeypatch.setattr(store, "read", noting)
    again = a_document(reposted(of_a_template[0].text))
    assert look(store, [again]) == {again.id: of_a_template[0].id}
    assert fetched == [2]


class Noting:
    """The baseline reader, which notes what it was given, and fails where it is to."""

    def __init__(self, failing: Collection[str] = ()) -> None:
        self._reader = BaselineReader()
        self.key = self._reader.key
        self.read_ids: list[str] = []
        self._failing = failing

    async def read(self, document: Document) -> Reading:
        self.read_ids.append(document.id)
        if document.id in self._failing:
            raise ReaderError("no answer")
        return await self._reader.read(document)


def go(
    store: Store,
    documents: list[Document],
    *,
    reuse: bool,
    failing: Collection[str] = (),
    watch: Watch = Watch(),  # noqa: B008 - it is frozen
) -> tuple[Summary, list[str]]:
    reader = Noting(failing)
    loaded = [LoadedSource(Source(path=f"{one.id[:6]}.txt"), one, None) for one in documents]
    run_options = RunOptions(4, reuse_near=reuse)
    summary = asyncio.run(runs.run(loaded, reader, store, run_options, watch))
    return summary, reader.read_ids


@cache
def usable() -> Document:
    """Give an original whose reading holds in full, so that it can be taken over."""
    for document in made(*originals()):
        reading = asyncio.run(extract(document, BaselineReader()))
        if reading.status is ReadingStatus.OK and not any(
            one.severity is Severity.ERROR for one in reading.findings
        ):
            return document
    raise AssertionError("none of them")


def test_without_being_asked_for_nothing_is_compared_and_all_are_read(store: Store) -> None:
    one, again = made(originals()[0], reposted(originals()[0]))
    summary, read = go(store, [one, again], reuse=False)
    assert (summary.read, summary.near, summary.reused) == (2, 0, 0)
    assert read == [one.id, again.id]
    assert store.read("SELECT count(*) FROM signatures").rows == [(0,)]


def test_nearly_identical_bulletins_that_were_read_are_counted_where_that_is_asked_for(
    store: Store,
) -> None:
    one, again, third = made(originals()[0], *(reposted(originals()[0], n) for n in (1, 2)))
    go(store, [one, again], reuse=False)
    summary, read = go(store, [one, again, third], reuse=True)
    assert (summary.unchanged, summary.near, len(read) + summary.reused) == (2, 2, 1)
    rows = store.read("SELECT document_id, like_id FROM near_documents").rows
    assert set(rows) == {(again.id, one.id), (third.id, one.id)}


def test_a_run_that_is_stopped_while_it_compares_begins_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, *others, new = made(*originals())
    go(store, [one, *others], reuse=False)
    monkeypatch.setattr(dedupe, "_BATCH_DOCUMENTS", 1)
    compared, compare, stopping = [], dedupe.compare_stored, threading.Event()

    def interrupting(store: Store, run: Run) -> Iterator[int]:
        for count in compare(store, run):
            compared.append(count)
            os.kill(os.getpid(), signal.SIGINT)
            stopping.wait(PATIENCE)
            yield count

    monkeypatch.setattr(dedupe, "compare_stored", interrupting)

    def say(line: str) -> None:
        if line.startswith("Stopping"):
            stopping.set()

    summary, read = go(store, [new], reuse=True, watch=Watch(say=say))
    assert (summary.outcome, summary.read, read, compared) == ("interrupted", 0, [], [1])
    monkeypatch.setattr(dedupe, "compare_stored", compare)
    assert go(store, [new], reuse=True)[0].outcome == "finished"
    assert store.read("SELECT count(*) FROM signatures").rows == [(len(originals()),)]


@pytest.mark.parametrize("together", [True, False])
def test_one_reading_serves_all_of_a_group_and_says_so(store: Store, *, together: bool) -> None:
    one = usable()
    again = a_document(reposted(one.text))
    if not together:
        go(store, [one], reuse=False)
    summary, read = go(store, [one, again] if together else [again], reuse=True)
    assert read == [one.id] * together
    assert (summary.near, summary.reused, summary.left, summary.failed) == (1, 1, 0, 0)
    ((derived, source),) = store.read(
        "SELECT derived, derived_from FROM readings WHERE document_id = ?", [again.id]
    ).rows
    ((first,),) = store.read("SELECT reading_id FROM readings WHERE document_id = ?", [one.id]).rows
    assert (derived, source) == ("near", first)
    figures = [
        store.read(
            "SELECT value, unit, service, detail, status, period, edition, place, quote "
            "FROM current_figures WHERE document_id = ? ORDER BY ALL",
            [each.id],
        ).rows
        for each in (one, again)
    ]
    assert figures[0] == figures[1] != []
    assert go(store, [one, again], reuse=True)[0].unchanged == 2


@pytest.mark.slow
def test_where_the_first_of_a_group_failed_the_next_takes_its_place(store: Store) -> None:
    text = usable().text
    group = made(text, *(reposted(text, number) for number in range(1, 6)))
    first, second, *others, last = group
    failing = {first.id, second.id}
    summary, read = go(store, group[:-1], reuse=True, failing=failing)
    assert read == [first.id, second.id, others[0].id]
    assert (summary.read, summary.reused, summary.failed, summary.left) == (3, 2, 2, 0)
    assert go(store, [last], reuse=True)[1] == [], "in a later run too"
    taken_from = store.read("SELECT DISTINCT derived_from FROM readings WHERE derived = 'near'")
    ((lender,),) = taken_from.rows
    assert store.read("SELECT document_id FROM readings WHERE reading_id = ?", [lender]).rows == [
        (others[0].id,)
    ]


def test_the_newest_reading_without_fault_by_an_equal_reader_is_taken_over(store: Store) -> None:
    document, other = made("uno", "dos")
    dear = KEY.model_copy(update={"model": "dear"})
    first, second, third = a_reading(document), a_reading(document), a_reading(document, key=dear)
    partial = a_reading(document, ReadingStatus.PARTIAL)
    for reading in (first, second, third, partial):
        put(store, new_run(KEY), (document, reading))
    groups = [document.id, other.id]
    assert search.fetch_reusable(store, groups, KEY) == {document.id: second}
    assert search.fetch_reusable(store, groups, dear) == {document.id: third}


def test_where_the_other_reading_is_missing_the_bulletin_is_read(store: Store) -> None:
    one, again = made(originals()[0], reposted(originals()[0]))
    look(store, [one])  # seen by a run that was killed before it read it
    summary, read = go(store, [again], reuse=True)
    assert read == [again.id]
    assert (summary.read, summary.near, summary.reused, summary.left) == (1, 1, 0, 0)
