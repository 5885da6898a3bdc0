"""Ctrl-C, once and twice; a closed terminal or `kill` count as Ctrl-C."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # by name: not every system has all


@contextmanager
def on_interrupt(*steps: Callable[[], None]) -> Iterator[None]:
    """Take the next of these steps at each interrupt, and the last one again after that.

    Where signals cannot be had (another thread, Windows), they do as they always do.
    """
    loop, left, taken = asyncio.get_running_loop(), list(steps), []

    def interrupted() -> None:
        step = left.pop(0) if len(left) > 1 else left[0]
        step()

    for name in _SIGNALS:
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it so
                loop.add_signal_handler(number, interrupted)
                taken.append(number)
    try:
        yield
    finally:
        for each in taken:
            loop.remove_signal_handler(each)
