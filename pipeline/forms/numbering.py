"""Which numbers of a bulletin a model is asked to label, and how they are marked in its text."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from pipeline.numerals import numerals
from pipeline.spanish.folding import fold
from schemas.document import QUANTITIES, Document, Numeral, NumeralKind

_ARTICLE = re.compile(r"\buna?\b", re.IGNORECASE)
_START = attrgetter("start")
# Services so rare that one of them is worth a number: "una donación multiorgánica", "una de ellas";
# an organ alone only in a list of them ("dos córneas y un riñón"), for people wait for one, too.
_ONE_OF_A_RARE_KIND = re.compile(
    r"\s+(?:(?!de\b|del\b|para\b|por\b|con\b|en\b|y\b|que\b)[a-z]+\s+)?"
    r"(?:tran?splante|donaci[o6]n|donante|donador|procuraci[o6]n|multiorganic)[a-z]*"
    r"|\s+de\s+(?:ell|est|es)[ao]s\b"
)
_ORGAN = re.compile(r"\s+(?:corazon|higado|rinon|cornea|pulmon|pancreas|medula osea)\b")
_IN_A_LIST = re.compile(r"(?:,|\by)\s*$")
_BRACKETS = (("[", "]"), ("{", "}"), ("<", ">"))


class Numbering(NamedTuple):
    """A bulletin's numbers, in order: the first has the mark 1. `brackets` stand around a mark."""

    numerals: tuple[Numeral, ...]
    brackets: tuple[str, str]

    def strip_marks(self, copied: str) -> str:
        """Take the marks out of words that a model copied from the text it was shown."""
        opening, closing = map(re.escape, self.brackets)
        return re.sub(rf"{opening}\d+{closing}\s*", "", copied)

    def format_mark(self, mark: int) -> str:
        """Write a mark as it stands in the text that the model is shown."""
        return f"{self.brackets[0]}{mark}{self.brackets[1]}"

    def format_range(self) -> str:
        """Write the first and the last mark: "[1] to [7]"."""
        return f"{self.format_mark(1)} to {self.format_mark(len(self.numerals))}"


def number_document(document: Document) -> Numbering:
    """Find the numbers to label: counts, percentages, and each "un" that counts.

    The brackets are of the first kind that holds no digits anywhere in the text or title, so that
    nothing that is printed can pass for a mark.
    """
    return _number_text(document.text, document.metadata.title or "")


@lru_cache(maxsize=512)  # shown once, judged at each answer
def _number_text(text: str, title: str) -> Numbering:
    quantities = [numeral for numeral in numerals(text) if numeral.kind in QUANTITIES]
    everything = sorted((*quantities, *_counting_articles(text)))
    printed = f"{title}\n{text}"
    brackets = next(pair for pair in _kinds_of_brackets() if not _holds(printed, pair))
    return Numbering(tuple(everything), brackets)


def _kinds_of_brackets() -> Iterator[tuple[str, str]]:
    yield from _BRACKETS
    for length in itertools.count(1):
        yield f"[{'#' * length}", "]"


def _holds(text: str, brackets: tuple[str, str]) -> bool:
    opening, closing = map(re.escape, brackets)
    return re.search(rf"{opening}\s*\d+\s*{closing}", text) is not None


def _counting_articles(text: str) -> Iterator[Numeral]:
    folded, known = fold(text), numerals(text)
    for article in _ARTICLE.finditer(text):
        start, end = article.span()
        before = bisect_right(known, start, key=_START) - 1
        if before >= 0 and known[before].end > start:
            continue  # "un millón"
        if _ONE_OF_A_RARE_KIND.match(folded, end) or (
            _IN_A_LIST.search(folded, max(0, start - 8), start) and _ORGAN.match(folded, end)
        ):
            yield Numeral(start, end, text[start:end], 1, NumeralKind.COUNT)


def write_marks(text: str, numbers: Numbering) -> str:
    """Write each mark before its number: "[7] 58 mil 610"."""
    parts, done = [], 0
    for mark, numeral in enumerate(numbers.numerals, start=1):
        parts += [text[done : numeral.start], numbers.format_mark(mark), " "]
        done = numeral.start
    return "".join((*parts, text[done:]))
