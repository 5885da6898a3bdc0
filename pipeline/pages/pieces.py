"""A text cut into pieces by marks on it, which may overlap. Pure."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

DEEPEST = 20
"""More marks than that over one place show nothing more, but cost the square of their number."""

About = TypeVar("About")


class Mark(NamedTuple, Generic[About]):
    """A stretch of the text, end exclusive, and what it is about."""

    start: int
    end: int
    about: About


class Piece(NamedTuple, Generic[About]):
    """A stretch that the same marks cover; `ended` are those of them that end with it."""

    start: int
    text: str
    marks: tuple[Mark[About], ...]
    ended: tuple[Mark[About], ...]

    @property
    def end(self) -> int:
        """Tell where it ends in the text, exclusive."""
        return self.start + len(self.text)


def cut_pieces(text: str, marks: Iterable[Mark[About]]) -> tuple[Piece[About], ...]:
    """Cut the text wherever a mark begins or ends; together the pieces are the text.

    Marks may overlap; those of one piece stand in the order in which they begin, of two that begin
    together the one that ends first, else as they came. What lies outside the text is cut off, an
    empty mark is none, and a mark that begins where `DEEPEST` others are already is left out.
    """
    inside = _drop_buried(_clip(marks, len(text)))
    edges = sorted({0, len(text)}.union(*((mark.start, mark.end) for mark in inside)))
    pieces: list[Piece[About]] = []
    active: list[Mark[About]] = []
    following = 0
    for start, end in pairwise(edges):
        active = [mark for mark in active if mark.end > start]
        while following < len(inside) and inside[following].start == start:
            active.append(inside[following])
            following += 1
        ended = tuple(mark for mark in active if mark.end == end)
        pieces.append(Piece(start, text[start:end], tuple(active), ended))
    return tuple(pieces)


def _clip(marks: Iterable[Mark[About]], length: int) -> list[Mark[About]]:
    """Give the marks as far as they lie inside a text of that length, in the order of pieces."""
    clipped = (mark._replace(start=max(0, mark.start), end=min(mark.end, length)) for mark in marks)
    return sorted(
        (mark for mark in clipped if mark.start < mark.end), key=lambda mark: (mark.start, mark.end)
    )


def _drop_buried(marks: Iterable[Mark[About]]) -> list[Mark[About]]:
    """Leave out each mark that begins where enough others are; they come in order."""
    kept: list[Mark[About]] = []
    ends: list[int] = []
    for mark in marks:
        ends = [end for end in ends if end > mark.start]
        if len(ends) < DEEPEST:
            ends.append(mark.end)
            kept.append(mark)
    return kept
