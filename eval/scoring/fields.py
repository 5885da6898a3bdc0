"""What a report says beside its figures, in the form in which it is compared. Pure."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from operator import attrgetter

from pipeline.spanish.folding import fold
from schemas.report import Jornada, JornadaReport

_JORNADA = attrgetter(*Jornada.model_fields)


def _jornadas(report: JornadaReport) -> list[Hashable]:
    return list(map(_JORNADA, report.jornadas))


def _places(report: JornadaReport) -> list[Hashable]:
    return [(place.role, _folded(place.name)) for place in report.places]


def _specialties(report: JornadaReport) -> list[Hashable]:
    return [(specialty.service, _folded(specialty.name)) for specialty in report.specialties]


def _at_most_one(value: Hashable) -> list[Hashable]:
    return [] if value is None else [value]


def _title(report: JornadaReport) -> list[Hashable]:
    return _at_most_one(report.title and _folded(report.title, accents=True))


def _programme(report: JornadaReport) -> list[Hashable]:
    return _at_most_one(report.programme and _folded(report.programme, accents=True))


@lru_cache(maxsize=4096)
def _folded(name: str, *, accents: bool = False) -> str:
    """Fold white space and case, and accents too unless they are to be kept."""
    return " ".join((name.casefold() if accents else fold(name)).split())


FIELDS: dict[str, Callable[[JornadaReport], list[Hashable]]] = {
    "jornadas": _jornadas,
    "places": _places,
    "specialties": _specialties,
    "title": _title,
    "published_on": lambda report: _at_most_one(report.published_on),
    "bulletin_kind": lambda report: [report.bulletin_kind],
    "programme": _programme,
}
"""By measure: what a report says. A single field is a list of at most one.

A jornada is right where all its fields are, a place where name and role are, a specialty where
service and name are; names count without case, accents and white space, title and programme without
case and white space.
"""
