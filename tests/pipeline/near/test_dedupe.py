"""All that is stored is compared, once each, however often the work is killed."""

import json
import sys
from collections.abc import Collection
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from examples.make_backlog import bulletins
from pipeline.near import dedupe
from pipeline.near.dedupe import DedupeCounts, compare_all
from pipeline.near.search import find_near
from pipeline.store import Store, new_run
from pipeline.store.rows import Run, Sighting
from schemas.document import Document, Source
from tests.processes import run_program
from tests.readings import KEY, a_document

COUNT = 40
FOUND = {
    "signatures": "SELECT document_id, hashes, numbers FROM signatures",
    "bands": "SELECT document_id, band FROM signature_bands",
    "near": "SELECT document_id, like_id, similarity FROM near_documents",
}


@cache
def documents() -> tuple[Document, ...]:
    return tuple(a_document(text) for _, text in bulletins(COUNT, seed=5, near=0.4))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return filled(tmp_path / "a.duckdb")


def filled(path: Path) -> Store:
    """Make a database of documents that were never compared, each added after the one before."""
    path.write_bytes(filled_once())
    return Store(path)


@cache
def filled_once() -> bytes:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "a.duckdb")
        store.prepare()
        with store.keep_open():
            for document in documents():
                source = Sighting(Source(path=document.id), document.id, "pending")
                store.append(new_run(KEY), [], [source], [document])
        return store.path.read_bytes()


def go(store: Store) -> DedupeCounts:
    counts = DedupeCounts()
    compare_all(store, counts, lambda _: None)
    return counts


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Give all that was found, but for which run found it."""
    return {what: sorted(store.read(sql).rows, key=repr) for what, sql in FOUND.items()}


@pytest.mark.slow
def test_all_documents_are_compared_as_they_would_have_been_when_they_came(
    store: Store, tmp_path: Path
) -> None:
    counts = go(store)
    at_once = filled(tmp_path / "b.duckdb")
    find_near(at_once, new_run(KEY), documents())
    assert rows(store) == rows(at_once)
    near = len(rows(store)["near"])
    assert (counts.documents, counts.compared_before, counts.compared, counts.near) == (
        COUNT, 0, COUNT, near,
    )  # fmt: skip
    assert near > COUNT / 10


def test_what_was_compared_is_not_compared_again_and_leaves_no_run(store: Store) -> None:
    first = go(store)
    new = a_document(documents()[0].text + "\n\nRedacción")
    store.append(new_run(KEY), [], [], [new])
    second = go(store)
    assert (second.documents, second.compared_before, second.compared) == (COUNT + 1, COUNT, 1)
    assert second.near == first.near + 1
    third = go(store)
    assert (third.compared, third.near) == (0, second.near)
    runs = store.read(
        "SELECT outcome, summary FROM runs JOIN run_ends USING (run_id) "
        "WHERE reader = 'dedupe' ORDER BY started_at"
    ).rows
    assert [outcome for outcome, _ in runs] == ["finished", "finished"]
    assert [json.loads(summary)["compared"] for _, summary in runs] == [COUNT, 1]


def test_what_a_run_compared_is_not_compared_again(store: Store) -> None:
    find_near(store, new_run(KEY), documents()[:7])
    counts = go(store)
    assert (counts.compared_before, counts.compared) == (7, COUNT - 7)
    assert store.read("SELECT count(*), count(DISTINCT document_id) FROM signatures").rows == [
        (COUNT, COUNT)
    ]


@pytest.mark.slow
def test_few_documents_are_held_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = max(len(document.text) for document in documents())
    monkeypatch.setattr(dedupe, "_PAGE", 11)
    monkeypatch.setattr(dedupe, "_BATCH_DOCUMENTS", 4)
    monkeypatch.setattr(dedupe, "_BATCH_CHARACTERS", 2 * longest)
    fetched: list[tuple[int, int]] = []
    fetch = dedupe.fetch_documents

    def noting(store: Store, ids: Collection[str]) -> tuple[Document, ...]:
        batch = fetch(store, ids)
        fetched.append((len(batch), sum(len(document.text) for document in batch)))
        return batch

    monkeypatch.setattr(dedupe, "fetch_documents", noting)
    whole = filled(store.path.with_name("b.duckdb"))
    assert go(store).compared == sum(count for count, _ in fetched) == COUNT
    assert all(count <= 4 and size <= 2 * longest for count, size in fetched)
    find_near(whole, new_run(KEY), documents())
    assert rows(store) == rows(whole), "whatever they were compared with"


def test_an_interrupted_one_says_so_and_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dedupe, "_BATCH_DOCUMENTS", 10)

    def stop(_: Run) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare_all(store, DedupeCounts(), stop)
    assert store.read("SELECT outcome FROM run_ends").rows == [("interrupted",)]
    assert go(store).compared == COUNT - 10


KILLED = """
import os, sys
from pathlib import Path
from pipeline.near import dedupe
from pipeline.store import Store
dedupe._BATCH_DOCUMENTS = 7
left = int(sys.argv[2])
def step(run):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), 9)
dedupe.compare_all(Store(Path(sys.argv[1])), dedupe.DedupeCounts(), step)
"""


@pytest.mark.slow
def test_what_was_signed_stays_when_it_is_killed(store: Store) -> None:
    for batches in (1, 3):
        command = [sys.executable, "-c", KILLED, str(store.path), str(batches)]
        run_program(command, check=False)
    counts = go(store)
    assert (counts.compared_before, counts.compared) == (28, COUNT - 28)
    whole = filled(store.path.with_name("b.duckdb"))
    go(whole)
    assert rows(store) == rows(whole)
