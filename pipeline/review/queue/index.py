"""The index of the queue: a SQLite file beside the database, which answers at once.

To sort and search a hundred thousand documents takes DuckDB seconds, and a run may hold its file.
All that is here is in the database as well: it may be deleted at any time and is made anew. Only
this file and the journals import sqlite3.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import StoreError
from pipeline.plain_text import storable
from pipeline.review.queue.entry import Entry
from schemas.report import Service

VERSION = 2
"""Of the tables below; a file of another version is made anew."""

_ENTRY_COLUMNS = (
    *("id", "key", "document_id", "rank", "state", "title", "path", "record", "format", "day"),
    *("year", "reader", "figures", "decided", "errors", "warnings", "infos", "differing"),
    *("relevant", "services", "reviewed", "error", "words", "text"),
)
_TABLES = f"""
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pending (key TEXT PRIMARY KEY, place INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS pending_in_order ON pending (place);
-- The number of a document, for good.
CREATE TABLE IF NOT EXISTS numbers (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
-- `text` is the row of `texts` that it is found by, null where it is not searched yet.
CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    {", ".join(_ENTRY_COLUMNS[2:])});
CREATE INDEX IF NOT EXISTS entries_without_text ON entries (id) WHERE text IS NULL;
CREATE TABLE IF NOT EXISTS choices (name TEXT, value, PRIMARY KEY (name, value)) WITHOUT ROWID;
-- All that is filtered by, so that the table itself is asked for the rows of one page only.
CREATE INDEX IF NOT EXISTS entries_in_order ON entries (rank, id, state, errors, warnings,
    differing, relevant, reader, format, year, services, reviewed, text);
PRAGMA user_version = {VERSION};
"""
_FOLDED = "tokenize = 'unicode61 remove_diacritics 2'"
# Rows are only added: of a document whose words change, a new one counts.
_SEARCHED = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (text, content = '', detail = none, {_FOLDED});
"""
_CHOSEN = ("reader", "format", "year")
_FORGET_CHOICES = """
DELETE FROM choices WHERE name = ? AND value NOT IN (
    SELECT {0} FROM entries WHERE {0} IS NOT NULL
)
"""
"""What no document has any more is not offered."""
_LEFT_OVER, _MOST_LEFT_OVER = 3, 10_000
"""So many times as many rows of texts as documents, and these: then all is made anew."""


class Progress(NamedTuple):
    """How many documents are in the index, and how many wait: to be looked at, to be searched."""

    entries: int
    pending: int
    without_text: int
    is_begun: bool

    @property
    def is_done(self) -> bool:
        """Tell whether all that was noted is in it."""
        return self.is_begun and not self.pending and not self.without_text

    @property
    def told(self) -> str:
        """Say it in a sentence or two."""
        if not self.is_begun:
            return "The list of documents is being made."
        if self.pending:
            return (
                f"The list is being made: {self.pending:,} documents are still to be looked at, "
                f"{self.entries:,} are in it."
            )
        if self.without_text:
            return (
                f"All documents are listed; the texts of {self.without_text:,} cannot be searched "
                "yet."
            )
        return "All documents are listed, and their texts can be searched."


def index_path(db: Path) -> Path:
    """Tell where the index of a database lies."""
    return db.with_name(f"{db.name}.queue")


def bits_of(services: Iterable[str]) -> int:
    """Write services as bits of a number, so that one column says all of a document's."""
    known = [each.value for each in Service]
    return sum(1 << known.index(each) for each in set(services) & set(known))


def has_text_search() -> bool:
    """Tell whether this Python's SQLite can search texts (FTS5)."""
    with closing(sqlite3.connect(":memory:")) as con:
        try:
            con.execute(f"CREATE VIRTUAL TABLE t USING fts5 (x, {_FOLDED})")
        except sqlite3.OperationalError:
            return False
    return True


class QueueIndex:
    """The index of one database; opened for each thing that is asked, so safe in any thread.

    A file that is damaged or of another version is removed, and begins empty. Whatever else goes
    wrong is a `StoreError`.
    """

    def __init__(self, db: Path) -> None:
        self.path = index_path(db)
        self.searches_texts = has_text_search()

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Fetch what a query of our own gives."""
        with self._open() as con:
            return con.execute(sql, parameters).fetchall()

    def tell_progress(self) -> Progress:
        """Tell how far it is."""
        with self._open() as con:
            (entries,) = con.execute("SELECT count(*) FROM entries").fetchone()
            (pending,) = con.execute("SELECT count(*) FROM pending").fetchone()
            begun = con.execute("SELECT 1 FROM state WHERE name = 'marks'").fetchone()
            (left,) = con.execute("SELECT count(*) FROM entries WHERE text IS NULL").fetchone()
        return Progress(entries, pending, left if self.searches_texts else 0, begun is not None)

    def read_marks(self) -> dict[str, Any]:
        """Read up to where the database's tables have been looked at; empty at the beginning."""
        rows = self.read("SELECT value FROM state WHERE name = 'marks'")
        found: dict[str, Any] = json.loads(rows[0][0]) if rows else {}
        return found

    def clear(self) -> None:
        """Begin anew."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def note(
        self,
        marks: Mapping[str, Any],
        changed: Sequence[str],
        unreadable: Sequence[Entry],
        readable: Iterable[str],
    ) -> None:
        """Note what is to be looked at, in this order, and which files are and are not readable."""
        with self._open() as con:
            con.executemany(
                "INSERT INTO pending (key, place) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(key, place) for place, key in enumerate(changed)],
            )
            _drop(con, readable)
            _write(con, unreadable)
            con.execute(
                "INSERT OR REPLACE INTO state (name, value) VALUES ('marks', ?)",
                [json.dumps(marks)],
            )

    def list_pending(self, most: int) -> list[str]:
        """Give the documents that are to be looked at next."""
        rows = self.read("SELECT key FROM pending ORDER BY place LIMIT ?", [most])
        return [key for (key,) in rows]

    def list_without_text(self, most: int) -> list[str]:
        """Give documents that are not searched yet."""
        if not self.searches_texts:
            return []
        rows = self.read("SELECT key FROM entries WHERE text IS NULL ORDER BY id LIMIT ?", [most])
        return [key for (key,) in rows]

    def put(self, keys: Sequence[str], entries: Sequence[Entry]) -> None:
        """Put what was found of some documents; those without an entry count no more."""
        found = {entry.key for entry in entries}
        with self._open() as con:
            _drop(con, [key for key in keys if key not in found])
            _write(con, entries)
            con.executemany("DELETE FROM pending WHERE key = ?", [(key,) for key in keys])
            if con.execute("SELECT 1 FROM pending LIMIT 1").fetchone() is None:
                for name in _CHOSEN:
                    con.execute(_FORGET_CHOICES.format(name), [name])

    def put_texts(self, keys: Sequence[str], texts: Mapping[str, str]) -> None:
        """Have documents found by their texts, and by what else they are found by."""
        with self._open() as con:
            (last,) = con.execute(
                "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM state WHERE name = 'texts'"
            ).fetchone()
            for number, key in enumerate(keys, last + 1):
                con.execute(
                    "INSERT INTO texts (rowid, text) "
                    "SELECT ?, ? || ' ' || words FROM entries WHERE key = ?",
                    [number, storable(texts.get(key, "")), key],
                )
                con.execute("UPDATE entries SET text = ? WHERE key = ?", [number, key])
            con.execute(
                "INSERT OR REPLACE INTO state (name, value) VALUES ('texts', ?)",
                [last + len(keys)],
            )
            (entries,) = con.execute("SELECT count(*) FROM entries").fetchone()
        if last > _LEFT_OVER * (entries + len(keys)) + _MOST_LEFT_OVER:
            self.clear()

    def list_choices(self) -> dict[str, list[str]]:
        """List what can be chosen of columns whose values depend on what is stored."""
        choices: dict[str, list[str]] = {name: [] for name in _CHOSEN}
        for name, value in self.read("SELECT name, value FROM choices ORDER BY name, value"):
            choices[name].append(str(value))
        return choices

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file, and commit what is done within, or nothing of it."""
        try:
            with closing(self._connect()) as con, con:
                yield con
        except sqlite3.DatabaseError as error:
            if not _is_damaged(error):
                raise StoreError(f"{self.path}: {error}") from error
            self.clear()
            raise StoreError(f"{self.path}: was damaged; it is made anew") from error
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}") from error

    def _connect(self) -> sqlite3.Connection:
        con = sqlite3.connect(self.path, timeout=30)
        try:
            (version,) = con.execute("PRAGMA user_version").fetchone()
            if version not in (0, VERSION):
                con.close()
                self.clear()
                con = sqlite3.connect(self.path, timeout=30)
                version = 0
            if version == 0:
                self.make_tables(con, searches_texts=self.searches_texts)
            # A power cut may take it: what it holds is made anew.
            con.execute("PRAGMA synchronous = OFF")
        except BaseException:
            con.close()
            raise
        return con

    @staticmethod
    def make_tables(con: sqlite3.Connection, *, searches_texts: bool) -> None:
        """Make the tables of an index."""
        con.execute("PRAGMA journal_mode = WAL")
        searched = _SEARCHED if searches_texts else ""
        con.executescript(f"BEGIN IMMEDIATE; {searched}; {_TABLES} COMMIT;")


def _write(con: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    marks = ", ".join("?" * len(_ENTRY_COLUMNS))
    for entry in entries:
        key = storable(entry.key)
        con.execute("INSERT INTO numbers (key) VALUES (?) ON CONFLICT DO NOTHING", [key])
        (number,) = con.execute("SELECT id FROM numbers WHERE key = ?", [key]).fetchone()
        same = "SELECT text FROM entries WHERE id = ? AND words = ?"
        text = con.execute(same, [number, storable(entry.words)]).fetchone()
        row = [*_row(number, entry), text and text[0]]
        con.execute(
            f"INSERT OR REPLACE INTO entries VALUES ({marks})",  # noqa: S608 - marks alone
            [storable(it) if isinstance(it, str) else it for it in row],
        )
        chosen = zip(
            _CHOSEN, (entry.reader, entry.format, entry.day and entry.day.year), strict=True
        )
        con.executemany(
            "INSERT INTO choices (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(name, value) for name, value in chosen if value is not None],
        )


def _row(number: int, entry: Entry) -> tuple[object, ...]:
    return (
        number,
        entry.key,
        entry.document_id,
        entry.rank,
        entry.state,
        entry.title,
        entry.path,
        entry.record,
        entry.format,
        entry.day and entry.day.isoformat(),
        entry.day and entry.day.year,
        entry.reader,
        entry.figures,
        entry.decided,
        entry.errors,
        entry.warnings,
        entry.infos,
        entry.differing,
        entry.relevant,
        bits_of(entry.services),
        entry.is_reviewed,
        entry.error,
        entry.words,
    )


def _drop(con: sqlite3.Connection, keys: Iterable[str]) -> None:
    con.executemany("DELETE FROM entries WHERE key = ?", [(key,) for key in keys])


def _is_damaged(error: sqlite3.DatabaseError) -> bool:
    said = str(error)
    return any(word in said for word in ("not a database", "malformed", "no such table"))
