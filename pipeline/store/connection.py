"""A DuckDB file, opened; and what DuckDB says in several lines, said in one."""

import os
import re
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pipeline.errors import StoreError

Config = dict[str, str | bool | int | float | list[str]]

# By another process, or by another `Store` of this one: that reads while this one writes, or that
# opens or closes the file just now.
_HELD = re.compile(
    r"Conflicting lock is held(?: in .*? \(PID (\d+)\))?|different configuration than existing"
    r"|Unique file handle conflict",
    re.DOTALL,
)

_TORN = re.compile(
    r"computed checksum (\d+) does not match stored checksum (\d+) in block at location (\d+)"
)
_opening = threading.Lock()


def connect(
    path: Path, config: Config, patience: float, *, read_only: bool
) -> duckdb.DuckDBPyConnection:
    """Open a file; where another process holds it, try again for `patience` seconds.

    What a process that was killed left half written is mended. Raises `duckdb.Error`.
    """
    deadline, pause = time.monotonic() + patience, 0.02
    while True:
        try:
            with _opening:
                return _connect(path, config, read_only=read_only)
        except duckdb.Error as error:
            if not _HELD.search(str(error)) or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 0.5)


def _connect(path: Path, config: Config, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    mended: set[int] = set()
    while True:
        try:
            return duckdb.connect(path, read_only=read_only, config=config)
        except duckdb.Error as error:
            torn = _TORN.search(str(error))
            if torn is None or int(torn[3]) in mended or not log_path(path).exists():
                raise
            computed, stored, location = map(int, torn.groups())
            if not _mend(path, location, stored, computed):
                raise
            mended.add(location)


def _mend(path: Path, location: int, stored: int, computed: int) -> bool:
    """Mend a block that was left half written; tell whether it could be.

    A checkpoint moves the log into the file. To the blocks that the file is read by it adds, in
    their place, what will be read when it is done; what is read until then stays as it is. So where
    a kill or a power cut ends it in the midst of such a block, all is there that is read, and
    the log with the rest: only the sum that stands before the block is not its own. The log is
    removed at the very end: a file without it is damaged by something else.
    """
    try:
        # Nobody else writes: DuckDB had the file locked when it found it so, and none can open it.
        with path.open("r+b") as file:
            file.seek(location)
            if file.read(8) != struct.pack("<Q", stored):
                return True  # another process was faster
            file.seek(location)
            file.write(struct.pack("<Q", computed))
    except OSError:
        return False
    return True


def log_path(path: Path) -> Path:
    """Tell where DuckDB keeps the log of a file: what was stored and is not in the file yet."""
    return path.with_name(f"{path.name}.wal")


def stat_files(path: Path) -> tuple[tuple[int, int, int], ...]:
    """Give what changes when anything is stored: of the file and its log, inode, time and size.

    Zeros stand for one that is not there.
    """
    found = []
    for each in (path, log_path(path)):
        try:
            status = os.stat(each)  # noqa: PTH116 - pathlib raises as well, and no less
        except OSError:
            found.append((0, 0, 0))
        else:
            found.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(found)


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Tell whether there is a table or view with this name, which is one of ours.

    To ask DuckDB's own catalogue takes as long as to open the file: its views are made first.
    """
    try:
        con.execute(f"FROM {name} LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what is done within, or nothing of it."""
    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        # Closing would roll back as well, but a second try on this connection needs it now. A
        # fatal error (a full disk) has ended the transaction already and refuses the roll-back.
        with suppress(duckdb.Error):
            con.rollback()
        raise


@contextmanager
def translate_faults(path: Path) -> Iterator[None]:
    """Raise a `StoreError` of one line, which names the file, for what goes wrong with it."""
    try:
        yield
    except duckdb.Error as error:
        raise StoreError(f"{path}: {_describe(error)}") from error


def _describe(error: duckdb.Error) -> str:
    message = str(error)
    if held := _HELD.search(message):
        by = f"another process (PID {held[1]})" if held[1] else "another process"
        return f"{by} has the database open; close it there, then try again"
    if "not a valid DuckDB database" in message:
        return "is not a DuckDB database; name another with --db"
    if "No space left" in message:
        return "the disk is full; make room and run again"
    if "Corrupt database" in message or "Could not read enough bytes" in message:
        return "is damaged; restore a copy, or name another with --db"
    if "Is a directory" in message:
        return "is a folder, not a database; name a file with --db"
    return " ".join(message.split())
