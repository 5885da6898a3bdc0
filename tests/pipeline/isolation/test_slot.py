"""What is in hand is timed while it computes, and not while it waits."""

import asyncio
from typing import cast

import pytest

from pipeline.isolation.slot import Slot, Timed


class Log:
    """A slot that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def begin(self, number: int, _name: str, seconds: float) -> None:
        self.told.append(f"begin {number} for {seconds:g}")

    def end(self) -> None:
        self.told.append("end")


def timed(log: Log, number: int, work: object) -> Timed[str]:
    return Timed(cast("asyncio.Future[str]", work), cast("Slot", log), number, 9)


def test_each_stretch_of_computing_is_timed_by_itself() -> None:
    log = Log()

    async def work() -> str:
        log.told.append("computes")
        await asyncio.sleep(0)
        log.told.append("computes on")
        return "done"

    async def run() -> str:
        return await timed(log, 7, work())

    assert asyncio.run(run()) == "done"
    stretch = ["begin 7 for 9", "computes", "end"]
    assert log.told == [*stretch, "begin 7 for 9", "computes on", "end"]


def test_what_is_raised_passes_both_ways_and_ends_the_time() -> None:
    log = Log()

    async def work() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise KeyError("x") from None
        return ""

    async def wait() -> str:
        return await timed(log, 1, work())

    async def run() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(KeyError):
        asyncio.run(run())
    assert log.told[-1] == "end"
    assert log.told.count("end") == log.told.count("begin 1 for 9") == 2
