"""Ctrl-C, once and twice."""

import asyncio
import os
import signal

import pytest

from pipeline.runs.stopping import on_interrupt


async def struck(*numbers: signal.Signals) -> None:
    for number in numbers:
        os.kill(os.getpid(), number)
        await asyncio.sleep(0.02)


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
