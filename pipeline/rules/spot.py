"""One number where it stands, and the stretches of text around it that can say what it counts."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.passages import Sentence
from pipeline.rules.vocabulary import Role, Term, Vocabulary
from schemas.document import Numeral
from schemas.report import Service

_START = attrgetter("start")
# "Cirugías: van 87", "Consultas: meta 900": only words that lead to the number.
ALONE = re.compile(r"\s*(?:$|[;.,)\n]|y\b)")
"""What stands behind a number that has no words of its own."""
_LED_FROM_COLON = re.compile(
    r":\s*(?:(?:se|ya|un|en|total|de|van|vamos|llevamos|llevan?|suman?|sumaron|fueron|son|hay|hubo|meta"
    r"|compromiso|objetivo|realizad[ao]s?|programad[ao]s?|logrado|hicieron|hicimos|dieron|dimos)\s*){1,3}$",
    re.IGNORECASE,
)
_LED_REACH = 40
_BRACKETS = re.compile(r"\([^)]*\)|\.{3,}|…+")
_CLAUSE_END = re.compile(r"(?:[.;:()?!•·|]|(?<=\s)/(?=\s))(?!(?<=\.)[^\W_])")


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
    refused: Aside | None = None
    """The number right before in the sentence, where it counts people or results."""
    listed: tuple[Item, ...] = ()
    """The figures of the last sentence before that has any."""
    headed: bool = False
    """`previous` is no figure but was named by the heading of a list or a question."""


class Spot(NamedTuple):
    """One number where it stands."""

    text: str
    folded: str
    sentence: Sentence
    numeral: Numeral
    context: Context
    vocabulary: Vocabulary

    def terms(self, start: int, end: int, roles: AbstractSet[Role]) -> list[Term]:
        """Return the terms between two offsets that have one of `roles`."""
        terms = self.sentence.terms
        first = bisect_left(terms, start, key=_START)
        behind = bisect_left(terms, end, lo=first, key=_START)
        return [
            term
            for term in terms[first:behind]
            if term.end <= end and not roles.isdisjoint(term.roles)
        ]

    def unknown_words(self, start: int, end: int, known: frozenset[str] | None = None) -> int:
        """Count the words between two offsets that are not mere joints, or not in `known`."""
        known = self.vocabulary.joints["pass_over"] if known is None else known
        return sum(word.canonical not in known for word in self.sentence.words_between(start, end))


def words_end(spot: Spot) -> int:
    """Return where the words that can belong to the number end: next number or clause."""
    following = next_quantity(spot)
    end = following.start if following else spot.sentence.end
    # One character further, as what follows a dot tells whether it ends the clause.
    clause = _CLAUSE_END.search(spot.text, spot.numeral.end, end + 1)
    return min(end, clause.start()) if clause else end


def next_quantity(spot: Spot) -> Numeral | None:
    """Return the next count or percentage of the sentence."""
    counted = spot.sentence.counted
    at = _first_from(counted, spot.numeral.end)
    return counted[at] if at < len(counted) else None


def _first_from(quantities: tuple[Numeral, ...], position: int) -> int:
    return bisect_left(quantities, position, key=_START)


def _opening(spot: Spot) -> int:
    """Return where the words before a number begin that no earlier number has used."""
    printed = spot.sentence.printed
    before = _first_from(printed, spot.numeral.start)
    floor = printed[before - 1].end if before else spot.sentence.start
    used = spot.context.before[-1].last if spot.context.before else floor
    return max(floor, used) if used <= spot.numeral.start else floor


def segments(spot: Spot) -> Iterator[tuple[int, int]]:
    """Yield the stretches between commas before a number, nearest first, within its clause."""
    floor = _opening(spot)
    body = blank_brackets(spot.text[floor : spot.numeral.start])
    body = body.rstrip().rstrip(":(,|").rstrip()
    if led := _LED_FROM_COLON.search(body, max(0, len(body) - _LED_REACH)):
        body = body[: led.start()].rstrip()
    cut = max(body.rfind(mark) for mark in ";.:·•")
    end = len(body)
    while end > cut + 1:
        comma = max(body.rfind(",", cut + 1, end), cut)
        yield floor + comma + 1, floor + end
        end = comma


def blank_brackets(text: str) -> str:
    """Blank out brackets and rows of dots, every other character at its place."""
    if "(" in text or "..." in text or "…" in text:
        return _BRACKETS.sub(lambda match: " " * len(match[0]), text)
    return text
