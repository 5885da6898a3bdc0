"""The database: a DuckDB file, and all that is asked of it.

DuckDB lets one process at a time have a file open, so the file is opened for each flush or
question and closed again: others can query while a run goes on.
"""

import functools
import importlib.metadata
import os
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from pipeline.errors import StoreError
from pipeline.lazy import lazy
from pipeline.store import insertion
from pipeline.store.codes import store_codes
from pipeline.store.conditions import ANSWERED, OF_A_READER, SAME_KEY, key_columns
from pipeline.store.connection import (
    Config,
    connect,
    has_table,
    transaction,
    translate_faults,
)
from pipeline.store.queries import (
    QueryResult,
    confine,
    restrain,
    translate_sql_faults,
    unique,
)
from pipeline.store.rows import (
    Entry,
    Row,
    Rows,
    Run,
    Sighting,
    decision_row,
    entry_rows,
    now,
    run_row,
)
from pipeline.store.snapshot import Snapshot
from pipeline.store.upgrade import VERSION, read_version, upgrade
from schemas.decision import Decision
from schemas.document import Document
from schemas.reading import ReaderKey

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

    from pipeline.store import arrow_spool, decided
else:
    arrow_spool = lazy("pipeline.store.arrow_spool")
    decided = lazy("pipeline.store.decided")

T = TypeVar("T")

_CONFIG: Config = {
    # Nothing may be fetched behind the user's back.
    "autoinstall_known_extensions": "false",
}
_RUN_MEGABYTES = 128
_QUESTION_MEGABYTES = 384
"""Views compare all that is known: so much is enough for a hundred thousand bulletins."""
_LARGE_QUESTION_MEGABYTES = 2048
"""What a question may take where that is too little."""
_OTHER_MEGABYTES = 1024
"""What an answer may take on top: texts and lists that are being put together, and its rows."""
_ROWS_AT_ONCE = 1000


class Store:
    """One DuckDB file. Safe to use from several threads; opens the file only while it works.

    Where another process holds the file, it is tried again for `patience` seconds. DuckDB takes no
    more memory than it may, else most of the machine's. Whatever goes wrong is a `StoreError`.
    """

    def __init__(
        self, path: Path, *, patience: float = 30.0, memory_megabytes: int | None = None
    ) -> None:
        self.path = path
        self._patience = patience
        self._config = dict(_CONFIG)
        if memory_megabytes is not None:
            self._config["memory_limit"] = f"{memory_megabytes}MB"
        self._mine = threading.RLock()
        self._held: duckdb.DuckDBPyConnection | None = None
        self._known = False
        self._is_to_upgrade = False
        self._may_take_more = False

    @classmethod
    def for_a_backlog(cls, path: Path) -> "Store":
        """Give a store whose memory stays flat in the size of the backlog."""
        return cls(path, memory_megabytes=_RUN_MEGABYTES)

    @classmethod
    def for_questions(cls, path: Path) -> "Store":
        """Give a store for a command that asks and ends: it takes little memory where it can."""
        store = cls(path, patience=5, memory_megabytes=_QUESTION_MEGABYTES)
        store._may_take_more = True
        return store

    def prepare(self) -> None:
        """Create the file and its tables where they are missing, and see that it can be written."""
        with self._open() as con:
            upgrade(con, read_version(con, self.path) or 0)
            store_codes(con)

    def upgrade_older(self) -> None:
        """Give a database of an older version the tables and columns of today."""
        with self._open(read_only=True) as con:
            version = read_version(con, self.path)
        if version is not None and version < VERSION:
            self.prepare()

    def try_to_upgrade(self) -> None:
        """Do so at the first question, if the file can be written; else it is asked as it is."""
        self._is_to_upgrade = True

    def find_read(
        self, document_ids: Collection[str], key: ReaderKey, times: int = 1
    ) -> dict[str, str | None]:
        """Tell which of these documents a reader with this key has read so many times.

        A reading counts if it is usable, a model gave any answer for it, or this version gave it
        up. With each document comes None if it has a usable reading, else the error of the newest.
        """
        if not document_ids:
            return {}
        with self._open(read_only=True) as con:
            found = con.execute(
                # The conditions are our own.
                f"""SELECT document_id,
                CASE WHEN bool_or(status <> 'failed') THEN NULL ELSE arg_max(error, read_at) END
                FROM readings
                WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
                AND {OF_A_READER}
                AND ({ANSWERED} OR given_up
                    AND run_id IN (SELECT run_id FROM runs WHERE software = ?)) AND {SAME_KEY}
                GROUP BY document_id HAVING count(*) >= ?""",  # noqa: S608 - see above
                [list(document_ids), version(), *key_columns(key), times],
            ).fetchall()
        return dict(found)

    def find_stored(self, reading_ids: Collection[str]) -> set[str]:
        """Tell which of these readings are stored."""
        if not reading_ids or not self.path.exists():
            return set()
        with self._open(read_only=True) as con:
            found = con.execute(
                "SELECT reading_id FROM readings WHERE reading_id IN (SELECT unnest(?::VARCHAR[]))",
                [list(reading_ids)],
            ).fetchall()
        return {reading_id for (reading_id,) in found}

    def append(
        self,
        run: Run,
        entries: Sequence[Entry],
        sightings: Sequence[Sighting],
        documents: Sequence[Document] = (),
    ) -> insertion.Appended:
        """Store readings and sources in one transaction.

        `documents` are ones that have no reading yet. A reading with a value that no column holds,
        or too large for the memory of this store, is stored as failed, with what was wrong; the
        others then come one by one. What people decided of a document goes into a decided reading
        behind what is stored of it here, in the same transaction.
        """
        with self.keep_open(), self._open() as con:
            decide = partial(decided.decide_appended, self)
            return insertion.append(con, run, entries, sightings, documents, decide)

    def record(self, run: Run, decisions: Sequence[Decision]) -> int:
        """Store decisions, and the decided readings that come of them, in one transaction.

        Those that are there already are left out; gives how many were new.
        """
        with self.keep_open(), self._open() as con, transaction(con):
            fresh = decided.find_fresh(self, decisions)
            if fresh:
                at = now()
                rows = [decision_row(one, at) for one in fresh]
                insertion.insert(con, {"runs": [run_row(run)], "decisions": rows})
                made = decided.make_decided(self, {one.document_id for one in fresh})
                insertion.insert(con, entry_rows(run, made))
        return len(fresh)

    def insert(self, rows: Rows) -> None:
        """Append rows to tables that nothing else fills, all in one transaction."""
        with self._open() as con, transaction(con):
            insertion.insert(con, rows)

    def end(self, run: Run, outcome: str, reason: str | None, summary: str) -> None:
        """Record how a run ended; `summary` is JSON."""
        row: Row = {
            "run_id": run.run_id,
            "ended_at": now(),
            "outcome": outcome,
            "reason": reason,
            "summary": summary,
        }
        with self._open() as con:
            insertion.insert(con, {"run_ends": [row]})

    def read(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> QueryResult:
        """Run SQL of our own without being able to change the database, and fetch all it gives."""
        with self._open(read_only=True) as con, translate_sql_faults("SQL"):
            return _fetch(con.execute(sql, parameters))

    def has_table(self, name: str) -> bool:
        """Tell whether the database is new enough to have a table or view of ours."""
        with self._open(read_only=True) as con:
            return has_table(con, name)

    def ask(self, sql: str, *, origin: str = "SQL", most: int | None = None) -> QueryResult:
        """Run somebody's query, which can do nothing but read the database, and fetch all it gives.

        `most`: so many rows are enough. Raises `SqlError`, which begins with `origin`, for anything
        but one query that can be run.
        """
        return self.pour(
            sql, lambda columns, rows: QueryResult(columns, list(islice(rows, most))), origin=origin
        )

    def pour(
        self,
        sql: str,
        into: Callable[[tuple[str, ...], Iterator[tuple[Any, ...]]], T],
        *,
        origin: str = "SQL",
    ) -> T:
        """Run a query in the same way, and have `into` take its columns and, one by one, its rows.

        Nobody can write while it does. It begins anew where memory was too small.
        """
        return self._with_memory(lambda store: store._pour(sql, into, origin))  # noqa: SLF001 - its own

    def ask_table(self, sql: str, *, origin: str = "SQL") -> "pa.Table":
        """Run a query in the same way, and give an Arrow table, which may be larger than memory."""
        return self._with_memory(lambda store: store._ask_table(sql, origin))  # noqa: SLF001 - its own

    def ask_several(
        self, questions: Callable[[Snapshot], T], *, chosen: str | None = None, origin: str = "SQL"
    ) -> T:
        """Have several questions put to one state of the database: nobody can write meanwhile.

        They begin anew where memory was too small. `chosen`: somebody's query, run in the same way
        as by `ask`; what it gives is the table `chosen_figures` for them.
        """
        return self._with_memory(
            lambda store: store._ask_several(questions, chosen, origin)  # noqa: SLF001 - its own
        )

    def _with_memory(self, work: Callable[["Store"], T]) -> T:
        """Have `work` done by this store; where its memory is too small, slower, then with more."""
        try:
            return work(self)
        except StoreError as error:
            if not self._may_take_more or not _is_short_of_memory(error):
                raise
        slower = self._with_config(threads=1)
        try:
            return work(slower)
        except StoreError as error:
            if not _is_short_of_memory(error):
                raise
        return work(self._with_config(memory_limit=f"{_LARGE_QUESTION_MEGABYTES}MB"))

    def _with_config(self, **changed: str | int) -> "Store":
        other = Store(self.path, patience=self._patience)
        other._config |= self._config | changed
        return other

    def _pour(
        self,
        sql: str,
        into: Callable[[tuple[str, ...], Iterator[tuple[Any, ...]]], T],
        origin: str,
    ) -> T:
        with self._open_confined(sql, origin) as con:
            answer = con.execute(sql)
            columns = unique([column[0] for column in answer.description])
            return into(columns, _iterate(answer))

    def _ask_table(self, sql: str, origin: str) -> "pa.Table":
        with self._open_confined(sql, origin) as con:
            return arrow_spool.fetch_table(con, sql, origin)

    def _ask_several(
        self, questions: Callable[[Snapshot], T], chosen: str | None, origin: str
    ) -> T:
        with self._open(read_only=True) as con, restrain(con, self._most_megabytes()):
            snapshot = Snapshot(con)
            if chosen is not None:
                snapshot.choose(chosen, origin)
            snapshot.compute()
            return questions(snapshot)

    @contextmanager
    def _open_confined(self, sql: str, origin: str) -> Iterator[duckdb.DuckDBPyConnection]:
        with (
            self._open(read_only=True) as con,
            confine(con, sql, origin, self._most_megabytes()),
        ):
            yield con

    def _most_megabytes(self) -> int:
        limit = int(str(self._config.get("memory_limit", _LARGE_QUESTION_MEGABYTES)).rstrip("MB"))
        return limit + _OTHER_MEGABYTES

    @contextmanager
    def _open(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        # os.path, as pathlib raises for a folder that may not be entered.
        if read_only and not os.path.exists(self.path):  # noqa: PTH110 - see above
            raise StoreError(
                f"{self.path}: there is no such database; make one with `jornada extract`, "
                "or name another with --db"
            )
        if not os.path.isdir(self.path.parent):  # noqa: PTH112 - the same
            raise StoreError(
                f"{self.path}: the folder {self.path.parent} does not exist or is closed to you; "
                "create it, or give another database with --db"
            )
        with self._mine, translate_faults(self.path):
            if self._held is not None:
                yield self._held
                return
            with connect(self.path, self._config, self._patience, read_only=read_only) as con:
                if not read_only or self._is_as_it_should_be(con):
                    yield con
                    return
            with suppress(StoreError):
                self.prepare()
            with connect(self.path, self._config, self._patience, read_only=True) as con:
                yield con

    def _is_as_it_should_be(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Tell whether questions can be put to it, or it is to be upgraded first, which is once."""
        if self._known:
            return True
        found = read_version(con, self.path)
        if found is None:
            raise StoreError(f"{self.path}: nothing has been stored in it yet")
        self._known = True
        return found == VERSION or not self._is_to_upgrade

    @contextmanager
    def keep_open(self, *, read_only: bool = False) -> Iterator[None]:
        """Keep the file open for what is done within: to open it takes longer than to ask it.

        Within a block that is `read_only`, nothing can be written; others can go on reading.
        """
        with self._open(read_only=read_only) as con:
            before, self._held = self._held, con
            try:
                yield
            finally:
                self._held = before


def _is_short_of_memory(error: StoreError) -> bool:
    return isinstance(error.__cause__, duckdb.OutOfMemoryException | MemoryError)


def new_run(key: ReaderKey) -> Run:
    """Begin a run; it is stored with the first thing that it stores."""
    return Run(uuid.uuid4().hex, now(), key, version())


@functools.cache
def version() -> str:
    """Give the version of jornada."""
    return importlib.metadata.version("jornada")


def _fetch(answer: duckdb.DuckDBPyConnection) -> QueryResult:
    columns = unique([column[0] for column in answer.description])
    return QueryResult(columns, answer.fetchall())


def _iterate(answer: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := answer.fetchmany(_ROWS_AT_ONCE):
        yield from rows
