"""Years: each is printed, follows from the day of publication, or is inferred from a known run."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pipeline.documents.headline import full_day, publication_day_of
from pipeline.quotes import span_within
from pipeline.spanish.dates import LONGEST_JORNADA, dates, printed_years, year_of_month
from pipeline.spanish.folding import fold
from pipeline.spanish.programmes import infer_year
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, Jornada, JornadaReport, Status, YearSource

_OTHER_YEARS = (
    (-1, re.compile(r"ano\s{1,8}(?:pasado|anterior|previo)|pasado\s{1,8}ano(?![a-z])")),
    (1, re.compile(r"(?:proximo|siguiente)\s{1,8}ano(?![a-z])|ano\s{1,8}(?:proximo|siguiente)")),
)
"""Words for the years before and after that of publication."""
_IN_ENGLISH = re.compile(
    "january|february|march|april|june|july|august|(?:sept|nov|dec)ember|october"
)
"""The date of a tweet that a page shows is not that of the page."""


class _KnownYears(NamedTuple):
    """What a document says of years: those it prints, and its day of publication."""

    text: str
    printed: frozenset[int]
    published: date | None
    source: YearSource
    """How the years are known that follow from the day of publication."""
    relative: frozenset[int]
    """The years of "el año pasado" and "el próximo año"."""

    def source_of(self, year: int, day: date | None) -> YearSource | None:
        """Say how the year of a jornada is known that has `day` in it, None where it is not."""
        if year in self.printed:
            return YearSource.PRINTED
        if self.published is None:
            return YearSource.PRINTED if year in self.relative else None
        follows = year_of_month(day.month, self.published) if day else self.published.year
        return self.source if year == follows or year in self.relative else None

    def inferred(self, start: date, end: date) -> bool:
        """Tell whether the days fall on a known programme's usual weekdays in this year alone."""
        first, last = (start.month, start.day), (end.month, end.day)
        return infer_year(self.text, first, last) == start.year and end >= start

    def knows(self, day: date, jornadas: frozenset[int], *, planned: bool) -> bool:
        """Tell whether the year of a figure's day is known; `jornadas` are the jornadas' years.

        What is planned may end in the year after publication, before its month comes round.
        """
        if day.year in jornadas or self.source_of(day.year, day) is not None:
            return True
        if self.published is None:
            return planned and day.year - 1 in jornadas
        soon = planned and day.month <= self.published.month
        return day.year in (self.published.year, self.published.year + soon)


def keep_known_years(
    document: Document, report: JornadaReport
) -> tuple[JornadaReport, tuple[Finding, ...]]:
    """Drop every year that is not known, whoever read it, and say how the others are. Pure.

    A jornada whose year is not known loses it with its days, a figure the day whose year is not,
    and the report a day of publication that is not stated in full. Each gives a warning.
    """
    known = _known_years(document)
    judged = [_judge_jornada(known, one) for one in report.jornadas]
    jornadas = tuple(jornada for jornada, _ in judged)
    findings = [
        _finding(message, f"jornadas[{index}]")
        for index, (_, message) in enumerate(judged)
        if message
    ]
    years = frozenset(year for jornada in jornadas for year in _years_of(jornada))
    figures: list[Figure] = []
    for figure in report.figures:
        lost = tuple(_unknown_days(known, figure, years))
        figures.append(figure.model_copy(update=dict.fromkeys(lost)) if lost else figure)
        if lost:
            days = ", ".join(f"{field} {getattr(figure, field)}" for field in lost)
            message = f"dropped {days} of {figure.quote!r}: nothing says the year"
            findings.append(
                _finding(message, f"figures.{lost[0]}", span_within(document.text, figure))
            )
    published = report.published_on
    if published and not _is_stated(document, published):
        findings.append(
            _finding(f"dropped {published}: no day of publication is stated so", "published_on")
        )
        published = None
    update = {"jornadas": jornadas, "figures": tuple(figures), "published_on": published}
    return report.model_copy(update=update), tuple(findings)


def _known_years(document: Document) -> _KnownYears:
    stated = document.metadata.published_on
    published = stated or publication_day_of(document.text)
    printed = printed_years(document.text)
    relative: set[int] = set()
    # Where nothing says the day of publication, the one year that is printed is its year.
    now = published.year if published else next(iter(printed)) if len(printed) == 1 else None
    if now:
        folded = fold(document.text)
        relative.update(now + far for far, words in _OTHER_YEARS if words.search(folded))
    return _KnownYears(
        document.text,
        printed,
        published,
        YearSource.METADATA if stated else YearSource.PRINTED,
        frozenset(relative),
    )


def _judge_jornada(known: _KnownYears, jornada: Jornada) -> tuple[Jornada, str | None]:
    """Return a jornada with what is known of its year and days, and what was dropped."""
    start, end = jornada.start, jornada.end
    bounds = [day for day in (start, end) if day]
    claimed = [*([jornada.year] if jornada.year else []), *(day.year for day in bounds)]
    if not claimed:
        return jornada.model_copy(update={"year_source": None}), None
    for year in dict.fromkeys(claimed):
        source = known.source_of(year, next((day for day in bounds if day.year == year), None))
        if source is None and start and end and start.year == year and known.inferred(start, end):
            source = YearSource.INFERRED
        if source:
            return _with_year(known, jornada, year, source)
    nothing = dict.fromkeys(("year", "year_source", "start", "end"))
    dropped = ", ".join(map(str, dict.fromkeys([*claimed[:1], *bounds])))
    message = f"dropped {dropped}: neither text nor metadata says the year, nor do the weekdays"
    return jornada.model_copy(update=nothing), message


def _with_year(
    known: _KnownYears, jornada: Jornada, year: int, source: YearSource
) -> tuple[Jornada, str | None]:
    """Return a jornada of a known year without the days that are of another, and a message."""
    days = {"start": jornada.start, "end": jornada.end}
    far = [
        name
        for name, day in days.items()
        if day and day.year != year and not _is_near(jornada, known, day)
    ]
    dropped = [str(days[name]) for name in far]
    if jornada.year not in (None, year):
        dropped.insert(0, f"the year {jornada.year}")
    update: dict[str, object] = {"year": year, "year_source": source, **dict.fromkeys(far)}
    message = f"dropped {', '.join(dropped)}: the jornada is of {year}" if dropped else None
    return jornada.model_copy(update=update), message


def _is_near(jornada: Jornada, known: _KnownYears, day: date) -> bool:
    """Tell whether a day of another year than its jornada's is known, or is over New Year."""
    start, end = jornada.start, jornada.end
    over_new_year = bool(start and end and 0 < (end - start).days < LONGEST_JORNADA)
    return over_new_year or known.source_of(day.year, day) is not None


def _years_of(jornada: Jornada) -> Iterator[int]:
    if jornada.year:
        yield jornada.year
    for day in (jornada.start, jornada.end):
        if day:
            yield day.year


def _unknown_days(known: _KnownYears, figure: Figure, years: frozenset[int]) -> Iterator[str]:
    for field, day in (("starts_on", figure.starts_on), ("ends_on", figure.ends_on)):
        if day and not known.knows(day, years, planned=figure.status is Status.PLANNED):
            yield field


def _is_stated(document: Document, day: date) -> bool:
    """Tell whether the metadata or the text states a day in full."""
    if day in (document.metadata.published_on, publication_day_of(document.text)):
        return True
    folded = fold(document.text)
    return any(
        full_day(span) == day and not _IN_ENGLISH.search(folded, span.start, span.end)
        for span in dates(document.text)
    )


def _finding(message: str, field: str, span: Span | None = None) -> Finding:
    return Finding(
        check="years", severity=Severity.WARNING, field=field, message=message, span=span
    )
