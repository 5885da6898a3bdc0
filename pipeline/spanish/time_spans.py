"""Spans of time as the press prints them: days, months, parts of a year, years.

"del 1 de abril al 12 de septiembre", "de enero a julio", "primer semestre de 2024", "en 2023",
"en lo que va del año".
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from pipeline.spanish.dates import (
    DAY_WORDS,
    MONTHS,
    WEEKDAY_NAME,
    WEEKDAYS,
    DateSpan,
    dates,
    year_value,
)
from pipeline.spanish.folding import fold, one_of


class TimeSpan(NamedTuple):
    """A stretch of days or months: `text[start:end]` names it.

    `first` and `last` are (month, day): day None for a month's first or last, month None where
    only days are printed ("sábado 23"). Where no year is printed, `years_back` counts from the
    current year. A `running` span ends on no printed day.
    """

    start: int
    end: int
    first: tuple[int | None, int | None]
    last: tuple[int | None, int | None]
    first_year: int | None
    last_year: int | None
    years_back: int = 0
    running: bool = False

    @property
    def days(self) -> int | None:
        """Length in days, both ends counted; None for months, or where the ends do not fit."""
        (month, first), (last_month, last) = self.first, self.last
        if first is None or last is None:
            return None
        if month is None or last_month is None:
            return last - first + 1 if first <= last else None
        ends = (month, first), (last_month, last)
        return DateSpan(self.start, self.end, *ends, self.first_year, self.last_year).days


_ORDINALS = {"primer": 1, "segund": 2, "tercer": 3, "cuart": 4}
_PARTS = {"bimestre": 2, "trimestre": 3, "cuatrimestre": 4, "semestre": 6, "mitad": 6}


def _pattern(words: str) -> re.Pattern[str]:
    """Compile a pattern in which a space stands for any white space; `YEAR` captures a year."""
    year = r"((?:19\d\d|2[0o][\dlo]{2})(?![a-z\d]))"
    return re.compile(words.replace("YEAR", year).replace(" ", r"\s{1,8}"))


_OF_THE_YEAR = "(?: (?:de|del)(?: ano)? YEAR| (?:de|del)(?: (?:este|presente|mismo))? ano)?"
# Each begins with letters: the engine then skips to those fast.
_PART = _pattern(rf"({one_of(_ORDINALS)})[oa]? ({one_of(_PARTS)})(?![a-z]){_OF_THE_YEAR}")
_FIRST_MONTHS = _pattern(rf"primeros (\d{{1,2}}|{one_of(DAY_WORDS)}) meses(?![a-z]){_OF_THE_YEAR}")
_SO_FAR = r"lo (?:que va|transcurrido) (?:de|del|en)(?: (?:el|este|presente))?"
_MONTH_SO_FAR = _pattern(
    rf"{_SO_FAR}(?: mes de)? ({one_of(MONTHS)})(?![a-z])(?: (?:de|del)(?: ano)? YEAR)?"
)
_YEAR_SO_FAR = _pattern(
    rf"{_SO_FAR}(?: ano(?: YEAR)?| YEAR)(?![a-z])|(?<![a-z])semana \d{{1,2}} (?:de|del) YEAR"
)
_MONTH_TO_DATE = _pattern(
    rf"(?<![a-z])(?:de|desde) ({one_of(MONTHS)}) (?:a|hasta) (?:la fecha|hoy|ahora)(?![a-z])"
)
_THIS_MONTH = _pattern(
    r"(?:(?:en|durante|para|todo) (?:el|este)|(?<![a-z])este|presente|meta del|lo que va del) mes"
    r"(?! de |[a-z]| pasado| anterior)"
)
_THIS_YEAR = _pattern(
    r"(?:en(?<!vez\sen) (?:el|este)|durante(?<!vez\sdurante) (?:el|este)"
    r"|para(?<!vez\spara) (?:el|este)"
    r"|todo(?<!vez\stodo) (?:el|este)|a lo largo de (?:el|este)|este(?<![a-z]este)|presente"
    r"|el(?<=y\sel)(?= ano\?)|resto del(?: presente)?|transcurso del(?: presente)?"
    r"|inicio del(?: presente)?|acumulado del(?: presente)?|semana \d{1,2} del(?: presente)?) ano"
    r"(?: en curso)?(?![a-z]| (?:pasado|anterior|previo|proximo|siguiente|(?:19|20)\d\d))"
)
# Most texts hold neither, and are then not searched for what needs it.
_A_YEAR, _A_MONTH = re.compile(r"\sano"), re.compile(r"\smes")
_OF = _pattern(r" (?:de|del) |,? ")
_TO = _pattern(" (?:al|a|hasta el) ")
_LAST_YEAR = _pattern(
    r"(?:(?:en|durante|de|todo) )?(?<![a-z])(?<!que\s)(?:el|del)"
    r" (?:ano (?:pasado|anterior|previo)|pasado ano)(?![a-z])"
)
_FROM_YEAR_TO_YEAR = _pattern(r"(?:entre|de|del) YEAR (?:y|a|al) YEAR")
_DAY = r"(3[01]|[12]\d|0?[1-9])(?![\d/:%]|[.,]\d| (?:por|r?mil)(?![a-z])| de [a-z]{3,10}bre)"
_AND_DAY = rf",? (?:y|al?|hasta)(?: el)?(?: {WEEKDAY_NAME},?)? {_DAY}"
_WEEKDAYS_AND_DAYS = _pattern(
    rf"{WEEKDAY_NAME} {_DAY}(?:(?:,? {WEEKDAY_NAME},? \d{{1,2}})?{_AND_DAY})?"
)
_DAYS_OF_THIS_MONTH = _pattern(
    r"(?<![\d.,/])(3[01]|[12]\d|0?[1-9])(?: (?:y|al?)(?: el)? (3[01]|[12]\d|0?[1-9]))?"
    r" (?:de este|del presente|del actual|de ese|de dicho|del mismo) mes(?![a-z])"
)
# "En abril, del 19 al 21".
_MONTH = one_of([name for name in MONTHS if len(name) > 3])  # noqa: PLR2004 - no abbreviations
_MONTH_THEN_DAYS = _pattern(
    rf"(?<![a-z])({_MONTH})(?: (?:de|del) YEAR)?,? \(?(?:del|los dias|entre el)"
    rf"(?: {WEEKDAY_NAME})? {_DAY} (?:al|y)(?: el)?(?: {WEEKDAY_NAME})? {_DAY}(?! de [a-z])"
)
_SAME_MONTH = _pattern("(?:de ese|de dicho|del mismo) mes")
# "Del viernes al domingo 9 de octubre": the first day is told by its weekday alone.
_WEEKDAY_TO_DAY = _pattern(
    rf"(?<![a-z])({WEEKDAY_NAME}),?(?: y)? (?:al|a|hasta)(?: el)? ({WEEKDAY_NAME}),?"
    r" (3[01]|[12]\d|0?[1-9])"
    rf"(?![\d/:%])(?: de ({_MONTH})(?![a-z])(?: (?:de|del) YEAR)?)?"
)
# "HGZ 2 «5 de Mayo»", "la colonia 16 de Septiembre": a date that is a name.
_QUOTES_AFTER = frozenset("\"”»’'")
_NAMED_SO = _pattern(
    r"(?<![a-z])(?:auditorio|avenida|av\.|barrio|boulevard|bulevar|calle|centro medico nacional|cmn"
    r"|clinica|colonia|col\.|escuela|estadio|fraccionamiento|hospital(?: (?:general|regional))?"
    r"|parque|plaza|unidad deportiva) (?:del? )?$"
)
_NAME_BEFORE = 40
_QUOTE_BEFORE = re.compile(r"[\"“«‘'](?:[ivxl]{1,5}\s{1,8}de\s{1,8})?$")
_LONE_DAY = _pattern(rf"(?<![a-z])dia {_DAY}(?! (?:y|al?|de) )")
_IN_YEAR = _pattern(
    r"(?<![a-z])(?:en|durante|mientras|para|todo|ano|ejercicio|desde|a lo largo del?)"
    r"(?: (?:el|todo))?(?: (?:ano|ejercicio)(?: fiscal)?(?: de)?)? YEAR"
)


@lru_cache(maxsize=64)
def time_spans(text: str) -> tuple[TimeSpan, ...]:
    """Find the spans of `text` in order, no two over each other; what says more wins."""
    folded = fold(text)
    found = [(span.start, -span.end, True, span) for span in _named(folded)]
    found.extend(
        (span.start, -span.end, False, _dated(span))
        for span in dates(text)
        if not _is_name(text, folded, span)
    )
    found.sort(key=itemgetter(0, 1, 2))
    spans: list[TimeSpan] = []
    for _, _, named, span in found:
        if spans and span.running and _OF.fullmatch(folded, spans[-1].end, span.start):
            continue  # "17 de julio del presente año"
        if spans and (joined := _joined(folded, spans[-1], span)):
            spans[-1] = joined
        elif not spans or span.start >= spans[-1].end:
            spans.append(_of_same_month(folded, span, spans[-1] if spans else None))
        elif spans[-1].first[0] is None and not named:  # "viernes 3" of "viernes 3 de mayo"
            spans[-1] = span
    return tuple(spans)


def _is_name(text: str, folded: str, span: DateSpan) -> bool:
    """Tell whether a day is a name: it stands in quotation marks alone, or behind "calle"."""
    if span.first_year or span.last_year:
        return False
    if _QUOTE_BEFORE.search(folded, max(0, span.start - 12), span.start):
        return text[span.end : span.end + 1] in _QUOTES_AFTER
    return _NAMED_SO.search(folded, max(0, span.start - _NAME_BEFORE), span.start) is not None


def _dated(span: DateSpan) -> TimeSpan:
    return TimeSpan(span.start, span.end, span.first, span.last, span.first_year, span.last_year)


def _joined(folded: str, before: TimeSpan, span: TimeSpan) -> TimeSpan | None:
    """Join "31 de marzo" and "2 de ese mes" over an "al"."""
    (month, day), last = before.last, span.last[1]
    if before.days != 1 or span.first[0] or month is None or day is None or last is None:
        return None
    if not _TO.fullmatch(folded, before.end, span.start):
        return None
    next_month = month % 12 + 1 if last < day else month
    return before._replace(end=span.end, last=(next_month, last), last_year=before.first_year)


def _of_same_month(folded: str, span: TimeSpan, before: TimeSpan | None) -> TimeSpan:
    """Give days "del mismo mes" the month of the date before them."""
    if span.first[0] or before is None or not before.last[0]:
        return span
    if not _SAME_MONTH.search(folded, span.start, span.end):
        return span
    month, year = before.last[0], before.last_year
    return span._replace(
        first=(month, span.first[1]), last=(month, span.last[1]), first_year=year, last_year=year
    )


def _named(folded: str) -> Iterator[TimeSpan]:
    yield from _parts_of_years(folded)
    yield from _months_so_far(folded)
    yield from _lone_days(folded)
    for match in _MONTH_THEN_DAYS.finditer(folded):
        month = MONTHS[match[1]]
        year = year_value(match[2]) if match[2] else None
        ends = (month, int(match[3])), (month, int(match[4]))
        yield TimeSpan(*match.span(), *ends, year, year)
    for match in _YEAR_SO_FAR.finditer(folded):
        yield _months(match, 1, 12, match[1] or match[2] or match[3])._replace(running=True)
    if _A_YEAR.search(folded):
        for match in _THIS_YEAR.finditer(folded):
            yield _months(match, 1, 12, None)._replace(running=True)
        for match in _LAST_YEAR.finditer(folded):
            yield _months(match, 1, 12, None)._replace(years_back=1)
    for match in _FROM_YEAR_TO_YEAR.finditer(folded):
        first, last = year_value(match[1]), year_value(match[2])
        if first < last:
            yield TimeSpan(*match.span(), (1, None), (12, None), first, last)
    for match in _IN_YEAR.finditer(folded):
        since = match[0].startswith("desde")
        yield _months(match, 1, 12, match[1])._replace(running=since)


def _parts_of_years(folded: str) -> Iterator[TimeSpan]:
    """Find halves and quarters of a year, and its first months."""
    for match in _PART.finditer(folded):
        nth, months = _ORDINALS[match[1]], _PARTS[match[2]]
        if nth * months <= 12:  # noqa: PLR2004 - a year's months
            yield _months(match, (nth - 1) * months + 1, nth * months, match[3])
    for match in _FIRST_MONTHS.finditer(folded):
        months = int(match[1]) if match[1].isdecimal() else DAY_WORDS[" ".join(match[1].split())]
        if 1 <= months <= 12:  # noqa: PLR2004
            yield _months(match, 1, months, match[2])


def _months_so_far(folded: str) -> Iterator[TimeSpan]:
    """Find months that are not over: "en lo que va de octubre", "de enero a la fecha"."""
    for match in _MONTH_SO_FAR.finditer(folded):
        month = MONTHS[match[1]]
        yield _months(match, month, month, match[2])._replace(running=True)
    for match in _MONTH_TO_DATE.finditer(folded):
        yield _months(match, MONTHS[match[1]], 12, None)._replace(running=True)
    for match in _THIS_MONTH.finditer(folded) if _A_MONTH.search(folded) else ():
        yield TimeSpan(*match.span(), (None, None), (None, None), None, None, running=True)


def _lone_days(folded: str) -> Iterator[TimeSpan]:
    """Find days without a month: "viernes 22 y sábado 23", "del 24 al 26 de este mes"."""
    for match in _WEEKDAY_TO_DAY.finditer(folded):
        end = int(match[3])
        begin = end - (WEEKDAYS.index(match[2]) - WEEKDAYS.index(match[1])) % len(WEEKDAYS)
        month = MONTHS[match[4]] if match[4] else None
        year = year_value(match[5]) if match[5] else None
        if begin > 0:
            yield TimeSpan(*match.span(), (month, begin), (month, end), year, year)
    for pattern in (_WEEKDAYS_AND_DAYS, _DAYS_OF_THIS_MONTH, _LONE_DAY):
        if pattern is _DAYS_OF_THIS_MONTH and not _A_MONTH.search(folded):
            continue
        for match in pattern.finditer(folded):
            last = match[match.lastindex or 1]
            ends = (None, int(match[1])), (None, int(last))
            yield TimeSpan(*match.span(), *ends, None, None)


def _months(match: re.Match[str], first: int, last: int, printed: str | None) -> TimeSpan:
    year = year_value(printed) if printed else None
    return TimeSpan(*match.span(), (first, None), (last, None), year, year)
