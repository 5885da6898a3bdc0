"""Dates as the press prints them: text -> spans with days, months and, where printed, the year."""

import re
from typing import NamedTuple

from pipeline.folding import fold

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene",
            "febrero feb",
            "marzo mar",
            "abril abr",
            "mayo may",
            "junio jun",
            "julio jul ju1io",
            "agosto ago",
            "septiembre setiembre sept sep",
            "octubre oct",
            "noviembre nov",
            "diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "primero uno",
            *"dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce".split(),
            *"quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno".split(),
            *"veintidos veintitres veinticuatro veinticinco veintiseis veintisiete".split(),
            *"veintiocho veintinueve treinta".split(),
        ),
        start=1,
    )
    for word in words.split()
} | {"treinta y uno": 31}

_WEEKDAY = r"(?:(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo),?\s+)?"
_DAY = (
    r"(?:(?:l\d|\dl|\d{1,2})(?:[o°º]|ro|ero)?|treinta y uno|"
    + "|".join(sorted((w for w in _DAY_WORDS if " " not in w), key=len, reverse=True))
    + r")"
)
_JOIN = (
    r"\s*(?:,\s*y\s|,|\by\s|\be\s|\bal\s|\ba\s|-|/|\bhasta\s)\s*(?:el\s+|al\s+)?(?:dia\s+)?"
    + _WEEKDAY
)
_DAYS = re.compile(rf"{_DAY}(?:{_JOIN}{_DAY})*\s*(?:de\s+|del\s+(?:mes\s+de\s+)?|/|-)?\s*")
_DAY_DIGITS = re.compile(r"l?\d{1,2}(?:[o°º]|ro|ero)?|\dl")
_ONE_DAY = re.compile(_DAY)
_SPACED = re.compile(r"[^\s(\[\"“¿¡]+")
_DAY_WORD_OR_JOINER = re.compile(
    rf"(?:{_DAY}|de|del|mes|y|e|al|a|el|hasta|dia|-|/|,|lunes|martes|miercoles|jueves|viernes|sabado"
    r"|domingo|treinta|primero)(?:[,/-]|l?\d{1,2})*"
)
# Begins with literal characters: the engine then skips to those at C speed.
_MONTH = re.compile(
    "|".join(
        rf"{month}(?![a-z])" if len(month) > 4 or month == "mayo" else rf"{month}(?=[ ./-])"  # noqa: PLR2004
        for month in sorted(MONTHS, key=len, reverse=True)
    )
)
_NUMERIC_HINT = re.compile(r"\d{1,4}[/.-]\d\d?[/.-]\d\d")
_YEAR_AFTER = re.compile(r"\.?\s*(?:,\s*|(?:de|del)\s+(?:ano\s+)?|/|-|\s)?\s*((?:19|20)\d\d)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d/-])(?:(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?:t[\d:.+z-]+)?"
    r"|(?P<d2>\d{1,2})(?P<s>[/.-])(?P<m2>\d{1,2})(?P=s)(?P<y2>(?:19|20)?\d\d))(?![\d/])"
)
_GLUE = re.compile(r",?\s*(?:al|a|hasta|y|-)\s*(?:el|la)?\s*")


class DateSpan(NamedTuple):
    """A day, a run of days, or months: `text[start:end]` names them.

    `first` and `last` are (month, day), day None where only a month is printed; years are None
    where none is printed.
    """

    start: int
    end: int
    first: tuple[int, int | None]
    last: tuple[int, int | None]
    first_year: int | None
    last_year: int | None

    @property
    def days(self) -> int | None:
        """Length in days, both ends counted; None for months, or where the ends do not fit."""
        if self.first[1] is None or self.last[1] is None:
            return None
        years = (self.last_year or 0) - (self.first_year or self.last_year or 0)
        months = self.last[0] - self.first[0] + 12 * years
        if months < 0:
            months += 12
        return round(months * 30.44) + self.last[1] - self.first[1] + 1


def day_value(token: str) -> int | None:
    """Return the day of the month that a folded token prints, None where it prints none."""
    token = " ".join(token.split())
    if token in _DAY_WORDS:
        return _DAY_WORDS[token]
    if not _DAY_DIGITS.fullmatch(token):
        return None
    day = int(re.sub(r"\D", "", token.replace("l", "1")))
    return day if 1 <= day <= 31 else None  # noqa: PLR2004 - a month's days


def dates(text: str) -> tuple[DateSpan, ...]:
    """Find every date in `text`, ranges over two months as one, in order."""
    return dates_in_folded(fold(text))


def dates_in_folded(folded: str) -> tuple[DateSpan, ...]:
    """Find every date in text that is folded already."""
    found: list[DateSpan | None] = []
    if _NUMERIC_HINT.search(folded):
        found.extend(_numeric(match) for match in _NUMERIC.finditer(folded))
    for month in _MONTH.finditer(folded):
        if folded[month.start() - 1 : month.start()].isalnum():
            continue
        found.append(_around_month(folded, month))
    spans: list[DateSpan] = []
    for span in sorted(s for s in found if s is not None):
        if spans and span.start < spans[-1].end:
            continue
        if spans and _is_range(folded, spans[-1], span):
            spans[-1] = spans[-1]._replace(
                end=span.end, last=span.last, last_year=span.last_year or spans[-1].last_year
            )
        else:
            spans.append(span)
    return tuple(spans)


def _is_range(folded: str, before: DateSpan, after: DateSpan) -> bool:
    if before.first != before.last or (before.first[1] is None) != (after.first[1] is None):
        return False
    glue = folded[before.end : after.start]
    if not _GLUE.fullmatch(glue):
        return False
    opening = folded[max(0, before.start - 8) : before.start]
    return "y" not in glue or "entre" in opening


def _numeric(match: re.Match[str]) -> DateSpan | None:
    if match["y"]:
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    else:
        day, month, year = int(match["d2"]), int(match["m2"]), int(match["y2"])
        year += 2000 if year < 100 else 0  # noqa: PLR2004 - a two-digit year
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004 - a calendar
        return None
    return DateSpan(match.start(), match.end(), (month, day), (month, day), year, year)


def _around_month(folded: str, month: re.Match[str]) -> DateSpan | None:
    """Read the days that stand before a month's name and the year after it."""
    number = MONTHS[month[0]]
    year_match = _YEAR_AFTER.match(folded, month.end())
    year = int(year_match[1]) if year_match else None
    end = year_match.end() if year_match else month.end()
    start = _days_start(folded, month.start())
    before = folded[start : month.start()]
    days = [day_value(token[0]) for token in _ONE_DAY.finditer(before)]
    if not days or None in days:
        if len(month[0]) <= 4 and month[0] != "mayo":  # noqa: PLR2004 - an abbreviation without a day is a word
            return None
        return DateSpan(month.start(), end, (number, None), (number, None), year, year)
    return DateSpan(start, end, (number, days[0]), (number, days[-1]), year, year)


def _days_start(folded: str, month_start: int) -> int:
    """Walk back from a month's name over days and the words that join them."""
    lookback = max(0, month_start - 90)
    words = list(_SPACED.finditer(folded, lookback, month_start))
    starts = []
    for word in reversed(words):
        if not _DAY_WORD_OR_JOINER.fullmatch(word[0]):
            break
        starts.append(word.start())
    for start in reversed(starts):
        match = _DAYS.match(folded, start, month_start)
        if match and match.end() == month_start:
            return start
    return month_start
