"""The place that a whole bulletin is about: a state, a list of them, a town or one hospital."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.place_mentions import Mention, listed_from
from pipeline.rules.towns import find_towns
from pipeline.rules.vocabulary import Role
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.places import JOINT, read_place
from schemas.report import PlaceKind

_LEAD = 700
_PARTICIPATION = re.compile(r"monotematic|particip|(?:estados|entidades|representaciones) de\s")
_COUNTED = re.compile(r"\s+(?:entidades|estados|organos|ooad|representaciones|delegaciones)\b")
_DATELINE = re.compile(
    r"^[^\S\n]*(?P<place>[^\n\t\d]{4,50}?)\s*"
    r"(?:[.,]?\s*[-–—]+|[,;.|]?\s+(?:a\s+)?\d{1,2}\s+(?:de\s+)?[^\W\d]+\s)",
    re.MULTILINE,
)
_OWN_LOCALITY = re.compile(
    r"\b(?:en|de) (?:el ejido|la comunidad|la colonia|esta ciudad|este municipio|la localidad)\b"
)
_IMSS = re.compile(r"\bimss\)?[^\S\n]+(?:en\s+(?:el\s+)?)?$")
_OFFICE = re.compile(r"\b(?:imss|representacion|delegacion|ooad)\)?\s+(?:\w+\s+){0,4}$")
_OFFICE_REACH = 60
_REPRESENTATION = re.compile(r"\b(?:representacion|delegacion|delegad[oa]|ooad)\b")
_MOST_APART = 2
_OPENING = 4
_CLINIC = "UMF"
_CAPITAL = "Ciudad de México"


class _Dateline(NamedTuple):
    start: int
    end: int
    town: str | None
    state: str


def place_of_bulletin(source: Passages) -> str:
    """Return the places that a bulletin is about, joined, "national" where it is the country."""
    national = sum(len(role_terms(sentence, Role.NATIONAL)) for sentence in _lead(source))
    dateline = _dateline(source)
    if not national and (several := _participants(source)):
        return JOINT.join(several)
    if unit := _unit(source, dateline, national):
        return unit
    towns = _towns_of_imss(source)
    if towns and not _states_named(source, dateline):
        return towns
    if state := _state(source, national):
        if dateline and dateline.state == state and _OWN_LOCALITY.search(source.folded):
            return dateline.town or state
        return state
    if national:
        return NATIONAL
    return towns or (dateline.state if dateline else None) or _place_of_headline(source) or NATIONAL


def _lead(source: Passages) -> Iterator[Sentence]:
    for sentence in source.sentences:
        if sentence.start >= _LEAD:
            return
        yield sentence


def _state(source: Passages, national: int) -> str | None:
    """Return the one state that is named more often than all others together."""
    states: Counter[str] = Counter()
    first: dict[str, int] = {}
    for sentence in source.sentences:
        here = sentence.states
        if len({label for _, label in here}) > _MOST_APART:  # a list of states is no place
            continue
        for start, label in here:
            states[label] += 1
            first.setdefault(label, start)
    for label in sorted(states, key=len):
        longer = [other for other in states if other != label and other.startswith(label)]
        if len(longer) == 1:  # "Veracruz" where the text is about Veracruz Sur
            states[longer[0]] += states.pop(label)
            first[longer[0]] = min(first[longer[0]], first[label])
    if not states:
        return None
    label, count = states.most_common(1)[0]
    rivals = sum(c for other, c in states.items() if other != label)
    decided = first[label] < _LEAD and count > rivals and not (national and count == 1)
    return label if decided and (count > 1 or _is_told(source, first[label])) else None


def _is_told(source: Passages, start: int) -> bool:
    """Tell whether the only mention of a state says where all was done.

    It does not in "lleva 9 mil cirugías; a diario da 60 consultas en Tabasco".
    """
    if _OFFICE.search(source.folded, max(0, start - _OFFICE_REACH), start):
        return True
    sentence = next(one for one in source.sentences if one.start <= start < one.end)
    earlier = [numeral for numeral in sentence.quantities if numeral.end <= start]
    return len(earlier) < _MOST_APART and not (earlier and _place_of_headline(source))


def _participants(source: Passages) -> list[str]:
    """Return three or more states that a sentence lists as those that took part."""
    for sentence in source.sentences:
        listed = list(dict.fromkeys(label for _, label in sentence.states))
        if len(listed) <= _MOST_APART:
            continue
        before = source.folded[sentence.start : sentence.states[0][0]]
        if _PARTICIPATION.search(before) or _are_counted(source, len(listed)):
            return listed
    return []


def _are_counted(source: Passages, places: int) -> bool:
    """Tell whether the lead says so many states: "en nueve entidades"."""
    return any(
        numeral.value == places and _COUNTED.match(source.folded, numeral.end)
        for sentence in _lead(source)
        for numeral in sentence.quantities
    )


def _dateline(source: Passages) -> _Dateline | None:
    """Return the first dateline of the lead that is not the capital's."""
    for match in _DATELINE.finditer(source.text, 0, _LEAD):
        place = read_place(match["place"])
        if place.state in (None, _CAPITAL) or place.kind not in (
            PlaceKind.MUNICIPALITY,
            PlaceKind.STATE,
            None,
        ):
            continue
        town = place.name if place.kind is PlaceKind.MUNICIPALITY else None
        return _Dateline(match.start(), match.end("place"), town, place.state or "")
    return None


def _unit(source: Passages, dateline: _Dateline | None, national: int) -> str | None:
    """Return the one hospital that a bulletin is about: no state is named but in its dateline."""
    named = [unit for sentence in source.sentences for unit in sentence.units]
    names = {unit.name for unit in named}
    hospitals = {name for name in names if not name.startswith(_CLINIC)} or names
    if len(hospitals) != 1 or (national and len(named) == 1):
        return None
    (name,) = hospitals
    opening = [unit for sentence in _opening(source, dateline) for unit in sentence.units]
    opens = [unit.start for unit in opening if unit.name == name]
    states = _states_named(source, dateline)
    if states and not (opens and opens[0] < states[0] and not _is_of_an_office(source)):
        return None
    if opens:
        return name
    return name if dateline and not _REPRESENTATION.search(source.folded) else None


def _is_of_an_office(source: Passages) -> bool:
    """Tell whether the lead says what a state's office did: "IMSS Sonora", "la Delegación"."""
    if _REPRESENTATION.search(source.folded, 0, _LEAD):
        return True
    return any(
        _OFFICE.search(source.folded, max(0, start - _OFFICE_REACH), start)
        for sentence in _lead(source)
        for start, _ in sentence.states
    )


def _opening(source: Passages, dateline: _Dateline | None) -> Sequence[Sentence]:
    """Return the first sentences, up to the third one behind the dateline."""
    dated = [
        at for at, one in enumerate(source.sentences) if dateline and one.start <= dateline.start
    ]
    lead = source.sentences[: max(_OPENING, len(dated) + 3)]
    return [sentence for sentence in lead if sentence.start < _LEAD]


def _states_named(source: Passages, dateline: _Dateline | None) -> list[int]:
    """Return where states are named but in the dateline."""
    return [
        start
        for sentence in source.sentences
        for start, _ in sentence.states
        if dateline is None or not dateline.start <= start < dateline.end
    ]


def _towns_of_imss(source: Passages) -> str | None:
    """Return the towns of "IMSS Morelia", "IMSS en Uruapan y Zamora" in the lead."""
    towns = [Mention(town.start, town.end, town.name) for town in find_towns(source.text)]
    for at, town in enumerate(towns):
        if town.start < _LEAD and _IMSS.search(source.folded, max(0, town.start - 20), town.start):
            return JOINT.join(one.name for one in listed_from(source, towns, at))
    return None


def _place_of_headline(source: Passages) -> str | None:
    """Return the town that the headline names; the state of several."""
    headline = source.sentences[0].end if source.sentences else 0
    towns = {town.name: town.state for town in find_towns(source.text) if town.start < headline}
    if len(towns) == 1:
        return next(iter(towns))
    states = set(towns.values())
    return states.pop() if len(states) == 1 else None
