"""The places that a sentence names, and which of them stand together in a list."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.towns import find_towns
from pipeline.rules.vocabulary import Role
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.places import read_place
from schemas.report import PlaceKind

OOAD, UMAE = "OOAD", "UMAE"
PRECISE = (PlaceKind.UNIT, PlaceKind.MUNICIPALITY, PlaceKind.STATE, PlaceKind.OOAD)
"""Kinds of places that a heading or the lead of a line may name."""

_ADJACENT = 4
_FAR = 100
_BOTH = re.compile(r"\sy\s+(?:(?:el|la|los|las)\s+)?(?:\d{1,2}\s+)?$")
_JOINT = re.compile(r"[,;]\s*(?:[ye]\s)?|\s[ye]\s")
_LED = re.compile(
    r"\s*(?:(?:sindicaturas?|comunidades|colonias|localidades|municipios?|ejidos|parte)\s+)?"
    r"(?:(?:en|a|de|del|el|la|los|las)\s+){0,3}(?:\d{1,2}\s+)?(?:(?:n[oº°]|n[uú]m)\.?\s*)?"
)


# Where people come from is not where they were treated: "29 viven en Puebla".
_HOME = re.compile(
    r"\b(?:viv(?:en|e|ian?)|radica[nb]?\w*|resid(?:en|e|ian?)|reside(?:nte)?s?|vinieron|vienen"
    r"|llegaron|llegan|viajaron|proced(?:en|ian|entes?)|proven(?:ian|ientes?)|provien\w+|acudieron"
    r"|originari[oa]s?|habitantes?|vecin[oa]s?|oriund[oa]s?|nativ[oa]s?)"
    r"\s+(?:\w+\s+){0,2}?(?:en|de|del|desde|a)\s+(?:(?:el|la|los|las|estado)\s+){0,2}$"
)
_HOME_REACH = 60


def is_home(folded: str, start: int) -> bool:
    """Tell whether the place named at an offset is where people live or come from."""
    return bool(_HOME.search(folded, max(0, start - _HOME_REACH), start))


_SOME = re.compile(
    r"\b(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|[2-9]|1\d)\s+(?:de\s+las\s+)?$"
)


class Mention(NamedTuple):
    """Where a place is named, under its canonical name."""

    start: int
    end: int
    name: str


class Mentions(NamedTuple):
    """The places of a sentence, each group in order."""

    units: tuple[Mention, ...]
    towns: tuple[Mention, ...]
    states: tuple[Mention, ...]
    sides: tuple[Mention, ...]
    """OOAD, UMAE and the whole country, which both together are."""


def mentions_of(source: Passages, sentence: Sentence) -> Mentions:
    """Collect the places that a sentence names."""
    units = tuple(Mention(*unit) for unit in sentence.units)
    return Mentions(
        units,
        _towns(source, sentence, units),
        _states(source, sentence),
        _sides(source, sentence, units),
    )


def _states(source: Passages, sentence: Sentence) -> tuple[Mention, ...]:
    if not sentence.states:
        return ()
    ends = {term.start: term.end for term in sentence.terms if Role.STATE in term.roles}
    return tuple(
        Mention(start, ends[start], label)
        for start, label in sentence.states
        if not is_home(source.folded, start)
    )


def _towns(source: Passages, sentence: Sentence, units: Sequence[Mention]) -> tuple[Mention, ...]:
    found = find_towns(source.text)
    first = bisect_left(found, sentence.start, key=attrgetter("start"))
    behind = bisect_left(found, sentence.end, lo=first, key=attrgetter("start"))
    return tuple(
        Mention(town.start, town.end, town.name)
        for town in found[first:behind]
        if not _is_inside(town.start, units) and not is_home(source.folded, town.start)
    )


def _sides(source: Passages, sentence: Sentence, units: Sequence[Mention]) -> tuple[Mention, ...]:
    found: list[Mention] = []
    for start, end, role in role_terms(sentence, Role.OOAD, Role.UMAE, Role.NATIONAL):
        if _is_inside(start, units) or (found and start - found[-1].end <= _ADJACENT):
            continue  # "Unidades Médicas de Alta Especialidad (UMAE)"
        if role is Role.OOAD and _SOME.search(source.folded, max(0, start - 40), start):
            continue  # "entre las diez representaciones con más actividad"
        name = NATIONAL if role is Role.NATIONAL else role.name
        if found and {name, found[-1].name} == {OOAD, UMAE}:
            between = source.folded[found[-1].end : start]
            if len(between) < _FAR and _BOTH.search(between):
                found[-1] = Mention(found[-1].start, end, NATIONAL)
                continue
        found.append(Mention(start, end, name))
    return tuple(found)


def _is_inside(start: int, units: Sequence[Mention]) -> bool:
    return any(unit.start <= start < unit.end for unit in units)


def listed_up_to(source: Passages, named: Sequence[Mention], last: int) -> list[str]:
    """Return the names of a list that ends with `named[last]`: "Colima, Sonora y Puebla"."""
    first = last
    names = [[named[last].name]]
    while first and (between := _names_between(source, named[first - 1], named[first])) is not None:
        first -= 1
        names.append([named[first].name, *between])
    return list(dict.fromkeys(name for some in reversed(names) for name in some))


def listed_from(source: Passages, named: Sequence[Mention], first: int) -> list[Mention]:
    """Return the places of a list that begins with `named[first]`."""
    found = [named[first]]
    for one in named[first + 1 :]:
        if _names_between(source, found[-1], one) != []:
            break
        found.append(one)
    return found


def _names_between(source: Passages, one: Mention, other: Mention) -> list[str] | None:
    """Return the names that stand between two places of a list; None where there is no list."""
    between = source.text[one.end : other.start]
    if len(between) > _FAR:
        return None
    *inner, lead = _JOINT.split(between)
    if not inner or not _LED.fullmatch(f"{lead.lower()} "):
        return None
    names = [part for part in inner if part.strip()]
    found = [read_place(name) for name in names]
    return [place.name for place in found] if all(place.kind for place in found) else None
