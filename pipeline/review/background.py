"""What goes on behind the pages: decisions are stored, and the index of the queue is kept.

In one thread, as DuckDB would have it: two of one process cannot have its file open in two ways.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.console.terminal import tell
from pipeline.errors import JornadaError, StoreError
from pipeline.review.context import Context
from pipeline.review.queue.index import QueueIndex
from pipeline.review.queue.update import update
from pipeline.runs.deciding import Decisions
from pipeline.store import Store
from pipeline.store.connection import stat_files

_PAUSE = 0.5
"""Seconds until it is looked again whether anything is new."""
_SHARE = 4
"""So many times as long as a piece of work took, a run can have the file after it."""


@contextmanager
def work_behind(context: Context) -> Iterator[None]:
    """Store decisions and keep the index while the block runs; store what is left at its end."""
    work = Work(context.db)
    thread = threading.Thread(target=work.go_on, name="review background", daemon=True)
    thread.start()
    try:
        yield
    finally:
        work.stop.set()
        thread.join()
        work.end()


class Work:
    """What is done behind the pages of one database."""

    def __init__(self, db: Path) -> None:
        self.stop = threading.Event()
        self._db = db
        self._decisions = Decisions(db)
        self._store = Store.for_questions(db)
        self._index = QueueIndex(db)
        self._seen: object = None
        self._told: set[str] = set()

    def go_on(self) -> None:
        """Work until it is stopped."""
        pause = 0.0
        while not self.stop.wait(pause):
            began = time.monotonic()
            is_more = False
            try:
                self._decisions.settle()
                is_more = self.follow()
            except StoreError:
                pass  # a run has the file: what waits is kept, and the index is as it was
            except Exception as error:  # noqa: BLE001 - the pages go on
                self._tell_once(f"unexpected {type(error).__name__} behind the pages: {error}")
            took = time.monotonic() - began
            pause = took / _SHARE if is_more else max(_PAUSE, took * _SHARE)

    def end(self) -> None:
        """Store what was decided last."""
        try:
            self._decisions.settle()
        except JornadaError as error:
            tell(f"{error}: what was decided is kept, and stored when `jornada review` runs again")

    def follow(self) -> bool:
        """Take a piece of what is new into the index; tell whether more is left."""
        signature = stat_files(self._db)
        # The index may be removed, or left half made by another process, at any time.
        if signature == self._seen and self._index.tell_progress().is_done:
            return False
        is_more = update(self._store, self._index)
        if is_more is False:
            self._seen = signature
        return bool(is_more)

    def _tell_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            tell(line)
