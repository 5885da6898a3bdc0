"""The journal: each answer of a model on disk before it is judged.

It lies beside the database, as `<database>.journal`, and holds what the database does not yet: the
answers of readings that are not finished. SQLite commits one answer in a fraction of a millisecond,
where DuckDB is made for many rows at a time.
"""

import sqlite3
import threading
import uuid
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from pipeline.calls.journal_faults import translate_faults
from pipeline.errors import StoreError
from schemas.reading import Attempt

_VERSION = 1
_DAMAGED = (
    "is damaged; move it away and run again (answers that were not in the database yet are in it "
    "and would be asked for again)"
)
_TABLES = f"""
CREATE TABLE IF NOT EXISTS answers (
    document_id TEXT NOT NULL,
    reader_key TEXT NOT NULL,
    number INTEGER NOT NULL,
    reading_id TEXT NOT NULL,
    question TEXT NOT NULL,
    attempt TEXT NOT NULL,
    PRIMARY KEY (document_id, reader_key, number)
);
CREATE INDEX IF NOT EXISTS answers_of_reading ON answers (reading_id);
PRAGMA user_version = {_VERSION};
"""


class Question(NamedTuple):
    """One question of a reading: whose it is, its place there, and a hash of its words."""

    document_id: str
    reader_key: str
    reading_id: str
    number: int
    hash: str


class KeptAnswer(NamedTuple):
    """An answer, and the question that it answers."""

    question: Question
    attempt: Attempt


class OpenReading(NamedTuple):
    """A reading that begins, or goes on: its ID, and the answers that it has already."""

    reading_id: str
    answers: tuple[KeptAnswer, ...] = ()

    @classmethod
    def begin(cls) -> "OpenReading":
        """Begin a reading that has no answers yet."""
        return cls(uuid.uuid4().hex)


def journal_path(db: Path) -> Path:
    """Tell where the journal of a database lies."""
    return db.with_name(f"{db.name}.journal")


class Journal:
    """One SQLite file, safe to use from several threads. Close it when done.

    Whatever goes wrong is a `StoreError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mine = threading.Lock()
        with self._faults():
            self._con = sqlite3.connect(path, timeout=30, check_same_thread=False)
            try:
                (version,) = self._con.execute("PRAGMA user_version").fetchone()
                if version > _VERSION:
                    raise StoreError(  # noqa: TRY301 - the connection is closed below
                        f"{path}: was written by a newer jornada; upgrade jornada, or finish with "
                        "that one"
                    )
                self._con.execute("PRAGMA journal_mode = WAL")
                # A killed process loses nothing; a power cut may take the last answers with it.
                self._con.execute("PRAGMA synchronous = NORMAL")
                self._con.executescript(_TABLES)
            except BaseException:
                self._con.close()
                raise

    def open_reading(self, document_id: str, reader_key: str) -> OpenReading:
        """Begin the reading of a document, or go on with the one that was not finished."""
        with self._mine, self._faults():
            rows = self._con.execute(
                """SELECT document_id, reader_key, reading_id, number, question, attempt
                FROM answers WHERE document_id = ? AND reader_key = ? ORDER BY number""",
                (document_id, reader_key),
            ).fetchall()
            answers = tuple(
                KeptAnswer(Question(*question), Attempt.model_validate_json(attempt))
                for *question, attempt in rows
            )
        if not answers:
            return OpenReading.begin()
        return OpenReading(answers[0].question.reading_id, answers)

    def keep(self, answers: Sequence[KeptAnswer]) -> None:
        """Keep answers, all or none; they are on disk when this returns."""
        with self._mine, self._faults(), self._con:
            self._con.executemany(
                """INSERT OR REPLACE INTO answers
                (document_id, reader_key, reading_id, number, question, attempt)
                VALUES (?, ?, ?, ?, ?, ?)""",
                [(*answer.question, answer.attempt.model_dump_json()) for answer in answers],
            )

    def list_unfinished(self) -> tuple[str, ...]:
        """Give the IDs of the readings that have answers here."""
        with self._mine, self._faults():
            rows = self._con.execute("SELECT DISTINCT reading_id FROM answers").fetchall()
        return tuple(reading_id for (reading_id,) in rows)

    def forget(self, reading_ids: Collection[str]) -> None:
        """Drop the answers of readings that are stored."""
        with self._mine, self._faults(), self._con:
            self._con.executemany(
                "DELETE FROM answers WHERE reading_id = ?", [(each,) for each in reading_ids]
            )

    def close(self) -> None:
        """Close the file, and remove it if it holds nothing any more."""
        with self._mine, self._faults():
            (held,) = self._con.execute("SELECT count(*) FROM answers").fetchone()
            self._con.close()
            if not held:
                self._path.unlink(missing_ok=True)

    def _faults(self) -> AbstractContextManager[None]:
        return translate_faults(self._path, "answers", _DAMAGED, "run again")
