"""One run at a time on a database: two would ask the same questions, and pay for both."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import StoreError, UsageError

_PROBED_SECONDS = 0.25
"""How long a run that begins puts up with a lock that `held` may be looking at."""


@contextmanager
def lock_database(db: Path) -> Iterator[Callable[[], None]]:
    """Hold the lock of a database, as `<database>.lock`; a killed process lets go of it.

    `db` leads through no link (`resolution.real_database`): each name would have a lock of its own.
    What it gives raises `StoreError` once the lock is not there any more, as another run may have
    begun then. Raises `UsageError` if another run holds it, `StoreError` if the folder cannot be
    written, or the file has a second name.
    """
    if not os.path.isdir(db.parent):  # noqa: PTH112 - pathlib raises for a closed folder
        # The lock would make it.
        raise StoreError(
            f"{db}: the folder {db.parent} does not exist or is closed to you; create it, or give "
            "another database with --db"
        )
    _require_one_name(db)
    path = db.with_name(f"{db.name}.lock")
    lock = FileLock(path)
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
    held = _identify(path)

    def require_held() -> None:
        if held is None or _identify(path) != held:
            raise StoreError(
                f"{path}: was removed while this run worked, so that another may have begun; what "
                "was read is kept: see that none is under way, and run the same again"
            )

    try:
        yield require_held
    finally:
        lock.release()


def _require_one_name(db: Path) -> None:
    with suppress(OSError):
        if (names := os.stat(db).st_nlink) > 1:  # noqa: PTH116 - as above
            raise StoreError(
                f"{db}: the same file has {names} names (hard links), and runs by each would not "
                "see one another; keep one name, and make the others symbolic links or copies"
            )


def _identify(path: Path) -> tuple[int, int] | None:
    """Give what tells a file from another that takes its name."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
