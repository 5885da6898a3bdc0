"""The days and the year of a jornada, and how the year is known."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter

from pipeline.rules.days import UNKNOWN, Days, Reference, days_of
from pipeline.rules.jornada_mentions import JORNADA, Mention, is_plural, sentence_at
from pipeline.rules.passages import Passages
from pipeline.spanish.dates import WEEKDAYS, printed_years
from pipeline.spanish.programmes import days_in, infer_year, programmes_named
from pipeline.spanish.time_spans import TimeSpan
from schemas.document import NumeralKind
from schemas.report import Jornada, JornadaKind, YearSource

_START = attrgetter("start")
_NAME_REACH = 70
_NEXT_YEAR = re.compile(
    r"(?:proximo|siguiente)\s{1,8}ano|ano\s{1,8}(?:proximo|entrante|que\s{1,8}viene)"
)
_NEXT_YEAR_REACH = 80
_ELSEWHEN = re.compile(
    r"(?:desde|pandemia|inici\w*|nacio(?![a-z])|cread\w*|fundad\w*|compar\w*|respecto|contra|previo|anterior|pasad[ao]|antes|estren\w*"
    r"|(?:principios|inicios|mediados|finales|fines)\s{1,8}de|(?<![a-z])lo\s{1,8}de)"
    r"[^.;]{0,25}$"
)
_FRIDAY, _SUNDAY = 4, 6
_WEEKDAY_AND_DAY = re.compile(
    rf"({'|'.join(WEEKDAYS)}),?\s{{1,8}}(?:dia\s{{1,8}})?(\d{{1,2}})(?!\d)"
)
_WEEKDAY_REACH = 14
_RUN = range(2021, 2027)
"""Years in which jornadas have been held, as far as is known."""
_LONG_PAST = 10
"""Years: one so far before the latest is never that of a bulletin."""
_LEAD = 600
_DAY_REACH = 40


class JornadaYears:
    """Knows the year of a jornada: printed, of the publication, or inferred from a known run."""

    def __init__(
        self, source: Passages, published: date | None, mentions: Sequence[Mention]
    ) -> None:
        self.source, self.published, self.mentions = source, published, mentions
        self.printed = printed_years(source.text)
        self.plurals = [m.end() for m in JORNADA.finditer(source.folded) if is_plural(m)]
        self.near = next((day for s in source.dates if (day := _full_day(s))), None)
        years = (n for n in source.numerals if n.kind is NumeralKind.YEAR)
        self.tokens = [year for year in years if year.value in self.printed]

    def dated(self, edition: int | None, span: TimeSpan | None) -> Jornada:
        """Return a jornada with its days, year and the year's source; its kind is not decided."""
        year, days = None, UNKNOWN
        reference = Reference(self.published)
        source: YearSource | None = None
        if span is None:
            year = self.published.year if self.published else self._beside or self._only
        else:
            if span.last_year is None and self.published is None:
                inferred = self._on_weekdays(span) or self._fitting(span) or self._inferred(span)
                source = YearSource.INFERRED if inferred and inferred not in self.printed else None
                beside = self._beside
                if beside and _NEXT_YEAR.search(
                    self.source.folded, max(0, span.start - _NEXT_YEAR_REACH), span.end + _DAY_REACH
                ):
                    beside += 1
                year = beside or inferred or self._only
                reference = Reference(None, year, self.near)
            days = self._completed(span, days_of(span, reference))
            year = days.first.year if days.first else span.last_year or reference.year
        if year is not None and source is None:
            source = YearSource.PRINTED if year in self.printed else YearSource.METADATA
        return Jornada(
            edition=edition,
            kind=JornadaKind.NATIONAL,
            year=year,
            year_source=source if year is not None else None,
            start=days.first,
            end=days.last,
            subject=False,
        )

    def _completed(self, span: TimeSpan, days: Days) -> Days:
        """Extend one day by the weekdays around it: "este viernes ... concluirá el domingo 29"."""
        if span.days != 1 or days.first is None:
            return days
        around = sentence_at(self.source, span.start)
        before = sentence_at(self.source, max(0, around.start - 1))
        folded = self.source.folded[min(before.start, around.start) : around.end]
        weekday = days.first.weekday()
        if _FRIDAY <= weekday < _SUNDAY and "domingo" in folded:
            return days._replace(last=days.first + timedelta(days=_SUNDAY - weekday))
        if weekday == _SUNDAY and "viernes" in folded:
            return days._replace(first=days.first - timedelta(days=_SUNDAY - _FRIDAY))
        return days

    def reference(self, jornadas: Sequence[Jornada]) -> Reference:
        """Return what the spans of figures are reckoned from."""
        told = [j for j in jornadas if j.year]
        own = next((j.year for j in told if j.subject), None) or self._beside
        year = own or next((j.year for j in told), None) or self._only or self._leading()
        near = next((j.start for j in jornadas if j.start), None) or self.near
        return Reference(self.published, year, near)

    def _leading(self) -> int | None:
        """Return the first year of the lead, unless it is that of something long past."""
        told = (t for t in self.tokens if t.start < _LEAD and not self._elsewhen(t.start))
        return next((int(t.value) for t in told), None)

    @cached_property
    def _beside(self) -> int | None:
        """The year in a jornada's name: "Continuidad de Servicios 2023"."""
        for end in (*(m.end for m in self.mentions), *self.plurals):
            first = bisect_left(self.tokens, end, key=_START)
            behind = bisect_left(self.tokens, end + _NAME_REACH, lo=first, key=_START)
            for token in self.tokens[first:behind]:
                if not self._elsewhen(token.start):
                    return int(token.value)
        return None

    def _fitting(self, span: TimeSpan) -> int | None:
        """Return the one printed year in which the days fall on a weekend."""
        fitting = {year for year in self.printed if _is_weekend(year, span)}
        return fitting.pop() if len(fitting) == 1 else None

    def _on_weekdays(self, span: TimeSpan) -> int | None:
        """Return the one year in which the days fall on the weekdays that are printed with them."""
        (month, day), (last_month, last) = span.first, span.last
        if month is None or day is None or last_month is None or last is None:
            return None
        begin = max(0, span.start - _WEEKDAY_REACH)
        named = [
            (WEEKDAYS.index(match[1]), int(match[2]))
            for match in _WEEKDAY_AND_DAY.finditer(self.source.folded, begin, span.end)
        ]
        ends = {day: month, last: last_month}
        told = [(weekday, ends[number], number) for weekday, number in named if number in ends]
        if not told:
            return None
        fitting = [
            year
            for year in _RUN
            if days_in(year, (month, day), (last_month, last))
            and all(date(year, m, d).weekday() == weekday for weekday, m, d in told)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _inferred(self, span: TimeSpan) -> int | None:
        (month, day), (last_month, last) = span.first, span.last
        if month is None or day is None or last_month is None or last is None:
            return None
        return infer_year(self.source.text, (month, day), (last_month, last))

    @cached_property
    def _only(self) -> int | None:
        """The only year that the text prints, if nothing else is said of it."""
        latest = max(self.printed, default=0)
        recent = [year for year in self.printed if year > latest - _LONG_PAST]
        if len(recent) != 1:
            return None
        (year,) = recent
        known = programmes_named(self.source.text)
        if known and not any(one.first <= year <= one.last for one in known):
            return None
        told = [t.start for t in self.tokens if t.value == year]
        return None if told and all(map(self._elsewhen, told)) else year

    def _elsewhen(self, at: int) -> bool:
        """Tell whether a year at an offset is that of something long past."""
        return _ELSEWHEN.search(self.source.folded, max(0, at - _DAY_REACH), at) is not None


def _full_day(span: TimeSpan) -> date | None:
    days = days_of(span, Reference(None)) if span.days == 1 else UNKNOWN
    return days.first


def _is_weekend(year: int, span: TimeSpan) -> bool:
    """Tell whether days end on a Sunday and begin on the Friday or Saturday before."""
    (month, day), (last_month, last) = span.first, span.last
    if month is None or day is None or last_month is None or last is None:
        return False
    days = days_in(year, (month, day), (last_month, last))
    return days is not None and _FRIDAY <= days[0].weekday() < days[1].weekday() == _SUNDAY
