"""What is stored of sources: each file by one name, and a row where something changed."""

from pathlib import Path

import pytest

from pipeline.store import Store, new_run
from pipeline.store.insertion import Appended
from pipeline.store.rows import Sighting, now, stored_path
from schemas.document import Document, Source
from tests.readings import KEY, a_document

ONE, TWO = a_document("uno"), a_document("dos")
SOURCES = "SELECT path, document_id, status FROM sources ORDER BY rowid"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def see(
    store: Store,
    path: str,
    document: Document | None,
    status: str = "read",
    *,
    record: str | None = None,
) -> Appended:
    source = Source(path=path, record=record)
    return store.append(new_run(KEY), [], [Sighting(source, document and document.id, status)])


def put_former(store: Store, path: str, document: Document, record: str | None = None) -> None:
    """Store a source as a version did that kept paths as they were typed."""
    row = {
        "document_id": document.id,
        "run_id": "r",
        "path": path,
        "record": record,
        "status": "read",
        "error": None,
        "seen_at": now(),
    }
    store.insert({"sources": [row]})


def current(store: Store) -> list[tuple[object, ...]]:
    return store.read("SELECT path, record, document_id FROM current_sources ORDER BY ALL").rows


def test_a_file_has_one_name_however_it_is_typed(store: Store, tmp_path: Path) -> None:
    typed = ["b/a.txt", "./b/a.txt", "b//a.txt", "b/../b/a.txt", str(tmp_path / "b" / "a.txt")]
    assert {stored_path(path) for path in typed} == {str(tmp_path / "b" / "a.txt")}
    assert [see(store, path, ONE).new for path in typed] == [True, False, False, False, False]


@pytest.mark.parametrize("path", ["-", "s3://bucket/a//b.jsonl", "file:///tmp/a.txt"])
def test_standard_input_and_urls_stay_as_they_are(store: Store, path: str) -> None:
    see(store, path, ONE)
    assert current(store) == [(path, None, ONE.id)]


@pytest.mark.parametrize("former", ["b/a.jsonl", "./b/a.jsonl"])
def test_a_file_that_was_kept_by_its_relative_path_counts_once(
    store: Store, tmp_path: Path, former: str
) -> None:
    for record in ("1", "2"):
        put_former(store, former, ONE, record)
    put_former(store, "c/a.jsonl", ONE, "1")
    where = str(tmp_path / "b" / "a.jsonl")
    assert see(store, "b/a.jsonl", ONE, "unchanged", record="1") == Appended(new=True, changed=0)
    assert see(store, where, TWO, record="2") == Appended(new=True, changed=1)
    assert current(store) == [
        (where, "1", ONE.id),
        (where, "2", TWO.id),
        ("c/a.jsonl", "1", ONE.id),
    ]
    assert not see(store, "b/a.jsonl", ONE, "unchanged", record="1").new


def test_a_source_has_changed_that_holds_another_text_than_when_it_could_last_be_read(
    store: Store,
) -> None:
    assert see(store, "a.txt", ONE).changed == 0
    assert see(store, "a.txt", None, "failed").changed == 0
    assert see(store, "a.txt", ONE).changed == 0
    assert see(store, "a.txt", None, "failed").changed == 0
    assert see(store, "a.txt", TWO).changed == 1
    assert see(store, "a.txt", None, "forgotten").changed == 0
    assert see(store, "a.txt", ONE).changed == 0, "what was forgotten is nothing to differ from"


def test_texts_that_come_by_standard_input_change_nothing(store: Store) -> None:
    assert see(store, "-", ONE).changed == see(store, "-", TWO).changed == 0


def test_a_document_out_of_the_store_settles_what_was_pending_and_says_nothing_else(
    store: Store, tmp_path: Path
) -> None:
    for path in ("a.txt", "b.txt", "c.txt", "d.txt"):
        see(store, path, ONE, "pending")
    see(store, "b.txt", TWO)
    see(store, "c.txt", None, "failed")
    see(store, "d.txt", None, "forgotten")
    see(store, "a.txt", ONE, "recalled")
    rows = store.read("SELECT path, status, document_id FROM current_sources ORDER BY 1").rows
    assert rows == [
        (str(tmp_path / "a.txt"), "read", ONE.id),
        (str(tmp_path / "b.txt"), "read", TWO.id),
        (str(tmp_path / "c.txt"), "failed", None),
    ]
    assert not see(store, "a.txt", ONE, "recalled").new


def test_a_working_folder_that_is_gone_stops_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert see(store, "/b/a.txt", ONE).new
    assert current(store) == [("/b/a.txt", None, ONE.id)]
