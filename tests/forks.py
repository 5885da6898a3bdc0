"""Processes forked from the test's own, which start at once, and kill themselves at a step."""

import asyncio
import functools
import gc
import itertools
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from tests.processes import wait_until

Steps = Iterable[tuple[type, str]]
"""Methods, sync or not, by their classes and names."""


def forked(work: Callable[[], object], seconds: float | None = None) -> int:
    """Do work in a child process; give its status, or less than zero for the signal it died of.

    After so many `seconds` it is killed.
    """
    child = os.fork()
    if not child:
        gc.freeze()  # else all that this process holds is walked, and copied, again and again
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001 - it is told, and the process ends
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)
    try:
        if seconds is not None:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        _, ended = wait_until(lambda: _ended(child), "the end of a child process")
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    return os.waitstatus_to_exitcode(ended)


def _ended(child: int) -> tuple[int, int] | None:
    ended = os.waitpid(child, os.WNOHANG)
    return ended if ended[0] else None


@contextmanager
def serving_forked(main: Callable[[], None], *arguments: str) -> Iterator[str]:
    """Run a server's `main` in a child process while the block runs; gives the line it begins with.

    A process of its own that is not started anew: to import what this one has takes a second.
    """
    said, told = os.pipe()
    server = os.fork()
    if not server:
        gc.freeze()
        sys.argv[1:] = arguments
        sys.stdout = os.fdopen(told, "w", encoding="utf-8")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            main()
        except BaseException:  # noqa: BLE001 - as above
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(0)
    os.close(told)
    try:
        with os.fdopen(said, encoding="utf-8") as lines:
            yield lines.readline()
    finally:
        os.kill(server, signal.SIGINT)
        wait_until(lambda: _ended(server), "the end of a server")


def die_at(number: int, steps: Steps, *, before: bool) -> None:
    """Let this process be killed before or after the step with that number, counted from 1."""
    counted = itertools.count(1)

    def die(*, now: bool) -> None:
        if now:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(kind: type, name: str) -> None:
        real = getattr(kind, name)

        @functools.wraps(real)
        def step(*given: object, **named: object) -> object:
            is_the_one = next(counted) == number
            die(now=is_the_one and before)
            value = real(*given, **named)
            die(now=is_the_one)
            return value

        @functools.wraps(real)
        async def step_of_many(*given: object, **named: object) -> object:
            is_the_one = next(counted) == number
            die(now=is_the_one and before)
            value = await real(*given, **named)
            die(now=is_the_one)
            return value

        setattr(kind, name, step_of_many if asyncio.iscoroutinefunction(real) else step)

    for kind, name in steps:
        arm(kind, name)


def kill_at_each_step(
    work: Callable[[int], None],
    steps: Steps,
    *,
    before: bool,
    afterwards: Callable[[int], None] = lambda _: None,
) -> int:
    """Do work in one process after the other, each killed one step later, until one ends well.

    `afterwards` is called when one was killed. Both get the number of the process, counted from 1;
    gives how many there were.
    """

    def doomed(number: int) -> None:
        die_at(number, steps, before=before)
        work(number)

    for number in itertools.count(1):
        status = forked(functools.partial(doomed, number))
        if status == 0:
            return number
        assert status == -signal.SIGKILL, f"failed at step {number}"
        afterwards(number)
    raise AssertionError
