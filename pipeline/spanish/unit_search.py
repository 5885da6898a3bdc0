"""Hospitals and clinics that a text names, in lists too: "las UMF No. 7, de León, y No. 9"."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

from pipeline.spanish.folding import fold
from pipeline.spanish.gazetteer import SMALL_WORDS, Word, gazetteer, key_of, words_of
from pipeline.spanish.other_hospitals import CAPITALISED, hospital_of_others
from pipeline.spanish.places import read_place
from pipeline.spanish.short_unit_names import ShortName, regionals, short_names, typed_short
from pipeline.spanish.units import (
    UnitWords,
    identify,
    name_unit,
    number_at,
    read_center,
    read_unit,
    skip_sign,
)
from schemas.report import PlaceKind

_PROPER = re.compile(
    rf"(?!Instituto|Seguro|Hospital|Unidad|Representaci)"
    rf"{CAPITALISED}(?:\s+(?:del?\s+(?:l[ao]s?\s+)?)?{CAPITALISED}){{0,6}}"
)
_LIST = re.compile(r",?\s+(?:y\s+)?(?:(?:en|de)\s+)?(?:el|del|la)\s+")
_SCENE = re.compile(rf"\b[Ee]n\s+#?(?P<town>{_PROPER.pattern})[:,]\s+(?:el|la)\s+$")
_SCENE_REACH = 60
_OF = frozenset(("de", "del", "en"))
_DIGITS = tuple("0123456789")
_SAME_TOWN = "misma ciudad"
_OWN_NAME = re.compile(r",?\s*[“\"«][^”\"»\n]{3,60}[”\"»]")
_SAINT = re.compile(r"(?:San|Santa|Santo|Santiago)\b")


class HospitalUnit(NamedTuple):
    """A hospital or clinic that is named, under its canonical name."""

    start: int
    end: int
    name: str


class _Town(NamedTuple):
    name: str
    end: int
    """The word behind it."""
    led: bool = False
    """A preposition stands before it."""
    shared: bool = False
    """It may be that of the units listed before: "HGR No. 1 y HGR No. 20, en Tijuana"."""


class _Named(NamedTuple):
    start: int
    end: int
    unit: UnitWords
    town: str
    shared: bool = False
    printed: str = ""
    """The whole name where no type says it."""


@lru_cache(maxsize=8)
def find_units(text: str) -> tuple[HospitalUnit, ...]:
    """Find the units of a text: "el HGZ No. 15, de Reynosa" is HGZ 15 Reynosa.

    One that is named again without its town is the same unit.
    """
    words = words_of(text)
    found = _with_shared_towns(text, list(_find_named(text, words)))
    known: dict[tuple[str, str], set[str]] = {}
    for one in found:
        if one.town and one.unit.number:
            known.setdefault(_which(one.unit), set()).add(one.town)
    only = {which: next(iter(towns)) for which, towns in known.items() if len(towns) == 1}
    full = [
        HospitalUnit(
            one.start,
            one.end,
            one.printed or name_unit(one.unit, one.town or only.get(_which(one.unit), "")),
        )
        for one in found
    ]
    return tuple(_with_short_names(text, words, full))


def _with_short_names(
    text: str, words: Sequence[Word], full: list[HospitalUnit]
) -> list[HospitalUnit]:
    """Add the units that a text names short, with the towns behind them."""
    folded = fold(text)
    taken = {at for unit in full for at in range(unit.start, unit.end)}
    short = [_with_town(text, words, one) for one in typed_short(folded) if one.start not in taken]
    full = sorted([*full, *short])
    found = {unit.start: unit for unit in full}
    known = {unit.name for unit in full}
    for start, end, name in short_names(text, folded, full):
        unit = HospitalUnit(start, end, name)
        town = _town_behind(text, words, bisect_left(words, end, key=attrgetter("start")))
        if town and town.led and name not in known and name.endswith(_DIGITS):
            unit = HospitalUnit(start, words[town.end - 1].end, f"{name} {town.name}")
        found[start] = unit
    of_regions: dict[str, list[str]] = defaultdict(list)
    for name in known:
        if name.startswith("HGR "):
            parts = name.split(" ")
            for first in range(1, len(parts)):
                of_regions[" ".join(parts[first:])].append(name)
    for start, end in regionals(text):
        at = bisect_left(words, end, key=attrgetter("start"))
        if (place := _known_town(text, words, at)) and start not in found:
            same = of_regions.get(place[0], ())
            name = same[0] if len(same) == 1 else f"HGR {place[0]}"
            found[start] = HospitalUnit(start, words[place[1] - 1].end, name)
    return [found[start] for start in sorted(found)]


def _with_town(text: str, words: Sequence[Word], one: ShortName) -> HospitalUnit:
    """Add the town behind a hospital, which its own name in quotation marks may part from it."""
    at = bisect_left(words, one.end, key=attrgetter("start"))
    if own := _OWN_NAME.match(text, one.end):
        at = bisect_left(words, own.end(), key=attrgetter("start"))
    town = _town_behind(text, words, at)
    if town and town.led and town.name != _SAME_TOWN:
        return HospitalUnit(one.start, words[town.end - 1].end, f"{one.name} {town.name}")
    return HospitalUnit(one.start, own.end() if own else one.end, one.name)


def _which(unit: UnitWords) -> tuple[str, str]:
    return "UMAE" if unit.umae else unit.kind, unit.number


@cache
def _first_words() -> frozenset[str]:
    """Return the words that names of units begin with, which are few of a text's."""
    return gazetteer().types.first_words | gazetteer().others.first_words


def _find_named(text: str, words: Sequence[Word]) -> Iterator[_Named]:
    at, town, firsts = 0, "", _first_words()
    while at < len(words):
        if words[at].canonical not in firsts:
            at += 1
            continue
        unit = read_unit(words, at)
        if unit is None:
            other = _other_hospital(text, words, at)
            if other:
                yield other[0]
            at = other[1] if other else at + 1
            continue
        several = at > 0 and words[at - 1].canonical in ("ios", "ias")  # as `unify` writes them
        found = _town_behind(text, words, unit.end)
        if unit.number:
            for one, end in _listed(text, words, unit, at, town, several=several):
                yield one
                town, at = one.town, end
            continue
        named = _without_number(text, words, at, unit, found) or (
            None if unit.is_sure else _of_others(text, words, at)
        )
        if named and (
            named[0].printed or unit.center or unit.known or not (several or unit.plural)
        ):
            yield named[0]
            at = named[1]
        else:
            at = unit.end


def _without_number(
    text: str, words: Sequence[Word], at: int, unit: UnitWords, found: _Town | None
) -> tuple[_Named, int] | None:
    """Return a unit that its centre, its own name or its town tells, and the word behind it."""
    start = words[at].start
    if unit.center or unit.known:
        end = found.end if found and identify(unit, found.name) else unit.end
        return _Named(start, words[end - 1].end, unit, ""), end
    if found and (
        (found.led and (unit.is_sure or identify(unit, found.name)))
        or (
            unit.is_sure and unit.kind and not unit.umae and _is_bare_town(text, words, unit, found)
        )
    ):
        return _Named(start, words[found.end - 1].end, unit, found.name), found.end
    if found and found.led and unit.kind == "HG":
        end = words[found.end - 1].end
        printed = read_place(text[start:end]).name
        return _Named(start, end, unit, "", printed=printed), found.end
    behind = [word.plain for word in words[unit.end : unit.end + 2]]
    if unit.is_sure and unit.kind and not unit.plural and _is_heading(text, words, at, unit.end):
        return _Named(start, words[unit.end - 1].end, unit, ""), unit.end
    if at and words[at - 1].plain == "el" and behind == ["del", "imss"] and not unit.is_sure:
        return _Named(start, words[unit.end - 1].end, unit, ""), unit.end
    return None


def _is_bare_town(text: str, words: Sequence[Word], unit: UnitWords, found: _Town) -> bool:
    """Tell a town right behind a type from a person: "HGSZ Tenosique", not "HGZ Benito Juárez"."""
    if not text[words[unit.end].start].isupper():
        return False
    known = _known_town(text, words, unit.end)
    return bool(_SAINT.match(found.name)) or bool(
        known
        and known[0] == found.name
        and not _goes_on_as_name(text, words, known[1])
        and read_place(known[0]).kind is PlaceKind.MUNICIPALITY
    )


def _is_heading(text: str, words: Sequence[Word], at: int, end: int) -> bool:
    """Tell whether a type alone heads its line: "2.4. UMAA. Se programaron ..."."""
    line = text.rfind("\n", 0, words[at].start) + 1
    opens = not any(char.isalpha() for char in text[line : words[at].start])
    return opens and (end == len(words) or words[end].canonical in (".", ":"))


def _other_hospital(text: str, words: Sequence[Word], at: int) -> tuple[_Named, int] | None:
    """Return what no type of the institute names: "Banco de Sangre CMN La Raza"."""
    head = gazetteer().others.longest(words, at)
    center = read_center(words, head[1]) if head else None
    if center is None:
        return _of_others(text, words, at)
    start, end = words[at].start, words[center[1] - 1].end
    unit = UnitWords(center[1], center=center[0])
    return _Named(start, end, unit, "", printed=read_place(text[start:end]).name), center[1]


def _of_others(text: str, words: Sequence[Word], at: int) -> tuple[_Named, int] | None:
    """Return the hospital of others that is named at a word, under its name as printed."""
    if (found := hospital_of_others(text, words[at].start, words[at].plain)) is None:
        return None
    printed, last = found
    end = bisect_left(words, last, lo=at, key=lambda word: word.start)
    return _Named(words[at].start, last, UnitWords(end), "", printed=printed), end


def _listed(
    text: str, words: Sequence[Word], unit: UnitWords, at: int, before: str, *, several: bool
) -> Iterator[tuple[_Named, int]]:
    """Yield a unit with its number, and those that only their numbers list behind it."""
    start, ended = words[at].start, not several
    here = unit.end
    signed = _is_signed(words, here - 1)
    while True:
        found = _town_behind(text, words, here)
        town = found.name if found else ""
        if town == _SAME_TOWN:
            town = before
        end = found.end if found else here
        yield (
            _Named(
                start,
                words[end - 1].end,
                unit,
                town,
                shared=bool(found and found.shared),
            ),
            end,
        )
        before = town
        following = _next_number(words, end)
        if following is None:
            return
        number_word, last = following
        if _is_signed(words, number_word) != signed or (ended and not signed):
            return  # "las UMF 7 y 9, 120 consultas"
        ended = ended or last
        unit = unit._replace(number=number_at(words, number_word), end=number_word + 1)
        start, here = words[number_word].start, number_word + 1


def _is_signed(words: Sequence[Word], number: int) -> bool:
    """Tell whether "No." or the like stands right before a number."""
    return number >= 1 and any(
        skip_sign(words, sign) == number for sign in (number - 1, number - 2) if sign >= 0
    )


def _next_number(words: Sequence[Word], at: int) -> tuple[int, bool] | None:
    """Return the word of the next number of a list, and whether "y" says that it is the last."""
    here, last = at, False
    if here < len(words) and words[here].canonical in (",", ";"):
        here += 1
    if here < len(words) and words[here].canonical == "y":
        here, last = here + 1, True
    if here == at:
        return None
    number = skip_sign(words, here)
    return (number, last) if number_at(words, number) else None


def _town_behind(text: str, words: Sequence[Word], at: int) -> _Town | None:
    """Read the town behind a unit's number or name, with the state that may follow it."""
    here, marked = at, False
    if here < len(words) and words[here].canonical == ",":
        here, marked = here + 1, True
    if here < len(words) and words[here].plain == "tambien":
        here += 1
    led = here < len(words) and words[here].plain in _OF
    shared = led and words[here].plain == "en"
    here += led
    first = here
    while first < len(words) and words[first].canonical in SMALL_WORDS:
        first += 1
    if first >= len(words):
        return None
    if led and key_of(words[first : first + 2]) == _SAME_TOWN:
        return _Town(_SAME_TOWN, first + 2, led=led, shared=shared)
    town = _known_town(text, words, first)
    if town and _SAINT.match(town[0]) and _goes_on_as_name(text, words, town[1]):
        town = None  # "Santiago Jamiltepec" is not Santiago
    if town is None:
        # What begins the next line belongs to the name where "de" leads to it.
        apart = marked or (here > 0 and "\n" in text[words[here - 1].end : words[here].start])
        proper = None if apart and not led else _PROPER.match(text, words[here].start)
        if proper is None:
            return None
        end = bisect_left(words, proper.end(), lo=here, key=lambda word: word.start)
        town = " ".join(proper[0].split()), end
    return _Town(town[0], _behind_state(words, town[1]), led=led, shared=shared)


def _goes_on_as_name(text: str, words: Sequence[Word], at: int) -> bool:
    """Tell whether a further word of a name stands right behind a town, and no state."""
    if at >= len(words) or not text[words[at].start].isupper():
        return False
    apart = text[words[at - 1].end : words[at].start]
    return (
        not apart.strip(" \n") and "\n\n" not in apart and not gazetteer().short.longest(words, at)
    )


def _known_town(text: str, words: Sequence[Word], at: int) -> tuple[str, int] | None:
    found = gazetteer().names.longest(words, at)
    if found is None or not text[words[at].start].isupper():
        return None
    place, end = found
    if place.kind not in (PlaceKind.MUNICIPALITY, PlaceKind.STATE):
        return None
    return place.name, end


def _behind_state(words: Sequence[Word], at: int) -> int:
    """Return the word behind a state that stands after a comma, else the word given."""
    if at + 1 < len(words) and words[at].canonical == ",":
        found = gazetteer().short.longest(words, at + 1)
        if found:
            return found[1]
    return at


def _with_shared_towns(text: str, found: list[_Named]) -> list[_Named]:
    """Give a town that is printed once, before or behind a list, to all its units."""

    def are_listed(first: _Named, second: _Named) -> bool:
        return _LIST.fullmatch(text, first.end, second.start) is not None

    for at, one in reversed(tuple(enumerate(found[:-1]))):
        following = found[at + 1]
        if not one.town and one.unit.number and following.shared and are_listed(one, following):
            found[at] = one._replace(town=following.town, shared=True)
    scene = ""
    for at, one in enumerate(found):
        match = _SCENE.search(text, max(0, one.start - _SCENE_REACH), one.start)
        if match:
            scene = read_place(match["town"]).name
        elif at and not are_listed(found[at - 1], one):
            scene = ""
        if scene and not one.town and one.unit.number:
            found[at] = one._replace(town=scene)
    return found
