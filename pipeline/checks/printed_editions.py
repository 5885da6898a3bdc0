"""The editions of jornadas that a text prints, whatever way it does."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.numerals import numerals
from pipeline.spanish.folding import fold
from pipeline.spanish.number_words import ORDINALS, roman_value
from schemas.document import Numeral, NumeralKind

_SERIES = (
    r"(?:jornadas?|macrojornadas?|megajornadas?|semana|edicion|campana|brigada|caravana|cruzada|encuentro|feria"
    r"|maraton|operativo|rally|fin\s{1,8}de\s{1,8}semana)(?![a-z])"
)
"""What is held once and again, and numbered."""
_A_SERIES = re.compile(_SERIES.removesuffix("(?![a-z])"))  # also in "#JornadaDeContinuidad"
_MARK = re.compile(r"[ªº°]|[ao](?![a-z])|\.?[ªº°]")
_NEXT_IS_SERIES = re.compile(
    rf"[\s\"“”'.ªº°]{{0,8}}(?:(?:gran|magna|edicion|de|la|dicha|esta)\s{{1,8}}){{0,3}}{_SERIES}"
)
_TIME = re.compile(r"\s{1,8}(?:vez|ocasion|intento|entrega|ronda|vuelta)(?![a-z])")
_NO_TIME = re.compile(r"(?<![a-z])de\s{1,8}$")
_SERIES_BEFORE = re.compile(
    rf"{_SERIES}(?:\s{{1,8}}[a-z]{{3,15}}){{0,6}}[\s,(:\"“”-]{{0,4}}(?:la\s{{1,8}})?(?:edicion\s{{1,8}})?$"
)
_SIGN = r"(?:#|(?:numero|num|nro|no|n)(?![a-z])[.°º]{0,2})\s{0,4}"
# Patterns for whole texts begin with a letter or a digit, which `re` leaps to.
_A_NUMBER = r"(\d{1,3})(?![\d:%]|[.,]\d|\s{1,8}(?:mil|por|(?!las|los|sus)[a-z]{2,20}s)(?![a-z]))"
"""Behind a preposition stands a day, and before a plural noun a count."""
_NUMBERED = (
    # As in "La brigada 27" and "Jornada Nacional de Continuidad (número 16)".
    re.compile(
        rf"{_SERIES}(?:\s{{1,8}}(?:del?\s{{1,8}}(?:l[ao]s?\s{{1,8}})?)?[a-z]{{4,18}}){{0,6}}"
        rf"\s?,?\s{{0,8}}(?:la\s{{1,8}})?\(?(?:{_SIGN})?{_A_NUMBER}"
    ),
    re.compile(rf"l(?<![a-z].)a\s{{1,8}}{_SIGN}{_A_NUMBER}"),
    re.compile(rf"j(?<![a-z].)-?\s?{_A_NUMBER}"),
    # "la 16 del año"
    re.compile(
        r"l(?<![a-z].)a\s{1,8}(\d{1,3})(?=\s{1,8}(?:del\s{1,8}ano|de\s{1,8}(?:este|20\d\d))(?![a-z]))"
    ),
    re.compile(
        r"(\d(?<!\d\d)\d{0,2})(?:[ ./-]{1,2}[aoªº°]{1,2}\.?)\s{1,8}(?:(?:gran|magna)\s{1,8})?"
        rf"{_SERIES}"
    ),
)
_JOINED = re.compile(r"(?<![a-z])([a-z]{4,12})\s?-\s?([a-z]{4,12})(?![a-z])")
# An ordinal that no noun follows is one of a series that is named elsewhere: "la 3ª, del 8 al 10".
_ALONE = re.compile(
    r"\s?(?:$|[^\w\s])|\s{0,8}\n|\s{1,8}(?:\d|(?:a|al|alcanzo|bajo|cayo|cerro|con|dejo|del?|desde|e|el|en|es|fue|ha|hubo"
    r"|ira|la|llego|los|logro|no|nos|o|para|por|que|quedo|registro|repunto|se|sera|subio|sumo|tendra|tuvo|va|y|ya)(?![a-z])"
    r"|[a-z]{3,16}(?:aron|ieron|aba|aban)(?![a-z]))"
)
_ROMAN = re.compile(r"[IVXL](?<![\w-].)[IVXL]{0,6}(?![\w-]|\.\w)")
_BEFORE_ROMAN = re.compile(
    r"(?<![\w-])(?:(?:[Jj]ornada|JORNADA|[Ee]dición|EDICIÓN|[Cc]ampaña|[Ss]emana)"
    r"(?:\s{1,8}(?:Nacional|NACIONAL|Extraordinaria|EXTRAORDINARIA|Estatal|ESTATAL))?"
    r"|[Ll](?P<article>a))\s{1,8}$"
)
_BEHIND_ROMAN = re.compile(
    r"\s{1,8}(?:Jornada|JORNADA|Edici[oó]n|EDICI[OÓ]N|Campaña|CAMPAÑA|Semana|SEMANA"
    r"|Brigada|BRIGADA|Feria|FERIA|Caravana|CARAVANA)"
)
_MOST = 200
"""Editions; nothing has been held as often, and larger numbers count."""
_REACH = 120
_SIGN_BEFORE = re.compile(
    rf"(?:(?<![a-z])la\s{{1,8}}|{_SERIES}[a-z\s,]{{0,60}}?){_SIGN}$|{_SERIES}\s{{1,8}}$"
)
_MISREAD_MARKS = (2, 4, 9)
"""Digits that OCR makes of ª and º."""


@lru_cache(maxsize=64)
def printed_editions(text: str) -> frozenset[int]:
    """Return every number that may be the edition of a jornada.

    An ordinal counts beside the name of a jornada or of its like, and where it stands for one; any
    other number only where it is its number ("la brigada 27"). "102" is 10ª misread, too.
    """
    return frozenset(edition for edition in _editions(text) if 0 < edition <= _MOST)


def names_series(text: str) -> bool:
    """Tell whether a text names a jornada, or anything else that is held once and again."""
    return _A_SERIES.search(fold(text)) is not None


def _editions(text: str) -> Iterator[int]:
    folded = fold(text)
    for numeral in numerals(text):
        if _is_ordinal(folded, numeral) and _tells_edition(folded, numeral):
            yield from _values(numeral)
        elif numeral.kind is NumeralKind.COUNT and not numeral.raw.isdigit():
            before = folded[max(0, numeral.start - _REACH) : numeral.start]
            if numeral.value <= _MOST and _SIGN_BEFORE.search(before):  # "la número veinte"
                yield int(numeral.value)
    for pattern in _NUMBERED:
        yield from (int(match[1]) for match in pattern.finditer(folded))
    for match in _ROMAN.finditer(text):
        if _is_numbered(text, match):
            yield roman_value(match[0]) or 0
    for match in _JOINED.finditer(folded):
        yield ORDINALS.get(f"{match[1]} {match[2]}", 0)


def _is_numbered(text: str, roman: re.Match[str]) -> bool:
    """Tell Roman numbers of a jornada from letters and from those of centuries and articles."""
    if _BEHIND_ROMAN.match(text, roman.end()):
        return True
    before = _BEFORE_ROMAN.search(text, max(0, roman.start() - _REACH), roman.start())
    # "la V" stands for more than an edition, "la XV" for nothing else.
    return before is not None and not (before["article"] and len(roman[0]) == 1)


def _is_ordinal(folded: str, numeral: Numeral) -> bool:
    """Tell ordinals, "1ª" among them that a date behind it has drawn in."""
    if numeral.kind is NumeralKind.ORDINAL:
        return True
    return numeral.kind is NumeralKind.DATE and _MARK.match(folded, numeral.end) is not None


def _tells_edition(folded: str, numeral: Numeral) -> bool:
    before = folded[max(0, numeral.start - _REACH) : numeral.start]
    if _TIME.match(folded, numeral.end):
        return _NO_TIME.search(before) is None
    return bool(
        _NEXT_IS_SERIES.match(folded, numeral.end)
        or _SERIES_BEFORE.search(before)
        or _ALONE.match(folded, numeral.end)
    )


def _values(numeral: Numeral) -> Iterator[int]:
    value = int(numeral.value)
    yield value
    shorter, last = divmod(value, 10)
    if numeral.raw.isdigit() and shorter and last in _MISREAD_MARKS:
        yield shorter
