"""What holds a question that would never end, or take all memory there is."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

if sys.platform != "win32":
    import resource

_MEGABYTE = 2**20
_STATM = Path("/proc/self/statm")
_DATA = 5
"""Which of its numbers are the pages that a process has for data of its own."""


@contextmanager
def end_at_interrupt(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let Ctrl-C end what runs on a connection within.

    Python learns of a signal between two steps of its own, and a query is one step. Does nothing
    outside the main thread, which signals go to.
    """
    if not _is_main():
        yield
        return
    heard, told = os.pipe()
    os.set_blocking(told, False)

    def listen() -> None:
        while came := os.read(heard, 1):
            if came[0] == signal.SIGINT:
                con.interrupt()

    listener = threading.Thread(target=listen)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(told)
        listener.join()
        os.close(heard)


@contextmanager
def bound_memory(megabytes: int) -> Iterator[None]:
    """Let the process take no more than so many megabytes more within: then memory runs out.

    DuckDB holds its tables and sorts to a limit, and long texts and lists to none. Does nothing
    where the system does not tell what a process has, and outside the main thread, as the limit is
    one for all threads.
    """
    if not _is_main() or not _STATM.exists():
        yield
        return
    had = int(_STATM.read_text().split()[_DATA]) * resource.getpagesize()
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = had + megabytes * _MEGABYTE
    limits = [limit for limit in (before, most, wanted) if limit != resource.RLIM_INFINITY]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (min(limits), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
