"""What is planted in labelled bulletins: faults that a check has to find, and harmless changes.

Each takes a bulletin with right labels and gives it back with one thing changed. The labels are
changed along with the text, as a reader would read what now stands there. A fault is planted only
where the bulletin, or the reading, then contradicts itself.
"""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.checks import labels, numbers, repeats
from benchmarks.checks.bulletin import Bulletin, Planted


class Fault(NamedTuple):
    """One change; `check` has to find it, None where there is nothing to find."""

    name: str
    check: str | None
    places: Callable[[Bulletin, random.Random], Iterator[Planted]]
    """Yields the bulletin changed in each place where it can be."""


FAULTS = (
    Fault("a digit of a part", "sums", numbers.part),
    Fault("a digit of a total", "sums", numbers.total),
    Fault("a lost mil", "sizes", numbers.lost_mil),
    Fault("a mil too many", "sizes", numbers.doubled_mil),
    Fault("a number in two", "split_number", numbers.split),
    Fault("another headline", "same_fact", repeats.other_headline),
    Fault("another digit where it is said again", "same_fact", repeats.other_repeat),
    Fault("a digit of a percentage", "goals", numbers.percentage),
    Fault("the parts of the plan", "repeated_plan", numbers.repeated_plan),
    Fault("another weekday", "dates", labels.other_weekday),
    Fault("an end before the start", "dates", labels.reversed_days),
    Fault("a year that nobody says", "years", labels.other_year),
    Fault("a place that is not there", "printed", labels.other_place),
    Fault("a value that is not there", "grounding", labels.other_value),
    Fault("a figure left out", "completeness", labels.left_out),
)
HARMLESS = (
    Fault("a headline that rounds", None, repeats.right_headline),
    Fault("the same number said again", None, repeats.right_repeat),
    Fault("two days of one jornada", None, repeats.two_days),
    Fault("donors and what they gave", None, repeats.donors),
    Fault("the right weekday", None, labels.right_weekday),
)


def plant(fault: Fault, bulletin: Bulletin, seed: int) -> Planted | None:
    """Plant a fault in one of its places, the same for the same seed; None where it has none."""
    rng = random.Random(f"{seed} {fault.name} {bulletin.document.id}")  # noqa: S311 - no secret
    places = list(fault.places(bulletin, rng))
    return rng.choice(places) if places else None
