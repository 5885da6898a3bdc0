"""Scores: how many figures are right, invented and missed. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.report import Figure

STRICT = ("value", "unit", "service", "detail", "status", "period")


class Score(NamedTuple):
    """Counts of figures, and what follows from them; an undefined ratio is None, never 0."""

    right: int
    read: int
    gold: int

    @property
    def precision(self) -> float | None:
        """Share of the figures read that are right."""
        return self.right / self.read if self.read else None

    @property
    def recall(self) -> float | None:
        """Share of the gold figures that were read right."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there was nothing to read and nothing was read."""
        total = self.read + self.gold
        return 2 * self.right / total if total else None


def labels(figure: Figure, fields: Sequence[str] = STRICT) -> tuple[object, ...]:
    """Return the labels of a figure that a score compares."""
    return tuple(getattr(figure, field) for field in fields)


def score(read: Iterable[Figure], gold: Iterable[Figure], fields: Sequence[str] = STRICT) -> Score:
    """Compare two sets of figures; each gold figure is matched at most once."""
    left = Counter(labels(figure, fields) for figure in read)
    right = Counter(labels(figure, fields) for figure in gold)
    return Score(sum((left & right).values()), sum(left.values()), sum(right.values()))


def total(scores: Iterable[Score]) -> Score:
    """Add up scores of several bulletins: micro-average, every figure counts the same."""
    parts = list(scores)
    return Score(
        sum(s.right for s in parts), sum(s.read for s in parts), sum(s.gold for s in parts)
    )
