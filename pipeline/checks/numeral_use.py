"""What a number stands for: whether it can count services, or be a percentage of them."""

import re
from bisect import bisect_right
from functools import lru_cache
from operator import attrgetter

from pipeline.checks.service_words import is_noun_of
from pipeline.exclusions import exclusion_of
from pipeline.numerals import numerals
from pipeline.quotes import numerals_at
from pipeline.sentences import SentenceSpan, cut_sentences
from pipeline.spanish.folding import fold
from schemas.document import Numeral, NumeralKind
from schemas.finding import Span
from schemas.report import Service, Unit

_KINDS = {
    NumeralKind.PERCENT: "a percentage",
    NumeralKind.ORDINAL: "an ordinal",
    NumeralKind.DATE: "a day of a date",
    NumeralKind.YEAR: "a year",
    NumeralKind.PHONE: "a telephone number",
    NumeralKind.IDENTIFIER: "part of a name",
    NumeralKind.TIME: "a time of day",
}
_SIGN = re.compile(r"%|por\s{0,8}ciento|por\s{1,8}cien(?![a-z])|porcentaj|porcentual")
_HEAD = re.compile(rf"{_SIGN.pattern}|(?<![a-z])(?:avance|cumplimiento|cumplido|logro)(?![a-z])")
"""What stands over a column of percentages."""
_NOUN_BEHIND = re.compile(r"\s{1,8}(?:de\s{1,8})?([a-z\d]{3,30})")
_START = attrgetter("start")
_LARGEST_WITHOUT_SIGN = 1000
"""Percent; nobody prints more of a goal in a column or a list of shares."""
# Of a text as printed: in a column the next line begins with a capital.
_PLURAL_NOUN = re.compile(
    r"(?:[^\S\n]{1,8}|[^\S\n]{0,8}\n[^\S\n]{0,8}(?=[^\WA-ZÁÉÍÓÚÑ]))"
    r"(?!(?:[Ll][ao]s|[Ss]us|[Mm]ás|tras|un[ao]s|dich[ao]s)\b)[^\W\d_]{3,20}[sS]\b"
)
_LABEL = re.compile(r"(?<![a-z])([a-z]{4,20})\)?\s?[:=]\s{0,4}$")
_BEFORE = 48

_CELL_BEFORE = re.compile(r"[^\s|.]\s{0,80}(?:\||\t| {2}|\.\.)[ .\t]*$")
_CELL_REACH = 200
_CELL_AFTER = re.compile(r"[^\S\n\t]{0,80}(?:[|\t\n]| {2}|\.{3}|$)")
_REACH, _TABLE_REACH = 500, 3000
"""Characters of a sentence or a row, and of a table above a number, that are looked at."""

# "Una de ellas", "una en León", "fueron dos, una y dos": what it counts stands elsewhere.
_NOUN = re.compile(
    r"[\s\"“”«»'*]{1,8}(?:mas\s{1,8})?(?:de\s{1,8})?(?:(?:l[ao]s?|tipo)\s{1,8})?"
    r"(?:(?:complej|exitos|nuev|primer|segund|sol|tercer|unic)[ao]\s{1,8}|(?:doble|gran|triple)\s{1,8})?"
    r"(?P<noun>[a-z\d]{2,30})"
)
_ELSEWHERE = re.compile(
    r"ademas|al?|cada|con|del?|el|ell[ao]s?|en?|es|es[ae]s?|esos|est[ae]s?|estos|fue|l[ao]s?|mas|menos"
    r"|o|para|por|que|se|u|y"
)
"""Words that no noun is."""
_OF_EACH = re.compile(r"\s{1,8}(?:de|por)\s{1,8}cada(?![a-z])")
_OF_THE = re.compile(r"\s{1,8}de\s{1,8}l[ao]s\s")
_OF_A_NUMBER = re.compile(r"\s{1,8}de\s{1,8}\d")


def misuse(text: str, numeral: Numeral, unit: Unit, service: Service | None = None) -> str | None:
    """Say what one of the numerals of `text` is, if it can be no number of `unit`; else None.

    What is no quantity by its form or its surroundings is one all the same right before a noun of
    the `service`, or of any where none is given.
    """
    if unit is Unit.PERCENT:
        return _misuse_as_percent(text, numeral)
    if numeral.kind not in (NumeralKind.COUNT, NumeralKind.YEAR):
        return _KINDS[numeral.kind]
    if _has_noun(text, numeral, service):
        return None
    if numeral.kind is NumeralKind.YEAR:
        return None if _counts_like_a_year(text, numeral, service) else _KINDS[numeral.kind]
    if numeral.raw.lower() == "uno" and _OF_THE.match(fold(text), numeral.end):
        return article_misuse(text, numeral.end, service)
    return exclusion_of(text, numeral)


def _has_noun(text: str, numeral: Numeral, service: Service | None) -> bool:
    noun = _NOUN_BEHIND.match(fold(text), numeral.end)
    return noun is not None and _is_counted(noun[1], service)


def _is_counted(noun: str, service: Service | None) -> bool:
    return any(is_noun_of(noun, one) for one in (Service if service is None else (service,)))


def _misuse_as_percent(text: str, numeral: Numeral) -> str | None:
    """Say why a number is no percentage; printed without "por ciento", it may be one of several."""
    if numeral.kind is NumeralKind.PERCENT:
        return None
    if numeral.kind is not NumeralKind.COUNT:
        return _KINDS[numeral.kind]
    if excluded := exclusion_of(text, numeral):
        return excluded
    if numeral.value >= _LARGEST_WITHOUT_SIGN or _PLURAL_NOUN.match(text, numeral.end):
        return "a count"
    folded, sentence = fold(text), _sentence_at(text, numeral.start)
    near = max(sentence.start, numeral.start - _REACH), min(sentence.end, numeral.end + _REACH)
    if _SIGN.search(folded, *near):
        return None
    above = max(0, numeral.start - _TABLE_REACH)
    if _is_cell(text, numeral) and _HEAD.search(folded, above, numeral.start):
        return None
    return "a number without its sign"


def _counts_like_a_year(text: str, numeral: Numeral, service: Service | None) -> bool:
    """Tell whether four digits count for once: "Cirugías: 2022", or a cell of a row of counts."""
    folded = fold(text)
    label = _LABEL.search(folded, max(0, numeral.start - _BEFORE), numeral.start)
    if label:
        return _is_counted(label[1], service)
    if not _is_cell(text, numeral):
        return False
    start = folded.rfind("\n", max(0, numeral.start - _REACH), numeral.start) + 1
    end = folded.find("\n", numeral.end, numeral.end + _REACH)
    row = Span(start or max(0, numeral.start - _REACH), end if end >= 0 else numeral.end + _REACH)
    return any(one.kind is NumeralKind.COUNT for one in numerals_at(text, row))


def _is_cell(text: str, numeral: Numeral) -> bool:
    """Tell whether a number fills a cell of a row, and not its first."""
    line = text.rfind("\n", 0, numeral.start) + 1
    begin = max(line, numeral.start - _CELL_REACH)
    return bool(
        _CELL_AFTER.match(text, numeral.end) and _CELL_BEFORE.search(text[begin : numeral.start])
    )


@lru_cache(maxsize=64)
def _sentences(text: str) -> tuple[SentenceSpan, ...]:
    return tuple(cut_sentences(text, numerals(text)))


def _sentence_at(text: str, position: int) -> SentenceSpan:
    found = _sentences(text)
    return found[max(0, bisect_right(found, position, key=_START) - 1)]


def article_misuse(text: str, end: int, service: Service | None = None) -> str | None:
    """Say what the "un" or "una" that ends there stands before, if it counts nothing; else None.

    It counts before a noun of the `service`, or of any where none is given, and where its noun
    stands elsewhere: "una de ellas".
    """
    folded = fold(text)
    match = _NOUN.match(folded, end)
    if match is None or _OF_A_NUMBER.match(folded, end):
        return "a pronoun" if match else None
    if _OF_EACH.match(folded, end):
        return "each"
    noun = match["noun"]
    if noun.isdigit() or _ELSEWHERE.fullmatch(noun) or _is_counted(noun, service):
        return None
    return f"the article of {text[match.start('noun') : match.end('noun')]!r}"
