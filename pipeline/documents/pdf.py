"""PDF -> its text, column by column, with a blank line where the page leaves a gap."""

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

from pipeline.documents.text import Parts, even_out
from pipeline.errors import DocumentError

_MOST_PAGES = 500
_MOST_FRAGMENTS = 1000  # a denser page is a drawing or an attack; it is read line by line

# Distances, in heights of the letters.
_FRAGMENT_GAP = 1.2  # a wider one may be a gutter
_CELL_GAP = 2.5  # a wider one within a line parts cells of a table
_LINE_PITCH = 1.3
_PARAGRAPH_PITCH = 1.35  # times the usual distance between lines

_ALIGNED = 3.0  # points: how far the left edges of a column's lines may differ
_TALLEST = 200  # points: taller letters are a poster's, or an attack
_FEWEST_LINES = 3
_FEWEST_CHARS = 12  # on average: a table's columns hold less, and are read row by row
_FULLEST = 0.55  # of the longest line, in the median one: prose fills its column
_HYPHENS = frozenset("\x02\ufffe\u00ad")  # what PDFium makes of a hyphen at a line's end

_PAGE_NUMBER = re.compile(
    r"(?:p[áa]g(?:ina|\.)?\s*)?(?:[-–—]\s*)?(?P<n>\d{1,3})(?:\s*[-–—]|\s*(?:de|/)\s*\d{1,3})?",
    re.IGNORECASE,
)
_SENTENCE_END = (".", ":", "!", "?", "”", "»")


class _Fragment(NamedTuple):
    """Letters side by side on one line, in points from the page's lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def parse(data: bytes) -> Parts:
    """Return the text layer. PDFium is not thread-safe: call this from one thread at a time.

    Raises DocumentError for a file that is encrypted, too long or without a text layer, and
    PDFium's own error for a broken one.
    """
    try:
        with pypdfium2.PdfDocument(data) as pdf:
            if len(pdf) > _MOST_PAGES:
                raise DocumentError(f"{len(pdf)} pages: too long for a bulletin, split it first")
            pages = [_page(pdf[i], i + 1) for i in range(len(pdf))]
            title = (pdf.get_metadata_value("Title") or "").strip()
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError("encrypted PDF: remove its password first") from error
        raise
    body = _flowing(pages)
    if not body.strip():
        raise DocumentError("no text layer: run OCR (e.g. ocrmypdf) first")
    # The property often names a template or a file: trusted where the text agrees.
    return Parts(body=body, title=title if title and even_out(title) in even_out(body) else None)


def _page(page: Any, number: int) -> str:  # noqa: ANN401 - pypdfium2 ships no types
    textpage = page.get_textpage()
    try:
        fragments = list(_fragments(textpage))
    finally:
        textpage.close()
        page.close()
    by_height = sorted(fragments, key=lambda fragment: fragment.top)
    for edge in by_height[:1] + by_height[-1:]:
        if edge in fragments and _is_page_number(edge.text, number):
            fragments.remove(edge)
    return _read(fragments)


def _is_page_number(text: str, number: int) -> bool:
    """Tell a page's number by its value or its dress: another bare number may be a figure."""
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and (int(match["n"]) == number or not text.isdigit())


def _fragments(textpage: Any) -> Iterator[_Fragment]:  # noqa: ANN401 - the same
    """Yield runs of letters without a wide gap, in the order in which they were drawn."""
    run: list[str] = []
    box = (0.0, 0.0, 0.0, 0.0)
    for i in range(textpage.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(textpage, i))
        if raw.FPDFText_IsGenerated(textpage, i) == 1 and char not in _HYPHENS:
            run.append(" ")  # PDFium's guess at a space or line end; the boxes decide
            continue
        char = "-" if char in _HYPHENS else char
        now = textpage.get_charbox(i, loose=True)
        if any(map(str.strip, run)) and _carries_on(box, now):
            box = (*map(min, box[:2], now[:2]), *map(max, box[2:], now[2:]))
        else:
            if text := "".join(run).strip():
                yield _Fragment(text, *box)
            run, box = [], now
        run.append(char)
    if text := "".join(run).strip():
        yield _Fragment(text, *box)


def _carries_on(box: tuple[float, ...], now: tuple[float, ...]) -> bool:
    height = max(box[3] - box[1], now[3] - now[1], 1.0)
    return (
        _overlap(box, now) > 0.3 * height and -height < now[0] - box[2] < _FRAGMENT_GAP * height
    )  # a superscript's share


def _overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how far two boxes (left, bottom, right, top) share their heights."""
    return min(one[3], other[3]) - max(one[1], other[1])


def _read(fragments: list[_Fragment]) -> str:
    """Read a region: column by column where it has columns, what spans them in its place."""
    gutter = _gutter(fragments)
    if gutter is None:
        return _lines(fragments)
    bands: list[str] = []
    by_height = sorted(fragments, key=lambda f: -(f.top + f.bottom))
    for is_spanning, group in groupby(by_height, lambda f: f.left < gutter < f.right):
        band = list(group)
        if is_spanning:
            bands.append(_lines(band))
        else:
            left = [f for f in band if f.left < gutter]
            right = [f for f in band if f.left >= gutter]
            bands.append(_flowing([_read(left), _read(right)]))
    return "\n\n".join(band for band in bands if band)


def _gutter(fragments: list[_Fragment]) -> float | None:
    """Return where the space between two columns of prose runs, None where there is none.

    A column begins where several lines do. Of the places that qualify, the one that the fewest
    fragments span is taken.
    """
    if not 2 * _FEWEST_LINES <= len(fragments) <= _MOST_FRAGMENTS:
        return None
    starts = Counter(round(f.left / _ALIGNED) for f in fragments)
    best: tuple[int, float] | None = None
    for start, lines in starts.items():
        gutter = (start - 1) * _ALIGNED
        left = [f for f in fragments if f.right <= gutter]
        right = [f for f in fragments if f.left >= gutter]
        spanning = len(fragments) - len(left) - len(right)
        if lines < 2 or (best and best[0] <= spanning):  # noqa: PLR2004 - a column has lines
            continue
        if _is_prose(left) and _is_prose(right) and _stand_side_by_side(left, right):
            best = (spanning, gutter)
    return best and best[1]


def _is_prose(column: list[_Fragment]) -> bool:
    if len(column) < _FEWEST_LINES:
        return False
    widths = [f.right - f.left for f in column]
    return statistics.mean(len(f.text) for f in column) >= _FEWEST_CHARS and statistics.median(
        widths
    ) >= _FULLEST * max(widths)


def _stand_side_by_side(left: list[_Fragment], right: list[_Fragment]) -> bool:
    low = [f for f in left if f.top - f.bottom < _TALLEST]
    heights = {y for f in low for y in range(int(f.bottom), int(f.top))}
    return sum(int(f.bottom + f.top) // 2 in heights for f in right) >= _FEWEST_LINES


def _lines(fragments: list[_Fragment]) -> str:
    """Set fragments in lines from top to bottom, a blank line where the distance widens."""
    if not fragments:
        return ""
    lines: list[list[_Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: -(f.top + f.bottom)):
        first = lines[-1][0] if lines else None
        height = min(fragment.top - fragment.bottom, first.top - first.bottom) if first else 0
        if first and _overlap(first[1:], fragment[1:]) > height / 2:
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    pitches = [above[0].top - below[0].top for above, below in pairwise(lines)]
    heights = [line[0].top - line[0].bottom for line in lines]
    usual = _LINE_PITCH * min(heights)
    if len(pitches) >= _FEWEST_LINES:
        usual = max(usual, statistics.median(pitches))
    text = ""
    for line, pitch in zip(lines, [0.0, *pitches], strict=True):
        breaks = "" if not text else "\n\n" if pitch > _PARAGRAPH_PITCH * usual else "\n"
        text += breaks + _in_one_line(line)
    return text


def _in_one_line(line: list[_Fragment]) -> str:
    line = sorted(line, key=lambda f: f.left)
    text = line[0].text
    for before, fragment in pairwise(line):
        wide = fragment.left - before.right > _CELL_GAP * (fragment.top - fragment.bottom)
        is_cell = wide and any(map(str.isalnum, before.text))  # else a list mark
        text += (" | " if is_cell else " ") + fragment.text
    return text


def _flowing(parts: list[str]) -> str:
    """Join columns or pages: a sentence that runs over is parted by a line break alone."""
    text = ""
    for part in filter(None, parts):
        breaks = "" if not text else "\n\n" if text.endswith(_SENTENCE_END) else "\n"
        text += breaks + part
    return text
