"""One run at a time on a database."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.runs.lock import lock_database
from tests.processes import Process

_HOLD = """
import sys
from pathlib import Path
from pipeline.runs.lock import lock_database
with lock_database(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holding(db: Path) -> Process:
    command = [sys.executable, "-c", _HOLD, str(db)]
    process = Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.line() == "held\n"
    return process


def test_a_second_process_is_told_and_gets_its_turn_when_the_first_is_killed(
    tmp_path: Path,
) -> None:
    db = tmp_path / "a.duckdb"
    with holding(db) as process:
        with (
            pytest.raises(UsageError, match="another run is working on it") as caught,
            lock_database(db),
        ):
            pass
        assert str(caught.value).startswith(str(db))
        process.kill()
    with lock_database(db):
        pass


def test_the_lock_is_let_go_of_whatever_happens(tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    with pytest.raises(ZeroDivisionError), lock_database(db):
        raise ZeroDivisionError
    with lock_database(db), lock_database(tmp_path / "b.duckdb"):
        pass


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    said = pytest.raises(StoreError, match=r"the folder .*no does not exist")
    with said, lock_database(tmp_path / "no" / "a.duckdb"):
        pass
    assert list(tmp_path.iterdir()) == []
