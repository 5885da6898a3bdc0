"""Places as printed, each under its one name: "IMSS Jalisco" is Jalisco, "HGZ No. 33" is HGZ 33."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from pipeline.spanish.folding import fold
from pipeline.spanish.gazetteer import (
    NATIONAL,
    SMALL_WORDS,
    UMAE,
    Place,
    Word,
    gazetteer,
    key_of,
    words_of,
)
from pipeline.spanish.units import UnitWords, identify, name_unit, read_unit, without_title
from schemas.report import PlaceKind

__all__ = ["JOINT", "Place", "read_place", "read_places"]

JOINT = "; "
"""Stands between the places of one number."""

_ROUNDS = 3
_LONGEST = 300
"""Characters; more are no name of a place and stay as they are."""
_MARKS = " .,;:·•*¡!¿?-–—_"
_PAIRS = frozenset(("“”", '""', "«»", "''", "‘’", "()", "[]"))
_LONGEST_ABBREVIATION = 4
_LIKE_ENOUGH, _LONG_ENOUGH = 90, 9
_NUMBER_SIGN = re.compile(
    r"\b(?:n[oº]\.?|n[uú]m\.?|n[uú]mero|nro\.?|n°)\s*(?=\d)|#\s*(?=\d)", re.IGNORECASE
)
_BEFORE = frozenset({*SMALL_WORDS, "en", "tambien", "ubicado", "ubicada"})


@lru_cache(maxsize=4096)
def read_places(printed: str) -> Place:
    """Read places that are joined by ";": their names in the order printed, each once."""
    found = {place.name: place for place in map(read_place, _parts(printed)) if place.name}
    if set(found) == {"OOAD", "UMAE"}:
        return Place(NATIONAL, PlaceKind.NATIONAL, None)
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        return Place("", None, None)
    states = {place.state for place in found.values()}
    return Place(JOINT.join(found), PlaceKind.SEVERAL, states.pop() if len(states) == 1 else None)


def _parts(printed: str) -> Iterator[str]:
    for part in printed.split(";"):
        listed = re.split(r",\s*(?:y\s+)?|\s+[ye]\s+", part) if len(part) <= _LONGEST else ()
        if len(listed) > 1 and _are_listed([words_of(one) for one in listed]):
            yield from listed
        else:
            yield part


def _are_listed(named: Sequence[Sequence[Word]]) -> bool:
    """Tell "Puebla, Colima y Chiapas" from "Mexicali, Baja California"."""
    found = [gazetteer().names.get(words) for words in named]
    kinds = [place.kind for place in found if place]
    if len(kinds) != len(named):
        return False
    states = (PlaceKind.STATE, PlaceKind.OOAD)
    if all(kind in states for kind in kinds):
        last = found[-1]
        lies_in = any(place and last and place.state == last.name != place.name for place in found)
        return not lies_in and len({place.name for place in found if place}) > 1
    return len(kinds) > 2 and all(kind is PlaceKind.MUNICIPALITY for kind in kinds)  # noqa: PLR2004


@lru_cache(maxsize=4096)
def read_place(printed: str) -> Place:
    """Read one place; what is not known keeps its printed name, in plain white space.

    The name, read again, is the same name.
    """
    clean = _clean(printed)
    if not clean or len(clean) > _LONGEST:
        return Place(clean, None, None)
    place = _read(clean)
    for _ in range(_ROUNDS):
        again = _read(_clean(place.name)) if _clean(place.name) else place
        if again.name == place.name:
            return again._replace(state=place.state or again.state)
        place = again._replace(state=place.state or again.state)
    return Place(clean, None, place.state)


def _read(clean: str) -> Place:
    words = words_of(clean)
    if known := _known(words):
        return known
    for at in range(len(words)):
        if words[at].canonical in gazetteer().representation | _BEFORE:
            continue
        if unit := read_unit(words, at):
            return _read_unit(clean, words, unit)
        break
    if other := _read_other(clean, words):
        return other
    return _read_town(clean, words)


def _clean(printed: str) -> str:
    plain = "".join(
        " " if unicodedata.category(char)[0] in "CZ" else char
        for char in unicodedata.normalize("NFC", printed)
    )
    name = " ".join(plain.split()).strip(_MARKS)
    while name[:1] + name[1:][-1:] in _PAIRS:
        name = name[1:-1].strip(_MARKS)
    return name


def _known(words: Sequence[Word]) -> Place | None:
    """Look the words up, then what is left of them without leading words, one after another."""
    known = gazetteer()
    uncounted = [word for word in words if not word.plain.isdigit()]
    if (
        len(uncounted) < len(words) and not words[-1].plain.isdigit()
    ):  # "las 35 Representaciones y 25 UMAE"
        place = known.names.get(uncounted)
        return place if place and place.kind in (PlaceKind.SIDE, PlaceKind.NATIONAL) else None
    town = False
    for at, word in enumerate(words):
        if word.canonical in SMALL_WORDS and at:
            continue
        if place := known.names.get(words[at:]) or known.short.get(words[at:]):
            return _town_of(place) if town else place
        if word.canonical in known.town:
            town = True
        elif word.canonical in known.representation:
            town = False
        elif word.canonical not in _BEFORE and word.canonical[0].isalnum():
            return None
    return None


def _town_of(place: Place) -> Place:
    """Return the town that has the name of a state, if that is what `place` is."""
    if place.kind is not PlaceKind.STATE:
        return place
    names = gazetteer().names.named
    return names.get(key_of(words_of(f"ciudad de {place.name}")), place)


def _segments(clean: str, words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Cut the words at commas and brackets, and take leading prepositions off."""
    start = 0
    for at in range(len(words) + 1):
        if at == len(words) or words[at].canonical in ",()":
            first = start
            while first < at and _leads(clean, words[first]):
                first += 1
            if first < at:
                yield words[first:at]
            start = at + 1


def _leads(clean: str, word: Word) -> bool:
    """Tell "de", "en" and marks from the "La" of "La Loma"."""
    if not word.canonical[0].isalnum() or word.plain in ("de", "del", "en"):
        return True
    return word.canonical in _BEFORE and clean[word.start].islower()


def _read_unit(clean: str, words: Sequence[Word], unit: UnitWords) -> Place:
    known = gazetteer()
    town = state = ""
    for segment in _segments(clean, words[unit.end :]):
        if key_of(segment) in known.nowhere:
            continue
        own = known.own.get(without_title(segment))
        if own and own.type == unit.kind and not (unit.number or unit.known):
            unit = unit._replace(known=own)
            continue
        found, behind = _town_and_state(segment)
        if found is None:
            person = segment[0].canonical in known.person
            town = town or ("" if person else _print(clean, segment))
        elif found.kind is not PlaceKind.STATE:
            town = town if town in known.spellings else found.name
            state = state or found.state or ""
        elif town or not (unit.is_sure or identify(unit, found.name)):
            state = found.name
        else:
            town = state = found.name
        state = behind or state
    if not unit.is_sure and not identify(unit, town):
        return _read_other(clean, words) or Place(clean, PlaceKind.UNIT, state or None)
    one = identify(unit, town)
    if not (unit.kind or unit.number or unit.center or town):
        return known.names.named[key_of(words_of(UMAE))]
    return Place(name_unit(unit, town), PlaceKind.UNIT, state or (one.state if one else None))


def _town_and_state(segment: Sequence[Word]) -> tuple[Place | None, str]:
    """Return a known place, and the state printed right behind it: "Tijuana Baja California"."""
    known = gazetteer()
    if place := _known(segment):
        return place, ""
    first = known.names.longest(segment, 0)
    if first and (state := known.short.get(segment[first[1] :])):
        return first[0], state.name
    return None, ""


def _read_other(clean: str, words: Sequence[Word]) -> Place | None:
    """Read a hospital that no type fits: its name as printed, without "No."."""
    at = 0
    while at < len(words) and words[at].canonical in _BEFORE:
        at += 1
    if at == len(words) or not gazetteer().others.longest(words, at):
        return None
    name, state = _without_state(clean[words[at].start :], words[at:], words[at].start)
    return Place(_NUMBER_SIGN.sub("", name), PlaceKind.UNIT, state)


def _without_state(printed: str, words: Sequence[Word], offset: int) -> tuple[str, str | None]:
    """Return a name without the state behind its last comma, and that state."""
    commas = [at for at, word in enumerate(words) if word.canonical == "," and at]
    if commas and (state := _state(words[commas[-1] + 1 :])):
        return printed[: words[commas[-1]].start - offset].strip(_MARKS), state
    return printed, None


def _state(words: Sequence[Word]) -> str | None:
    place = _known(words)
    return place.name if place and place.kind is PlaceKind.STATE else None


def _read_town(clean: str, words: Sequence[Word]) -> Place:
    """Read a town that may have its state behind it, else keep the words as they are."""
    found, state = _town_and_state(words)
    if found and state:
        town = _town_of(found)
        return town._replace(state=state)
    name, printed_state = _without_state(clean, words, 0)
    if printed_state:
        first = read_place(name)
        if first.kind is None or first.kind in (PlaceKind.MUNICIPALITY, PlaceKind.STATE):
            return _town_of(first)._replace(state=printed_state)
    if like := _like(words):
        return like
    at = 0
    while at < len(words) - 1 and words[at].plain in ("en", "municipio", "de", "del"):
        at += 1
    return Place(_print(clean, words[at:]), None, printed_state)


def _like(words: Sequence[Word]) -> Place | None:
    """Return the state whose long name the words nearly are: "Ciudad Médico Norte"."""
    key = key_of(words)
    if len(key) < _LONG_ENOUGH:
        return None
    names = _states()
    best = process.extractOne(key, names.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH)
    if best is None or best[0].count(" ") != key.count(" "):
        return None
    return names[best[0]]


@cache
def _states() -> dict[str, Place]:
    return {
        name: place
        for name, place in gazetteer().names.named.items()
        if place.kind in (PlaceKind.STATE, PlaceKind.OOAD)
    }


def _print(clean: str, words: Sequence[Word]) -> str:
    """Return words as printed, with capitals at their beginnings where all or none are capital."""
    name = clean[words[0].start : words[-1].end].strip(_MARKS)
    letters = [word for word in name.split() if len(word) > _LONGEST_ABBREVIATION]
    if not letters or not (name.isupper() or name.islower()):
        return name
    return " ".join(
        word
        if at and fold(word) in ("de", "del", "la", "el", "los", "las", "y")
        else _capital(word)
        for at, word in enumerate(name.lower().split())
    )


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
