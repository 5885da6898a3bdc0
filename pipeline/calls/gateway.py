"""The gateway: every call to a model passes here.

What was answered before is handed out again, a call waits for its turn and for its money, and each
answer is on disk before anyone judges it. One gateway serves all that read at once, in this process
or in others, so that limits and budget hold for all of them together.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple, Protocol

from pipeline.calls.budget import Budget, BudgetReached
from pipeline.calls.journal import Journal, KeptAnswer, OpenReading
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.errors import Halted
from pipeline.plain_text import format_duration

LONG_SECONDS = 60.0
"""A wait that is told: people would take it for a hang."""


class CallEstimate(NamedTuple):
    """What a call will take: tokens as a guess, US dollars at most (None where unknown)."""

    tokens: int
    usd: float | None


class CallOutcome(NamedTuple):
    """How a call ended. `lost`: an answer may have been on its way, and been billed."""

    tokens: int | None = None
    usd: float | None = None
    throttled: bool = False
    retry_after: float | None = None
    lost: bool = False
    headers: Mapping[str, str] = {}


class Gateway(Protocol):
    """What a reader needs of a gateway, whichever process it stands in."""

    async def open_reading(self, document_id: str, reader_key: str) -> OpenReading:
        """Begin a reading, or go on with one that was not finished."""

    async def admit(self, expected: CallEstimate) -> None:
        """Wait until a call may go out. Raises `Halted` once none may any more."""

    async def pause(self, seconds: float) -> None:
        """Wait before a call is repeated. Raises `Halted` as soon as none may go out any more."""

    async def settle(
        self, expected: CallEstimate, outcome: CallOutcome, answer: KeptAnswer | None
    ) -> None:
        """Tell how a call ended; its answer, if it brought one, is on disk when this returns."""

    async def note(self, line: str) -> None:
        """Tell whoever watches the run something about the server, once."""


class LocalGateway:
    """The gateway itself. Without a journal nothing is kept.

    `wait` is how it sleeps, in seconds.
    """

    def __init__(
        self,
        journal: Journal | None = None,
        rate_limiter: RateLimiter | None = None,
        budget: Budget | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.journal = journal
        self.rate_limiter = rate_limiter or RateLimiter()
        self.budget = budget or Budget(None)
        self._wait = wait
        self._turn = asyncio.Lock()
        self._settled = asyncio.Event()
        self.halted: Halted | None = None
        self.notes: list[str] = []
        self._say: Callable[[str], None] | None = None
        self._told_until = -math.inf
        self._closed = asyncio.Event()

    async def open_reading(self, document_id: str, reader_key: str) -> OpenReading:
        """See `Gateway`."""
        if self.journal is None:
            return OpenReading.begin()
        return self.journal.open_reading(document_id, reader_key)

    async def admit(self, expected: CallEstimate) -> None:
        """See `Gateway`. Calls go out in the order in which they come."""
        async with self._turn:
            while not self._reserve(expected):
                self._settled.clear()
                await self._settled.wait()
            try:
                while (seconds := self.rate_limiter.seconds_to_wait(expected.tokens)) > 0:
                    self._check()
                    await self._wait(min(seconds, 1.0))
                self._check()
            except BaseException:
                self.budget.settle(expected.usd, 0.0)
                raise
            self.rate_limiter.take(expected.tokens)

    async def pause(self, seconds: float) -> None:
        """See `Gateway`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), seconds)
        self._check()

    async def settle(
        self, expected: CallEstimate, outcome: CallOutcome, answer: KeptAnswer | None
    ) -> None:
        """See `Gateway`. Nothing here waits, so that no cancellation comes between."""
        if answer is not None and self.journal is not None:
            self.journal.keep([answer])
        self.budget.settle(expected.usd, outcome.usd, doubtful=outcome.lost)
        self._settled.set()
        self.rate_limiter.learn(outcome.headers)
        if outcome.throttled:
            self.rate_limiter.throttle(outcome.retry_after)
            self._tell_pause()
        elif answer is not None:
            self.rate_limiter.settle(expected.tokens, outcome.tokens)

    async def note(self, line: str) -> None:
        """See `Gateway`."""
        if line not in self.notes:
            self.notes.append(line)
            if self._say is not None:
                self._say(line)

    def tell(self, say: Callable[[str], None]) -> None:
        """Have notes told so, those that there are at once."""
        self._say = say
        for line in self.notes:
            say(line)

    def _tell_pause(self) -> None:
        """Tell of a long pause, once."""
        seconds, now = self.rate_limiter.seconds_held(), time.monotonic()
        if seconds > LONG_SECONDS and now + seconds > self._told_until + LONG_SECONDS:
            self._told_until = now + seconds
            if self._say is not None:
                self._say(
                    f"the server asks to wait: no call goes out for {format_duration(seconds)}"
                )

    def halt(self, reason: Halted) -> None:
        """Let no further call out."""
        self.halted = self.halted or reason
        self._settled.set()
        self._closed.set()

    def _check(self) -> None:
        if self.halted is not None:
            raise self.halted

    def _reserve(self, expected: CallEstimate) -> bool:
        self._check()
        try:
            return self.budget.reserve(expected.usd)
        except BudgetReached as reached:
            self.halt(reached)
            raise
