"""How many more bulletins would show a difference: sample sizes, as a number and as a range."""

import math
from typing import NamedTuple

from eval.scoring.ratio import Interval

FEWEST_TO_SHOW = 6
"""Bulletins: on five the permutation test cannot go below 2 / 2**5."""


class Needed(NamedTuple):
    """Between how many more bulletins, and how many, would do."""

    fewest: int
    most: int

    def __str__(self) -> str:
        few, many = map(_round_up, self)
        return f"{few:,} to {many:,}" if few < many else f"{few:,}"


def bulletins_needed(documents: int, least: float | None, distance: float) -> int | None:
    """How many more bulletins would show `distance`, where `documents` show `least`; at least 1.

    None if there is no distance, or no knowing what these documents would show.
    """
    if not least or not distance:
        return None
    # A standard error shrinks with the square root of the number of documents.
    needed = math.ceil(documents * (least / distance) ** 2)
    return max(needed, documents + 1, FEWEST_TO_SHOW) - documents


def needed_range(documents: int, least: Interval | None, distance: float) -> Needed | None:
    """Give the same as a range, where `least` is one: how much bulletins differ is not known well.

    `distance` is taken as given: smaller ones need more.
    """
    if least is None:
        return None
    low, high = (bulletins_needed(documents, end, distance) for end in least)
    return None if low is None or high is None else Needed(low, high)


def _round_up(number: int) -> int:
    """Keep two digits: the estimate that it follows from is no surer."""
    size = int(10 ** max(0, len(str(number)) - 2))
    return math.ceil(number / size) * size
