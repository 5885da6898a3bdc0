"""Marks on a text that tell what became of the figures in it. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from eval.scoring.align import FigureOutcome, FigureVerdict
from pipeline.pages.pieces import Mark, Piece
from pipeline.quotes import locate_figure
from schemas.finding import Span
from schemas.report import Figure

MOST_MARKS = 500
"""More figures of one text than that are not shown."""

_BY_GRAVITY = tuple(FigureOutcome)


class Verdict(NamedTuple):
    """What a mark is about: the verdict's place, from 1, its outcome, and labels that are wrong."""

    number: int
    outcome: FigureOutcome
    wrong: tuple[str, ...] = ()


def worst_outcome(piece: Piece[Verdict]) -> FigureOutcome | None:
    """Tell the worst outcome of a piece's marks, None where there is no mark."""
    return max((mark.about.outcome for mark in piece.marks), key=_BY_GRAVITY.index, default=None)


def find_marks(verdicts: Sequence[FigureVerdict], text: str) -> tuple[Mark[Verdict], ...]:
    """Find the words that verdicts are about; a quote that stands nowhere gives no mark.

    A figure that was read is marked where it was read, a missed one where the gold has it. One
    read with another value elsewhere is marked in both places.
    """
    marks: list[Mark[Verdict]] = []
    taken: set[Span] = set()
    for number, verdict in enumerate(verdicts[:MOST_MARKS], 1):
        read = _find_place(verdict.read, text, taken)
        if read is not None:
            taken.add(read)
        gold = None
        if read is None or verdict.outcome is FigureOutcome.WRONG_VALUE:
            gold = _find_place(verdict.gold, text, taken, read)
        if gold is not None:
            taken.add(gold)
        marks += [
            Mark(span.start, span.end, Verdict(number, verdict.outcome, verdict.wrong))
            for span in _drop_overlap(read, gold)
        ]
    return tuple(marks)


def _drop_overlap(read: Span | None, gold: Span | None) -> tuple[Span, ...]:
    if read and gold and read.start < gold.end and gold.start < read.end:
        return (read,)
    return tuple(span for span in (read, gold) if span)


def _find_place(
    figure: Figure | None, text: str, taken: set[Span], near: Span | None = None
) -> Span | None:
    """Return where a figure stands: its span, else the place of its quote at or behind `near`.

    Of several places it is the first that no other figure has taken.
    """
    if figure is None:
        return None
    spans = locate_figure(text, figure)
    if near is not None:
        over = [span for span in spans if span.start < near.end and near.start < span.end]
        spans = (*over, *spans)
    return next((span for span in spans if span not in taken), spans[0] if spans else None)
