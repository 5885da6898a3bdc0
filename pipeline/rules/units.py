"""Hospitals and clinics, named by kind and number, or by kind and place."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_GAP = r"[^\S\n]*\n?[^\S\n]*"
_WORD = r"[A-ZÁÉÍÓÚÜÑ][a-záéíóúüñ]+"
_PROPER = rf"(?!Instituto|Seguro|No\b|Núm\b){_WORD}(?:\s+(?:del?\s+(?:l[ao]s?\s+)?)?{_WORD})*"
_NUMBER = (
    rf"(?P<sign>[Nn][oº]\.?{_GAP}|[Nn]úm\.?{_GAP})?"
    r"(?P<number>\d{1,3}[A-Z]?|(?<=\s)[lI]{1,2}\b)(?![\w.,]?\d)(?!\s+(?:mil|por ciento)\b)"
    rf"(?:{_GAP}[“\"«](?P<own>[^”\"»\n]{{3,60}})[”\"»]"
    rf"|[^\S\n]*,?{_GAP}(?:también\s+)?(?:(?:de|(?P<at>en))\s+)?"
    rf"(?P<town>la misma ciudad|{_PROPER}))?"
)
_NEXT = re.compile(rf"{_GAP}(?:[,;]{_GAP}(?P<last>y\s+)?|\b(?P<and>y)\s+){_NUMBER}")
_SEVERAL = re.compile(r"\bl[ao]s\s+$", re.IGNORECASE)
_LIST = re.compile(r",?\s+(?:y\s+)?(?:(?:en|de)\s+)?(?:el|del|la)\s+")
_SCENE = re.compile(rf"\b[Ee]n\s+(?P<town>{_PROPER})[:,]\s+(?:el|la)\s+$")
_SCENE_REACH = 60


class HospitalUnit(NamedTuple):
    """A hospital or clinic that is named."""

    start: int
    end: int
    name: str


class _Named(NamedTuple):
    start: int
    end: int
    kind: str
    """With its number, as printed."""
    which: str
    """Its own name or its town, empty where none is printed."""
    shared: bool = False
    """The town is also that of the units listed before: "HGR No. 1 y HGR No. 20, en Tijuana"."""


def find_units(text: str, kinds: tuple[str, ...]) -> tuple[HospitalUnit, ...]:
    """Find the units of a text: "el HGZ No. 15, de Reynosa" is HGZ No. 15 Reynosa.

    One that is named again without its town is the same unit.
    """
    found = _with_shared_towns(text, list(_find_named(text, kinds)))
    known: dict[str, set[str]] = {}
    for unit in found:
        if unit.which:
            known.setdefault(unit.kind, set()).add(unit.which)
    only = {kind: next(iter(names)) for kind, names in known.items() if len(names) == 1}
    return tuple(
        HospitalUnit(
            u.start, u.end, " ".join(f"{u.kind} {u.which or only.get(u.kind, '')}".split())
        )
        for u in found
    )


@cache
def _pattern(kinds: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(kinds, key=len, reverse=True)
    kind = "|".join(re.escape(k).replace(r"\*", "[A-Z/]*").replace(r"\ ", r"\s+") for k in ordered)
    return re.compile(
        rf"\b(?P<kind>(?>{kind})(?:\)?\s+(?>{kind}))?)\)?\s+"
        rf"(?:{_NUMBER}|(?P<of>del?)\s+(?P<name>{_PROPER}))"
    )


def _find_named(text: str, kinds: tuple[str, ...]) -> Iterator[_Named]:
    town = ""
    for match in _pattern(kinds).finditer(text):
        kind = match["kind"].replace(")", "")
        several = _SEVERAL.search(text, max(0, match.start() - 5), match.start())
        if match["of"]:
            name = match["name"] if kind.isupper() else f"{match['of']} {match['name']}"
            if not several:
                yield _Named(match.start(), match.end(), kind, name)
            continue
        start, more, ended = match.start(), match, not several
        while True:
            town = town if more["town"] == "la misma ciudad" else more["town"] or ""
            number = more["number"].replace("l", "1").replace("I", "1")
            label = f"{kind} {'No. ' if more['sign'] else ''}{number}"
            yield _Named(start, more.end(), label, more["own"] or town, bool(more["at"]))
            following = _NEXT.match(text, more.end())
            if not following or bool(following["sign"]) != bool(more["sign"]):
                break
            if ended and not more["sign"]:
                break  # "las UMF 7 y 9, 120 consultas"
            ended = ended or bool(following["last"] or following["and"])
            start, more = following.start("number"), following


def _with_shared_towns(text: str, found: list[_Named]) -> list[_Named]:
    """Give a town that is printed once, before or behind a list, to all its units."""

    def are_listed(first: _Named, second: _Named) -> bool:
        return _LIST.fullmatch(text, first.end, second.start) is not None

    for at, unit in reversed(tuple(enumerate(found[:-1]))):
        following = found[at + 1]
        if not unit.which and following.shared and are_listed(unit, following):
            found[at] = unit._replace(which=following.which, shared=True)
    scene = ""
    for at, unit in enumerate(found):
        match = _SCENE.search(text, max(0, unit.start - _SCENE_REACH), unit.start)
        if match:
            scene = match["town"]
        elif at and not are_listed(found[at - 1], unit):
            scene = ""
        if scene and not unit.which:
            found[at] = unit._replace(which=scene)
    return found
