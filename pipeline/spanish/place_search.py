"""Whether a place stands anywhere in a text, in any of its spellings."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from rapidfuzz import fuzz

from pipeline.spanish.folding import fold
from pipeline.spanish.gazetteer import HighlySpecialisedUnit, gazetteer, key_of, words_of
from pipeline.spanish.places import JOINT, read_place
from pipeline.spanish.unit_search import find_units
from pipeline.spanish.units import UnitWords, read_unit
from schemas.report import PlaceKind

_LIKE_ENOUGH, _LONG_ENOUGH = 90, 8
_SHORTEST_TOWN = 4
_SHORTEST_FIRST_WORD = 6
_CENTER = re.compile(r"\b(?:centro\s+medico|cmn)\b")
_ALL_OF = r"\b(?:ambas|ambos|cuatro|dos|tod[ao]s|tres)\b[^.;:,\n]{0,60}"
_TAG = re.compile(r"[#@]\w{4,60}")
_NUMBER_OF_UNIT = (
    r"\b(?:el|al|del|la|las|los|y|numero|zona|subzona|regional|rural|familiar|hospital|clinica|unidad)\s+"
    r"(?:(?:no|num|numero)\.?\s*)?{}\b"
)
_BEHIND_SHORT = r"\.?\s*(?:$|[.,;:)\n–—-])"


def stands_in(place: str, text: str) -> bool:
    """Tell whether all places that "; " joins stand in a text.

    A state stands there too by its abbreviation in a dateline, its people or one of its towns; a
    unit by type and number, or by the words of its name.
    """
    return all(_stands(part, text) for part in place.split(JOINT.strip()))


def _stands(printed: str, text: str) -> bool:
    place = read_place(printed)
    keys = gazetteer().spellings.get(place.name, frozenset()) | {key_of(words_of(place.name))}
    plain = _plain(text)
    if any(f" {key} " in plain for key in keys if key):
        return True
    if place.kind is PlaceKind.UNIT and _has_unit(place.name, text):
        return True
    if place.kind is PlaceKind.STATE and _has_state(place.name, text):
        return True
    if _stands_apart(place.name, fold(text)) or _stands_in_tag(place.name, text):
        return True
    if place.kind is PlaceKind.OOAD and place.state and _has_all_of(place.state, fold(text)):
        return True
    if place.kind is PlaceKind.MUNICIPALITY and _stands_short(place.name, plain):
        return True
    key = key_of(words_of(place.name))
    return len(key) >= _LONG_ENOUGH and fuzz.partial_ratio(key, plain) >= _LIKE_ENOUGH


def _stands_apart(name: str, folded: str) -> bool:
    """Tell whether the words of "Hospital 2 Cárdenas" stand apart: "el Hospital 46 ... el 2 de"."""
    words = fold(name).split()
    numbers = [word for word in words if word.isdigit()]
    rest = [word for word in words if not word.isdigit()]
    return (
        len(rest) > 1
        and all(re.search(rf"\b{re.escape(word)}\b", folded) for word in rest)
        and all(
            re.search(_NUMBER_OF_UNIT.format(number), folded) or f"{rest[0]} {number}" in folded
            for number in numbers
        )
    )


def _stands_in_tag(name: str, text: str) -> bool:
    """Tell whether a tag or an account has the words of a name in it: "#IMSSQuintanaRoo"."""
    joined = fold(name).replace(" ", "")
    return len(joined) >= _SHORTEST_TOWN and any(
        joined in fold(tag) for tag in set(_TAG.findall(text))
    )


def _has_all_of(state: str, folded: str) -> bool:
    """Tell whether all representations of a state are named at once: "las dos de Veracruz"."""
    return re.search(rf"{_ALL_OF}\b{re.escape(fold(state))}\b", folded) is not None


def _stands_short(town: str, plain: str) -> bool:
    """Tell whether a town is named by the first word of its name: "Acapulco", "Tuxtla"."""
    first = key_of(words_of(town)).split(" ")[0]
    return len(first) >= _SHORTEST_FIRST_WORD and f" {first} " in plain


@lru_cache(maxsize=16)
def _plain(text: str) -> str:
    """Return the words of a text as names are compared, a space around each."""
    return f" {key_of(words_of(text))} "


def _has_unit(name: str, text: str) -> bool:
    """Tell whether a unit of this type and number is named; "UMAE HE 25" is "UMAE 25".

    Its number or its town alone will do behind a word of its type: "el HGR 46 ... y el 110".
    """
    names, numbered = _units_named(text)
    if name in names:
        return True
    if any(one.name == name and _has_umae(one, text) for one in gazetteer().data.umae):
        return True
    words = words_of(name)
    unit = read_unit(words, 0)
    if unit is None or not _town_fits(
        name[words[unit.end].start :] if unit.end < len(words) else "", text
    ):
        return False
    if _is_named_short(unit, name, fold(text)):
        return True
    return any(
        unit.kind == kind or ((unit.umae or umae) and "" in (unit.kind, kind))
        for kind, umae in numbered.get(unit.number, ())
    )


@lru_cache(maxsize=16)
def _units_named(text: str) -> tuple[frozenset[str], Mapping[str, set[tuple[str, bool]]]]:
    """Return the names of a text's units, and of which type those of each number are."""
    names = frozenset(unit.name for unit in find_units(text))
    numbered: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for unit in filter(None, (read_unit(words_of(name), 0) for name in names)):
        numbered[unit.number].add((unit.kind, unit.umae))
    return names, numbered


def _has_umae(unit: HighlySpecialisedUnit, text: str) -> bool:
    """Tell whether one of the UMAE is named by a person's name, or by its medical centre."""
    plain = _plain(text)
    names = [*unit.own]
    if _CENTER.search(fold(text)):
        names += gazetteer().data.centers.get(unit.center, ())
    return any(f" {key_of(words_of(name))} " in plain for name in names)


def _town_fits(town: str, text: str) -> bool:
    """Tell whether a unit's town is printed, or may be known where only its number is.

    A known town may: of a state that the text names, or of any where it names none.
    """
    if not town or _stands(town, text):
        return True
    state = read_place(town).state
    return state is not None and (_stands(state, text) or not _names_a_state(text))


@lru_cache(maxsize=16)
def _names_a_state(text: str) -> bool:
    return any(_stands(one, text) for one in gazetteer().data.states)


def _is_named_short(unit: UnitWords, name: str, folded: str) -> bool:
    """Tell whether a word of the type stands in a text, and the unit's number or else its town."""
    kind = gazetteer().data.types.get(unit.kind)
    types = [unit.kind, *(long.split()[-1] for long in kind.long)] if kind else [unit.kind]
    if not any(re.search(rf"\b{re.escape(fold(word))}", folded) for word in types if word):
        return False
    if unit.number:
        return re.search(_NUMBER_OF_UNIT.format(re.escape(unit.number.lower())), folded) is not None
    town = fold(name.removeprefix(unit.kind).strip())
    return len(town) >= _SHORTEST_TOWN and town in folded


def _has_state(state: str, text: str) -> bool:
    data = gazetteer().data
    known = data.states[state]
    folded = fold(text)
    if any(re.search(rf"\b{fold(one)[:-1]}\w{{1,3}}\b", folded) for one in known.people):
        return True
    plain = _plain(text)
    if any(f" {key} " in plain for key in _town_keys(state)):
        return True
    return any(re.search(_short_pattern(short), text) for short in known.short)


@cache
def _town_keys(state: str) -> tuple[str, ...]:
    return tuple(key_of(words_of(town)) for town in gazetteer().data.municipalities[state])


@lru_cache(maxsize=64)
def _short_pattern(short: str) -> str:
    """Return a pattern for an abbreviation as a dateline ends: "Acapulco, Gro.- ", "Gro; a 5"."""
    letters = r"\.?\s?".join(re.escape(part) for part in short.rstrip(".").split("."))
    return rf"(?<!\w)(?:{letters}|{letters.upper()}){_BEHIND_SHORT}"
