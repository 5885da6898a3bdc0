"""Bulletins of which a variant got nothing right: rare, and hidden by any mean."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from eval.runs.variant import ScoredReading
from eval.scoring.score import add_scores
from schemas.reading import ReadingStatus


class TotalFailure(NamedTuple):
    """A bulletin of which `failed` of so many readings failed, or whose strict F1 is 0."""

    bulletin: str
    failed: int
    readings: int


def find_total_failures(reads: Iterable[ScoredReading]) -> tuple[TotalFailure, ...]:
    """Find the bulletins of which a reading failed, or nothing is strictly right in any.

    Where there was nothing to read, nothing can be right, and that is no failure.
    """
    by_bulletin: dict[str, list[ScoredReading]] = defaultdict(list)
    for read in reads:
        by_bulletin[read.bulletin.stem].append(read)
    found = []
    for stem, several in by_bulletin.items():
        failed = sum(read.status is ReadingStatus.FAILED for read in several)
        strict = add_scores(read.scores.measures["strict"] for read in several)
        if failed or (strict.gold and not strict.right):
            found.append(TotalFailure(stem, failed, len(several)))
    return tuple(found)
