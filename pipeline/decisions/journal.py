"""The journal of decisions: each on disk before it is acknowledged.

It lies beside the database, as `<database>.decisions`, and holds what the database does not have
yet: while another process writes there, decisions wait here. Several processes may have it open.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import StoreError
from schemas.decision import Decision

_VERSION = 1
_PATIENCE = 30.0
"""Seconds; another process that keeps a decision needs a few milliseconds."""
_DAMAGED = (
    "is damaged; move it away and begin again (decisions that were not in the database yet are in "
    "it, and only there)"
)
_TABLES = """
CREATE TABLE IF NOT EXISTS decisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL,
    decision TEXT NOT NULL
)
"""


def decisions_path(db: Path) -> Path:
    """Tell where the journal of a database's decisions lies."""
    return db.with_name(f"{db.name}.decisions")


class DecisionJournal:
    """One SQLite file, opened for each thing that is asked of it; safe to use from all threads.

    It stays where it is when it is empty: to remove it could take a decision of another process
    with it. Whatever goes wrong is a `StoreError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, decisions: Sequence[Decision]) -> None:
        """Keep decisions, all or none; they are on disk when this returns.

        One that is known stays as it is.
        """
        rows = [(one.decision_id, one.document_id, one.model_dump_json()) for one in decisions]
        with self._open() as con:
            con.executemany(
                """INSERT INTO decisions (decision_id, document_id, decision) VALUES (?, ?, ?)
                ON CONFLICT (decision_id) DO NOTHING""",
                rows,
            )

    def list_kept(self, document_id: str | None = None) -> tuple[Decision, ...]:
        """Give the decisions that are here, of one document or of all, in the order they came."""
        if not os.path.exists(self._path):  # noqa: PTH110 - pathlib raises for a closed folder
            return ()
        with self._open() as con:
            rows = con.execute(
                """SELECT decision FROM decisions WHERE ? IS NULL OR document_id = ?
                ORDER BY number""",
                (document_id, document_id),
            ).fetchall()
            return tuple(Decision.model_validate_json(row) for (row,) in rows)

    def count(self) -> int:
        """Tell how many decisions are here."""
        if not os.path.exists(self._path):  # noqa: PTH110 - see above
            return 0
        with self._open() as con:
            (number,) = con.execute("SELECT count(*) FROM decisions").fetchone()
        return int(number)

    def forget(self, decision_ids: Collection[str]) -> None:
        """Drop the decisions that are stored."""
        with self._open() as con:
            con.executemany(
                "DELETE FROM decisions WHERE decision_id = ?", [(each,) for each in decision_ids]
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as con:
                self._prepare(con)
                with con:
                    yield con
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {_describe(error, self._path)}") from error
        except ValidationError as error:
            raise StoreError(f"{self._path}: {_DAMAGED}") from error

    def _prepare(self, con: sqlite3.Connection) -> None:
        # What was acknowledged outlives a power cut, the end of its transaction among it.
        con.execute("PRAGMA synchronous = EXTRA")
        (version,) = con.execute("PRAGMA user_version").fetchone()
        if version == _VERSION:
            return
        if version > _VERSION:
            raise StoreError(f"{self._path}: was written by a newer jornada; upgrade jornada")
        with con:
            con.execute(_TABLES)
            con.execute(f"PRAGMA user_version = {_VERSION}")


def _describe(error: sqlite3.Error, path: Path) -> str:
    message = str(error)
    if "unable to open" in message and not os.path.isdir(path.parent):  # noqa: PTH112 - see above
        return f"the folder {path.parent} does not exist or is closed to you"
    if "unable to open" in message or "readonly" in message:
        return "cannot be written: decisions are kept there until they are in the database"
    if any(word in message for word in ("not a database", "malformed", "Could not decode")):
        return _DAMAGED
    if "locked" in message:
        return "another process has it open; close it there, then try again"
    if "full" in message:
        return "the disk is full; make room and try again"
    return message
