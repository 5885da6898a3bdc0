"""Which document a person means: by a path, by a part of one, or by the beginning of an ID."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.console.lookup import find
from pipeline.errors import UsageError
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Metadata, Source
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, JornadaReport
from tests.bulletins import a_store

KEY = ReaderKey(reader="baseline", schema_hash="s")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.chdir(tmp_path)
    with a_store(tmp_path) as made:
        yield made


def put(store: Store, text: str, *sources: Source, read: bool = True) -> str:
    """Store a document that these sources hold, with a reading or without; give its ID."""
    document = Document(
        id=sha256(text.encode()).hexdigest(), text=text, metadata=Metadata(format="txt")
    )
    report = JornadaReport(title=text, bulletin_kind=BulletinKind.RESULTS)
    reading = Reading(
        document_id=document.id, key=KEY, status=ReadingStatus.OK, report=report, seconds=0.1
    )
    store.append(
        new_run(KEY),
        [Entry(document, reading, now())] if read else [],
        [Sighting(source, document.id, "read" if read else "pending") for source in sources],
        [] if read else [document],
    )
    return document.id


def lose(store: Store, path: str) -> None:
    """Store that a file could not be read any more."""
    store.append(new_run(KEY), [], [Sighting(Source(path=path), None, "failed", "is gone")])


def test_a_stored_path_is_enough_though_the_file_is_gone(store: Store) -> None:
    one = put(store, "uno", Source(path="/boletines/2022/uno.txt"))
    put(store, "dos", Source(path="/boletines/2022/dos.txt"))
    lose(store, "/boletines/2022/uno.txt")
    assert find(store, "/boletines/2022/uno.txt").document.id == one


def test_a_path_is_found_as_it_is_typed_in_its_folder(store: Store, tmp_path: Path) -> None:
    one = put(store, "uno", Source(path=str(tmp_path / "uno.txt")))
    put(store, "dos", Source(path=str(tmp_path / "más" / "uno.txt")))
    assert find(store, "uno.txt").document.id == one, "and not what has it in its path"
    assert find(store, "./uno.txt").document.id == one


@pytest.mark.parametrize("part", ["nuevo-leon", "Nuevo-León", "48-", "2022/48-nuevo-leon-11a.txt"])
def test_a_part_of_a_path_is_enough_where_one_document_has_it(store: Store, part: str) -> None:
    one = put(store, "uno", Source(path="/boletines/2022/48-nuevo-leon-11a.txt"))
    put(store, "dos", Source(path="/boletines/2022/47-nuevo-laredo.txt"))
    assert find(store, part).document.id == one


def test_one_document_under_several_paths_is_one(store: Store) -> None:
    one = put(store, "uno", Source(path="/a/uno.txt"), Source(path="/b/uno.txt"))
    shown = find(store, "uno")
    assert shown.document.id == one
    assert [str(source) for source in shown.sources] == ["/a/uno.txt", "/b/uno.txt"]


def test_a_record_is_named_as_it_is_shown(store: Store) -> None:
    put(store, "uno", Source(path="/a/lote.csv", record="1"))
    ten = put(store, "diez", Source(path="/a/lote.csv", record="10"))
    one = find(store, "/a/lote.csv#1").document
    assert one.text == "uno"
    assert find(store, "lote.csv#10").document.id == ten
    with pytest.raises(UsageError, match=r"any of 2 documents: /a/lote\.csv#1 \("):
        find(store, "/a/lote.csv")


def test_a_path_means_what_it_holds_now(store: Store) -> None:
    path = Source(path="/a/uno.txt")
    before = put(store, "antes", path)
    assert find(store, before).counts
    after = put(store, "después", path)
    assert find(store, "/a/uno.txt").document.id == after
    assert find(store, after).counts
    assert not find(store, before).counts


def test_the_beginning_of_an_id_is_enough(store: Store) -> None:
    one = put(store, "uno", Source(path="/z/z.txt"))
    put(store, "dos", Source(path="/z/y.txt"))
    for said in (one, one[:12], one[:12].upper()):
        assert find(store, said).document.id == one


def test_what_several_documents_are_called_names_ten_of_them_at_most(store: Store) -> None:
    ids = [put(store, f"{n}", Source(path=f"/a/boletín-{n:02}.txt")) for n in range(12)]
    with pytest.raises(UsageError) as caught:
        find(store, "boletín")
    told = str(caught.value)
    assert told.startswith("boletín: this may be any of 12 documents: /a/boletín-00.txt (")
    assert ids[9][:12] in told
    assert "/a/boletín-10.txt" not in told
    assert told.endswith(", and 2 more; give more of its path or ID")


@pytest.mark.parametrize("what", ["", "nowhere.txt", "%", "_", "' OR 1", "ffffffffffff"])
def test_what_no_document_is_called_is_one_clear_line(store: Store, what: str) -> None:
    put(store, "uno", Source(path="/a/uno.txt"))
    with pytest.raises(UsageError, match=r"there is no such file, and .* holds no document"):
        find(store, what)


def test_a_document_that_nobody_read_is_told_as_such(store: Store) -> None:
    put(store, "uno", Source(path="/a/uno.txt"), read=False)
    with pytest.raises(UsageError, match="has that document, and no reading of it yet"):
        find(store, "uno.txt")
