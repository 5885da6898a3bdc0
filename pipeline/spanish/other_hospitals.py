"""Hospitals of others, under their names as printed: "Hospital Civil de León"."""

import re

from pipeline.spanish.places import read_place

CAPITALISED = r"[A-ZÁÉÍÓÚÜÑ][a-záéíóúüñ]+"
_NAME = rf"(?:{CAPITALISED}|Dr\.|Dra\.|Lic\.|Gral\.|Ing\.|Profr?\.|S\.S\.A\.)"
# A hospital of others, by its name as printed: "Hospital Civil de Guadalajara".
_OTHERS = re.compile(
    r"(?:Hospital|Cl[ií]nica(?:[- ]Hospital)?|Sanatorio|Centro\s+(?:de\s+Salud|M[eé]dico))"
    rf"(?:\s+(?:y\s+)?{_NAME}){{0,4}}"
    rf"(?P<own>(?:\s+(?:del?|para)(?:\s+l[ao]s?)?\s+(?!Instituto|Seguro|Sistema|Secretar|Gobierno){_NAME}(?:\s+(?:y\s+)?{_NAME}){{0,5}}"
    rf"|\s+(?:del?|de\s+la)\s+(?:ISSSTE|SSA|PEMEX|Pemex|SEDENA|Sedena|DIF),?\s+(?:en|de)\s+{_NAME}(?:\s+{_NAME}){{0,3}}"
    rf"|\s+[“\"«](?:[^”\"»\n]{{4,50}})[”\"»]|\s+Dra?\.\s+{CAPITALISED}(?:\s+(?:y\s+)?{CAPITALISED}){{1,4}}){{1,3}})"
)
_OWNER = re.compile(r"\s+(?:del?|de\s+la)\s+(?!IMSS\b)[A-ZÁÉÍÓÚ]{3,10}\b")
_IS_KIND = re.compile(r"\s+de\s+(?:Alta\s+Especialidad|Especialidades|la\s+Mujer|Salud\s+Mental)")
_IMSS_TYPE = re.compile(r"(?:de|con)\s+(?:Zona|Subzona|Medicina|Especialidades)\b|\bN[uoº]")
_OTHERS_BEGIN = frozenset(("hospital", "clinica", "sanatorio", "centro"))
_QUOTES = frozenset('“”"«»')


def hospital_of_others(text: str, start: int, first: str) -> tuple[str, int] | None:
    """Return the name of the hospital that begins at an offset, and where it ends.

    `first` is its first word, folded.
    """
    named = _OTHERS.match(text, start) if first in _OTHERS_BEGIN else None
    if named is None or _IMSS_TYPE.search(named["own"]):
        return None
    last = named.end()
    owner = _OWNER.match(text, last)
    if owner and _IS_KIND.fullmatch(named["own"]):
        last = owner.end()  # no town, no person: only whose it is tells it from others
    printed = "".join(char for char in text[start:last] if char not in _QUOTES)
    return read_place(printed).name, last
