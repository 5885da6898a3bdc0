"""Folders may hold anything: what is no file is passed over, and nothing is waited for."""

import os
import socket
import threading
from collections import Counter
from pathlib import Path

import pytest

from pipeline.documents import opening, read_all
from pipeline.documents.inputs import count_sources
from pipeline.documents.opening import open_source
from pipeline.errors import DocumentError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one bulletin, and of much that only looks like one."""
    (tmp_path / "b.txt").write_text("Hubo 5 cirugías.")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    (tmp_path / "random.txt").symlink_to("/dev/random")
    (tmp_path / "kmsg.txt").symlink_to("/proc/kmsg")
    (tmp_path / "processes").symlink_to("/proc")
    (tmp_path / "again").symlink_to(tmp_path)
    return tmp_path


PASSED_OVER = {"device": 2, "pipe": 1, "file of the system": 2}


@pytest.mark.parametrize("pattern", ["", "/*", "/**"])
def test_what_is_no_file_is_passed_over_by_its_kind(folder: Path, pattern: str) -> None:
    passed_over = Counter[str]()
    if pattern:
        (folder / "again").unlink()
        (folder / "processes").unlink()
    read = list(read_all([f"{folder}{pattern}"], passed_over=passed_over))
    assert [Path(item.source.path).name for item in read] == ["b.txt"]
    assert passed_over == PASSED_OVER | ({"file of the system": 1} if pattern else {})


def test_a_socket_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    passed_over = Counter[str]()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.txt")
        assert len(list(read_all(["."], passed_over=passed_over))) == 1
    assert passed_over == {**PASSED_OVER, "socket": 1}


@pytest.mark.parametrize("path", ["/dev/zero", "/proc/kmsg", "/proc/self/environ"])
def test_what_may_have_no_end_is_one_line_where_it_is_named(path: str) -> None:
    (loaded,) = read_all([path])
    assert loaded.document is None
    assert "not a file: give what is read as a file or a pipe" in (loaded.error or "")


def test_a_pipe_that_is_named_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "a.jsonl"
    os.mkfifo(pipe)
    assert count_sources([str(pipe)]) is None
    text = '{"text":"Hubo 5 cirugías."}'
    writing = threading.Thread(target=pipe.write_text, args=(text,), daemon=True)
    writing.start()
    (loaded,) = read_all([str(pipe)])
    writing.join()
    assert loaded.document is not None, loaded.error


def test_a_file_that_became_a_pipe_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Hubo 5 cirugías.")
    stat = os.stat

    def then_replaced(found: str) -> os.stat_result:
        about = stat(found)
        path.unlink()
        os.mkfifo(path)
        return about

    monkeypatch.setattr(opening.os, "stat", then_replaced)
    with pytest.raises(DocumentError, match="a pipe, not a file"), open_source(str(path)):
        pass


def test_a_file_that_became_a_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="became a folder"), open_source(str(tmp_path)):
        pass
