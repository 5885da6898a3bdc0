"""Towns that a text names where the words around them leave no doubt."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.listed_towns import listed_towns
from pipeline.spanish.gazetteer import Word, gazetteer, words_of
from schemas.report import PlaceKind

# Towns that are called after saints have longer names than the gazetteer's, from town to town.
_SAINTS = re.compile(
    r"(?:San|Santa|Santo|Santiago)(?: [A-ZÁÉÍÓÚÑ][a-záéíóúñ]+)*"
    r" (?:de|del|de la|de los|de las) [A-ZÁÉÍÓÚÑ][a-záéíóúñ]+"
)
_LEADS = frozenset(("a", "al", "de", "en", "imss", "y"))


class Town(NamedTuple):
    """A town or municipality, under its canonical name."""

    start: int
    end: int
    name: str
    state: str | None


@lru_cache(maxsize=8)
def find_towns(text: str) -> tuple[Town, ...]:
    """Find the towns of a text that are no part of a person's or a street's name."""
    names, words = gazetteer().names, words_of(text)
    found: list[Town] = []
    at = 0
    while at < len(words):
        named = names.longest(words, at) if text[words[at].start].isupper() else None
        if named is None:
            at += 1
            continue
        place, end = named
        if longer := _SAINTS.match(text, words[at].start):
            here = bisect_left(words, longer.end(), lo=end, key=attrgetter("start"))
            if here > end:
                place, end = place._replace(name=longer[0], state=None), here
        if place.kind is PlaceKind.MUNICIPALITY and not _is_of_a_name(text, words, at, end):
            found.append(Town(words[at].start, words[end - 1].end, place.name, place.state))
        at = end
    known = [(town.start, town.end, town.name) for town in found]
    listed = [Town(*span, None) for span in listed_towns(text, known)]
    return tuple(sorted((*found, *listed))) if listed else tuple(found)


def _is_of_a_name(text: str, words: Sequence[Word], at: int, end: int) -> bool:
    """Tell "Ana García", "Miguel Hidalgo 40" from "en García": more capitals stand beside it."""
    while at and words[at - 1].plain in ("la", "el", "los", "las"):
        at -= 1
    if at and words[at - 1].plain not in _LEADS and _is_capital(text, words[at - 1]):
        return "\n" not in text[words[at - 1].end : words[at].start]
    if at > 1 and words[at - 1].plain == "de" and _is_capital(text, words[at - 2]):
        return True
    follows = end < len(words) and _is_capital(text, words[end])
    return follows and "\n" not in text[words[end - 1].end : words[end].start]


def _is_capital(text: str, word: Word) -> bool:
    return text[word.start].isupper() and not text[word.start : word.end].isupper()
