"""Which labels are taken for which others: what a prompt has to explain better. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from eval.scoring.align import COMPARED, FigureOutcome, FigureVerdict
from schemas.report import Figure

MOST_QUOTES = 3
"""Quotes kept of each confusion, to see what it is about."""


class Confusion(NamedTuple):
    """One label of the gold that was read as another, `n` times; None is no label.

    `quotes` are the gold's words, of a few of these figures.
    """

    label: str
    gold: str | None
    read: str | None
    n: int
    quotes: tuple[str, ...]


def confusions(verdicts: Iterable[FigureVerdict]) -> tuple[Confusion, ...]:
    """Count what each label was taken for, the most frequent first.

    Only figures that were read with the right value have labels to compare.
    """
    found: dict[tuple[str, str | None, str | None], list[str]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.outcome is not FigureOutcome.WRONG_LABEL or not verdict.gold or not verdict.read:
            continue
        for label in verdict.wrong:
            pair = _say_label(verdict.gold, label), _say_label(verdict.read, label)
            found[label, *pair].append(" ".join(verdict.gold.quote.split()))
    counted = [
        Confusion(*pair, len(quotes), tuple(dict.fromkeys(quotes))[:MOST_QUOTES])
        for pair, quotes in found.items()
    ]
    return tuple(
        sorted(
            counted,
            key=lambda one: (-one.n, COMPARED.index(one.label), one.gold or "", one.read or ""),
        )
    )


def _say_label(figure: Figure, label: str) -> str | None:
    if label == "days":
        days = (figure.starts_on, figure.ends_on)
        return " to ".join(str(day or "?") for day in days) if any(days) else None
    value = getattr(figure, label)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)
