"""Dates as the press prints them: text -> spans with days, months and, where printed, the year."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from pipeline.spanish.folding import fold, one_of

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene january jan",
            "febrero feb february",
            "marzo mar march",
            "abril abr april apr",
            "mayo may",
            "junio jun june",
            "julio jul ju1io july",
            "agosto ago august aug",
            "septiembre setiembre sept sep september",
            "octubre oct october",
            "noviembre nov november",
            "diciembre dic december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_NAMES = (
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis"
    " diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro"
    " veinticinco veintiseis veintisiete veintiocho veintinueve treinta"
)
DAY_WORDS = {word: day for day, word in enumerate(_DAY_NAMES.split(), start=1)} | {
    "primero": 1,
    "treinta y uno": 31,
}

WEEKDAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
"""Folded, in the order of `date.weekday`."""
WEEKDAY_NAME = f"(?:{'|'.join(WEEKDAYS)})"
_WEEKDAY = rf"(?:{WEEKDAY_NAME},?\s+)?"
# "lo." and "l°" are the misread "1o." and "1°".
_DAY = (
    r"(?:(?:l\d|\d[lo]|\d{1,2})(?:(?:[o°º]|e?ro?)\.?)?|l[o°º]?\."
    rf"|{one_of(DAY_WORDS)}(?![a-z]))"
)
_JOIN = (
    r"\s*(?:,\s*y\s|,|\by\s|\be\s|\bal\s|\ba\s|-|/|\bhasta\s)\s*(?:el\s+|al\s+)?(?:dia\s+)?"
    + _WEEKDAY
)
_DAY_DIGITS = re.compile(r"(?:l\d|\d[lo]|\d{1,2})(?:[o°º]|e?ro?)?")
_ONE_DAY = re.compile(_DAY)
_DAYS_BEFORE = re.compile(
    rf"(?<![\w.,/-]){_DAY}(?:{_JOIN}{_DAY})*\s*(?:de\s+|del\s+(?:mes\s+de\s+)?|/|-)?\s*\Z"
)
_LOOKBACK = 90
"""Characters before a month's name in which its days stand; bounds the work for each month."""
_SHORT_MONTHS = {name for name in MONTHS if len(name) <= 4} - {"mayo", "june", "july"}  # noqa: PLR2004
DATE_WORDS = frozenset((*MONTHS, *WEEKDAYS, "mes", "dia", "dias"))
"""Folded words that dates stand around."""
# Begins with a character class: the engine then skips from word to word at C speed.
_DATE_WORD = re.compile(rf"[^a-z\d](?=({one_of(DATE_WORDS)})(?![a-z]))")
_DAY_OR_YEAR = re.compile(rf"l?\d[\dlo]*|{one_of(DAY_WORDS)}(?![a-z])|(?<![a-z])lo?(?=[.°º])")
_THIS_MONTH = re.compile(
    r"(?:este|ese|dicho|presente|mismo|actual)\s{1,8}mes|mes\s{1,8}en\s{1,8}curso"
)
# A day without a month; before a plural noun or in a larger number it counts something instead.
_LONE_DAY = (
    r"(?:3[01]|[12]\d|0?[1-9])(?![\d/:%]|[.,]\d"
    r"|\s{1,8}(?:por\s|r?mil|(?!(?:las|los|sus|nos|mas|tras|es)\b)[a-z]{2,20}s\b))"
)
_LONE_DAYS = re.compile(
    rf"{WEEKDAY_NAME}\s+{_LONE_DAY}(?:\s+al\s+{_LONE_DAY})?"
    rf"|dias?\s+{_LONE_DAY}(?:(?:\s?,\s|\s{{1,8}}(?:y|al?)\s){_LONE_DAY}){{0,8}}"
)
_BEFORE_DAY = re.compile(r"(?<![a-z])(?:el|los|hasta|desde|del)(?:\s+(?:proximo|pasado)s?)?\s+$")
# A misread year keeps its length: "2O22", "202l".
_YEAR = r"(?:19\d\d|2[0o][\dlo]{2})(?![a-z\d])"
_YEAR_AFTER = re.compile(
    rf"\.?\s{{0,8}}(?:,\s{{0,8}}|(?:de|del)\s{{1,8}}(?:ano\s{{1,8}})?|[/-]\s{{0,8}})?({_YEAR})"
    r"|\.?[/-](\d\d)(?![\d/-]|\s{1,8}(?:de|al|y)(?![a-z]))"
)
_DAY_AND_YEAR_AFTER = re.compile(
    rf"\.?\s{{1,8}}(\d{{1,2}})(?:\s?,\s{{0,8}}|\s{{1,8}}(?:de|del)\s{{1,8}})({_YEAR})"
)
_PRINTED_YEAR = re.compile(
    rf"(?<!\d)(?<!\d[.,])({_YEAR})(?![.,]\d)(?!\s?[,:]?\s{{0,2}}ano\s{{1,8}}del?(?![a-z]))"
    r"(?:\s?[/-]\s?(\d\d)(?!\d))?"
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)[^.\n]{0,36}$")
_SPELT_YEAR = re.compile(rf"dos\s{{1,8}}mil\s{{1,8}}({one_of(DAY_WORDS)})(?![a-z])")
_MISREAD_DIGITS = str.maketrans("lo", "10")
_AFTER_SHORT = (" ", ".", "/", "-", "\n")
_NUMERIC_MIDDLE = re.compile(r"[/.-](?=\d\d?[/.-]\d\d)")
_BEFORE_MIDDLE = (4, 2, 1)
"""Digits of a year or a day, which stand before the middle of a numeric date."""
_NUMERIC = re.compile(
    r"(?<![\d/-])(?:(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?:t[\d:.+z-]{1,32})?"
    r"|(?P<d2>\d{1,2})(?P<s>[/.-])(?P<m2>\d{1,2})(?P=s)(?P<y2>(?:19|20)?\d\d))(?!\d|[/.-]\d)"
)
_GLUE = re.compile(rf",?\s*(?:al|a|hasta|y|-)\s*(?:el|la)?\s*{_WEEKDAY}")


_ANY_YEAR = 2023

_SOON = 2
"""Months after its publication in which a text announces something."""

LONGEST_JORNADA = 9
"""Days, both ends counted; a longer span is several jornadas or a campaign."""


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
        last_year = self.last_year or self.first_year or _ANY_YEAR
        first_year = self.first_year or last_year - (self.first[0] > self.last[0])
        try:
            first = date(first_year, self.first[0], self.first[1])
            last = date(last_year, self.last[0], self.last[1])
        except ValueError:  # 31 June
            return None
        return (last - first).days + 1 if first <= last else None


def day_value(token: str) -> int | None:
    """Return the day of the month that a folded token prints, None where it prints none."""
    if not token.isdecimal():
        token = " ".join(token.rstrip(".").split())
        if token in DAY_WORDS:
            return DAY_WORDS[token]
        if not _DAY_DIGITS.fullmatch(token):
            return 1 if token in ("l", "lo") else None
        # "1o" is the first; behind any other digit "o" is a misread zero.
        token = token.replace("l", "1")
        token = re.sub(r"\D", "", token if token[0] == "1" else token.replace("o", "0"))
    return int(token) if 1 <= int(token) <= 31 else None  # noqa: PLR2004 - a month's days


def year_value(token: str) -> int:
    """Return the year that a folded token prints, with misread or with two digits."""
    year = int(token.translate(_MISREAD_DIGITS))
    return year + 2000 if year < 100 else year  # noqa: PLR2004 - a two-digit year


def year_of_month(month: int, published: date) -> int:
    """Return the year of a month that a text published on a day prints without one.

    A month more than two after the publication's was in the year before, and the first ones of a
    year may be announced at the end of the year before.
    """
    ahead = month - published.month
    if ahead > _SOON:
        return published.year - 1
    return published.year + (ahead + 12 <= _SOON)


@lru_cache(maxsize=64)  # the same
def printed_years(text: str) -> frozenset[int]:
    """Return every year that `text` prints: in dates, ranges ("2021-22"), names or words.

    That of a motto ("2023, Año de ...") or of a copyright says nothing of what the text reports.
    """
    folded = fold(text)
    years = {year for span in dates(text) for year in (span.first_year, span.last_year) if year}
    for match in _PRINTED_YEAR.finditer(folded):
        if _COPYRIGHT.search(folded, max(0, match.start() - 40), match.start()):
            continue
        years.add(year_value(match[1]))
        if match[2]:
            years.add(year_value(match[2]))
    years.update(2000 + DAY_WORDS[" ".join(m[1].split())] for m in _SPELT_YEAR.finditer(folded))
    return frozenset(years)


@lru_cache(maxsize=64)  # a reader and the checks ask for the same text
def dates(text: str) -> tuple[DateSpan, ...]:
    """Find every date in `text` that names a month, ranges over two months as one, in order."""
    folded = fold(text)
    # The break in front is the character before a word that begins the text; it shifts by one.
    words = _DATE_WORD.finditer("\n" + folded)
    return _dates(folded, [(match.start(), match[1]) for match in words])


def date_numbers(
    folded: str, words: Sequence[tuple[int, str]]
) -> Iterator[tuple[int, int, int, bool]]:
    """Yield (start, end, value, is a year) of each day and year in the dates of folded text.

    A date is a numeric one, or stands beside one of `DATE_WORDS`, which `words` lists with their
    offsets: days of a month, of "este mes", of the week, and "hasta el día 15".
    """
    for start, end in _stretches(folded, words):
        for match in _DAY_OR_YEAR.finditer(folded, start, end):
            token = match[0]
            value = int(token) if token.isdecimal() else day_value(token)
            if value is not None:
                yield *match.span(), value, len(token) == 4 and token.isdecimal()  # noqa: PLR2004


def _stretches(folded: str, words: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
    """Return where the text names days, months or years, in order, no two over each other."""
    found = [(span.start, span.end) for span in _dates(folded, words)]
    for at, word in words:
        if word in MONTHS:
            continue
        if word == "mes":
            found.append(_days_of_this_month(folded, at))
        elif days := _LONE_DAYS.match(folded, at):
            named = word in WEEKDAYS or _BEFORE_DAY.search(folded, max(0, at - 24), at)
            found.append((at, days.end() if named else at))
    found.sort()
    stretches: list[tuple[int, int]] = []
    for start, end in found:
        begin = max(start, stretches[-1][1]) if stretches else start
        if begin < end:
            stretches.append((begin, end))
    return stretches


def _days_of_this_month(folded: str, at: int) -> tuple[int, int]:
    """Return the days before "de este mes", whose "mes" stands at `at`; none if empty."""
    phrase = _THIS_MONTH.search(folded, max(0, at - 14), at + 16)
    end = phrase.start() if phrase else at
    return _days_start(folded, end) if phrase else at, end


def _dates(folded: str, words: Sequence[tuple[int, str]]) -> tuple[DateSpan, ...]:
    found = [_around_month(folded, at, word) for at, word in words if word in MONTHS]
    found.extend(_numeric(match) for match in _numerics(folded))
    spans: list[DateSpan] = []
    for span in sorted((s for s in found if s is not None), key=itemgetter(0, 1)):
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
    glue = folded[before.end : after.start][:_LOOKBACK]
    if not _GLUE.fullmatch(glue):
        return False
    opening = folded[max(0, before.start - 12) : before.start]
    return "y" not in glue or "entre" in opening


def _numerics(folded: str) -> Iterator[re.Match[str]]:
    """Find numeric dates from their middles, which are rare, while digits are not."""
    done = 0
    for middle in _NUMERIC_MIDDLE.finditer(folded):
        starts = (middle.start() - digits for digits in _BEFORE_MIDDLE)
        matches = (_NUMERIC.match(folded, start) for start in starts if start >= done)
        if match := next(filter(None, matches), None):
            done = match.end()
            yield match


def _numeric(match: re.Match[str]) -> DateSpan | None:
    if match["y"]:
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    else:
        day, month, year = int(match["d2"]), int(match["m2"]), year_value(match["y2"])
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004 - a calendar
        return None
    return DateSpan(match.start(), match.end(), (month, day), (month, day), year, year)


def _around_month(folded: str, at: int, name: str) -> DateSpan | None:
    """Read the days that stand before a month's name and the year after it."""
    month = MONTHS[name]
    end = at + len(name)
    start = _days_start(folded, at)
    short = name in _SHORT_MONTHS
    if start == at and (after := _DAY_AND_YEAR_AFTER.match(folded, end)):
        one, in_year = (month, day_value(after[1])), year_value(after[2])
        return DateSpan(at, after.end(), one, one, in_year, in_year) if one[1] else None
    if short and (start == at or folded[end : end + 1] not in _AFTER_SHORT):
        return None  # an abbreviation by itself is a word
    year: int | None = None
    if after := _YEAR_AFTER.match(folded, end):
        year, end = year_value(after[1] or after[2]), after.end()
    days = [day_value(token[0]) for token in _ONE_DAY.finditer(folded, start, at)]
    if not days or None in days:
        return None if short else DateSpan(at, end, (month, None), (month, None), year, year)
    return DateSpan(start, end, (month, days[0]), (month, days[-1]), year, year)


def _days_start(folded: str, end: int) -> int:
    """Return where the days begin that are named right before `end`, `end` if none are."""
    before = max(0, end - _LOOKBACK)
    days = _DAYS_BEFORE.search(folded, before, end)
    return days.start() if days else end
