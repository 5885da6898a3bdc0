"""Calls pass one gateway: in their order, within limits and budget, and with their answers kept."""

import asyncio
from pathlib import Path

import pytest

from pipeline.calls.budget import Budget, BudgetReached
from pipeline.calls.gateway import CallEstimate, CallOutcome, Gateway, LocalGateway
from pipeline.calls.journal import Journal, KeptAnswer, Question
from pipeline.calls.protocol import RemoteGateway
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.errors import Halted, StoreError
from schemas.reading import Attempt

CALL = CallEstimate(100, 0.25)
ANSWER = KeptAnswer(
    Question("d", "key", "r", 1, "q"), Attempt(number=1, outcome="answered", seconds=0.0)
)


class Clock:
    """Moves on only where somebody waits by it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def others() -> None:
    """Let all other tasks go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_an_answer_is_on_disk_before_anyone_is_told_of_it(tmp_path: Path) -> None:
    async def run() -> None:
        gateway = LocalGateway(journal)
        await gateway.admit(CALL)
        await gateway.settle(CALL, CallOutcome(tokens=90, usd=0.2), ANSWER)

    journal, other = (Journal(tmp_path / "a.journal") for _ in range(2))
    asyncio.run(run())
    assert other.open_reading("d", "key").reading_id == "r"
    other.close()


def test_an_answer_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    async def run() -> None:
        gateway = LocalGateway(journal)
        await gateway.admit(CALL)
        await gateway.settle(CALL, CallOutcome(tokens=90, usd=0.2), ANSWER)

    journal = Journal(tmp_path / "a.journal")
    journal.close()
    with pytest.raises(StoreError):
        asyncio.run(run())


def test_without_a_journal_each_reading_is_new() -> None:
    async def run() -> set[str]:
        gateway = LocalGateway()
        return {(await gateway.open_reading("d", "key")).reading_id for _ in range(2)}

    assert len(asyncio.run(run())) == 2


def test_calls_go_out_in_their_order_and_at_the_rate_that_is_allowed() -> None:
    clock = Clock()
    gateway = LocalGateway(rate_limiter=RateLimiter(60, clock=clock), wait=clock.wait)
    went: list[tuple[int, float]] = []

    async def call(number: int) -> None:
        await gateway.admit(CALL)
        went.append((number, clock.now))
        await gateway.settle(CALL, CallOutcome(tokens=100, usd=0.2), None)

    async def run() -> None:
        await asyncio.gather(*(call(number) for number in range(10)))

    asyncio.run(run())
    assert [number for number, _ in went] == list(range(10))
    assert went[-1][1] >= 8.9


def test_where_many_requests_are_too_many_everybody_waits() -> None:
    clock = Clock()
    gateway = LocalGateway(rate_limiter=RateLimiter(clock=clock), wait=clock.wait)

    async def run() -> None:
        for _ in range(30):
            await gateway.admit(CALL)
        for _ in range(30):
            await gateway.settle(CALL, CallOutcome(usd=0.0, throttled=True, retry_after=7.0), None)
        await gateway.admit(CALL)

    asyncio.run(run())
    assert clock.now >= 7


def test_money_is_reserved_for_each_call_before_it_goes_out() -> None:
    gateway = LocalGateway(budget=Budget(1.0))

    async def run() -> None:
        for _ in range(4):
            await gateway.admit(CALL)
        fifth = asyncio.create_task(gateway.admit(CALL))
        await others()
        assert not fifth.done(), "four calls may cost all there is"
        await gateway.settle(CALL, CallOutcome(tokens=1, usd=0.0), None)
        await fifth
        for _ in range(4):
            await gateway.settle(CALL, CallOutcome(tokens=1, usd=0.25), None)
        with pytest.raises(BudgetReached):
            await gateway.admit(CALL)
        assert isinstance(gateway.halted, BudgetReached)
        with pytest.raises(Halted):
            await gateway.admit(CallEstimate(1, 0.0))

    asyncio.run(run())
    assert (gateway.budget.spent, gateway.budget.reserved) == (1.0, 0.0)


@pytest.mark.parametrize("limit", ["money", "rate"])
def test_who_waits_is_told_that_no_call_goes_out_any_more(limit: str) -> None:
    budget = Budget(0.25 if limit == "money" else None)
    rate_limiter = RateLimiter(1 if limit == "rate" else None)
    gateway = LocalGateway(
        budget=budget, rate_limiter=rate_limiter, wait=lambda _: asyncio.sleep(0)
    )

    async def run() -> None:
        await gateway.admit(CALL)
        waiting = [asyncio.create_task(gateway.admit(CALL)) for _ in range(3)]
        await others()
        gateway.halt(Halted("stop"))
        for each in waiting:
            with pytest.raises(Halted, match="stop"):
                await asyncio.wait_for(each, 10)

    asyncio.run(run())
    assert budget.reserved == pytest.approx(0.25)


def test_who_is_cancelled_while_waiting_gives_the_money_back() -> None:
    gateway = LocalGateway(budget=Budget(1.0), rate_limiter=RateLimiter(1))

    async def run() -> None:
        await gateway.admit(CALL)
        waiting = asyncio.create_task(gateway.admit(CALL))
        await others()
        assert gateway.budget.reserved == pytest.approx(0.5)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(run())
    assert gateway.budget.reserved == pytest.approx(0.25)


def test_an_answer_that_was_lost_may_have_been_paid_for() -> None:
    gateway = LocalGateway(budget=Budget(1.0))

    async def run() -> None:
        await gateway.admit(CALL)
        await gateway.settle(CALL, CallOutcome(lost=True), None)

    asyncio.run(run())
    assert (gateway.budget.spent, gateway.budget.doubtful) == (0.0, 0.25)


def test_a_gateway_in_another_process_does_the_same(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.journal")
    there = LocalGateway(journal)

    async def carried(what: str, *arguments: object) -> object:
        return await getattr(there, what)(*arguments)

    async def run(gateway: Gateway) -> None:
        await gateway.admit(CALL)
        await gateway.settle(CALL, CallOutcome(tokens=1, usd=0.2), ANSWER)
        assert (await gateway.open_reading("d", "key")).reading_id == "r"
        there.halt(Halted("stop"))
        with pytest.raises(Halted):
            await gateway.admit(CALL)

    asyncio.run(run(RemoteGateway(carried)))
    assert there.budget.spent == pytest.approx(0.2)
    journal.close()


def test_who_waits_to_repeat_a_call_is_told_at_once_that_none_goes_out_any_more() -> None:
    async def run() -> None:
        gateway = LocalGateway()
        waiting = asyncio.create_task(gateway.pause(3600))
        await asyncio.sleep(0)
        gateway.halt(Halted("enough"))
        with pytest.raises(Halted, match="enough"):
            await asyncio.wait_for(waiting, 10)

    asyncio.run(run())


def test_a_pause_ends_after_its_time() -> None:
    asyncio.run(LocalGateway().pause(0.01))


def test_a_note_is_told_once_and_those_of_before_when_somebody_listens() -> None:
    async def run() -> None:
        await gateway.note("it takes no schema")
        gateway.tell(told.append)
        await gateway.note("it takes no schema")
        await gateway.note("it writes little")

    told: list[str] = []
    gateway = LocalGateway()
    asyncio.run(run())
    assert told == gateway.notes == ["it takes no schema", "it writes little"]


@pytest.mark.parametrize(("seconds", "lines"), [(30.0, 0), (1800.0, 1)])
def test_a_pause_that_would_pass_for_a_hang_is_told(seconds: float, lines: int) -> None:
    async def run() -> None:
        for _ in range(2):
            await gateway.admit(CALL)
        refused = CallOutcome(usd=0.0, throttled=True, retry_after=seconds)
        for _ in range(2):
            await gateway.settle(CALL, refused, None)

    told: list[str] = []
    clock = Clock()
    gateway = LocalGateway(rate_limiter=RateLimiter(clock=clock), wait=clock.wait)
    gateway.tell(told.append)
    asyncio.run(run())
    assert len(told) == lines
    assert all("30 min" in line for line in told)
