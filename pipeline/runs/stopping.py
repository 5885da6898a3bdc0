"""Why a run ends early: Ctrl-C, a budget that is spent, a server that refuses, a part that fails.

Ctrl-C once finishes what is in flight, twice ends at once; a closed terminal or `kill` count as
Ctrl-C.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress

from pipeline.runs.progress import Ending
from schemas.reading import Reading

IN_A_ROW = 10
"""So many failures of one cause, one after the other, end a run: it is not the documents."""
_INTERRUPTED = 130  # exit status
_LAST_SECONDS = 1.5
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # by name: not every system has all


class Stop:
    """Whether a run goes on, and why it does not; `steps` are taken when it ends early.

    `fault` is what a part of the run failed by.
    """

    def __init__(self) -> None:
        self.ending: Ending = "finished"
        self.reason: str | None = None
        self.fault: Exception | None = None
        self.steps: list[Callable[[str | None], None]] = []
        self._stopped = False
        self._in_a_row: tuple[str | None, int] = (None, 0)

    def __bool__(self) -> bool:
        """Tell whether no document may be begun any more. Safe to ask from any thread."""
        return self._stopped

    def close(self) -> None:
        """Begin nothing any more: the run is at its end."""
        self._stopped = True

    def end(self, ending: Ending, reason: str | None = None) -> None:
        """End the run early; the first reason counts."""
        if self.ending == "finished":
            self.ending, self.reason = ending, reason
        self._stopped = True
        for step in self.steps:
            step(reason)

    def count(self, reading: Reading) -> None:
        """End the run by too many failures of one cause in a row, or by one that none can pass."""
        if reading.ends_run:
            self.end("refused", reading.error)
        cause, count = self._in_a_row
        count = count + 1 if reading.cause is not None and reading.cause == cause else 1
        self._in_a_row = (reading.cause, count)
        if reading.cause is not None and count >= IN_A_ROW:
            self.end("refused", f"{IN_A_ROW} failures in a row: {reading.error}")

    async def guard(self, work: Coroutine[None, None, None]) -> None:
        """Do a part of the work; what fails in it ends the run, but not what is in flight."""
        try:
            await work
        except Exception as fault:  # noqa: BLE001 - raised when all that is in flight is kept
            self.fault = self.fault or fault
            self.end("interrupted")


def exit_soon() -> None:
    """End the program in a moment, whatever holds it up.

    What was answered is on disk, and what was read and is not stored yet is read again.
    """

    def end() -> None:
        for out in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                out.flush()
        os._exit(_INTERRUPTED)

    timer = threading.Timer(_LAST_SECONDS, end)
    timer.daemon = True
    timer.start()


@contextmanager
def on_interrupt(*steps: Callable[[], None]) -> Iterator[None]:
    """Take the next of these steps at each interrupt, and the last one again after that.

    Where signals cannot be had (another thread, Windows), they do as they always do.
    """
    loop, left, taken = asyncio.get_running_loop(), list(steps), []

    def interrupt() -> None:
        step = left.pop(0) if len(left) > 1 else left[0]
        step()

    for name in _SIGNALS:
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it so
                loop.add_signal_handler(number, interrupt)
                taken.append(number)
    try:
        yield
    finally:
        for each in taken:
            loop.remove_signal_handler(each)
