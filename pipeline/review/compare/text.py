"""A text cut into stretches, by what two readings make of the numbers in it. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.pages.pieces import Mark, Piece, cut_pieces
from pipeline.quotes import span_of
from pipeline.review.compare.diff import Pair, Placed

LONGEST = 300_000
"""Characters of a text that is shown whole."""


class Kind(NamedTuple):
    """What became of a number: a word for the style sheet, and the sign that stands behind it."""

    name: str
    sign: str


SAME, DIFFERING = Kind("same", "="), Kind("differing", "≠")
ONLY_ONE, ONLY_OTHER = Kind("only-one", "A"), Kind("only-other", "B")
KINDS = (SAME, DIFFERING, ONLY_ONE, ONLY_OTHER)


class Stretch(NamedTuple):
    """A stretch of the text; `kind` is that of the quote around it, `number` of the pair in it.

    `sign` stands behind the last stretch of a numeral; `begins` marks the first one.
    """

    text: str
    kind: Kind | None = None
    number: int | None = None
    begins: bool = False
    sign: str = ""


class _About(NamedTuple):
    number: int
    kind: Kind
    is_numeral: bool = False
    sign: str = ""
    is_first: bool = False


def kind_of(pair: Pair) -> Kind:
    """Tell what became of a figure."""
    if pair.one is None or pair.other is None:
        return ONLY_ONE if pair.other is None else ONLY_OTHER
    return SAME if pair.is_same else DIFFERING


def cut_text(text: str, pairs: Sequence[Pair]) -> tuple[Stretch, ...]:
    """Cut the text by quotes and numerals; pairs are numbered from 1."""
    marks = [mark for number, pair in enumerate(pairs, 1) for mark in _marks(number, pair)]
    begun: set[int] = set()
    return tuple(_stretch(piece, begun) for piece in cut_pieces(text, marks))


def _marks(number: int, pair: Pair) -> Iterator[Mark[_About]]:
    kind = kind_of(pair)
    sides = [each for each in (pair.one, pair.other) if each is not None]
    if len(sides) > 1 and not pair.is_elsewhere:
        sides = sides[:1] if sides[0].span == sides[1].span else sides
    for index, side in enumerate(sides):
        last = index == len(sides) - 1
        sign = f"{kind.sign}{'AB'[index]}" if pair.is_elsewhere else kind.sign if last else ""
        quote = span_of(side.figure)
        if quote is not None:
            yield Mark(*quote, _About(number, kind))
        if (span := _numeral(side)) is not None:
            yield Mark(*span, _About(number, kind, is_numeral=True, sign=sign, is_first=index == 0))


def _numeral(side: Placed) -> tuple[int, int] | None:
    return side.span and (side.span.start, side.span.end)


def _stretch(piece: Piece[_About], begun: set[int]) -> Stretch:
    """Tell of a piece what it is part of: the innermost numeral, else the innermost quote."""
    numerals = [mark.about for mark in piece.marks if mark.about.is_numeral]
    quotes = [mark.about for mark in piece.marks]
    if not quotes:
        return Stretch(piece.text)
    if not numerals:
        return Stretch(piece.text, quotes[-1].kind)
    about = numerals[-1]
    begins = about.is_first and about.number not in begun
    if begins:
        begun.add(about.number)
    signs = (mark.about.sign for mark in piece.ended if mark.about.is_numeral)
    return Stretch(piece.text, about.kind, about.number, begins, "".join(signs))
