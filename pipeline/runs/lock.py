"""One run at a time on a database: two would ask the same questions, and pay for both."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import StoreError, UsageError

_PROBED_SECONDS = 0.25
"""How long a run that begins puts up with a lock that `held` may be looking at."""


@contextmanager
def lock_database(db: Path) -> Iterator[None]:
    """Hold the lock of a database, as `<database>.lock`; a killed process lets go of it.

    Raises `UsageError` if another run holds it, `StoreError` if the folder cannot be written.
    """
    if not os.path.isdir(db.parent):  # noqa: PTH112 - pathlib raises for a closed folder
        # The lock would make it.
        raise StoreError(
            f"{db}: the folder {db.parent} does not exist or is closed to you; create it, or give "
            "another database with --db"
        )
    lock = FileLock(db.with_name(f"{db.name}.lock"))
    try:
        lock.acquire(timeout=_PROBED_SECONDS, poll_interval=0.05)
    except Timeout:
        raise UsageError(
            f"{db}: another run is working on it; `jornada status` shows how far it is"
        ) from None
    except OSError as error:
        raise StoreError(
            f"{db}: the folder {db.parent} cannot be written ({error.strerror}); create it or give "
            "another database with --db"
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_locked(db: Path) -> bool:
    """Tell whether a run is working on a database, without keeping one from it."""
    path = db.with_name(f"{db.name}.lock")
    if not os.path.exists(path):  # noqa: PTH110 - as above; and to look at a lock makes none
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # it cannot even be opened, so that nobody like us holds it
        return False
    lock.release()
    return False
