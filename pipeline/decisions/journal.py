"""The journal of decisions: each on disk before it is acknowledged.

It lies beside the database, as `<database>.decisions`, and holds what the database does not have
yet: while another process writes there, decisions wait here. Several processes may have it open.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.calls.journal_faults import translate_faults
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
        with (
            translate_faults(self._path, "decisions", _DAMAGED, "try again"),
            closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as con,
        ):
            self._prepare(con)
            with con:
                yield con

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
