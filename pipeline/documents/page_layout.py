"""Pieces of print on a page -> its text, column by column, a blank line where it leaves a gap.

Pure: the pieces may come from a text layer or from OCR.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

_MOST_FRAGMENTS = 1000  # a denser page is a drawing or an attack; it is read line by line

# Distances, in heights of the letters.
_CELL_GAP = 2.5  # a wider one within a line parts cells of a table
_LINE_PITCH = 1.3
_PARAGRAPH_PITCH = 1.35  # times the usual distance between lines

_ALIGNED = 3.0  # points: how far the left edges of a column's lines may differ
_TALLEST = 200  # points: taller letters are a poster's, or an attack
_FEWEST_LINES = 3
_FEWEST_CHARS = 12  # on average: a table's columns hold less, and are read row by row
_FULLEST = 0.55  # of the longest line, in the median one: prose fills its column

_SENTENCE_END = (".", ":", "!", "?", "”", "»")


class Fragment(NamedTuple):
    """Letters side by side on one line, in points; x grows as the line is read, y upwards."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how far two boxes (left, bottom, right, top) share their heights."""
    return min(one[3], other[3]) - max(one[1], other[1])


def read_region(fragments: Sequence[Fragment]) -> str:
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
            bands.append(flowing([read_region(left), read_region(right)]))
    return "\n\n".join(band for band in bands if band)


def _gutter(fragments: Sequence[Fragment]) -> float | None:
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


def _is_prose(column: list[Fragment]) -> bool:
    if len(column) < _FEWEST_LINES:
        return False
    widths = [f.right - f.left for f in column]
    return statistics.mean(len(f.text) for f in column) >= _FEWEST_CHARS and statistics.median(
        widths
    ) >= _FULLEST * max(widths)


def _stand_side_by_side(left: list[Fragment], right: list[Fragment]) -> bool:
    low = [f for f in left if f.top - f.bottom < _TALLEST]
    heights = {y for f in low for y in range(int(f.bottom), int(f.top))}
    return sum(int(f.bottom + f.top) // 2 in heights for f in right) >= _FEWEST_LINES


def _lines(fragments: Sequence[Fragment]) -> str:
    """Set fragments in lines from top to bottom, a blank line where the distance widens."""
    if not fragments:
        return ""
    lines: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: -(f.top + f.bottom)):
        first = lines[-1][0] if lines else None
        height = min(fragment.top - fragment.bottom, first.top - first.bottom) if first else 0
        if first and overlap(first[1:], fragment[1:]) > height / 2:
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


def _in_one_line(line: list[Fragment]) -> str:
    line = sorted(line, key=lambda f: f.left)
    text = line[0].text
    for before, fragment in pairwise(line):
        wide = fragment.left - before.right > _CELL_GAP * (fragment.top - fragment.bottom)
        is_cell = wide and any(map(str.isalnum, before.text))  # else a list mark
        text += (" | " if is_cell else " ") + fragment.text
    return text


def flowing(parts: Iterable[str]) -> str:
    """Join columns or pages: a sentence that runs over is parted by a line break alone."""
    text = ""
    for part in filter(None, parts):
        breaks = "" if not text else "\n\n" if text.endswith(_SENTENCE_END) else "\n"
        text += breaks + part
    return text
