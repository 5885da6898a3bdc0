"""Units that are named short once their type was said: "el HGR 46, ... en el 110", "la clínica 16".

"el Regional de Culiacán" is short for its hospital too.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

_MONTH = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre"
    r"|diciembre)"
)
_DAY_BEHIND = re.compile(
    rf"(?:\s*(?:,|y|al|a)\s*\d{{1,2}})*\s+(?:del?\s+)?(?:{_MONTH}|mes|present|proxim|pasad)|/\d"
)
_SHORT = re.compile(
    r"\b(?P<article>[Ee]l|[Aa]l|[Dd]el|[Ll]a)\s+(?P<number>[1-9]\d{0,2})(?![\d./]\d|\w)"
)
_CALLED = re.compile(
    r"\b(?P<word>hospital|clinica|unidad)\s+(?:n(?:umero|um\.?|o\.?)\s*)?"
    r"(?P<number>[1-9]\d{0,2})(?![\d./]\d|\w)"
)
_MORE = re.compile(
    r"\s*(?:%|(?:mil|horas|hrs|camas|dias|anos)\b|millon|por\s+ciento|de\s+cada|[,.]\d{3}\b|(?:de\s+)?(?:la|su)s?\s+(?:meta|tot))"
)
# What goes on behind a name, and does not behind "el 15 de octubre" or a counted noun.
_GOES_ON = re.compile(
    r"\s*(?:[,;:)]|\.(?:\s|$)|$|[-–—]\s|\s(?:y|se|con|de\s+[A-ZÁÉÍÓÚÑ]|en\s+[A-ZÁÉÍÓÚÑ]|\d)|\s\w+(?:ó|aron|ieron|izo|io|eron)\b)"
)
_RANGE_BEFORE = re.compile(
    r"(?:\d|\b(?:hasta|desde|dia|lunes|martes|miercoles|jueves|viernes|sabado|domingo))\s+$"
)
_REGIONAL = re.compile(r"\b(?:[Ee]l|[Aa]l|[Dd]el)\s+(?P<name>Regional\s+de\s+(?=[A-ZÁÉÍÓÚÑ]))")
_NAMED = re.compile(r"(?P<type>(?:UMAE )?[A-Za-zíé/]+) (?P<number>\d{1,3}[A-Z]?)(?: (?P<town>.+))?")
_SENTENCE_END = re.compile(r"[.!?]\s+[¿¡\"“]?[A-ZÁÉÍÓÚÑ]|\n\s*\n")
_FEMININE = ("UMF", "UMAE", "UMAA", "UMR", "UMFR", "Clínica")
# "el Regional 12", "el General de Zona No. 1", "el de Zona 3"
_TYPED = re.compile(
    r"\b(?:el|al|del)\s+(?P<type>(?:(?:general\s+)?(?:regional|de\s+(?:sub)?zona)|rural))\s+"
    r"(?:n(?:umero|um\.?|o\.?)\s*)?(?P<number>[1-9]\d{0,2})(?![\d./]\d|\w)"
)
_NUMBERED = re.compile(
    r"\b(?P<article>el|al|del|la)\s+n(?:umero|um\.|o\.)\s*(?P<number>[1-9]\d{0,2})(?![\d./]\d|\w)"
)
_PRINTED = {"hospital": "Hospital", "clinica": "Clínica"}
_KINDS = {"regional": "HGR", "zona": "HGZ", "subzona": "HGSZ"}
_REACH = 250


class ShortName(NamedTuple):
    """Where a unit is named short, and which it is."""

    start: int
    end: int
    name: str


class _Numbered(NamedTuple):
    """Units of one number: where the first of their names ends, and the name if one type has it."""

    first_end: int
    name: str | None


def short_names(
    text: str, folded: str, named: Sequence[tuple[int, int, str]]
) -> Iterator[ShortName]:
    """Yield the units that a text names by a number or a town alone.

    `named` are those that it names in full, in order, as (start, end, name).
    """
    taken = {at for start, end, _ in named for at in range(start, end)}
    numbered = _by_number(named)
    for match in _CALLED.finditer(folded):
        number = match["number"]
        if match.start() in taken and match["word"] != "clinica":
            continue
        named_so = numbered.get((number, None))
        known = named_so.name if named_so else None
        printed = _PRINTED.get(match["word"])
        if _MORE.match(folded, match.end()) or not (known or printed):
            continue
        if text[match.start()].islower() and not known and match["word"] != "clinica":
            continue
        yield ShortName(match.start(), match.end(), known or f"{printed} {number}")
    for match in (*_SHORT.finditer(text), *_NUMBERED.finditer(folded)):
        start, number = match.start("number"), match["number"]
        if start in taken or _MORE.match(folded, match.end()):
            continue
        if _DAY_BEHIND.match(folded, match.end()) or _RANGE_BEFORE.search(
            folded, max(0, match.start() - 12), match.start()
        ):
            continue
        feminine = match["article"].lower() == "la"
        named_so = numbered.get((number, feminine))
        before = named_so.name if named_so and named_so.first_end <= start else None
        name = before or _of_a_list(text, named, match, feminine=feminine)
        if name:
            yield ShortName(match.end("article") + 1, match.end(), name)


def typed_short(folded: str) -> Iterator[ShortName]:
    """Yield the hospitals that leave out "Hospital" alone: "el General de Zona 1"."""
    for match in _TYPED.finditer(folded):
        if not _MORE.match(folded, match.end()):
            words = match["type"].split()
            kind = "HR" if words == ["rural"] else _KINDS[words[-1]]
            yield ShortName(match.start("type"), match.end(), f"{kind} {match['number']}")


def _by_number(
    named: Iterable[tuple[int, int, str]],
) -> dict[tuple[str, bool | None], _Numbered]:
    """Return the units of each number: the feminine (True), the others (False), any (None)."""
    found: dict[tuple[str, bool | None], dict[str, int]] = defaultdict(dict)
    for _, end, name in named:
        match = _NAMED.fullmatch(name)
        if match and match["type"] != "Clínica":
            for feminine in (None, name.startswith(_FEMININE)):
                found[match["number"], feminine].setdefault(name, end)
    return {
        number: _Numbered(
            min(names.values()),
            max(names, key=len) if len({name.split(" ")[0] for name in names}) == 1 else None,
        )
        for number, names in found.items()
    }


def _of_a_list(
    text: str,
    named: Sequence[tuple[int, int, str]],
    match: re.Match[str],
    *,
    feminine: bool,
) -> str | None:
    """Return the unit of the type that was said last in the sentence: "al HGZ 1, 75; al 2, 60"."""
    if not _GOES_ON.match(text, match.end()):
        return None
    for at in reversed(range(bisect_right(named, match.start(), key=itemgetter(1)))):
        _, end, name = named[at]
        if match.start() - end > _REACH or _SENTENCE_END.search(text, end, match.start()):
            return None
        read = _NAMED.fullmatch(name)
        if read and read["type"].startswith(_FEMININE) == feminine:
            return f"{read['type']} {match['number']}"
    return None


def regionals(text: str) -> Iterator[tuple[int, int]]:
    """Yield where "Regional" is short for a hospital, up to its town."""
    for match in _REGIONAL.finditer(text):
        yield match.span("name")
