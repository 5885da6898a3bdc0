"""Which page of a PDF an offset in its text stands on. Pure.

Pages are joined and the text is tidied, so that no length tells: what both have alike are their
letters and digits, one after the other.
"""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.documents.decoding import mend
from pipeline.documents.pdf import Page, marks_of
from pipeline.documents.print_letters import letters_in, print_letters
from pipeline.documents.text import normalise

_FIRST = 24
"""Letters by which the beginning of a page is known again where letters before it were changed."""
_SLACK = 100
"""Letters that may have been changed."""


class Stretch(NamedTuple):
    """A part of the text that stands on one page: where it begins, and the page, from 1."""

    start: int
    page: int


def map_pages(text: str, pages: Sequence[Page]) -> tuple[Stretch, ...]:
    """Tell where each page begins in the text that was made of them.

    Pages without words are in none; what is printed across several stands on the first.
    """
    parts = [*((page.text, number) for number, page in enumerate(pages, 1))]
    parts += marks_of(pages).items()
    letters = print_letters(text)
    stretches: list[Stretch] = []
    behind = 0
    for part, number in parts:
        own = letters_in(normalise(mend(part)))
        if not own or behind >= len(letters.offsets):
            continue
        start = _find(letters.text, own[:_FIRST], behind)
        before = letters.offsets[start - 1] + 1 if start else 0
        first = letters.offsets[start]
        # Brackets and marks before a page's first letter are its own.
        line = text.rfind("\n", before, first) + 1
        stretches.append(Stretch(line if line > before else first if start else 0, number))
        behind = start + len(own)
    return tuple(stretches)


def _find(letters: str, first: str, behind: int) -> int:
    """Find where letters go on that are expected behind others."""
    if letters.startswith(first, behind):
        return behind
    found = letters.find(first, max(0, behind - _SLACK), behind + _SLACK + len(first))
    return behind if found < 0 else found


def page_at(stretches: Sequence[Stretch], offset: int) -> int | None:
    """Tell the page that a character stands on, None where there are no pages with words."""
    if not stretches:
        return None
    found = bisect_right(stretches, offset, key=attrgetter("start"))
    return stretches[max(0, found - 1)].page


def stretch_at(stretches: Sequence[Stretch], offset: int, length: int) -> tuple[int, int]:
    """Give where the part of a text that an offset is in begins and ends."""
    found = max(0, bisect_right(stretches, offset, key=attrgetter("start")) - 1)
    after = stretches[found + 1].start if found + 1 < len(stretches) else length
    return (stretches[found].start if stretches else 0), after
