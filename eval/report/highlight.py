"""A text cut into pieces, by what became of the figures in it. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from eval.scoring.align import FigureOutcome, FigureVerdict
from pipeline.quotes import locate_figure
from schemas.finding import Span
from schemas.report import Figure

MOST_MARKS = 500
"""More than that in one text show nothing more, but cost the square of their number."""

_BY_GRAVITY = tuple(FigureOutcome)


class Mark(NamedTuple):
    """A stretch of the text that a verdict is about; `number` is the verdict's place, from 1."""

    start: int
    end: int
    number: int
    outcome: FigureOutcome
    wrong: tuple[str, ...] = ()


class Piece(NamedTuple):
    """A stretch that the same marks cover; `ended` are those of them that end with it."""

    text: str
    marks: tuple[Mark, ...]
    ended: tuple[Mark, ...]

    @property
    def outcome(self) -> FigureOutcome | None:
        """Tell the worst outcome of its marks, None where there is no mark."""
        return max((mark.outcome for mark in self.marks), key=_BY_GRAVITY.index, default=None)


def cut_pieces(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """Cut the text wherever a mark begins or ends; together the pieces are the text.

    Marks may overlap. What lies outside the text is cut off, and an empty mark is none.
    """
    inside = sorted(
        mark for mark in (_clip(mark, len(text)) for mark in marks) if mark.start < mark.end
    )
    edges = sorted({0, len(text)}.union(*((mark.start, mark.end) for mark in inside)))
    pieces: list[Piece] = []
    active: list[Mark] = []
    waiting = iter(inside)
    following = next(waiting, None)
    for start, end in pairwise(edges):
        active = [mark for mark in active if mark.end > start]
        while following is not None and following.start == start:
            active.append(following)
            following = next(waiting, None)
        ended = tuple(mark for mark in active if mark.end == end)
        pieces.append(Piece(text[start:end], tuple(active), ended))
    return tuple(pieces)


def _clip(mark: Mark, length: int) -> Mark:
    return mark._replace(start=max(0, mark.start), end=min(mark.end, length))


def find_marks(verdicts: Sequence[FigureVerdict], text: str) -> tuple[Mark, ...]:
    """Find the words that verdicts are about; a quote that stands nowhere gives no mark.

    A figure that was read is marked where it was read, a missed one where the gold has it. One
    read with another value elsewhere is marked in both places.
    """
    marks: list[Mark] = []
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
            Mark(span.start, span.end, number, verdict.outcome, verdict.wrong)
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
