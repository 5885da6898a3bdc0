"""Where output goes: a file that appears whole or not at all, or standard output."""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipeline.errors import UsageError
from pipeline.plain_text import clean

Write = Callable[[BinaryIO], object]
"""Writes the whole to a file that it is given."""

_OF_A_DATABASE = (
    *("", ".wal", ".lock", ".progress", ".progress.part", ".tmp", ".batches", ".shards"),
    *(".journal", ".journal-wal", ".journal-shm", ".journal-journal"),
    *(".decisions", ".decisions-journal"),
)
"""How the names of files and folders end that belong to a database, behind its own name."""
_HEAD_BYTES = 16


class Target(NamedTuple):
    """A file that is to be written: what it was named by which option, and where links lead."""

    to: Path
    path: Path
    option: str
    force: bool

    @property
    def named(self) -> str:
        """Give what a line about it begins with."""
        return f"{self.option} {self.to}"


def find_target(to: Path, *databases: Path, force: bool, option: str = "--to") -> Target:
    """Find the file that `option` names by `to`.

    Raises `UsageError` if it is of one of the databases or of any other, if it is no file that
    could be written, and, without `force`, if it exists.
    """
    target = Target(to, Path(os.path.realpath(to)), option, force)
    if (db := _find_owner(target.path, databases)) is not None:
        raise UsageError(f"{target.named}: is a file of the database {db}; give another name")
    try:
        if target.path.is_dir():
            raise UsageError(f"{target.named}: cannot be written: Is a directory")
        if target.path.exists() and not target.path.is_file():
            other = "; --to - is standard output" if option == "--to" else ""
            raise UsageError(f"{target.named}: is no ordinary file{other}")
        _require_new(target)
        if not target.path.parent.is_dir():
            raise UsageError(f"{target.named}: cannot be written: No such file or directory")
    except OSError as error:
        raise _unwritable(target.named, error) from error
    if not os.access(target.path.parent, os.W_OK):
        raise UsageError(f"{target.named}: cannot be written: its folder is closed to you")
    return target


def _require_new(target: Target) -> None:
    if target.path.exists() and not target.force:
        raise UsageError(f"{target.named}: exists already; --force overwrites it")


def _find_owner(target: Path, databases: Iterable[Path]) -> Path | None:
    """Find the database that a file belongs to, or lies in a folder of: of these, or any other."""
    for db in databases:
        known = [
            Path(f"{name}{end}") for name in (db, os.path.realpath(db)) for end in _OF_A_DATABASE
        ]
        if any(
            _is_same(target, each) or Path(os.path.realpath(each)) in target.parents
            for each in known
        ):
            return db
    for path in (target, *target.parents):
        for ending in _OF_A_DATABASE:
            owner = Path(str(path).removesuffix(ending))
            if str(path).endswith(ending) and _is_database(owner):
                return owner
    return None


def _is_same(target: Path, known: Path) -> bool:
    try:
        # By another link to it, or in letters of another case.
        return os.path.realpath(known) == str(target) or target.samefile(known)
    except OSError:
        return False


def _is_database(path: Path) -> bool:
    """Tell whether a file is a DuckDB or an SQLite database by how it begins."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return head[8:12] == b"DUCK" or head == b"SQLite format 3\0"


def write_file(target: Target, write: Write) -> None:
    """Write a file, which appears whole or not at all: until then the old one stays as it was.

    Raises `UsageError` where it cannot be written, and where one has appeared meanwhile.
    """
    try:
        replace_file(target.path, write, lambda: _require_new(target))
    except OSError as error:
        raise _unwritable(target.named, error) from error


def replace_file(path: Path, write: Write, before: Callable[[], None] = lambda: None) -> None:
    """Put a new file in the place of one that may be there, with its permissions.

    `before` is called when it is whole. Raises `OSError`.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        before()
        with suppress(FileNotFoundError):
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_standard_output(write: Write) -> None:
    """Write to standard output, which a failure leaves empty; a terminal gets text that is safe."""
    with tempfile.TemporaryFile() as file:
        write(file)
        file.seek(0)
        if sys.stdout.isatty():
            with io.TextIOWrapper(file, encoding="utf-8", newline="") as lines:
                sys.stdout.writelines(map(clean, lines))
        else:
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()


def _unwritable(named: str, error: OSError) -> UsageError:
    return UsageError(f"{named}: cannot be written: {error.strerror or error}")
