"""Files that appear whole or not at all, and only where there is nothing to regret."""

import errno
import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline.console.destination import find_target, replace_file, write_file
from pipeline.errors import UsageError
from tests.processes import Process


def full_disk(file: BinaryIO) -> None:
    file.write(b"half of it")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def stopped(file: BinaryIO) -> None:
    file.write(b"half of it")
    raise KeyboardInterrupt


def test_what_cannot_be_finished_leaves_the_old_file_whole(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("old")
    target = find_target(tmp_path / "a.html", force=True, option="--html")
    with pytest.raises(UsageError, match=r"^--html \S+: cannot be written: No space left"):
        write_file(target, full_disk)
    with pytest.raises(KeyboardInterrupt):
        write_file(target, stopped)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.console.destination import replace_file

def write(file):
    file.write(b"half of it")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

replace_file(Path(sys.argv[1]), write)
"""


def test_a_kill_leaves_the_old_file_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    with Process([sys.executable, "-c", _KILLED, str(tmp_path / "a.csv")]) as process:
        assert process.wait() == -signal.SIGKILL
    assert (tmp_path / "a.csv").read_text() == "old"


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = find_target(tmp_path / "a.csv", force=False)

    def write(file: BinaryIO) -> None:
        (tmp_path / "a.csv").write_text("another's")
        file.write(b"ours")

    with pytest.raises(UsageError, match="exists already; --force overwrites it"):
        write_file(target, write)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["another's"]


def test_a_new_file_has_the_permissions_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "a.csv").chmod(0o640)
    replace_file(tmp_path / "a.csv", lambda file: file.write(b"new"))
    assert (tmp_path / "a.csv").read_text() == "new"
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o640
    replace_file(tmp_path / "b.csv", lambda file: file.write(b"new"))
    assert (tmp_path / "b.csv").read_text() == "new"


def test_a_database_that_is_not_there_yet_keeps_its_names(tmp_path: Path) -> None:
    for name in ("a.db", "a.db.wal", "a.db.lock", "a.db.shards/x", "a.db.tmp/x", "./a.db.journal"):
        with pytest.raises(UsageError, match="is a file of the database"):
            find_target(tmp_path / name, tmp_path / "a.db", force=True)
    assert find_target(tmp_path / "a.db.csv", tmp_path / "a.db", force=False)
