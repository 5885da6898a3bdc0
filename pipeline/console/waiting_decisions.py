"""Decisions that wait beside a database: a review that was killed, or had to wait, leaves some."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.console.terminal import tell
from pipeline.decisions.journal import DecisionJournal, decisions_path
from pipeline.errors import StoreError
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from pipeline.runs import deciding
else:
    deciding = lazy("pipeline.runs.deciding")  # most of the time nothing waits

_PATIENCE = 1.0
"""Seconds; who only reads meanwhile need not wait longer for what may not come."""


def store_waiting(db: Path) -> None:
    """Store what waits before a database is asked, so that it answers as people decided.

    Where that cannot be done now, a line on stderr says so, and the rest is answered as it is.
    """
    number = 0
    try:
        number = _count(db)
        if number:
            deciding.Decisions(db, patience=_PATIENCE).settle()
    except StoreError as error:
        told = _tell_number(number) if number else "decisions may wait to be stored"
        tell(f"{told} and cannot be now ({error}); what follows is without them")


def tell_waiting(db: Path) -> None:
    """Say on stderr what waits, without opening the database."""
    try:
        number = _count(db)
    except StoreError as error:
        tell(str(error))
    else:
        if number:
            tell(f"{_tell_number(number)}; the next command that asks the database stores them")


def _count(db: Path) -> int:
    return DecisionJournal(decisions_path(db)).count() if db.exists() else 0


def _tell_number(number: int) -> str:
    return f"{number:,} decision{'s wait' if number > 1 else ' waits'} to be stored"
