"""The days that a figure covers: spans of time as printed, with the year that they lack."""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from pipeline.spanish.dates import year_of_month
from pipeline.spanish.time_spans import TimeSpan

_MONTHS = 12


class Days(NamedTuple):
    """The first and the last day, each None where it is not known."""

    first: date | None = None
    last: date | None = None


UNKNOWN = Days()


class Reference(NamedTuple):
    """What days without a year or a month are reckoned from: the day of publication, else a year.

    `near` is a day of the month that lone days belong to.
    """

    published: date | None
    year: int | None = None
    near: date | None = None

    def year_of(self, month: int) -> int | None:
        """Return the year of a month that is printed without one."""
        return year_of_month(month, self.published) if self.published else self.year


def days_of(span: TimeSpan, reference: Reference) -> Days:
    """Return the days of a span, UNKNOWN where its year is not known or it has no such day."""
    if span.first[0] is None or span.last[0] is None:
        return _lone_days(span, reference)
    first_year, last_year = _years_of(span, reference)
    first = _day(first_year, span.first, last=False)
    last = _day(last_year, span.last, last=True)
    if first is None or last is None or last < first:
        return UNKNOWN
    return Days(first, last)


def _years_of(span: TimeSpan, reference: Reference) -> tuple[int | None, int | None]:
    first_month, last_month = span.first[0] or 1, span.last[0] or _MONTHS
    last_year = span.last_year
    if last_year is None and span.first_year is not None:
        last_year = span.first_year + (last_month < first_month)
    if last_year is None:
        if (first_month, last_month) == (1, _MONTHS):
            published = reference.published
            this_year = published.year if published else reference.year
        else:
            this_year = reference.year_of(last_month)
        last_year = None if this_year is None else this_year - span.years_back
    first_year = span.first_year
    if first_year is None and last_year is not None:
        first_year = last_year - (last_month < first_month)
    return first_year, last_year


def _day(year: int | None, printed: tuple[int | None, int | None], *, last: bool) -> date | None:
    month, day = printed
    if year is None or month is None:
        return None
    try:
        return date(year, month, day or (monthrange(year, month)[1] if last else 1))
    except ValueError:  # 31 de septiembre: a slip in the bulletin
        return None


def _lone_days(span: TimeSpan, reference: Reference) -> Days:
    """Return days that are printed without a month, the nearest to the day of reference."""
    near = reference.published or reference.near
    if near is None:
        return UNKNOWN
    if span.first[1] is None:  # "este mes"
        return Days(near.replace(day=1), near.replace(day=monthrange(near.year, near.month)[1]))
    found: list[Days] = []
    for ahead in (-1, 0, 1):
        year, month = divmod(near.year * _MONTHS + near.month - 1 + ahead, _MONTHS)
        first = _day(year, (month + 1, span.first[1]), last=False)
        last = _day(year, (month + 1, span.last[1]), last=True)
        if first and last and first <= last:
            found.append(Days(first, last))
    return min(found, key=lambda days: abs((days.first or near) - near), default=UNKNOWN)
