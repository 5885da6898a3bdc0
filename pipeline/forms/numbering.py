"""Which numbers of a bulletin a model is asked to label, and how they are marked in its text."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from pipeline.exclusions import exclusion_of
from pipeline.numerals import ambiguities, numerals
from pipeline.spanish.folding import fold
from schemas.document import QUANTITIES, Ambiguity, Document, Numeral, NumeralKind

_ARTICLE = re.compile(r"\buna?\b", re.IGNORECASE)
_START = attrgetter("start")
# Services so rare that one of them is worth a number: "una donación multiorgánica", "una de ellas";
# an organ alone only in a list of them ("dos córneas y un riñón"), for people wait for one, too.
_ONE_OF_A_RARE_KIND = re.compile(
    r"\s+(?:(?!de\b|del\b|para\b|por\b|con\b|en\b|y\b|que\b)[a-z]+\s+)?"
    r"(?:tran?splante|donaci[o6]n|donante|donador|procuraci[o6]n|multiorganic)[a-z]*"
    r"|\s+de\s+(?:ell|est|es)[ao]s\b"
)
_ORGAN = re.compile(
    r"\s+(?:de\s+)?(?:corazon|higado|rinon|cornea|pulmon|pancreas|medula osea|tejido|hueso|piel)\b"
)
_IN_A_LIST = re.compile(r"(?:[,;:•●·*-]|\by)\s*$")
_BRACKETS = (("[", "]"), ("{", "}"), ("<", ">"))


Marks = tuple[int, ...]


class Choice(NamedTuple):
    """A stretch that can be read in several ways: the marks of each, the likeliest first."""

    start: int
    end: int
    readings: tuple[Marks, ...]

    @property
    def marks(self) -> frozenset[int]:
        """The marks of all readings."""
        return frozenset(itertools.chain(*self.readings))

    def reading_of(self, figures: AbstractSet[int], named: AbstractSet[int]) -> Marks | None:
        """Return the reading that an answer takes, None if its figures are of several.

        `figures` has the marks that it labels, `named` also those that it sets aside: an answer may
        set the marks of the other readings aside.
        """
        own = self.marks & figures
        fitting = [marks for marks in self.readings if own <= set(marks)]
        if not fitting:
            return None
        return max(fitting, key=lambda marks: (named >= set(marks), len(named & set(marks))))


class Numbering(NamedTuple):
    """A bulletin's numbers, in order: the first has the mark 1. `brackets` stand around a mark.

    The marks of `further`, which other readings of the text have, come after those in the text.
    """

    numerals: tuple[Numeral, ...]
    further: tuple[Numeral, ...]
    choices: tuple[Choice, ...]
    brackets: tuple[str, str]

    @property
    def by_mark(self) -> dict[int, Numeral]:
        """Every number by its mark."""
        return dict(enumerate((*self.numerals, *self.further), start=1))

    def number_of(self, mark: int) -> Numeral:
        """Return the number that has a mark."""
        further = mark - 1 - len(self.numerals)
        return self.numerals[mark - 1] if further < 0 else self.further[further]

    def strip_marks(self, copied: str) -> str:
        """Take the marks out of words that a model copied from the text it was shown."""
        opening, closing = map(re.escape, self.brackets)
        return re.sub(rf"{opening}\d+{closing}\s*", "", copied)

    def format_mark(self, mark: int) -> str:
        """Write a mark as it stands in the text that the model is shown."""
        return f"{self.brackets[0]}{mark}{self.brackets[1]}"

    def format_range(self) -> str:
        """Write the first and the last mark of the text: "[1] to [7]"."""
        return f"{self.format_mark(1)} to {self.format_mark(len(self.numerals))}"

    def format_marks(self, marks: Marks) -> str:
        """List marks: "[41] and [42]"."""
        return _and(map(self.format_mark, marks))

    def format_choice(self, choice: Choice) -> str:
        """Say how a stretch is read, and with which marks it is read otherwise."""
        likeliest, *others = choice.readings
        verb = "is" if len(likeliest) == 1 else "are"
        told = f"{self.format_marks(likeliest)} {verb} read as {self._format_values(likeliest)}"
        for marks in others:
            either = "it is" if len(marks) == 1 else "they are"
            use = f"use {self.format_marks(marks)} instead"
            told += f"; if {either} {self._format_values(marks)}, {use}"
        return f"{told}."

    def _format_values(self, marks: Marks) -> str:
        numbers = map(self.number_of, marks)
        return _and(f"{one.value}{'%' * (one.kind is NumeralKind.PERCENT)}" for one in numbers)


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def number_document(document: Document) -> Numbering:
    """Find the numbers to label: percentages, counts that may be figures, each "un" that counts.

    Where print can be read in several ways, the numbers of each reading have marks of their own.
    The brackets are of the first kind that holds no digits anywhere in the text or title, so that
    nothing that is printed can pass for a mark.
    """
    return _number_text(document.text, document.metadata.title or "")


@lru_cache(maxsize=512)  # shown once, judged at each answer
def _number_text(text: str, title: str) -> Numbering:
    doubtful = [(one.start, one.end, _with_marks(text, one)) for one in ambiguities(text)]
    likeliest = {numeral for _, _, readings in doubtful for numeral in readings[0]}
    in_doubt = {numeral for one in ambiguities(text) for numeral in one.readings[0]}
    plain = [
        numeral
        for numeral in numerals(text)
        if numeral not in in_doubt and _may_be_figure(text, numeral)
    ]
    shown = sorted((*plain, *likeliest, *_counting_articles(text)))
    further = (n for _, _, readings in doubtful for reading in readings[1:] for n in reading)
    marks = {n: mark for mark, n in enumerate(dict.fromkeys((*shown, *further)), start=1)}
    choices = tuple(
        Choice(start, end, tuple(tuple(marks[n] for n in reading) for reading in readings))
        for start, end, readings in doubtful
        if len(readings) > 1
    )
    printed = f"{title}\n{text}"
    brackets = next(pair for pair in _kinds_of_brackets() if not _holds(printed, pair))
    return Numbering(tuple(shown), tuple(marks)[len(shown) :], choices, brackets)


def _with_marks(text: str, ambiguity: Ambiguity) -> list[tuple[Numeral, ...]]:
    """Leave out of each reading what is surely no figure; a reading without any number goes."""
    readings = [
        tuple(numeral for numeral in reading if _may_be_figure(text, numeral))
        for reading in ambiguity.readings
    ]
    return [*dict.fromkeys(filter(None, readings))] if readings[0] else [()]


def _may_be_figure(text: str, numeral: Numeral) -> bool:
    return numeral.kind in QUANTITIES and exclusion_of(text, numeral) is None


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
