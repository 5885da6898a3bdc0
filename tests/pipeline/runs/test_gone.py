"""What is gone: only what the system says is not there, among what was asked for."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import runs
from pipeline.documents import read_all
from pipeline.errors import ServerRefusal
from pipeline.reader import Reader
from pipeline.rules.reader import BaselineReader
from pipeline.runs import Asked, RunOptions, SetUp, Summary, Watch
from pipeline.store import Store
from schemas.document import Document
from schemas.reading import ReaderKey, Reading

LINE = '{{"id": "{0}", "text": "Se otorgaron {0} consultas en la jornada."}}\n'


FILES = {
    "in/a.txt": "Se otorgaron 11 consultas.",
    "in/below/b.txt": "Se otorgaron 12 consultas.",
    "in/many.jsonl": "".join(map(LINE.format, (21, 22, 23))),
    "other/c.txt": "Se otorgaron 13 consultas.",
}


@pytest.fixture(scope="module")
def _read_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a folder where two folders are read, and a copy of the database."""
    folder, kept = tmp_path_factory.mktemp("gone") / "of-one-test", tmp_path_factory.mktemp("kept")
    lay_out(folder)
    with contextlib.chdir(folder):
        assert go(Store(folder / "a.duckdb"), ["in", "other"]).gone == 0
    return folder, shutil.copy(folder / "a.duckdb", kept / "a.duckdb")


@pytest.fixture
def store(_read_once: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a store that knows two files of one bulletin and one of three, in two folders.

    They are in one place for all tests, as a database has the paths of its files; both are as new.
    """
    folder, kept = _read_once
    shutil.rmtree(folder)
    lay_out(folder)
    shutil.copy(kept, folder / "a.duckdb")
    monkeypatch.chdir(folder)
    return Store(folder / "a.duckdb")


def lay_out(folder: Path) -> None:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def go(
    store: Store, paths: Sequence[str], *, prune: bool = False, reader: Reader | None = None
) -> Summary:
    setup = SetUp(asked=Asked(paths, prune))
    loaded, reader = read_all(paths), reader or BaselineReader()
    return asyncio.run(runs.run(loaded, reader, store, RunOptions(concurrency=1), Watch(), setup))


def names(store: Store) -> set[str]:
    """Name the sources that count, by the last part of the path and the record."""
    rows = store.read("SELECT path, record FROM current_sources").rows
    return {Path(path).name + (f"#{record}" if record else "") for path, record in rows}


ALL = {"a.txt", "b.txt", "many.jsonl#21", "many.jsonl#22", "many.jsonl#23", "c.txt"}


@pytest.mark.slow
def test_a_file_that_is_gone_is_told_and_stays_until_it_is_pruned(store: Store) -> None:
    Path("in/a.txt").unlink()
    Path("in/below/b.txt").unlink()
    told = go(store, ["in"])
    assert (told.gone, told.forgotten, names(store)) == (2, 0, ALL)
    told = go(store, ["in"], prune=True)
    assert (told.gone, told.forgotten) == (2, 2)
    assert names(store) == ALL - {"a.txt", "b.txt"}
    told = go(store, ["in"], prune=True)
    assert (told.gone, told.forgotten) == (0, 0)


def test_what_was_pruned_and_comes_back_counts_again(store: Store) -> None:
    text = Path("in/a.txt").read_text("utf-8")
    Path("in/a.txt").unlink()
    go(store, ["in"], prune=True)
    Path("in/a.txt").write_text(text, "utf-8")
    told = go(store, ["in"])
    assert (told.read, told.changed, names(store)) == (0, 0, ALL)


def test_what_was_not_asked_for_is_not_gone(store: Store) -> None:
    shutil.rmtree("other")
    Path("in/a.txt").unlink()
    assert go(store, ["in/below"]).gone == 0
    assert go(store, ["in/many.jsonl"]).gone == 0
    assert go(store, ["in"], prune=True).gone == 1
    assert "c.txt" in names(store)


def test_a_record_is_gone_where_its_file_was_read_to_its_end(store: Store) -> None:
    many = Path("in/many.jsonl")
    many.write_text(LINE.format(21) + '{"id": "22", "text": ""}\n', "utf-8")
    told = go(store, ["in/many.jsonl"], prune=True)
    assert (told.gone, told.unreadable) == (1, 1)
    assert names(store) == ALL - {"many.jsonl#23"}


def test_a_file_that_breaks_on_its_way_has_lost_no_record(store: Store) -> None:
    for text in ('{"id": "21", "text": "Hubo 5 consultas."}\n', ""):
        Path("in/many.jsonl").write_text(text, "utf-8")
        told = go(store, ["in"])
    assert told.gone == 0, "an empty file is an unreadable one"
    Path("in/rows.csv").write_text("id,text\n1,Hubo 31 consultas\n2,Hubo 32 consultas\n", "utf-8")
    assert go(store, ["in"]).gone == 0
    Path("in/rows.csv").write_text('id,text\n1,Hubo 31 consultas\n2,"' + "x" * 11_000_000, "utf-8")
    assert go(store, ["in"]).gone == 0


def test_a_file_that_became_one_of_many_no_longer_holds_its_one_text(store: Store) -> None:
    Path("in/a.txt").unlink()
    shutil.move("in/many.jsonl", "in/a.txt")
    Path("in/a.txt").rename("in/a.json")
    told = go(store, ["in"], prune=True)
    assert told.gone == 4
    assert names(store) == {"b.txt", "a.json#21", "a.json#22", "a.json#23", "c.txt"}


@pytest.mark.parametrize("how", ["missing", "empty", "a file"])
def test_a_folder_that_gives_nothing_has_lost_nothing(store: Store, how: str) -> None:
    shutil.rmtree("in")
    if how == "empty":
        Path("in").mkdir()
    elif how == "a file":
        Path("in").write_text("Se otorgaron 44 consultas.", "utf-8")
    told = go(store, ["in", "other"], prune=True)
    assert told.gone == (5 if how == "a file" else 0)
    if how != "a file":
        assert names(store) >= ALL


def test_a_folder_that_may_not_be_entered_has_lost_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Path("in/below").resolve()
    real_list, real_lstat = os.listdir, os.lstat

    def refuse(path: object) -> None:
        if str(path).startswith(("in/below", str(closed))):
            raise PermissionError(13, "Permission denied")

    def list_folder(path: str) -> list[str]:
        refuse(path)
        return real_list(path)

    def look_at(path: str) -> os.stat_result:
        if str(path) != str(closed):
            refuse(path)
        return real_lstat(path)

    monkeypatch.setattr(os, "listdir", list_folder)
    monkeypatch.setattr(os, "lstat", look_at)
    told = go(store, ["in"], prune=True)
    assert (told.gone, told.unreadable) == (0, 1)


@pytest.mark.parametrize(
    ("pattern", "gone"),
    [
        ("in/*.txt", {"a.txt"}),
        ("in/*", {"a.txt", "b.txt"}),
        ("in/b*/*", {"b.txt"}),
        ("**/*.txt", {"a.txt", "b.txt", "c.txt"}),
        ("in/**", {"a.txt", "b.txt"}),
        ("[o]ther/*", {"c.txt"}),
    ],
)
def test_a_pattern_asks_for_what_it_would_match(store: Store, pattern: str, gone: set[str]) -> None:
    for path in ("in/a.txt", "in/below/b.txt", "other/c.txt"):
        file = Path(path)
        file.with_name(f"still {file.name}").write_text("Hubo 99 consultas.", "utf-8")
        file.unlink()
    go(store, [pattern], prune=True)
    assert ALL - names(store) == gone


class RefusedReader:
    """Is refused by its server, whatever it asks."""

    key = ReaderKey(reader="llm", model="m", schema_hash="s")

    async def read(self, _: Document) -> Reading:
        raise ServerRefusal("the key is refused", "the key")


def test_nothing_is_said_to_be_gone_by_a_run_that_did_not_see_everything(store: Store) -> None:
    Path("in/a.txt").unlink()
    for number in range(100, 110):
        Path(f"in/{number}.txt").write_text(f"Hubo {number} consultas.", "utf-8")
    told = go(store, ["in"], prune=True, reader=RefusedReader())
    assert (told.outcome, told.gone, told.forgotten) == ("refused", None, None)
    assert names(store) >= ALL


def test_sources_of_older_versions_are_gone_as_others_are(store: Store) -> None:
    run = store.read("SELECT run_id FROM runs").rows[0][0]
    rows = [
        {
            "document_id": "0" * 64,
            "run_id": run,
            "path": path,
            "record": None,
            "status": "read",
            "error": None,
            "seen_at": store.read("SELECT max(seen_at) FROM sources").rows[0][0],
        }
        for path in ("in/old.txt", "elsewhere/old.txt")
    ]
    store.insert({"sources": rows})
    told = go(store, ["in"], prune=True)
    assert told.gone == 1
    paths = {path for (path,) in store.read("SELECT path FROM current_sources").rows}
    assert "in/old.txt" not in paths
    assert "elsewhere/old.txt" in paths
