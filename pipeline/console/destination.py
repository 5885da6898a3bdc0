"""Where an export goes: a file that appears whole or not at all, or standard output."""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import UsageError
from pipeline.plain_text import clean

Write = Callable[[BinaryIO], None]
"""Writes the whole to a file that it is given."""

_OF_A_DATABASE = ("", ".wal", ".lock", ".progress", ".journal", ".journal-wal", ".journal-shm")
"""How the names of files end that belong to a database, behind its own name."""


def find_target(to: Path, db: Path, *, force: bool) -> Path:
    """Give the file that `to` names, whatever links lead there.

    Raises `UsageError` if it is of the database `db`, if it is no file that could be replaced, and,
    without `force`, if it exists.
    """
    target = Path(os.path.realpath(to))
    if _belongs_to(target, db):
        raise UsageError(f"--to {to}: is a file of the database {db}; give another name")
    try:
        if target.is_dir():
            raise UsageError(f"--to {to}: cannot be written: Is a directory")
        if target.exists() and not target.is_file():
            raise UsageError(f"--to {to}: is no ordinary file; --to - is standard output")
        if target.exists() and not force:
            raise UsageError(f"--to {to}: exists already; --force overwrites it")
    except OSError as error:
        raise _unwritable(to, error) from error
    return target


def _belongs_to(target: Path, db: Path) -> bool:
    for ending in _OF_A_DATABASE:
        for known in (f"{db}{ending}", f"{os.path.realpath(db)}{ending}"):
            if os.path.realpath(known) == str(target):
                return True
            try:
                if target.samefile(known):  # by another link to it, or in letters of another case
                    return True
            except OSError:
                continue
    return False


def write_file(target: Path, write: Write, to: Path) -> None:
    """Write a file; raises `UsageError`, which names it `to`, where it cannot be written."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            write(file)
        unfinished.replace(target)
    except OSError as error:
        raise _unwritable(to, error) from error
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


def _unwritable(to: Path, error: OSError) -> UsageError:
    return UsageError(f"--to {to}: cannot be written: {error.strerror or error}")
