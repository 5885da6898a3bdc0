"""A page's letters by the way they are turned, each way set upright. Only here is PDFium asked."""

import math
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from pypdfium2 import raw  # type: ignore[import-untyped]

from pipeline.documents.page_layout import Fragment, overlap
from pipeline.documents.page_unseen import unseen_letters
from pipeline.errors import DocumentError

_FRAGMENT_GAP = 1.2  # heights of the letters: a wider one may be a gutter
_HYPHENS = frozenset("\x02\ufffe\u00ad")  # what PDFium makes of a hyphen at a line's end
_QUARTER, _WHOLE = 90, 360
_MOST_SKEW = 20  # degrees: a page that was scanned askew is still upright
_LOWEST = 1.8  # points: the box of letters of one and a half
_SLANT_STEP = 15  # degrees: a mark across the page has one slant

_MOST_LETTERS = 400_000  # of a document
_MOST_STEPS = 500_000_000

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""


class Letters(NamedTuple):
    """What is printed on a page, by how many degrees it is turned, and what nobody sees of it."""

    by_turn: Mapping[int, list[Fragment]]
    hidden: str = ""


class TextRoom:
    """How many letters the pages of one document may still have, and pieces of print.

    PDFium takes n² steps for n pieces on a page.
    """

    def __init__(self) -> None:
        self._letters, self._steps = _MOST_LETTERS, _MOST_STEPS

    def take_pieces(self, page: Any) -> None:  # noqa: ANN401 - no types
        """Count the pieces of a page. Raises DocumentError where there is no more room."""
        self._steps -= _count_texts(page) ** 2
        if self._steps < 0:
            raise DocumentError("text of too many pieces for a bulletin: save its words as text")

    def take_letters(self, letters: int) -> None:
        """Count the letters of a page. Raises as `take_pieces` does."""
        self._letters -= letters
        if self._letters < 0:
            raise DocumentError(
                f"over {_MOST_LETTERS:,} letters: too long for a bulletin, split it first"
            )


def _count_texts(page: Any) -> int:  # noqa: ANN401 - no types
    """Count the pieces of print on a page, those within others too."""
    counts = 0
    pending = [(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)]
    while pending:
        holder, count, get = pending.pop()
        for i in range(count(holder)):
            one = get(holder, i)
            match raw.FPDFPageObj_GetType(one):
                case raw.FPDF_PAGEOBJ_TEXT:
                    counts += 1
                case raw.FPDF_PAGEOBJ_FORM:
                    pending.append((one, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject))
    return counts


def letters_of(page: Any, room: TextRoom) -> Letters:  # noqa: ANN401 - no types
    """Return runs of letters without a wide gap, as drawn, by how many degrees they are turned.

    0 is upright for who looks at the page, whatever the page's own `/Rotate` and the letters'
    matrices make of it. The boxes of each turn are such as if the page were held so that its
    letters stand upright: the turns can be read one by one, not together.
    """
    room.take_pieces(page)
    textpage = page.get_textpage()
    try:
        room.take_letters(textpage.count_chars())
        turns: defaultdict[int, list[Fragment]] = defaultdict(list)
        unseen = unseen_letters(page, textpage)
        hidden: list[str] = []
        for turn, fragment in _fragments(textpage, unseen, hidden):
            turns[(turn + page.get_rotation()) % _WHOLE].append(fragment)
    finally:
        textpage.close()
    return Letters(turns, " ".join("".join(hidden).split()))


def _fragments(
    textpage: Any,  # noqa: ANN401 - the same
    unseen: Container[int],
    hidden: list[str],
) -> Iterator[tuple[int, Fragment]]:
    """Yield runs of letters with their turn, clockwise, in the order in which they were drawn."""
    run: list[str] = []
    box: Box = (0.0, 0.0, 0.0, 0.0)
    turn = 0
    last = -1  # of the hidden ones
    rect = raw.FS_RECTF()  # one for all letters: to make one takes as long as to ask for it
    for i in range(textpage.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(textpage, i))
        is_generated = raw.FPDFText_IsGenerated(textpage, i) == 1
        if is_generated and char not in _HYPHENS:
            run.append(" ")  # PDFium's guess at a space or line end; the boxes decide
            continue
        char = "-" if char in _HYPHENS else char
        own = turn if is_generated else _turn(raw.FPDFText_GetCharAngle(textpage, i))
        raw.FPDFText_GetLooseCharBox(textpage, i, rect)
        now = _set_upright((rect.left, rect.bottom, rect.right, rect.top), own)
        if i in unseen or 0 < now[3] - now[1] < _LOWEST:
            hidden.append(f" {char}" if i - 1 > last else char)
            last = i
            continue
        if own == turn and any(map(str.strip, run)) and _carries_on(box, now):
            box = (
                min(box[0], now[0]),
                min(box[1], now[1]),
                max(box[2], now[2]),
                max(box[3], now[3]),
            )
        else:
            if text := "".join(run).strip():
                yield turn, Fragment(text, *box)
            run, box, turn = [], now, own
        run.append(char)
    if text := "".join(run).strip():
        yield turn, Fragment(text, *box)


def _turn(radians: float) -> int:
    """Return the turn in whole degrees: a quarter of the circle, or a slant between two."""
    degrees = math.degrees(radians) % _WHOLE
    quarter = round(degrees / _QUARTER) * _QUARTER
    if abs(degrees - quarter) <= _MOST_SKEW:
        return quarter % _WHOLE
    return round(degrees / _SLANT_STEP) * _SLANT_STEP


def _set_upright(box: Box, turn: int) -> Box:
    """Turn a letter's box back by `turn` degrees about the page's corner."""
    left, bottom, right, top = box
    match turn:
        case 0:
            return box
        case 90:
            return (-top, left, -bottom, right)
        case 180:
            return (-right, -top, -left, -bottom)
        case 270:
            return (bottom, -right, top, -left)
    # The box of a slanted letter is too large: what is turned is its middle, and a box of about
    # the letter's size put round it.
    x, y = (left + right) / 2, (bottom + top) / 2
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    across, up = x * cosine - y * sine, x * sine + y * cosine
    half = max(right - left, top - bottom) / 2 / (abs(cosine) + abs(sine))
    return (across - half, up - half, across + half, up + half)


def _carries_on(box: Box, now: Box) -> bool:
    height = max(box[3] - box[1], now[3] - now[1], 1.0)
    return (
        overlap(box, now) > 0.3 * height and -height < now[0] - box[2] < _FRAGMENT_GAP * height
    )  # a superscript's share
