"""Ctrl-C, once and twice."""

import asyncio
import os
import signal

import pytest

from pipeline.runs.stopping import on_interrupt
from tests.processes import PATIENCE


async def struck(*numbers: signal.Signals) -> None:
    """Send signals to this process; each has been seen to when the one behind it has."""
    behind, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, behind.set)
    for number in numbers:
        for each in (number, signal.SIGUSR1):
            os.kill(os.getpid(), each)
        await asyncio.wait_for(behind.wait(), PATIENCE)
        behind.clear()
    loop.remove_signal_handler(signal.SIGUSR1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_interrupt_takes_the_next_step_and_then_the_last_again(number: signal.Signals) -> None:
    taken: list[str] = []

    async def run() -> None:
        with on_interrupt(lambda: taken.append("finish"), lambda: taken.append("stop")):
            await struck(number, number, number)

    asyncio.run(run())
    assert taken == ["finish", "stop", "stop"]


def test_all_signals_count_together() -> None:
    taken: list[str] = []

    async def run() -> None:
        with on_interrupt(lambda: taken.append("finish"), lambda: taken.append("stop")):
            await struck(signal.SIGTERM, signal.SIGINT)

    asyncio.run(run())
    assert taken == ["finish", "stop"]


def test_a_signal_that_was_to_be_ignored_still_is() -> None:
    taken: list[str] = []

    async def run() -> None:
        with on_interrupt(lambda: taken.append("finish")):
            await struck(signal.SIGHUP)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        asyncio.run(run())
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert taken == []


def test_in_another_thread_nothing_is_taken_over() -> None:
    async def run() -> str:
        with on_interrupt(lambda: None):
            return "done"

    async def main() -> str:
        return await asyncio.to_thread(lambda: asyncio.run(run()))

    assert asyncio.run(main()) == "done"
