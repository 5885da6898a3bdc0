"""The town that a bulletin is about: of a local brigade, of "IMSS Morelia", of its headline."""

import re
from typing import NamedTuple

from pipeline.rules.passages import Passages
from pipeline.rules.place_mentions import Mention, is_home, listed_from
from pipeline.rules.towns import find_towns
from pipeline.spanish.places import JOINT

LEAD = 700
"""Characters of a bulletin that tell what it is about."""

_CAPITALISED = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+"
_TOWN = re.compile(rf"{_CAPITALISED}(?: (?:del? (?:l[ao]s? )?|l[ao]s? )?{_CAPITALISED}){{0,4}}")
_COUNCIL = re.compile(
    r"\b(?:DIF|[Aa]yuntamiento|[Gg]obierno [Mm]unicipal|[Pp]residencia [Mm]unicipal|[Aa]lcald[ií]a"
    r"|[Mm]unicipio)(?: [Mm]unicipal)? de "
    rf"(?P<town>{_CAPITALISED}(?: (?:del? (?:l[ao]s? )?|l[ao]s? )?{_CAPITALISED}){{0,4}})"
)
_BRIGADE = re.compile(r"\b(?:brigad|caravana|unidad(?:es)? movil|ayuntamiento|dif\b|municipal)")
# "Atendieron primero a Tlaquilpa, después Astacinga y al final la cabecera"
_WENT_TO = re.compile(
    r"\b(?:recorri|visit|atendi|lleg|estuv|pas|subi|acudi|fue)[a-z]*\s+"
    r"(?:(?:\w+\s+){0,3}?(?:a|en|por)\s+)?(?:(?:las?|los?)\s+)?"
    r"(?:(?:comunidades|localidades|municipios|cabeceras)\s+)?(?:de\s+)?"
)
_NEXT_STOP = re.compile(
    r"\s*(?:,|;|\by\b|\be\b)\s*(?:y\s+)?"
    r"(?:(?:despues|luego|mas tarde|finalmente|por ultimo|al final|al cabo)\s+)?"
    r"(?:(?:a|en|por|de)\s+)?(?:(?:el|la|los|las)\s+)?"
)
_SEAT = re.compile(r"(?:la\s+)?cabecera(?:\s+municipal)?\b")
_STATE_OFFICE = re.compile(
    r"\b(?:imss|representacion|ooad|secretaria de salud|servicios de salud|delegad[oa]|issste)\b"
)
_IN_TOWN = re.compile(r"\ben\s+(?:el\s+|la\s+)?$")
_IMSS = re.compile(r"\bimss\)?[^\S\n]+(?:en\s+(?:el\s+)?)?$")
# Those that do not have their state's name: a dateline from one is that of a state's office.
_CAPITALS = frozenset(
    (
        "Chetumal",
        "Chilpancingo",
        "Ciudad Victoria",
        "Cuernavaca",
        "Culiacán",
        "Guadalajara",
        "Hermosillo",
        "La Paz",
        "Mérida",
        "Mexicali",
        "Monterrey",
        "Morelia",
        "Pachuca",
        "Saltillo",
        "Tepic",
        "Toluca",
        "Tuxtla Gutiérrez",
        "Villahermosa",
        "Xalapa",
    )
)


class Dateline(NamedTuple):
    """Where a dateline of the lead stands, its town and the town's state."""

    start: int
    end: int
    town: str | None
    state: str


def towns_of_imss(source: Passages) -> str | None:
    """Return the towns of "IMSS Morelia", "IMSS en Uruapan y Zamora" in the lead."""
    towns = [Mention(town.start, town.end, town.name) for town in find_towns(source.text)]
    for at, town in enumerate(towns):
        if town.start < LEAD and _IMSS.search(source.folded, max(0, town.start - 20), town.start):
            return JOINT.join(one.name for one in listed_from(source, towns, at))
    return None


def town_of_brigade(source: Passages, dateline: Dateline | None) -> str | None:
    """Return the town where a local brigade or council gave services: "el DIF de Silao"."""
    if _STATE_OFFICE.search(source.folded, 0, LEAD):
        return None
    if council := _COUNCIL.search(source.text, 0, LEAD):
        start = council.start("town")
        towns = (town.name for town in find_towns(source.text) if town.start == start)
        return next(towns, council["town"])
    if not _BRIGADE.search(source.folded):
        return None
    if dateline and dateline.town and not _is_capital(dateline):
        return _stops(source, dateline.town) or dateline.town
    return None if dateline else only_town(source)


def _stops(source: Passages, seat: str) -> str | None:
    """Return the towns that a brigade went to one after the other, joined."""
    text, folded = source.text, source.folded
    known = {town.start for town in find_towns(text)}
    for went in _WENT_TO.finditer(folded):
        names: list[str] = []
        told = False
        at = went.end()
        while name := _TOWN.match(text, at):
            names.append(name[0])
            told |= at in known
            if (joint := _NEXT_STOP.match(folded, name.end())) is None:
                break
            at = joint.end()
            if _SEAT.match(folded, at):
                names.append(seat)
                told = True
        if told and len(names) > 1:
            return JOINT.join(dict.fromkeys(names))
    return None


def _is_capital(dateline: Dateline) -> bool:
    town = dateline.town or ""
    return dateline.state in town or town in _CAPITALS


def only_town(source: Passages) -> str | None:
    """Return the one town that the lead says something took place in."""
    towns = {
        town.name
        for town in find_towns(source.text)
        if town.start < LEAD
        and not is_home(source.folded, town.start)
        and _IN_TOWN.search(source.folded, max(0, town.start - 10), town.start)
    }
    return towns.pop() if len(towns) == 1 else None


def place_of_headline(source: Passages) -> str | None:
    """Return the town that the headline names; the state of several."""
    headline = source.sentences[0].end if source.sentences else 0
    towns = {town.name: town.state for town in find_towns(source.text) if town.start < headline}
    if len(towns) == 1:
        return next(iter(towns))
    states = set(towns.values())
    return states.pop() if len(states) == 1 else None
