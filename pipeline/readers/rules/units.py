"""Hospitals and clinics named with their number."""

import re
from typing import NamedTuple

_UNIT = re.compile(
    r"\b(?P<kind>HG[RZSOP][A-Z/]*|HGSZ[A-Z/]*|UMF[A-Z/]*|UMAE|UMAA|HES)\s+(?P<sign>[Nn]o\.?\s*|[Nn]úm\.?\s*)?"
    r"(?P<number>\d{1,3}[A-Z]?)(?:\s*,?\s*(?:también\s+)?(?:de\s+|en\s+)?(?P<city>[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+"
    r"(?:\s+(?:de(?:l)?\s+(?:la\s+|las\s+|los\s+)?)?[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+)*))?"
)


class Unit(NamedTuple):
    """A hospital or clinic named with its number."""

    start: int
    end: int
    name: str


def units(text: str) -> tuple[Unit, ...]:
    """Find the units of a text: "el HGZ No. 15, de Reynosa" is HGZ No. 15 Reynosa."""
    return tuple(
        Unit(
            match.start(),
            match.end(),
            " ".join(
                filter(
                    None, (match["kind"], match["sign"] and "No.", match["number"], match["city"])
                )
            ),
        )
        for match in _UNIT.finditer(text)
    )
