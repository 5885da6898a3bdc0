"""Hospitals and clinics: what their printed names say, and the one way that they are written.

"Hospital General de Zona (HGZ) con Medicina Familiar No. 8" is HGZ/MF 8.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.spanish.gazetteer import (
    SMALL_WORDS,
    UMAE,
    HighlySpecialisedUnit,
    TypeName,
    Word,
    gazetteer,
    key_of,
)
from pipeline.spanish.ocr import unify

_NUMBER_SIGNS = frozenset(map(unify, ("no", "nº", "num", "numero", "nro", "n", "n0", "#")))
_AFTER_SIGN = frozenset(".°º:")
_NUMBER = re.compile(r"0*(\d{1,3})([a-hj-km-nq-rt-z]?)")
_AS_DIGITS = str.maketrans("oli|sb", "011158")
_MISREAD = re.compile(r"(?=.*\d)[\doli|sb]{1,3}|[li]{1,2}")
_WARD = re.compile(r"[a-z]")
_MORE = frozenset(map(unify, ("mil", "%")))
_JOINTS = frozenset({*SMALL_WORDS, "(", ")", "-", ","})
_WITH = frozenset(map(unify, ("/", "+", "-", "con", "c")))
_BARE_ADDITIONS = frozenset(map(unify, ("mf", "h")))
_IN_BETWEEN = frozenset(map(unify, ("imss", "bienestar", "oportunidades", "solidaridad")))
_MOST_IN_BETWEEN = 5
_OPENING, _CLOSING = frozenset("“\"«'‘"), frozenset("”\"»'’")
_LONGEST_OWN_NAME = 14
_LONGEST_CENTER = 12
_CENTER = ("centro medico nacional", "cmn")


class UnitWords(NamedTuple):
    """What the words of a unit's name say, up to its town; `end` is the word behind them."""

    end: int
    kind: str = ""
    umae: bool = False
    additions: tuple[str, ...] = ()
    number: str = ""
    center: str = ""
    known: HighlySpecialisedUnit | None = None
    """The one that its own name in quotation marks tells."""
    abbreviated: bool = False
    plural: bool = False

    @property
    def is_sure(self) -> bool:
        """Tell whether no one else's hospital is called so."""
        known = gazetteer().data.types.get(self.kind)
        return bool(
            self.umae or self.number or self.center or self.abbreviated or self.known
        ) or bool(known and known.sure)


def read_unit(words: Sequence[Word], at: int) -> UnitWords | None:
    """Read the name of a unit that begins at a word; None where none does."""
    unit = _read_types(words, at)
    if unit is None:
        return None
    known = gazetteer()
    while True:
        start = unit.end
        if added := _read_addition(words, unit):
            unit = added
        if not unit.number:
            unit = read_number(words, unit)
        if own := _read_own_name(words, unit.end):
            key, end = own
            unit = unit._replace(end=end, known=unit.known or known.own.named.get(key))
        if not unit.center and (center := read_center(words, unit.end)):
            unit = unit._replace(center=center[0], end=center[1])
        if unit.end == start:
            unit = _read_brackets(words, at, unit)
        if unit.end == start:
            return unit


def _read_brackets(words: Sequence[Word], at: int, unit: UnitWords) -> UnitWords:
    """Read a type that is said again in brackets, or the end of such brackets."""
    mark = words[unit.end].canonical if unit.end < len(words) else ""
    marks = [word.canonical for word in words[at : unit.end]]
    if mark == ")" and marks.count("(") > marks.count(")"):
        return unit._replace(end=unit.end + 1)
    again = gazetteer().types.longest(words, unit.end + 1) if mark == "(" else None
    if again and _goes_with(unit, again[0]):
        return unit._replace(end=again[1])
    return unit


def _read_types(words: Sequence[Word], at: int) -> UnitWords | None:
    """Read the kind, which may be printed twice, and with UMAE: "UMAE (HE) Hospital de ..."."""
    types, unit, here = gazetteer().types, None, at
    while here < len(words):
        found = types.longest(words, here)
        if found is None:
            if unit is None or words[here].canonical not in _JOINTS or here - unit.end > 2:  # noqa: PLR2004 - "de la"
                break
            here += 1
            continue
        named, here = found
        if unit is not None and not _goes_with(unit, named):
            break
        kind = unit.kind if unit and unit.kind else ""
        unit = UnitWords(
            end=here,
            kind=kind or (named.name if named.name != UMAE else ""),
            umae=named.name == UMAE or bool(unit and unit.umae),
            additions=(named.addition,) if named.addition else (unit.additions if unit else ()),
            abbreviated=not named.long or bool(unit and unit.abbreviated),
            plural=named.plural or bool(unit and unit.plural),
        )
    if unit and unit.end < len(words) and words[unit.end].canonical == ")":
        unit = unit._replace(end=unit.end + 1)
    return unit


def _goes_with(unit: UnitWords, named: TypeName) -> bool:
    if named.name == UMAE:
        return not unit.umae
    return unit.kind in ("", named.name)


def _read_addition(words: Sequence[Word], unit: UnitWords) -> UnitWords | None:
    here = unit.end
    while here < len(words) and words[here].canonical in _WITH and here - unit.end <= 1:
        here += 1
    found = gazetteer().additions.longest(words, here) if here < len(words) else None
    if found is None:
        return None
    if here == unit.end and words[here].canonical not in _BARE_ADDITIONS:
        return None
    added = unit.additions if found[0] in unit.additions else (*unit.additions, found[0])
    return unit._replace(additions=added, end=found[1])


def read_number(words: Sequence[Word], unit: UnitWords) -> UnitWords:
    """Return `unit` with the number that stands behind it, itself where none does."""
    here = unit.end
    for at in range(unit.end, min(len(words), unit.end + _MOST_IN_BETWEEN)):
        if words[at].canonical in _IN_BETWEEN:
            here = at + 1  # "Hospital Rural del IMSS-Bienestar No. 30"
        elif words[at].canonical not in _JOINTS:
            break
    behind_sign = skip_sign(words, here)
    number = number_at(words, behind_sign)
    if not number:
        return unit
    here = behind_sign + 1
    ward = words[here : here + 2]
    if [mark.canonical for mark in ward[:1]] == ["-"] and _WARD.fullmatch(ward[-1].plain):
        return unit._replace(number=number + ward[-1].plain.upper(), end=here + 2)
    return unit._replace(number=number, end=here)


def skip_sign(words: Sequence[Word], here: int) -> int:
    """Return the word behind "No.", "N°", "número", "#" at a word, or that word itself."""
    start = here
    while here < len(words) and (
        words[here].canonical in _NUMBER_SIGNS
        or (here > start and words[here].canonical in _AFTER_SIGN)
    ):
        here += 1
    return here


def number_at(words: Sequence[Word], at: int) -> str:
    """Return the number of a unit that a word is, letters mended that OCR took for digits.

    It is empty where the word is none, or begins a longer number: "UMF 120 mil consultas".
    """
    if at >= len(words) or _goes_on(words, at):
        return ""
    word = words[at].plain
    if match := _NUMBER.fullmatch(word):
        return match[1] + match[2].upper()
    if _MISREAD.fullmatch(word):
        return word.translate(_AS_DIGITS).lstrip("0") or "0"
    return ""


def _goes_on(words: Sequence[Word], at: int) -> bool:
    behind = words[at + 1 : at + 3]
    if not behind:
        return False
    if behind[0].canonical in _MORE or behind[0].plain.isdigit():
        return True
    if key_of(behind) == "por ciento":
        return True
    grouped = len(behind) == 2 and behind[0].canonical in ",." and behind[1].plain.isdigit()  # noqa: PLR2004
    return grouped and words[at].end == behind[0].start and behind[0].end == behind[1].start


def _read_own_name(words: Sequence[Word], at: int) -> tuple[str, int] | None:
    """Return the key of a name in quotation marks, without a person's title, and what follows."""
    if at < len(words) and words[at].canonical == ",":
        at += 1
    if at >= len(words) or words[at].canonical not in _OPENING:
        return None
    for here in range(at + 1, min(len(words), at + _LONGEST_OWN_NAME)):
        if words[here].canonical in _CLOSING:
            return key_of(without_title(words[at + 1 : here])), here + 1
    return None


def without_title(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words of a person's name without "Dr.", "Licenciado", ..."""
    person = gazetteer().person
    at = 0
    while at < len(words) and (words[at].canonical in person or words[at].canonical == "."):
        at += 1
    return words[at:]


def read_center(words: Sequence[Word], at: int) -> tuple[str, int] | None:
    """Return the medical centre that is named at a word, and what follows."""
    here, named = at, False
    while here < min(len(words), at + _LONGEST_CENTER):
        if words[here].canonical in _JOINTS or words[here].canonical == ".":
            here += 1
        elif words[here].plain == "cmn":
            named, here = True, here + 1
        elif key_of(words[here : here + 3]) == unify(_CENTER[0]):
            named, here = True, here + 3
        else:
            break
    opened = here < len(words) and words[here].canonical in _OPENING
    here += opened
    while here < len(words) and words[here].canonical in SMALL_WORDS:
        here += 1
    found = gazetteer().centers.longest(words, here) if here < len(words) else None
    if not found or not named:
        return None
    center, end = found
    closed = opened and end < len(words) and words[end].canonical in _CLOSING
    return center, end + closed


def name_unit(unit: UnitWords, town: str = "") -> str:
    """Write a unit's name: type, number, and town or medical centre."""
    known = identify(unit, town)
    if known and not unit.number:
        return known.name
    types = gazetteer().data.types
    kind = types.get(unit.kind)
    typed = "/".join((unit.kind, *unit.additions))
    where = town if town and (unit.number or not unit.center) else unit.center
    if not unit.number and not where:
        long = kind.long[0] if kind else UMAE
        return "/".join((long, *unit.additions))
    umae = unit.umae or bool(kind and kind.umae) or bool(unit.center and known)
    return " ".join(filter(None, (UMAE if umae else "", typed, unit.number, where)))


def identify(unit: UnitWords, town: str = "") -> HighlySpecialisedUnit | None:
    """Return which of the UMAE a unit is, by number, centre, own name or town."""
    if unit.known:
        return unit.known
    for one in gazetteer().data.umae:
        if unit.kind not in ("", one.type) or not (unit.kind or unit.umae):
            continue
        if unit.number:
            if unit.number == one.number and town in ("", one.town):
                return one
        elif unit.kind and (unit.center == one.center != "" or town == one.town != ""):
            return one
    return None
