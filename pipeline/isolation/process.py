"""Worker processes: how they are made."""

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

_LOADER = "pipeline.isolation.loader"
_swapping = threading.Lock()


def preload(*modules: str) -> None:
    """Name modules that processes will need, before the first one is started."""
    if _can_fork():
        multiprocessing.get_context("forkserver").set_forkserver_preload([_LOADER, *modules])


def start_process(target: Callable[..., None], arguments: Sequence[Any]) -> BaseProcess:
    """Start a process that runs `target`, a function of a module. It ends with this one.

    Forking this process, which has threads, is not safe; so where a system can do it, they are
    forked from another one, which loads what they need once for all of them.
    """
    if _can_fork():
        make: Callable[..., BaseProcess] = multiprocessing.get_context("forkserver").Process
    else:
        make = multiprocessing.get_context("spawn").Process
    process = make(target=target, args=tuple(arguments), daemon=True)
    with _without_main(), _without_ctrl_c():
        process.start()
    return process


def _can_fork() -> bool:
    return "forkserver" in multiprocessing.get_all_start_methods()


def begin_work(*names: str) -> None:
    """Make ready in a new process: its parent is told when to stop, also by the signals named.

    The alarm of a slot ends the process, whatever whoever started the program did with it.
    """
    for name in ("SIGINT", "SIGHUP", *names):  # by name: not every system has all
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    gc.freeze()  # what is loaded by now never becomes garbage, and is long to walk


def silence_libraries() -> None:
    """Leave out what libraries say of broken files, each in words of its own."""
    logging.disable()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for out in (1, 2):
        os.dup2(nowhere, out)
    os.close(nowhere)


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Keep Ctrl-C from what is started here, which a terminal sends to all: the parent has it.

    It is blocked from the first moment, and not only once a process has come to leave it to the
    parent; other threads, and this one afterwards, get it all the same.
    """
    if not _can_fork():
        yield
        return
    resource_tracker.ensure_running()  # blocks it for itself, and lets it through when it is done
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep a new process from running the program's main module, which it needs nothing of.

    A script that somebody wrote would do its work there once more.
    """
    with _swapping:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
