"""One run at a time on a database."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.runs.lock import lock_database
from pipeline.store import Store
from tests.command import Jornada, Model
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


def test_a_lock_that_was_removed_is_missed(tmp_path: Path) -> None:
    db, path = tmp_path / "a.duckdb", tmp_path / "a.duckdb.lock"
    with lock_database(db) as require_held:
        require_held()
        path.unlink()
        with pytest.raises(StoreError, match=r"^\S+a\.duckdb\.lock: was removed [^\n]+$"):
            require_held()
        with lock_database(db) as held_by_another:
            held_by_another()
            with pytest.raises(StoreError, match="was removed"):
                require_held()


def test_a_database_of_two_names_is_no_place_for_a_run(tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    db.write_bytes(b"")
    (tmp_path / "b.duckdb").hardlink_to(db)
    with pytest.raises(StoreError, match=r"has 2 names \(hard links\)[^\n]+$"), lock_database(db):
        pass
    (tmp_path / "b.duckdb").unlink()
    with lock_database(db):
        pass


def test_a_run_whose_lock_is_removed_ends_and_loses_nothing(
    here: Jornada, model: Model, bulletins: Path, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as change:
        append = Store.append

        def append_and_remove(store: Store, *given: Any) -> Any:  # noqa: ANN401 - what append takes
            (tmp_path / "jornada.duckdb.lock").unlink(missing_ok=True)
            return append(store, *given)

        change.setattr(Store, "append", append_and_remove)
        ran = here("extract", str(bulletins), **model.configured)
    assert ran.returncode == 2
    told = ran.stderr.splitlines()[-1]
    assert "jornada.duckdb.lock: was removed while this run worked" in told
    paid = model.asked
    ran = here("extract", str(bulletins), **model.configured)
    assert ran.returncode == 0, ran.stderr
    assert model.asked == max(paid, 12)
    count = here("query", "SELECT count(*) AS n FROM readings", "--csv").stdout
    assert count == "n\n12\n"


@pytest.mark.parametrize("db", ["link.duckdb", "folder/jornada.duckdb", "away/link.duckdb"])
def test_a_run_by_a_link_and_one_by_the_name_itself_are_of_one_database(
    here: Jornada, model: Model, bulletins: Path, tmp_path: Path, db: str
) -> None:
    real, bulletin = tmp_path / "real", str(bulletins / "00.txt")
    for folder in (real, tmp_path / "away"):
        folder.mkdir()
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "link.duckdb").symlink_to("real/jornada.duckdb")  # to nothing yet
    (tmp_path / "away" / "link.duckdb").symlink_to("../link.duckdb")
    with lock_database(real / "jornada.duckdb"):
        for env in ({}, {"JORNADA_DB": db}):
            named = () if env else ("--db", db)
            ran = here("extract", bulletin, *named, **env, **model.configured)
            assert "another run is working on it" in ran.stderr
    assert model.asked == 0
    ran = here("extract", bulletin, "--db", db, **model.configured)
    assert ran.returncode == 0, ran.stderr
    asked = model.asked
    ran = here("extract", bulletin, "--db", "real/jornada.duckdb", **model.configured)
    assert ran.returncode == 0, ran.stderr
    assert model.asked == asked == 1
    beside = {path.name for path in real.iterdir()}
    assert {"jornada.duckdb", "jornada.duckdb.lock"} <= beside
    assert [path.name for path in tmp_path.iterdir() if "duckdb." in path.name] == []
    assert here("eval", "runs", "--db", db).returncode == here("runs", "--db", db).returncode == 0
