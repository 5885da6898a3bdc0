"""Spans of time as the press prints them: days, months, parts of a year, years.

"del 1 de abril al 12 de septiembre", "de enero a julio", "primer semestre de 2024", "en 2023",
"en lo que va del año".
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.spanish.dates import DAY_WORDS, MONTHS, dates, year_value
from pipeline.spanish.folding import fold, one_of


class TimeSpan(NamedTuple):
    """A stretch of days or months: `text[start:end]` names it.

    `first` and `last` are (month, day), day None for a month's first or last. Where no year is
    printed, `years_back` counts from the current year. A `running` span ends on no printed day.
    """

    start: int
    end: int
    first: tuple[int, int | None]
    last: tuple[int, int | None]
    first_year: int | None
    last_year: int | None
    years_back: int = 0
    running: bool = False


_ORDINALS = {"primer": 1, "segund": 2, "tercer": 3, "cuart": 4}
_PARTS = {"bimestre": 2, "trimestre": 3, "cuatrimestre": 4, "semestre": 6, "mitad": 6}
_WHOLE_YEAR = (1, None), (12, None)


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
_YEAR_SO_FAR = _pattern(rf"{_SO_FAR}(?: ano(?: YEAR)?| YEAR)(?![a-z])")
_THIS_YEAR = _pattern(
    r"(?:(?:en|durante|todo|a lo largo de) (?:el|este)|(?<![a-z])este|presente"
    r"|(?:resto|transcurso|inicio|acumulado|jornadas(?: \w{4,20})?) del(?: presente)?) ano"
    r"(?: en curso)?(?![a-z]| (?:pasado|anterior|proximo|siguiente|\d))"
)
_LAST_YEAR = _pattern(
    r"(?:en|durante|de|todo) ?(?:el|l) (?:ano (?:pasado|anterior)|pasado ano)(?![a-z])"
)
_FROM_YEAR_TO_YEAR = _pattern(r"(?:entre|de|del) YEAR (?:y|a|al) YEAR")
_IN_YEAR = _pattern(
    r"(?<![a-z])(?:en|durante|mientras|para|todo|ano|desde|a lo largo del?)(?: (?:el|todo))?"
    r"(?: ano)? YEAR"
)


@lru_cache(maxsize=64)
def time_spans(text: str) -> tuple[TimeSpan, ...]:
    """Find the spans of `text` in order, no two over each other; the longer names win."""
    folded = fold(text)
    found = [TimeSpan(*span) for span in dates(text)]
    found.extend(_named(folded))
    found.sort(key=lambda span: (span.start, -span.end))
    spans: list[TimeSpan] = []
    for span in found:
        if not spans or span.start >= spans[-1].end:
            spans.append(span)
    return tuple(spans)


def _named(folded: str) -> Iterator[TimeSpan]:
    for match in _PART.finditer(folded):
        nth, months = _ORDINALS[match[1]], _PARTS[match[2]]
        if nth * months <= 12:  # noqa: PLR2004 - a year's months
            yield _months(match, (nth - 1) * months + 1, nth * months, match[3])
    for match in _FIRST_MONTHS.finditer(folded):
        months = int(match[1]) if match[1].isdecimal() else DAY_WORDS[" ".join(match[1].split())]
        if 1 <= months <= 12:  # noqa: PLR2004
            yield _months(match, 1, months, match[2])
    for match in _MONTH_SO_FAR.finditer(folded):
        month = MONTHS[match[1]]
        yield _months(match, month, month, match[2])._replace(running=True)
    for match in _YEAR_SO_FAR.finditer(folded):
        yield _months(match, 1, 12, match[1] or match[2])._replace(running=True)
    for match in _THIS_YEAR.finditer(folded):
        yield _months(match, 1, 12, None)._replace(running=True)
    for match in _LAST_YEAR.finditer(folded):
        yield _months(match, 1, 12, None)._replace(years_back=1)
    for match in _FROM_YEAR_TO_YEAR.finditer(folded):
        first, last = year_value(match[1]), year_value(match[2])
        if first < last:
            yield TimeSpan(*match.span(), *_WHOLE_YEAR, first, last)
    for match in _IN_YEAR.finditer(folded):
        since = match[0].startswith("desde")
        yield _months(match, 1, 12, match[1])._replace(running=since)


def _months(match: re.Match[str], first: int, last: int, printed: str | None) -> TimeSpan:
    year = year_value(printed) if printed else None
    return TimeSpan(*match.span(), (first, None), (last, None), year, year)
