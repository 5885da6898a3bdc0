"""Dates: a jornada's order, length and day of publication; weekdays and days of the month."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from pipeline.spanish.dates import LONGEST_JORNADA, MONTHS, DateSpan, dates
from pipeline.spanish.folding import fold
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.report import Jornada, JornadaReport, Period, Service, Status

_AROUND = 90
"""Characters before and after a weekday in which its date is looked for."""
_WEEKDAYS = {
    "lunes": "Monday",
    "martes": "Tuesday",
    "miercoles": "Wednesday",
    "jueves": "Thursday",
    "viernes": "Friday",
    "sabado": "Saturday",
    "domingo": "Sunday",
}
_ENGLISH = tuple(_WEEKDAYS.values())
_DAY_BEHIND = re.compile(r",?\s+(?:el\s+)?(?:dia\s+)?(\d{1,2})\b")
# "sábado y domingo, 25 y 26": the first number is that of the first day.
_LISTED = re.compile(
    rf"(?:{'|'.join(_WEEKDAYS)}),?\s{{1,4}}(?:(?:y|e|a|al)\s{{1,4}})?(?:el\s{{1,4}})?$"
)
_LISTED_REACH = 26
_SHORT_MONTHS = ("febrero", "abril", "junio", "septiembre", "setiembre", "noviembre")
# Begins with digits and looks back afterwards: the engine then skips to those fast.
_LAST_DAYS = re.compile(
    r"(?P<day>29|30|31)(?<!\d\d\d)\s+(?:de\s+|del\s+mes\s+de\s+)?"
    rf"(?P<month>{'|'.join(_SHORT_MONTHS)})\b"
    r"(?:\s+(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d)\b)?"
)
_LEAP_YEAR = 2024
_MonthAndDay = tuple[int, int | None]


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report what is odd about the jornadas' dates, and dates of the text that cannot be."""
    held, printed = _editions_held(report), _days_printed(document.text)
    for index, jornada in enumerate(report.jornadas):
        for message in _jornada_faults(jornada, report.published_on, held):
            yield _finding(message, _place(printed, jornada), f"jornadas[{index}]")
    folded = fold(document.text)
    yield from _impossible_days(document.text, folded)
    yield from _weekdays(document.text, folded, report)


def _editions_held(report: JornadaReport) -> set[int | None]:
    """Tell of which jornadas there are performed figures; staff counts as performed before."""
    editions = Counter(jornada.edition for jornada in report.jornadas)
    return {
        figure.edition
        for figure in report.figures
        if figure.status is Status.PERFORMED
        and figure.period is Period.JORNADA
        and figure.service is not Service.STAFF
        and editions[figure.edition] == 1
    }


def _jornada_faults(
    jornada: Jornada, published: date | None, held: AbstractSet[int | None]
) -> Iterator[str]:
    start, end = jornada.start, jornada.end
    if start and end and end < start:
        yield f"the jornada ends on {_day(end)}, before it starts on {_day(start)}"
    elif start and end and (length := (end - start).days + 1) > LONGEST_JORNADA:
        yield f"the jornada from {_day(start)} to {_day(end)} takes {length} days"
    if start and published and start > published and jornada.edition in held:
        yield (
            f"the bulletin gives results of a jornada that starts on {_day(start)}, "
            f"after it was published on {_day(published)}"
        )


def _days_printed(text: str) -> dict[_MonthAndDay, Span]:
    """Tell where each day is printed first, as the first or the last one of a date."""
    printed: dict[_MonthAndDay, Span] = {}
    for one in dates(text):
        for day in (one.first, one.last):
            printed.setdefault(day, Span(one.start, one.end))
    return printed


def _place(printed: Mapping[_MonthAndDay, Span], jornada: Jornada) -> Span | None:
    ends = ((day.month, day.day) for day in (jornada.start, jornada.end) if day)
    return min((printed[day] for day in ends if day in printed), default=None)


def _impossible_days(text: str, folded: str) -> Iterator[Finding]:
    if not any(month in folded for month in _SHORT_MONTHS):
        return
    for match in _LAST_DAYS.finditer(folded):
        year = int(match["year"]) if match["year"] else _LEAP_YEAR
        if int(match["day"]) > monthrange(year, MONTHS[match["month"]])[1]:
            raw = " ".join(text[match.start() : match.end()].split())
            yield _finding(f"there is no {raw!r}", Span(match.start(), match.end()))


def _weekdays(text: str, folded: str, report: JornadaReport) -> Iterator[Finding]:
    years: dict[_MonthAndDay, int] = {}
    for jornada in report.jornadas:
        for bound in filter(None, (jornada.start, jornada.end)):
            years.setdefault((bound.month, bound.day), bound.year)
    for start, name in sorted(_find_weekdays(folded)):
        behind = _DAY_BEHIND.match(folded, start + len(name))
        if behind is None or _LISTED.search(folded, max(0, start - _LISTED_REACH), start):
            continue
        end = behind.end()
        first = max(0, start - _AROUND)
        number = behind.start(1) - first
        near = dates(text[first : end + _AROUND])
        printed = next((span for span in near if span.start <= number < span.end), None)
        day = printed and _day_of(printed, int(behind[1]), years)
        if day and _ENGLISH[day.weekday()] != _WEEKDAYS[name]:
            raw = " ".join(text[start:end].split())
            message = f"{raw!r}: {_day(day)} is a {_ENGLISH[day.weekday()]}"
            yield _finding(message, Span(start, end))


def _find_weekdays(folded: str) -> Iterator[tuple[int, str]]:
    """Yield where each weekday is named: seven searches of a text cost less than one pattern."""
    for name in _WEEKDAYS:
        start = folded.find(name)
        while start >= 0:
            yield start, name
            start = folded.find(name, start + len(name))


def _day_of(printed: DateSpan, number: int, years: Mapping[_MonthAndDay, int]) -> date | None:
    """Return the day `number` of a printed date, where its month and its year are known.

    `years` are those that the report gives to the first and last days of jornadas.
    """
    ends = {printed.first[0]: printed.first_year, printed.last[0]: printed.last_year}
    if len(ends) > 1:
        ends = {m: ends[m] for m, d in (printed.first, printed.last) if d == number}
    if len(ends) != 1:
        return None
    ((month, year),) = ends.items()
    year = year or printed.last_year or years.get((month, number))
    if year is None or not 1 <= number <= monthrange(year, month)[1]:
        return None
    return date(year, month, number)


def _day(day: date) -> str:
    return day.isoformat()


def _finding(message: str, span: Span | None, field: str | None = None) -> Finding:
    return Finding(
        check="dates", severity=Severity.WARNING, field=field, message=message, span=span
    )
