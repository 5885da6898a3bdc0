"""Which request goes wrong, and how: by the seed, the request, and how often it was asked."""

import hashlib
import random
import time
from dataclasses import dataclass, field

from examples.fault_server.answers import Asked
from examples.fault_server.options import Fault, Options

STORM_GAP_SECONDS = 10.0
_NO_CHANCE = random.Random(0)  # noqa: S311 - no secret
_SPOILT: frozenset[Fault] = frozenset({"json", "invented"})
_MOST_SPOILT = 2
"""A reader asks twice more where an answer is wrong: the third has to be right."""


@dataclass
class Faults:
    """Draws the fault of each request.

    A request is hit at most `in_a_row` times one after the other; a conversation has at most two
    answers that are spoilt, and one that is cut: a client with patience gets everything right.
    """

    options: Options
    asked: dict[str, tuple[int, int]] = field(default_factory=dict)  # times asked, hit in a row
    rooms: dict[str, int] = field(default_factory=dict)  # the least by document
    storm_until: float = 0.0
    next_storm: float = 0.0

    def storm_seconds(self, asked: Asked) -> float | None:
        """Say how long the storm lasts that a request has come into; None where there is none."""
        left = self.storm_until - time.monotonic()
        times, row = self.asked.get(asked.key, (0, 0))
        if left <= 0 or row >= self.options.in_a_row:
            return None
        self.asked[asked.key] = (times, row + 1)
        return left

    def draw(self, asked: Asked) -> tuple[Fault | None, random.Random]:
        """Draw the fault of a request, or None; and the chances for what it looks like."""
        options = self.options
        if not options.faults:
            return None, _NO_CHANCE
        times, row = self.asked.get(asked.key, (0, 0))
        known = f"{options.seed} {asked.key} {times}"
        seed = hashlib.blake2b(known.encode(), digest_size=8).digest()
        chance = random.Random(seed)  # noqa: S311 - no secret
        hit = chance.random() < options.faults and row < options.in_a_row
        kinds = self.possible(asked)
        kind = chance.choice(kinds) if hit and kinds else None
        if kind == "storm":
            kind = self._storm()
        self.asked[asked.key] = (times + 1, row + 1 if kind else 0)
        return kind, chance

    def possible(self, asked: Asked) -> list[Fault]:
        """List the kinds that a client can still put up with."""
        least = min(self.rooms.get(asked.document.id, asked.room), asked.room)
        self.rooms[asked.document.id] = least
        return [
            kind
            for kind in self.options.kinds
            if not (kind in _SPOILT and asked.spoilt >= _MOST_SPOILT)
            # With more room than before, the answer was cut before.
            and not (kind == "half" and asked.room > least)
        ]

    def _storm(self) -> Fault:
        """Begin a storm; so soon after the last one it is a lone 429."""
        now = time.monotonic()
        if now >= self.next_storm:
            self.storm_until = now + self.options.storm
            self.next_storm = self.storm_until + STORM_GAP_SECONDS
        return "429"
