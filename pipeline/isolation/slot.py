"""What a worker process has in hand, where its parent can see it; and its time, which runs out."""

import ctypes
import multiprocessing.sharedctypes
import signal
import time
from collections.abc import Awaitable, Generator
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")
_LONGEST_NAME = 512
_HAS_TIMER = hasattr(signal, "setitimer")


class InHand(NamedTuple):
    """What a process works on, for how many seconds."""

    name: str
    seconds: float


class _Memory(ctypes.Structure):
    _fields_ = (
        ("since", ctypes.c_double),
        ("number", ctypes.c_longlong),
        ("name", ctypes.c_char * _LONGEST_NAME),
    )


class Slot:
    """What one process has in hand: a number, 0 for nothing that has one, and a name.

    In memory that both processes share, so that it can be seen also where the worker does not
    come to itself. When the time of what is in hand is over, the system ends the worker
    (SIGALRM), whatever it is doing. Made by the parent; written by the worker alone.
    """

    def __init__(self) -> None:
        self._memory = multiprocessing.sharedctypes.RawValue(_Memory)

    def begin(self, number: int, name: str, seconds: float) -> None:
        """Take something in hand for so many seconds."""
        memory = self._memory
        memory.number = number
        memory.name = name.encode("utf-8", "replace")[: _LONGEST_NAME - 1]
        memory.since = time.monotonic()
        if _HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def end(self) -> None:
        """Have nothing in hand."""
        if _HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, 0)
        self._memory.since = 0.0

    @property
    def number(self) -> int:
        """Give the number of what is in hand, or was last."""
        return int(self._memory.number)

    @property
    def name(self) -> str:
        """Give its name."""
        return bytes(self._memory.name).decode("utf-8", "replace")

    @property
    def seconds(self) -> float | None:
        """Tell how long it has been in hand; None where nothing is."""
        since = self._memory.since
        return time.monotonic() - since if since else None


class Timed(Generic[T]):
    """An awaitable that has its work in `slot` while it computes, and not while it waits."""

    def __init__(self, work: Awaitable[T], slot: Slot, number: int, seconds: float) -> None:
        self._work = work
        self._slot = slot
        self._number = number
        self._seconds = seconds

    def __await__(self) -> Generator[Any, Any, T]:
        steps = self._work.__await__()
        step, given = steps.send, None
        while True:
            self._slot.begin(self._number, "", self._seconds)
            try:
                waiting = step(given)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            finally:
                self._slot.end()
            try:
                given = yield waiting
                step = steps.send
            except BaseException as fault:  # noqa: BLE001 - handed to whoever waits for it
                step, given = steps.throw, fault
