"""The limiter: how many requests and tokens a minute may go out.

Limits come from three sides: what the user allows, what the server says in its headers, and what
its 429s teach. None of the libraries does all three: aiolimiter, pyrate-limiter and limits hold a
rate that is given and know nothing of tokens or answers; those that adapt either read headers only,
or lower the number of calls at once, and each wants to make the calls itself.

What is held: in any stretch of T seconds, at most `rpm / 60 * T` requests and `tpm / 60 * T` tokens
go out, plus one burst. A burst is what a second of the rate allows, or one call where that is more.
Tokens count as expected until `settle` corrects them; of what is given back, a call's worth can be
saved beyond the burst.
"""

import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from pipeline.calls.pauses import number, seconds_until

LONGEST_PAUSE_SECONDS = 3600.0
"""More than this no server is believed when it says how long to wait."""
_LONGEST_REFILL = 15.0  # seconds
_SHORTEST_WAIT = 0.001  # seconds; less than a clock may resolve would be asked for ever
_FIRST_PAUSE = 1.0  # seconds, after a 429 that does not say how long
_FIRST_BACKOFF, _LONGEST_BACKOFF = 0.25, 30.0  # seconds, where 429s come and nothing else
_TRY_RPM = 60.0  # until a call succeeds again
_START_SECONDS = 3.0
_SAME_MOMENT = 1.0  # seconds in which 429s are one event
_LOWER, _STILL_LOW = 0.8, 0.9  # of what succeeded
_LEAST_RPM = 1.0
_LEAST_OBSERVED = 20.0
_NEWEST = 1 / 40  # the part that the newest answer has in the share of 429s
_MANY, _TIMES_USUAL = 0.06, 1.75  # shares of 429s: with nothing usual, and by what is
_HALF = 0.5
_MOST_USUAL = 0.15
_SLOWEST_RISE, _RISE, _FAR, _RISES_A_SECOND = 0.001, 0.02, 0.5, 40.0  # see `_Pace.succeeded`
_RECENT_SECONDS = 10.0  # over which what was observed is a mean
_IDLE_FACTOR = 2.0  # a pace so far above what goes out holds nothing
_SLACK = 1e-6  # requests or tokens that rounding may be short of
_MOST = 1e12  # a minute; larger limits are none

_LIMIT_REQUESTS = "x-ratelimit-limit-requests"
_LIMIT_TOKENS = "x-ratelimit-limit-tokens"
_REMAINING = tuple(
    (f"x-ratelimit-remaining-{what}", f"x-ratelimit-reset-{what}")
    for what in ("requests", "tokens")
)


class Rates(NamedTuple):
    """What is allowed a minute just now, None where nothing limits it.

    `held`: the server, not the user, has set at least one of them.
    """

    rpm: float | None
    tpm: float | None
    held: bool


class RateLimiter:
    """One limiter for all calls to a server; not thread-safe. `clock` counts seconds.

    Each call is to wait for `seconds_to_wait` until that is 0.0, `take`, and then end in `settle`
    or `throttle` or, where the server failed in another way, neither. `rpm` and `tpm` are ceilings;
    ValueError if one is not above zero.
    """

    def __init__(
        self,
        rpm: float | None = None,
        tpm: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for limit in (rpm, tpm):
            if limit is not None and not (0 < limit < math.inf):
                raise ValueError("a limit must be above zero")
        self._rpm, self._tpm = rpm, tpm
        self._server_rpm: float | None = None
        self._server_tpm: float | None = None
        self._said: tuple[str | None, str | None] = (None, None)  # the limits as last read
        self._clock = clock
        now = clock()
        self._requests = _Bucket(rpm, now)
        self._tokens = _Bucket(tpm, now)
        self._pace = _Pace(now)
        self._held_until = now

    def seconds_to_wait(self, tokens: int) -> float:
        """Give the seconds until a call of so many tokens may go out, 0.0 if now. Changes nothing.

        A call larger than a burst goes when the burst is full; those after it wait for its rest.
        """
        now = self._clock()
        seconds = max(
            self._held_until - now, self._requests.wait(1.0, now), self._tokens.wait(tokens, now)
        )
        return max(seconds, _SHORTEST_WAIT) if seconds > 0 else 0.0

    def take(self, tokens: int) -> None:
        """Note that a call of so many tokens goes out now."""
        now = self._clock()
        self._requests.add(-1.0, now)
        self._tokens.add(-max(0, tokens), now)
        self._pace.go(now)

    def settle(self, expected: int, actual: int | None) -> None:
        """Note that the answer came: correct its tokens, None if unknown, and speed up a little."""
        now = self._clock()
        if actual is not None:
            self._tokens.add(max(0, expected) - max(0, actual), now, beyond=max(0, expected))
        before = self._pace.rpm
        if now >= self._held_until:
            self._pace.succeed(now, _least(self._rpm, self._server_rpm))
        if self._pace.rpm != before:
            self._apply(now)

    def throttle(self, retry_after: float | None) -> None:
        """Note a 429. Where there are many, nobody goes before `retry_after` seconds, then slower.

        429s of one moment count once. A rare one is left to the call that got it.
        """
        now = self._clock()
        backoff = self._pace.refuse(now, _least(self._rpm, self._server_rpm))
        if backoff is not None:
            self._apply(now)
            asked = _plausible(retry_after)
            self._hold(now, max(_FIRST_PAUSE if asked is None else asked, backoff))

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take over what the server says of its limits, in any answer.

        Read are `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` as OpenAI's public
        reference has them, `retry-after` and `retry-after-ms`; under these names, in lower case,
        unless the mapping knows better. What is missing or broken changes nothing. A limit that is
        used up holds for some seconds only: whether the server means it, its 429s tell.
        """
        now = self._clock()
        said = (headers.get(_LIMIT_REQUESTS), headers.get(_LIMIT_TOKENS))
        if said != self._said:
            self._said = said
            self._server_rpm = _limit(said[0]) or self._server_rpm
            self._server_tpm = _limit(said[1]) or self._server_tpm
            self._apply(now)
        milliseconds = number(headers.get("retry-after-ms"))
        asked = (
            seconds_until(headers.get("retry-after"), datetime.now(UTC))
            if milliseconds is None
            else milliseconds / 1000.0
        )
        self._hold(now, max(asked or 0.0, *(_refill(headers, *names) for names in _REMAINING)))

    def seconds_held(self) -> float:
        """Give the seconds for which the server lets nobody go, 0.0 if there are none."""
        return max(0.0, self._held_until - self._clock())

    def rates(self) -> Rates:
        """Tell what is allowed now, for people who watch."""
        rpm = _least(self._rpm, self._server_rpm, self._pace.rpm)
        tpm = _least(self._tpm, self._server_tpm)
        return Rates(rpm, tpm, held=(rpm, tpm) != (self._rpm, self._tpm))

    def _hold(self, now: float, seconds: float) -> None:
        self._held_until = max(self._held_until, now + min(seconds, LONGEST_PAUSE_SECONDS))

    def _apply(self, now: float) -> None:
        rpm, tpm, _ = self.rates()
        self._requests.change(rpm, now)
        self._tokens.change(tpm, now)


class _Bucket:
    """A token bucket that holds a second of its rate, and can be in debt."""

    __slots__ = ("at", "level", "per_second")

    def __init__(self, per_minute: float | None, now: float) -> None:
        self.per_second = None if per_minute is None else per_minute / 60.0
        self.level = max(1.0, self.per_second or 0.0)
        self.at = now

    def wait(self, amount: float, now: float) -> float:
        if self.per_second is None:
            return 0.0
        lacking = min(amount, max(1.0, self.per_second)) - self._level(now)
        return lacking / self.per_second if lacking > _SLACK else 0.0

    def add(self, amount: float, now: float, beyond: float = 0.0) -> None:
        """Put in, or take out where negative. It can hold so much `beyond` a second of its rate.

        Without that, what comes back of a large call would be lost to the calls that wait for it.
        """
        if self.per_second is not None:
            level, most = self._level(now), max(1.0, self.per_second) + beyond
            self.level = min(level + amount, max(level, most)) if amount > 0 else level + amount
            self.at = now

    def change(self, per_minute: float | None, now: float) -> None:
        per_second = None if per_minute is None else per_minute / 60.0
        if per_second == self.per_second:
            return
        level = 1.0 if self.per_second is None else self._level(now)
        self.level = min(level, max(1.0, per_second or 0.0))
        self.at, self.per_second = now, per_second

    def _level(self, now: float) -> float:
        rate = self.per_second or 0.0
        return min(self.level + max(0.0, now - self.at) * rate, max(1.0, rate, self.level))


class _Pace:
    """Requests a minute as 429s and successes teach them; None where nothing has to be held back.

    The pace always rises, the slower the nearer it is to what the server seemed to take. It falls,
    once, to a little less than what succeeds where the share of 429s among the latest answers is
    well above the usual one: the share that stays just after a fall, as slowing down is no help
    against it. Then single calls try until one succeeds, so that few go out in a storm of 429s,
    however long it lasts.
    """

    def __init__(self, now: float) -> None:
        self._pace: float | None = None
        self._fitting = math.inf
        self._share = self._usual = 0.0  # of 429s
        self._calls = _Recent(now)
        self._lowered_at = self._raised_at = -math.inf
        self._answered = False
        self._in_vain = 0  # above zero while single calls try
        self._tries = 0
        self._early = 0  # 429s before the first success

    @property
    def rpm(self) -> float | None:
        return _least(self._pace, _TRY_RPM if self._in_vain else None)

    def go(self, now: float) -> None:
        if self._lowered_at == -math.inf:
            self._lowered_at = now + _START_SECONDS  # the first moments' calls tell no rate
        self._calls.add(now)
        self._tries += 1

    def refuse(self, now: float, ceiling: float | None) -> float | None:
        """Note a 429; give the seconds that all have to wait at least, None if they need not."""
        if self._in_vain and not self._tries:  # it went out before
            return None
        self._early += not self._answered
        if not self._answered and 2 * self._early < self._tries:
            return None  # of many calls at the start, the first to end may well be one
        if self._answered and not self._in_vain:
            self._heard(now, 1.0)
            many = _MANY + _TIMES_USUAL * self._usual
            soon = now < self._lowered_at + _SAME_MOMENT and self._share < _HALF
            if self._share < many or soon:
                return None
            self._lower(now, ceiling)
        self._tries = 0
        self._in_vain = min(self._in_vain + 1, 10)
        return min(_FIRST_BACKOFF * 2.0 ** (self._in_vain - 1), _LONGEST_BACKOFF)

    def _lower(self, now: float, ceiling: float | None) -> None:
        observed = max(self._calls.a_minute(now), _LEAST_OBSERVED)
        too_fast = min(self._pace or observed, ceiling or math.inf)
        self._fitting = max(too_fast * (1.0 - self._share), _LEAST_RPM)
        self._pace = _LOWER * self._fitting
        self._lowered_at = now

    def succeed(self, now: float, ceiling: float | None) -> None:
        """Note an answer that came while calls might go out: rise by a part of the pace."""
        self._answered = True
        if self._in_vain:
            self._in_vain, self._share, self._raised_at = 0, self._usual, now
        self._heard(now, 0.0)
        if self._pace is None:
            return
        away = min(abs(self._pace / self._fitting - 1.0), _FAR)
        rises = min((now - self._raised_at) * _RISES_A_SECOND, 1.0)
        self._raised_at = now
        self._pace *= 1.0 + (_SLOWEST_RISE + _RISE * away) * rises
        idle = now > self._lowered_at + 2 * _RECENT_SECONDS and (
            self._pace > _IDLE_FACTOR * self._calls.a_minute(now)
        )
        if idle or (ceiling is not None and self._pace >= ceiling):
            self._pace = None

    def _heard(self, now: float, refused: float) -> None:
        self._share += _NEWEST * (refused - self._share)
        slow = self._pace is not None and self._pace < _STILL_LOW * self._fitting
        if slow and now >= self._lowered_at + _SAME_MOMENT:
            self._usual += _NEWEST * (refused - self._usual)
            self._usual = min(self._usual, _MOST_USUAL)


class _Recent:
    """How many of something there were of late, a minute."""

    __slots__ = ("_at", "_began", "_level")

    def __init__(self, now: float) -> None:
        self._level, self._at = 0.0, now
        self._began = math.inf  # the run may take its time to begin

    def add(self, now: float) -> None:
        self._began = min(self._began, now)
        self._level = self._fade(now) + 1.0 / _RECENT_SECONDS
        self._at = now

    def a_minute(self, now: float) -> float:
        elapsed = max(now - self._began, 1.0)
        return 60.0 * self._fade(now) / -math.expm1(-elapsed / _RECENT_SECONDS)

    def _fade(self, now: float) -> float:
        return self._level * math.exp(-max(0.0, now - self._at) / _RECENT_SECONDS)


def _least(*limits: float | None) -> float | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _plausible(seconds: float | None) -> float | None:
    return seconds if seconds is not None and 0 <= seconds < math.inf else None


def _limit(value: str | None) -> float | None:
    limit = number(value)
    return limit if limit is not None and 1 <= limit <= _MOST else None


def _refill(headers: Mapping[str, str], remaining: str, reset: str) -> float:
    """Seconds until an empty bucket of the server holds something again, 0.0 if it is not empty.

    `reset` is the time until it is full; a sixtieth of it brings what a second of a minute does.
    """
    left = number(headers.get(remaining))
    if left is None or left >= 1:
        return 0.0
    seconds = seconds_until(headers.get(reset), datetime.now(UTC)) or 0.0
    return min(seconds / 60.0, _LONGEST_REFILL)
