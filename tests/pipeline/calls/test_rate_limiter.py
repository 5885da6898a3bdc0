"""The limiter against a clock that is set by hand, and servers that count for themselves."""

import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.calls.rate_limiter import LONGEST_PAUSE_SECONDS, RateLimiter

RATES = st.floats(0.5, 20_000)
TOKEN_RATES = st.floats(100, 5e6)


class Clock:
    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Server:
    """Enforces a token bucket of requests, or of tokens, as OpenAI and others do.

    It holds what `seconds` bring. `retry`: a 429 says how long to wait. A share of all calls,
    `noise`, is refused for no reason, and every `STORM_EVERY` seconds all are for `storm` seconds.
    """

    def __init__(
        self,
        per_minute: float = 1e9,
        *,
        seconds: float = 60,
        tokens: bool = False,
        retry: bool = True,
        noise: float = 0.0,
        storm: float = 0.0,
    ) -> None:
        self.per_minute = per_minute
        self.seconds, self.tokens, self.retry = seconds, tokens, retry
        self.noise, self.storm = noise, storm
        self.random = random.Random(1)  # noqa: S311
        self.level = self.most
        self.at = 0.0

    @property
    def most(self) -> float:
        return max(1.0, self.per_minute / 60 * self.seconds)

    def answer(self, now: float, tokens: int) -> float | bool | None:
        """True, or what a 429 says of how long to wait."""
        if now > STORM_EVERY and now % STORM_EVERY < self.storm:
            return self.random.uniform(0.2, 1.0)
        rate = self.per_minute / 60
        self.level = min(self.most, self.level + (now - self.at) * rate)
        self.at = now
        amount = tokens if self.tokens else 1
        if self.level < amount - 1e-9:
            return (amount - self.level) / rate if self.retry else None
        self.level -= amount
        return True if self.random.random() >= self.noise else self.random.uniform(0.2, 1.0)


STORM_EVERY = 15.0


class Patient(RateLimiter):
    """Nobody waits but the call itself: what the others are measured by."""

    def wait(self, tokens: int) -> float:  # noqa: ARG002
        return 0.0


FOREVER = [(math.inf,)]


class Call(NamedTuple):
    at: float
    tokens: int
    expected: int
    answered: bool
    until: float


def bulletins(random: random.Random) -> tuple[int, int]:
    size = int(random.lognormvariate(7.5, 0.5))
    return size, size


class World:
    """Readers that each make one call after another, through a limiter, as the gateway does."""

    def __init__(  # noqa: PLR0913
        self,
        server: Server | None,
        *,
        readers: int = 60,
        seconds: tuple[float, float] = (0.5, 4.0),
        sizes: Callable[[random.Random], tuple[int, int]] = bulletins,
        rpm: float | None = None,
        tpm: float | None = None,
        clock: Clock | None = None,
        rate_limiter: type[RateLimiter] = RateLimiter,
        seed: int = 0,
    ) -> None:
        self.clock = clock or Clock()
        self.rate_limiter = rate_limiter(rpm, tpm, self.clock)
        self.server = server
        self.random = random.Random(seed)  # noqa: S311
        self.seconds, self.sizes = seconds, sizes
        self.waiting = deque(sizes(self.random) for _ in range(readers))
        self.events: list[tuple[float, int, tuple[int, int], float | bool | None]] = []
        self.again: list[tuple[float, int, tuple[int, int]]] = []  # wait for themselves
        self.calls: list[Call] = []

    def run(self, until: float) -> "World":
        while self.clock.now < until:
            while self.again and self.again[0][0] <= self.clock.now:
                self.waiting.append(heapq.heappop(self.again)[2])
            next_event = min(queue[0][0] for queue in (self.events, self.again, FOREVER) if queue)
            if self.waiting:
                seconds = self.rate_limiter.seconds_to_wait(self.waiting[0][0])
                if seconds == 0:
                    self._call()
                    continue
                next_event = min(next_event, self.clock.now + seconds)
            self.clock.now = max(self.clock.now, next_event)
            while self.events and self.events[0][0] <= self.clock.now:
                self._end()
        return self

    def _call(self) -> None:
        expected, actual = self.waiting.popleft()
        now = self.clock.now
        self.rate_limiter.take(expected)
        said = True if self.server is None else self.server.answer(now, actual)
        low, high = self.seconds
        took = self.random.uniform(*((low, high) if said is True else (min(low, 0.05), 0.3)))
        self.calls.append(Call(now, actual, expected, said is True, now + took))
        heapq.heappush(self.events, (now + took, len(self.calls), (expected, actual), said))

    def _end(self) -> None:
        _, number, size, said = heapq.heappop(self.events)
        if said is True:
            self.rate_limiter.settle(*size)
            self.waiting.append(self.sizes(self.random))
        else:
            self.rate_limiter.throttle(None if said is None else float(said))
            own = self.random.uniform(0.5, 1.0) if said is None else float(said)
            heapq.heappush(self.again, (self.clock.now + own, number, size))

    def refuse(self, since: float, until: float) -> float:
        calls = [call for call in self.calls if since <= call.at < until]
        return sum(not call.answered for call in calls) / len(calls)

    def answered(self, since: float, until: float, *, tokens: bool = False) -> float:
        """What was answered a minute, in requests or tokens."""
        return sum(
            call.tokens if tokens else 1
            for call in self.calls
            if since <= call.at < until and call.answered
        ) / ((until - since) / 60)


def busiest_minute(calls: list[tuple[float, float]]) -> float:
    """The most that any 60 seconds saw."""
    most = total = 0.0
    first = 0
    for at, amount in calls:
        total += amount
        while calls[first][0] <= at - 60:
            total -= calls[first][1]
            first += 1
        most = max(most, total)
    return most


# --- the user's ceilings


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rpm=st.none() | RATES,
    tpm=st.none() | TOKEN_RATES,
    readers=st.integers(1, 60),
    server=st.none() | st.floats(20, 2000),
    start=st.sampled_from([0.0, 1e6, 1e9]),
    seed=st.integers(0, 5),
)
def test_no_minute_sees_more_than_the_ceilings_and_one_burst(
    rpm: float | None,
    tpm: float | None,
    readers: int,
    server: float | None,
    start: float,
    seed: int,
) -> None:
    world = World(
        None if server is None else Server(server),
        readers=readers,
        rpm=rpm,
        tpm=tpm,
        clock=Clock(start),
        seed=seed,
    ).run(start + 200)
    assert world.calls
    if rpm is not None:
        busiest = busiest_minute([(call.at, 1.0) for call in world.calls])
        assert busiest <= rpm + max(1.0, rpm / 60) + 1e-3
    if tpm is not None:
        busiest = busiest_minute([(call.at, call.tokens) for call in world.calls])
        largest = max(call.tokens for call in world.calls)
        assert busiest <= tpm + max(largest, tpm / 60) + 1e-3


@pytest.mark.parametrize("rpm", [30.0, 600.0, 5000.0])
def test_what_the_user_allows_is_used(rpm: float) -> None:
    world = World(None, readers=300, rpm=rpm, seconds=(0.5, 2.0)).run(300)
    assert world.answered(60, 300) == pytest.approx(rpm, rel=0.03)
    assert world.rate_limiter.rates() == (rpm, None, False)


@pytest.mark.parametrize("factor", [0.25, 1.0, 4.0])
def test_tokens_that_were_guessed_wrong_are_given_back_or_charged(factor: float) -> None:
    def sizes(random: random.Random) -> tuple[int, int]:
        actual = int(random.uniform(500, 1500))
        return int(actual * factor), actual

    tpm = 200_000.0
    world = World(None, sizes=sizes, tpm=tpm, seconds=(1.0, 5.0)).run(600)
    assert world.answered(180, 600, tokens=True) == pytest.approx(tpm, rel=0.05)
    astray = max(
        sum(
            abs(call.expected - call.tokens)
            for call in world.calls
            if call.at <= moment < call.until
        )
        for moment in range(0, 600, 5)
    )
    busiest = busiest_minute([(call.at, call.tokens) for call in world.calls if call.at > 60])
    assert busiest <= tpm + tpm / 60 + 1500 + 2 * astray


def test_a_call_larger_than_a_minute_goes_out_and_those_after_it_pay_for_it() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(tpm=6000, clock=clock)
    assert rate_limiter.seconds_to_wait(60_000) == 0
    rate_limiter.take(60_000)
    assert rate_limiter.seconds_to_wait(50) == pytest.approx(599.5, abs=0.1)
    assert rate_limiter.seconds_to_wait(60_000) == pytest.approx(600.0, abs=0.1)
    clock.now += rate_limiter.seconds_to_wait(60_000)
    assert rate_limiter.seconds_to_wait(60_000) == 0


@given(
    tpm=st.floats(100, 1e5),
    sizes=st.lists(st.integers(0, 1_000_000), min_size=1, max_size=30),
)
def test_huge_calls_starve_nobody(tpm: float, sizes: list[int]) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(tpm=tpm, clock=clock)
    for size in sizes:
        asked = 0
        while (seconds := rate_limiter.seconds_to_wait(size)) > 0:
            clock.now += seconds
            asked += 1
            assert asked < 5
        rate_limiter.take(size)
    assert clock.now <= (sum(sizes[:-1]) + tpm / 60 + 1) / tpm * 60 + 1


@given(
    start=st.floats(0, 1e12),
    rpm=RATES,
    tokens=st.integers(0, 10**6),
)
def test_who_has_waited_so_long_may_go(start: float, rpm: float, tokens: int) -> None:
    clock = Clock(start)
    rate_limiter = RateLimiter(rpm, rpm * 1000, clock)
    for _ in range(40):
        asked = 0
        while (seconds := rate_limiter.seconds_to_wait(tokens)) > 0:
            assert clock.now + seconds > clock.now
            clock.now += seconds
            asked += 1
            assert asked < 5
        rate_limiter.take(tokens)


def test_without_limits_nobody_waits() -> None:
    rate_limiter = RateLimiter(clock=Clock())
    for _ in range(10_000):
        assert rate_limiter.seconds_to_wait(10**9) == 0
        rate_limiter.take(10**9)
    assert rate_limiter.rates() == (None, None, False)


def test_asking_changes_nothing() -> None:
    clock = Clock()
    one, other = RateLimiter(60, 6000, clock), RateLimiter(60, 6000, clock)
    for step in range(50):
        clock.now += 0.7
        for tokens in range(0, 5000, 500):
            other.seconds_to_wait(tokens)
        assert one.seconds_to_wait(300) == other.seconds_to_wait(300)
        if one.seconds_to_wait(300) == 0:
            one.take(300)
            other.take(300)
        assert one.rates() == other.rates(), step


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf])
def test_a_ceiling_is_above_zero(limit: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        RateLimiter(rpm=limit)
    with pytest.raises(ValueError, match="above zero"):
        RateLimiter(tpm=limit)


# --- what 429s teach

BUCKETS = [
    pytest.param(60, {"seconds": 60}, id="60 a minute at once"),
    pytest.param(60, {"seconds": 1}, id="one each second"),
    pytest.param(500, {"seconds": 60}, id="500 a minute at once"),
    pytest.param(500, {"seconds": 1, "retry": False}, id="8 a second, without a word"),
    pytest.param(1500, {"seconds": 10, "retry": False}, id="250 in ten seconds, without a word"),
]


@pytest.mark.parametrize(("limit", "kind"), BUCKETS)
@pytest.mark.parametrize("seed", range(2))
def test_a_limit_that_nobody_told_is_found_and_used(
    limit: float, kind: dict[str, float], seed: int
) -> None:
    world = World(Server(limit, **kind), seed=seed).run(1200)  # type: ignore[arg-type]
    assert world.refuse(300, 1200) < 0.06
    assert world.answered(300, 1200) >= 0.8 * limit


def test_a_limit_of_tokens_that_nobody_told_is_found_and_used() -> None:
    world = World(Server(600_000, tokens=True, seconds=10, retry=False)).run(1200)
    assert world.refuse(300, 1200) < 0.06
    assert world.answered(300, 1200, tokens=True) >= 0.8 * 600_000


@pytest.mark.parametrize("limit", [60, 400])
def test_a_limit_that_doubles_is_followed_within_minutes(limit: float) -> None:
    world = World(server := Server(limit, retry=False)).run(600)
    server.per_minute = 2 * limit
    world.run(1200)
    assert world.answered(840, 960) >= 0.8 * 2 * limit
    assert world.refuse(840, 1200) < 0.08


def test_a_limit_that_falls_is_followed_within_minutes() -> None:
    world = World(server := Server(800)).run(600)
    server.per_minute = 200
    world.run(1200)
    assert world.refuse(700, 1200) < 0.06
    assert world.answered(700, 1200) >= 0.8 * 200


def test_a_server_that_is_out_for_minutes_is_left_alone_and_then_used_again() -> None:
    world = World(server := Server(400, retry=False)).run(600)
    server.per_minute, server.level = 1e-6, 0.0
    world.run(900)
    assert sum(600 < call.at < 900 for call in world.calls) < 100
    server.per_minute = 400
    world.run(1800)
    assert world.answered(960, 1200) >= 0.4 * 400
    assert world.answered(1320, 1800) >= 0.8 * 400


def test_once_nothing_limits_any_more_nothing_holds() -> None:
    world = World(server := Server(100), readers=10).run(300)
    assert world.rate_limiter.rates().held
    server.per_minute = 1e9
    world.run(1500)
    assert world.rate_limiter.rates() == (None, None, False)
    free = World(None, readers=10).run(1500)
    assert world.answered(1300, 1500) >= 0.95 * free.answered(1300, 1500)


def test_successes_lead_back_to_the_ceiling_and_not_above() -> None:
    world = World(server := Server(100, retry=False), readers=60, rpm=300).run(300)
    assert world.rate_limiter.rates().held
    server.per_minute = 1e9
    world.run(900)
    assert world.rate_limiter.rates() == (300.0, None, False)
    calls = [(call.at, 1.0) for call in world.calls if call.at > 300]
    assert busiest_minute(calls) <= 305 + 1


def busy(rate_limiter: RateLimiter, clock: Clock, calls: int, seconds: float = 0.1) -> None:
    for _ in range(calls):
        clock.now += seconds
        rate_limiter.take(100)
        rate_limiter.settle(100, 100)


def refuse(rate_limiter: RateLimiter, retry_after: float | None, calls: int = 30) -> None:
    for _ in range(calls):
        rate_limiter.take(100)
    for _ in range(calls):
        rate_limiter.throttle(retry_after)


@pytest.mark.parametrize("ceiling", [None, 1000.0])
def test_a_rare_429_is_left_to_the_call_that_got_it(ceiling: float | None) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(ceiling, clock=clock)
    for _ in range(5):
        busy(rate_limiter, clock, 100)
        rate_limiter.take(100)
        rate_limiter.throttle(5.0)
        clock.now += 0.1
        assert rate_limiter.seconds_to_wait(100) == 0
        assert rate_limiter.rates() == (ceiling, None, False)


def test_a_429_before_anything_has_succeeded_holds_all() -> None:
    rate_limiter = RateLimiter(clock=Clock())
    rate_limiter.take(100)
    rate_limiter.throttle(5.0)
    assert rate_limiter.seconds_to_wait(100) == 5.0


@pytest.mark.parametrize("ceiling", [None, 1000.0])
@pytest.mark.parametrize("more", [1, 99])
def test_429s_of_one_moment_count_once(more: int, ceiling: float | None) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(ceiling, clock=clock)
    busy(rate_limiter, clock, 100)
    refuse(rate_limiter, 1.0)
    after, until = rate_limiter.rates(), clock.now + rate_limiter.seconds_to_wait(100)
    assert after.held
    for _ in range(more):
        clock.now += 0.3  # some come late, but nobody has gone out since
        rate_limiter.throttle(10.0)
    assert rate_limiter.rates() == after
    assert clock.now + rate_limiter.seconds_to_wait(100) == pytest.approx(max(until, clock.now))


def test_after_a_pause_single_calls_try_until_one_succeeds() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(60_000, clock=clock)
    busy(rate_limiter, clock, 100)
    refuse(rate_limiter, 10.0)
    clock.now += 10.0
    assert rate_limiter.seconds_to_wait(100) == 0
    rate_limiter.take(100)
    assert rate_limiter.seconds_to_wait(100) == pytest.approx(1.0, abs=0.01)
    rate_limiter.settle(100, 100)
    assert rate_limiter.seconds_to_wait(100) < 0.2


def test_calls_that_try_in_vain_are_longer_and_longer_apart() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(clock=clock)
    pauses = []
    for _ in range(10):
        rate_limiter.take(100)
        rate_limiter.throttle(0.1)
        pauses.append(rate_limiter.seconds_to_wait(100))
        clock.now += pauses[-1]
    assert pauses == sorted(pauses)
    assert pauses[-1] == pytest.approx(30.0)


def test_many_429s_lower_the_rate_observed_of_late_by_a_part() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(clock=clock)
    busy(rate_limiter, clock, 3000, seconds=0.02)
    busy(rate_limiter, clock, 1200, seconds=0.1)
    refuse(rate_limiter, 0.5)
    clock.now += 0.5
    rate_limiter.settle(100, 100)
    rpm = rate_limiter.rates().rpm
    assert rpm is not None
    assert 250 <= rpm <= 0.9 * 700


@given(
    retry_after=st.floats(0, 2 * LONGEST_PAUSE_SECONDS),
    steps=st.lists(st.floats(0.001, 1.0), max_size=20),
    rpm=st.none() | RATES,
    calls=st.integers(0, 20),
)
def test_nobody_goes_before_the_server_allows_it(
    retry_after: float, steps: list[float], rpm: float | None, calls: int
) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(rpm, clock=clock)
    busy(rate_limiter, clock, calls)
    clock.now += 1.0
    refuse(rate_limiter, retry_after)
    until = clock.now + min(retry_after, LONGEST_PAUSE_SECONDS)
    for step in steps:
        clock.now += step * retry_after
        rate_limiter.settle(1, 1)
        rate_limiter.learn({"retry-after": "0"})
        if clock.now < until - 1e-9:
            assert rate_limiter.seconds_to_wait(1) >= until - clock.now - 1e-6
    clock.now = max(clock.now, until)
    while (seconds := rate_limiter.seconds_to_wait(1)) > 0:
        clock.now += seconds
    assert clock.now <= until + retry_after * sum(steps) + (calls + 50) * 60 / min(rpm or 1, 1)


@given(st.lists(st.sampled_from([None, math.nan, math.inf, -math.inf, -5.0, 0.0]), max_size=30))
def test_a_broken_retry_after_is_as_none(asked: list[float | None]) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(clock=clock)
    for retry_after in asked:
        rate_limiter.take(10)
        rate_limiter.throttle(retry_after)
        assert 0 <= rate_limiter.seconds_to_wait(10) <= 130
        clock.now += rate_limiter.seconds_to_wait(10)


# --- 429s for no reason

QUICK = (0.2, 0.2)


@pytest.mark.parametrize(("readers", "noise"), [(100, 0.03), (200, 0.06), (100, 0.1)])
def test_429s_for_no_reason_slow_nobody_down(readers: int, noise: float) -> None:
    free, held = (
        World(Server(noise=noise), readers=readers, seconds=QUICK, rate_limiter=rate_limiter).run(
            25
        )
        for rate_limiter in (Patient, RateLimiter)
    )
    assert held.answered(5, 25) >= 0.8 * free.answered(5, 25)


@pytest.mark.parametrize("storm", [2.0, 3.0])
def test_a_storm_is_sat_out_and_then_all_goes_on(storm: float) -> None:
    free = World(Server(noise=0.05), readers=100, seconds=QUICK, rate_limiter=Patient).run(15)
    world = World(Server(noise=0.05, storm=storm), readers=100, seconds=QUICK).run(60)
    for began in (15, 30, 45):
        stormy = [call for call in world.calls if began + 0.5 < call.at < began + storm]
        assert len(stormy) < 10
        after = world.answered(began + storm + 5, began + 15)
        assert after >= 0.75 * free.answered(5, 15)


@pytest.mark.parametrize("noise", [0.03, 0.1])
def test_a_limit_is_used_though_some_429s_have_no_reason(noise: float) -> None:
    world = World(Server(1500, seconds=10, noise=noise), readers=100, seconds=(0.2, 2.0)).run(400)
    assert world.answered(100, 400) >= 0.7 * 1500
    assert world.refuse(100, 400) < noise + 0.08


# --- what headers say


def said(**names: str) -> dict[str, str]:
    return {
        name.replace("_", "-")
        if "after" in name
        else f"x-ratelimit-{name.replace('_', '-')}": value
        for name, value in names.items()
    }


def test_the_servers_own_limits_are_taken_over() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(clock=clock)
    rate_limiter.learn(said(limit_requests="480", limit_tokens="90000"))
    assert rate_limiter.rates() == (480.0, 90_000.0, True)
    rate_limiter.learn({})
    rate_limiter.learn(said(limit_requests="960"))
    assert rate_limiter.rates() == (960.0, 90_000.0, True)


def test_the_user_may_allow_less_than_the_server() -> None:
    rate_limiter = RateLimiter(100, 5000, Clock())
    rate_limiter.learn(said(limit_requests="480", limit_tokens="90000"))
    assert rate_limiter.rates() == (100.0, 5000.0, False)
    rate_limiter.learn(said(limit_requests="60"))
    assert rate_limiter.rates() == (60.0, 5000.0, True)


def test_a_limit_from_headers_is_kept_without_a_429() -> None:
    world = World(Server(300, seconds=5))
    world.rate_limiter.learn(said(limit_requests="300"))
    world.run(300)
    assert world.refuse(0, 300) == 0
    assert world.answered(30, 300) >= 0.95 * 300


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("1s", 1),
        ("6m0s", 360),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("90", 90),
        ("2d", 172_800),
        ("1m2s3ms", 62.003),
        ("", 0),
        ("s", 0),
        ("-5s", 0),
        ("1s1h", 0),
        ("1e9s", 0),
        ("soon", 0),
        ("nan", 0),
        ("٣s", 0),
    ],
)
@pytest.mark.parametrize("what", ["requests", "tokens"])
def test_an_empty_bucket_of_the_server_is_left_alone_for_a_part_of_its_reset(
    reset: str, seconds: float, what: str
) -> None:
    rate_limiter = RateLimiter(clock=Clock())
    rate_limiter.learn({f"x-ratelimit-remaining-{what}": "0", f"x-ratelimit-reset-{what}": reset})
    held = min(seconds / 60, 15)  # a day's limit is left to its 429s
    assert rate_limiter.seconds_to_wait(1) == pytest.approx(held, abs=0.001)


def test_a_bucket_that_still_holds_something_stops_nobody() -> None:
    rate_limiter = RateLimiter(clock=Clock())
    rate_limiter.learn(said(remaining_requests="1", reset_requests="6m0s"))
    rate_limiter.learn(said(remaining_requests="0"))
    rate_limiter.learn(said(reset_requests="6m0s"))
    assert rate_limiter.seconds_to_wait(1) == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (said(retry_after="7"), 7),
        (said(retry_after_ms="1500"), 1.5),
        (said(retry_after_ms="1500", retry_after="2"), 1.5),
        (said(retry_after="-7"), 0),
        (said(retry_after="later"), 0),
        (said(retry_after="99999999999"), LONGEST_PAUSE_SECONDS),
    ],
)
def test_a_pause_asked_for_in_headers_is_made(headers: dict[str, str], seconds: float) -> None:
    rate_limiter = RateLimiter(clock=Clock())
    rate_limiter.learn(headers)
    assert rate_limiter.seconds_to_wait(1) == seconds


@pytest.mark.parametrize(
    "value", ["0", "-3", "nan", "inf", "1e3", "9" * 400, "many", "", "0.5", "٣"]
)
def test_a_limit_that_makes_no_sense_is_none(value: str) -> None:
    rate_limiter = RateLimiter(clock=Clock())
    rate_limiter.learn(said(limit_requests=value, limit_tokens=value))
    assert rate_limiter.rates() == (None, None, False)


NAMES = [
    *(
        f"x-ratelimit-{kind}-{what}"
        for kind in ("limit", "remaining", "reset")
        for what in ("requests", "tokens")
    ),
    "retry-after",
    "retry-after-ms",
]
VALUES = (
    st.text(max_size=50)
    | st.text("0123456789.hmsd-e", max_size=12)
    | st.integers(-10, 10**20).map(str)
    | st.floats().map(str)
    | st.tuples(st.integers(0, 99), st.sampled_from(["ms", "s", "m", "h", "d"])).map(
        lambda pair: f"{pair[0]}{pair[1]}"
    )
)


@given(
    rpm=st.none() | RATES,
    tpm=st.none() | TOKEN_RATES,
    events=st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8),
            st.integers(-5, 10**9),
            st.integers(-5, 10**9) | st.none(),
            st.none() | st.floats(),
            st.floats(0, 1000),
        ),
        max_size=12,
    ),
)
def test_whatever_the_server_says_all_numbers_stay_sound(
    rpm: float | None,
    tpm: float | None,
    events: list[tuple[dict[str, str], int, int | None, float | None, float]],
) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(rpm, tpm, clock)
    for headers, expected, actual, retry_after, passed in events:
        rate_limiter.take(expected)
        rate_limiter.learn(headers)
        if actual is None:
            rate_limiter.throttle(retry_after)
        rate_limiter.settle(expected, actual)
        for tokens in (0, 1, 10**9):
            assert 0 <= rate_limiter.seconds_to_wait(tokens) < math.inf
        rates = rate_limiter.rates()
        for rate, ceiling in ((rates.rpm, rpm), (rates.tpm, tpm)):
            assert rate is None or 0 < rate < math.inf
            assert ceiling is None or (rate is not None and rate <= ceiling)
        clock.now += passed


def test_many_calls_are_linear_and_keep_nothing() -> None:
    rate_limiter = RateLimiter(60_000, 6e7, clock := Clock())
    busy(rate_limiter, clock, 10)
    kept = [size for _, size in _sizes(rate_limiter)]
    busy(rate_limiter, clock, 5000, seconds=0.001)
    assert [size for _, size in _sizes(rate_limiter)] == kept


def _sizes(rate_limiter: RateLimiter) -> Iterator[tuple[str, int]]:
    for name, value in vars(rate_limiter).items():
        yield name, len(value) if hasattr(value, "__len__") else 0
        for inner, held in getattr(value, "__dict__", {}).items():
            yield f"{name}.{inner}", len(held) if hasattr(held, "__len__") else 0
