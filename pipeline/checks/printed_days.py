"""Days that a text prints, or that follow from what it prints. Years are another matter.

A day is printed with its month or without; it ends a month, a part of a year or a year that is
named; or it lies within a week of a day that is known, where the text tells days by their weekday
or by how many they are ("este fin de semana").
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, reduce
from typing import NamedTuple

from pipeline.documents.headline import publication_day_of
from pipeline.exclusions import read_month
from pipeline.numerals import numerals
from pipeline.quotes import LINE_END_HYPHEN
from pipeline.spanish.dates import LONGEST_JORNADA, WEEKDAY_NAME, WEEKDAYS
from pipeline.spanish.folding import fold, one_of
from pipeline.spanish.number_words import roman_value
from pipeline.spanish.time_spans import TimeSpan, time_spans
from schemas.document import Document, NumeralKind

_ANY_YEAR = 2024  # a leap year: 29 February is a day
_YEAR_DAYS = 366
_ENDS_OF_YEAR = ((1, 1), (12, 31))
_BY_WEEKDAY = re.compile(
    rf"(?<![a-z])(?:{one_of(WEEKDAYS)}|sabados|domingos|fin(?:es)?\s{{1,8}}de\s{{1,8}}semana|semanas?"
    r"|hoy|ayer|antier|anteayer|manana|dias|horas)(?![a-z])"
)
_BY_WEEKS = re.compile(
    r"(?<![a-z])(?:quincen\w*|semanas|quince\s{1,8}dias|hace|dentro\s{1,8}de|(?:proxim|siguient|anterior|pasad)\w*)"
)
_A_FORTNIGHT = 15
"""Days, both ends counted: "dos semanas después"."""
_A_YEAR = re.compile(
    r"(?<![a-z])(?:anos?|anual(?:es|mente)?|ejercicio|meses|mensual|semestre|trimestre|bimestre"
    r"|cuatrimestre|temporada|metas?)(?![a-z])|(?<!\d)(?:19|20)\d\d(?!\d)"
)
_NTH_WEEKDAY = re.compile(
    r"(?<![a-z])(?:primer|segund|tercer|cuart|quint|ultim)(?:[oa]s?|os)?\s{1,8}"
    rf"(?:fin(?:es)?\s{{1,8}}de\s{{1,8}}semana|semanas?|{one_of(WEEKDAYS)})(?![a-z])"
)
_NEAR = 60
"""Characters between the name of a month or a weekday and a day."""
_SMALL = re.compile(
    r"(?<![\d.,:])(?:3[01]|[12]\d|0?[1-9])"
    rf"(?!\d|[.,:]\d|\s?%|\s{{1,8}}(?:r?mil|por|(?!{WEEKDAY_NAME}|l[ao]s)[a-z]{{2,20}}s)(?![a-z]))"
)
_DAY_AND_MONTH = re.compile(
    r"(?<![\d/.-])(3[01]|[12]\d|0?[1-9])[/.-](1[0-2]|0?[1-9]|[ivx]{1,4})(?!\w|[/.-]\d{1,2}[/.-])"
)
_WORD = re.compile(r"(?<![a-z\d])[a-z01|]{3,12}(?![a-z\d])")


class _Days(NamedTuple):
    """What a text says of days: (month, day), months by number, and days without a month."""

    printed: frozenset[tuple[int, int]] = frozenset()
    months: frozenset[int] = frozenset()
    lone: frozenset[int] = frozenset()
    tells_weekdays: bool = False
    tells_weeks: bool = False
    tells_nth: bool = False
    """"El segundo sábado de mayo"."""
    tells_years: bool = False

    def __or__(self, other: "_Days") -> "_Days":
        """Say what two texts say together."""
        return _Days(
            self.printed | other.printed,
            self.months | other.months,
            self.lone | other.lone,
            self.tells_weekdays or other.tells_weekdays,
            self.tells_weeks or other.tells_weeks,
            self.tells_nth or other.tells_nth,
            self.tells_years or other.tells_years,
        )

    def know(self, day: date) -> bool:
        """Tell whether a day is printed, or near one that is, whatever its year."""
        if (day.month, day.day) in self.printed:
            return True
        if day.day in self.lone and day.month in self.months:
            return True
        if self.tells_nth and day.month in self.months:
            return True
        reach = _A_FORTNIGHT if self.tells_weeks else LONGEST_JORNADA if self.tells_weekdays else 0
        return any(_distance(day, known) < reach for known in self.printed)

    def bound(self, day: date) -> bool:
        """Tell whether a month that is named, or a year, begins or ends on a day."""
        if self.tells_years and (day.month, day.day) in _ENDS_OF_YEAR:
            return True
        return day.month in self.months and day.day in (1, monthrange(day.year, day.month)[1])


def knows_day(document: Document, day: date) -> bool:
    """Tell whether a document prints a day of the year or lets one know it, whatever the year."""
    return _days_of(document).know(day)


def knows_bound(document: Document, day: date) -> bool:
    """Tell whether a day is known, or begins or ends a month or a year that is."""
    days = _days_of(document)
    return days.know(day) or days.bound(day)


def _days_of(document: Document) -> _Days:
    return _days_known(document.printed, document.metadata.published_on)


@lru_cache(maxsize=64)  # asked for each day of a report
def _days_known(texts: tuple[str, ...], published: date | None) -> _Days:
    days = reduce(_Days.__or__, map(_days_in, texts))
    published = published or publication_day_of(texts[0])
    if published is None:
        return days
    # A year that is known begins and ends on a known day.
    near = ((published.month + ahead - 1) % 12 + 1 for ahead in (-1, 0, 1))
    known = _Days(frozenset([(published.month, published.day)]), frozenset(near), tells_years=True)
    return days | known


def _days_in(printed: str) -> _Days:
    text = LINE_END_HYPHEN.sub("", printed)
    folded, spans = fold(text), time_spans(text)
    months = {month for span in spans for month, _ in (span.first, span.last) if month}
    words = [(match.start(), match[0]) for match in _WORD.finditer(folded)]
    named = {word: month for word in {word for _, word in words} if (month := read_month(word))}
    months.update(named.values())
    lone = {int(one.value) for one in numerals(text) if one.kind is NumeralKind.DATE}
    lone.update(end for span in spans for end in (span.first[1], span.last[1]) if end)
    lone.update(
        _beside_names(folded, (at for at, word in words if word in named or word in WEEKDAYS))
    )
    return _Days(
        frozenset(one for span in spans for one in _printed_in(span)) | frozenset(_numeric(folded)),
        frozenset(months),
        frozenset(lone),
        _BY_WEEKDAY.search(folded) is not None,
        _BY_WEEKS.search(folded) is not None,
        _NTH_WEEKDAY.search(folded) is not None,
        _A_YEAR.search(folded) is not None,
    )


def _beside_names(folded: str, named: Iterable[int]) -> Iterator[int]:
    """Yield small numbers beside a month or a weekday: "viernes y sábado, 13 y 14", "14-16 nov"."""
    for at in named:
        for day in _SMALL.finditer(folded, max(0, at - _NEAR), at + _NEAR):
            yield int(day[0])


def _numeric(folded: str) -> Iterator[tuple[int, int]]:
    """Yield days that are printed with their month's number: "15/11", "12-XI-2024"."""
    for match in _DAY_AND_MONTH.finditer(folded):
        month = int(match[2]) if match[2].isdecimal() else roman_value(match[2].upper())
        if month and 1 <= month <= 12:  # noqa: PLR2004 - a calendar
            yield month, int(match[1])


def _printed_in(span: TimeSpan) -> Iterator[tuple[int, int]]:
    """Yield the days of a span's ends, and those in between where it lies in one month."""
    (month, first), (last_month, last) = span.first, span.last
    if month and first:
        yield month, first
    if last_month and last:
        yield last_month, last
    if month == last_month and month and first and last:
        yield from ((month, day) for day in range(first, last + 1))


def _distance(day: date, known: tuple[int, int]) -> int:
    """Count the days from a day to the nearest one of that month and day."""
    try:
        one = date(_ANY_YEAR, *known)
    except ValueError:  # 31 June
        return _YEAR_DAYS
    apart = abs((one - day.replace(year=_ANY_YEAR)).days)
    return min(apart, _YEAR_DAYS - apart)
