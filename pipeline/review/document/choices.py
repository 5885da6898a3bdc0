"""What labels can be chosen from: codes with their words in both languages, and places by name."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pipeline.spanish.gazetteer import NATIONAL, gazetteer
from pipeline.spanish.places import read_place
from pipeline.words import Language, words_of
from schemas.codebook import OTHER, codebook
from schemas.report import (
    Basis,
    BulletinKind,
    JornadaKind,
    Period,
    PlaceRole,
    Status,
    Unit,
    YearSource,
)

Choice = dict[str, Any]
"""A code or name, its words (`es`, `en`), and what else it is found by (`also`)."""

_CODES = {
    "unit": Unit,
    "status": Status,
    "period": Period,
    "basis": Basis,
    "bulletin_kind": BulletinKind,
    "kind": JornadaKind,
    "year_source": YearSource,
    "role": PlaceRole,
}
_SPANISH = {
    "printed": "impreso",
    "metadata": "de los metadatos",
    "inferred": "deducido",
    "participant": "participante",
    "highlighted": "destacado",
}
"""Of codes that no table shows in words."""


@cache
def code_choices() -> dict[str, Any]:
    """List the codes of each label; kinds by their service under `detail`, `other` last."""
    spanish, english = words_of(Language.SPANISH).codes, words_of(Language.ENGLISH).codes
    listed: dict[str, Any] = {
        label: [
            _choice(
                code,
                spanish.get(label, _SPANISH).get(code, code),
                english.get(label, {}).get(code, code),
            )
            for code in codes
        ]
        for label, codes in _CODES.items()
    }
    book = codebook()
    listed["service"] = [
        _choice(code, one.es, one.en, (one.means,)) for code, one in book.root.items()
    ]
    listed["detail"] = {service: list(_kinds(service)) for service in book.root}
    return listed


def _kinds(service: str) -> Iterable[Choice]:
    book = codebook()
    known = book.root[service].detail
    for code in book.kinds_of(service):
        also: tuple[str, ...] = ()
        if code != OTHER:
            kind = known[code]
            also = tuple(filter(None, (kind.also, kind.broader, *kind.aliases)))
        yield _choice(
            code,
            book.name_of(service, code, spanish=True),
            book.name_of(service, code),
            also,
        )


def _choice(code: str, spanish: str, english: str, also: Iterable[str] = ()) -> Choice:
    return {"code": code, "es": spanish, "en": english, "also": " ".join(also)}


@cache
def place_choices() -> tuple[Choice, ...]:
    """List the places of the gazetteer by their one names, the widest first."""
    data = gazetteer().data
    kinds = words_of(Language.ENGLISH).codes["place_kind"]
    places = {place.name: place for place in gazetteer().names.named.values()}
    places |= {place.name: place for place in (read_place(unit.name) for unit in data.umae)}
    others = {name: known.other for name, known in data.states.items()} | {
        NATIONAL: ("nacional", "todo el país")
    }
    return tuple(
        {
            "code": place.name,
            "es": place.state if place.state and place.state != place.name else "",
            "en": kinds.get(place.kind or "", ""),
            "also": " ".join(others.get(place.name, ())),
        }
        for place in places.values()
    )
