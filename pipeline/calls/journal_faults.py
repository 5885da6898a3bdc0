"""What goes wrong with a journal, which is a SQLite file, in one line that says what to do."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import StoreError


@contextmanager
def translate_faults(path: Path, kept: str, damaged: str, again: str) -> Iterator[None]:
    """Raise a `StoreError` that names the file for what SQLite or an entry's shape raises.

    `kept` names what the journal keeps ("answers"), `damaged` is said of a broken file, and `again`
    is what to do once there is room ("run again").
    """
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {_describe(error, path, kept, damaged, again)}") from error
    except ValidationError as error:
        raise StoreError(f"{path}: {damaged}") from error


def _describe(error: sqlite3.Error, path: Path, kept: str, damaged: str, again: str) -> str:
    message = str(error)
    if "unable to open" in message and not os.path.isdir(path.parent):  # noqa: PTH112 - pathlib raises for a closed folder
        return f"the folder {path.parent} does not exist or is closed to you"
    if "unable to open" in message or "readonly" in message:
        return f"cannot be written: {kept} are kept there until they are in the database"
    if any(word in message for word in ("not a database", "malformed", "Could not decode")):
        return damaged
    if "locked" in message:
        return "another process has it open; close it there, then try again"
    if "full" in message:
        return f"the disk is full; make room and {again}"
    return message
