"""Requests and tokens a minute: two buckets, and what the answers' headers say about them."""

import math
import time
from dataclasses import dataclass

from examples.fault_server.options import Options


@dataclass
class Bucket:
    """Holds so much, and fills at a steady rate."""

    a_minute: int
    holds: float
    level: float
    at: float

    def fill(self, now: float) -> None:
        """Let in what has come since the last time."""
        self.level = min(self.holds, self.level + (now - self.at) * self.a_minute / 60)
        self.at = now

    def wait(self, amount: float) -> float:
        """Give the seconds until the bucket holds so much; for ever where it never does."""
        if amount > self.holds:
            return math.inf
        return max(0.0, amount - self.level) * 60 / self.a_minute


class Limits:
    """The limits of the whole server. `clock` tells seconds, from when is the same."""

    def __init__(self, options: Options) -> None:
        self.clock = time.monotonic
        self._buckets = {
            name: Bucket(a_minute, holds, holds, self.clock())
            for name, a_minute in (("requests", options.rpm), ("tokens", options.tpm))
            if a_minute is not None
            for holds in [max(1.0, a_minute * options.burst / 60)]
        }

    def take(self, tokens: int) -> tuple[str, float] | None:
        """Take one request of so many tokens, or say which limit it is over, and for how long."""
        now = self.clock()
        amounts = {"requests": 1, "tokens": tokens}
        for bucket in self._buckets.values():
            bucket.fill(now)
        waits = {name: bucket.wait(amounts[name]) for name, bucket in self._buckets.items()}
        longest = max(waits, key=lambda name: waits[name], default=None)
        if longest is not None and waits[longest] > 0:
            return longest, waits[longest]
        for name, bucket in self._buckets.items():
            bucket.level -= amounts[name]
        return None

    def headers(self) -> dict[str, str]:
        """Say what is left, under the names that OpenAI's reference gives."""
        told: dict[str, str] = {}
        now = self.clock()
        for name, bucket in self._buckets.items():
            bucket.fill(now)
            full_in = (bucket.holds - bucket.level) * 60 / bucket.a_minute
            told[f"x-ratelimit-limit-{name}"] = str(bucket.a_minute)
            told[f"x-ratelimit-remaining-{name}"] = str(int(bucket.level))
            told[f"x-ratelimit-reset-{name}"] = duration(full_in)
        return told


def duration(seconds: float) -> str:
    """Write a time as the reference does: "20ms", "1s", "8.64s", "6m0s"."""
    milliseconds = math.ceil(seconds * 1000)
    if milliseconds < 1000:  # noqa: PLR2004 - a second
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds / 1000, 60)
    hours, minutes = divmod(int(minutes), 60)
    shown = f"{round(rest, 3):g}s"
    if hours:
        return f"{hours}h{minutes}m{shown}"
    return f"{minutes}m{shown}" if minutes else shown
