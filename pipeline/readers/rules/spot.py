"""One number where it stands, and the stretches of text around it that can say what it counts."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.readers.rules.passages import Sentence
from pipeline.readers.rules.vocabulary import Role, Term, Vocabulary
from schemas.document import Numeral
from schemas.report import Service

RARE = (Service.TRANSPLANT, Service.DONATION)
"""Services so rare that "un" and "una" before them count."""
_ORGAN_REACH = 18
_CLAUSE_END = ".;:()?!•|"


class Item(NamedTuple):
    """What one number counts, and the span of the words that say so."""

    service: Service
    detail: str | None
    first: int
    last: int


class Aside(NamedTuple):
    """A number that is no figure, the reason, and the span of the words that show it."""

    reason: str
    first: int
    last: int


class Context(NamedTuple):
    """What is known from before: the last figure, those of the sentence, the bulletin's theme."""

    previous: Item | None
    before: tuple[Item, ...]
    theme: Item | None


class Spot(NamedTuple):
    """One number where it stands."""

    text: str
    folded: str
    sentence: Sentence
    numeral: Numeral
    context: Context
    vocabulary: Vocabulary

    def terms(self, start: int, end: int, *roles: Role) -> list[Term]:
        """Return the terms between two offsets that have one of `roles`."""
        sentence = self.sentence
        return [
            term
            for term in sentence.terms
            if sentence.term_start(term) >= start
            and sentence.term_end(term) <= end
            and any(term.get(role) for role in roles)
        ]

    def unknown_words(self, start: int, end: int, known: frozenset[str] | None = None) -> int:
        """Count the words between two offsets that are not mere joints, or not in `known`."""
        known = self.vocabulary.joints["pass_over"] if known is None else known
        return sum(
            1
            for word in self.sentence.words
            if start <= word.start and word.end <= end and word.canonical not in known
        )


def words_end(spot: Spot) -> int:
    """Return where the words that can belong to the number end: next number or clause."""
    following = next_quantity(spot)
    end = following.start if following else spot.sentence.end
    text = spot.text
    for position in range(spot.numeral.end, end):
        if text[position] in _CLAUSE_END and not (
            text[position] == "." and text[position + 1 : position + 2].isalnum()
        ):
            return position
    return end


def next_quantity(spot: Spot) -> Numeral | None:
    """Return the next count or percentage of the sentence."""
    return next(
        (
            n
            for n in spot.sentence.quantities
            if n.start >= spot.numeral.end and (not is_article(n) or _counts_organ(spot, n))
        ),
        None,
    )


def _counts_organ(spot: Spot, article: Numeral) -> bool:
    """Tell whether an article opens a part of a list of organs: "y un corazón"."""
    return any(
        meaning.service in RARE
        for term in spot.terms(article.end, article.end + _ORGAN_REACH, Role.DETAIL)
        for meaning in term.meanings
    )


def is_article(numeral: Numeral) -> bool:
    """Tell whether a numeral is "un" or "una", which seldom counts."""
    return numeral.raw.lower() in ("un", "una")


def _opening(spot: Spot) -> int:
    """Return where the words before a number begin that no earlier number has used."""
    floor = max(
        (
            n.end
            for n in spot.sentence.quantities
            if n.end <= spot.numeral.start and not is_article(n)
        ),
        default=spot.sentence.start,
    )
    used = [item.last for item in spot.context.before if item.last <= spot.numeral.start]
    return max(floor, *used) if used else floor


def segments(spot: Spot) -> Iterator[tuple[int, int]]:
    """Yield the stretches between commas before a number, nearest first, within its clause."""
    floor = _opening(spot)
    body = unbracketed(spot.text[floor : spot.numeral.start])
    body = body.rstrip().rstrip(":(,|").rstrip()
    cut = max(body.rfind(mark) for mark in ";.:·•")
    end = len(body)
    while end > cut + 1:
        comma = max(body.rfind(",", cut + 1, end), cut)
        yield floor + comma + 1, floor + end
        end = comma


def unbracketed(text: str) -> str:
    """Blank out brackets and rows of dots, every other character at its place."""
    return re.sub(r"\([^)]*\)|\.{3,}|…+", lambda match: " " * len(match[0]), text)
