"""Numbers that mark a part of the text or name something, and count nothing: "3.1", "2/7"."""

import re

from pipeline.rules.spot import Aside, Spot
from schemas.document import NumeralKind

# "3.1 Se desglosan", "2/7 Medicina Familiar": at the head of a line, before a word of its own.
_SECTION = re.compile(
    r"^[^\S\n]*(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})\.?[^\S\n]+(?=[«\"“¿¡(]?[A-ZÁÉÍÓÚÑ])",
    re.MULTILINE,
)
_THREAD = re.compile(
    r"(?:^|(?<=\s))[(\[]?(?P<number>\d{1,2})/(?P<all>\d{1,2})[)\]]?(?=\s|$|[:.])", re.MULTILINE
)
_LINE_REACH = 12
_MOST = 200
_ONE_NAMED = re.compile(r"\b(?:el|del|al|la)\s+$")
_ARTICLE_REACH = 5
_UNIT = re.compile(
    r"(?<!\bpor )(?<!\bcada )\b(?:hr|hgr|hgz|hgsz|hgo|hgp|hes|hgzmf|hgszmf|umf|umae|umaa|hospital"
    r"|clinica|jurisdiccion|jurisdiccion\s+sanitaria|general\s+de\s+zona|general\s+regional"
    r"|de\s+medicina\s+familiar)\s+(?:n(?:o|um|umero)?\.?\s*)?$"
)
_UNIT_REACH = 40
_MOST_UNITS = 600
_SHARE = re.compile(r"\s*(?:%|por\s+ciento|de\s+cada|(?:de\s+)?(?:la|su)s?\s+(?:meta|tot))")


def marker(spot: Spot) -> Aside | None:
    """Set aside the number of a section or of a post in a thread, and one that is a name."""
    numeral = spot.numeral
    start = max(0, numeral.start - _LINE_REACH)
    for match in _SECTION.finditer(spot.text, start, numeral.end + _LINE_REACH):
        if match.start("number") == numeral.start and match.end("number") == numeral.end:
            return Aside("the number of a section", numeral.start, numeral.end)
    for match in _THREAD.finditer(spot.text, start, numeral.end + _LINE_REACH):
        part = match.start("number") == numeral.start or match.start("all") == numeral.start
        if part and int(match["number"]) <= int(match["all"]):
            return Aside("the number of a part of a thread", *match.span())
    return _name_of_unit(spot) or _name_of_one(spot)


def _name_of_unit(spot: Spot) -> Aside | None:
    """Set aside "la clínica 16", "el HR 200": a unit in the singular right before its number."""
    numeral = spot.numeral
    if numeral.kind is NumeralKind.PERCENT or not 1 <= numeral.value < _MOST_UNITS:
        return None
    before = spot.folded[max(spot.sentence.start, numeral.start - _UNIT_REACH) : numeral.start]
    if not spot.text[numeral.start].isdigit() or not _UNIT.search(before):
        return None
    return Aside("a name", numeral.start, numeral.end)


def _name_of_one(spot: Spot) -> Aside | None:
    """Set aside "el 66": one thing that is called by a number takes the singular."""
    numeral = spot.numeral
    if numeral.kind is NumeralKind.PERCENT or not 1 < numeral.value < _MOST or numeral.value % 1:
        return None
    before = spot.folded[max(spot.sentence.start, numeral.start - _ARTICLE_REACH) : numeral.start]
    if not _ONE_NAMED.search(before) or _SHARE.match(spot.folded, numeral.end):
        return None
    return Aside("a name", numeral.start, numeral.end)
