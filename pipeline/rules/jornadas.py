"""Which jornadas a bulletin is about or names: edition, kind, days, and how the year is known."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.rules.days import UNKNOWN, Days, Reference, days_of
from pipeline.rules.mentions import (
    JORNADA,
    KINDS,
    Mention,
    kind_after,
    mentions_of,
    sentence_at,
)
from pipeline.rules.passages import Passages
from pipeline.rules.places import NATIONAL
from pipeline.spanish.dates import LONGEST_JORNADA, printed_years
from pipeline.spanish.programmes import Programme, days_in, infer_year, programmes_named
from pipeline.spanish.time_spans import TimeSpan
from schemas.document import NumeralKind
from schemas.report import Jornada, JornadaKind, YearSource

_NAME_REACH = 70
_DAY_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:el|este|del|al|dia|ayer|hoy),?\s{1,8}(?:pasado\s{1,8}|proximo\s{1,8})?(?:dia\s{1,8})?"
    r"(?:(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo),?\s{1,8})?)$"
)
_OTHER_EVENT = re.compile(
    r"(?:desde|hasta|partir|corte|comenz\w*|inici\w*|arranc\w*|vence\w*|plazo)\s{1,8}(?:el\s|de\s|del\s|al\s)?"
)
_ELSEWHEN = re.compile(
    r"(?:desde|pandemia|inici\w*|nacio(?![a-z])|cread\w*|fundad\w*|compar\w*|respecto|contra|previo|antes|estren\w*)"
    r"[^.;]{0,25}$"
)
_DAY_REACH = 40
_FRIDAY = 4
_LEAD = 600
_IN_GENERAL = re.compile(r"(?:jornadas(?<![a-z]jornadas)|semestre|trimestre)(?![a-z])")
_MOST_BEFORE = 3
"""Sentences with numbers that may stand before the jornada that a bulletin is about is named."""


class Calendar(NamedTuple):
    """The jornadas of a bulletin, where each is mentioned, and what years are reckoned from."""

    jornadas: tuple[Jornada, ...]
    mentions: tuple[Mention, ...]
    subject: Jornada | None
    reference: Reference = Reference(None)

    def without_subject(self) -> "Calendar":
        """Return the same jornadas as those of a balance, which is about none of them."""
        jornadas = tuple(j.model_copy(update={"subject": False}) for j in self.jornadas)
        return self._replace(jornadas=jornadas, subject=None)

    def days_of(self, edition: int | None) -> Days:
        """Return the days of an edition, of the subject for None; UNKNOWN where not printed."""
        if edition is None:
            found = self.subject
        else:
            found = next((j for j in self.jornadas if j.edition == edition), None)
        return Days(found.start, found.end) if found else UNKNOWN

    def on(self, days: Days) -> Jornada | None:
        """Return the jornada that days lie in."""
        if days.first is None or days.last is None:
            return None
        for jornada in self.jornadas:
            start, end = jornada.start, jornada.end
            if start and end and start <= days.first and days.last <= end:
                return jornada
        return None


class _Found(NamedTuple):
    edition: int | None
    span: TimeSpan | None
    at: int


def calendar(
    source: Passages, published_on: date | None, *, themed: bool, place: str = NATIONAL
) -> Calendar:
    """Find the single, identifiable jornadas of a bulletin, in the order of their first mention.

    `themed` tells that the bulletin is about one kind of service alone; `place` is its place.
    """
    mentions = mentions_of(source)
    years = _Years(source, published_on, mentions)
    jornadas: list[Jornada] = []
    first = 0
    for found in _found(source, mentions):
        kind = _kind_of(source, mentions, found, themed=themed, place=place)
        jornada = years.dated(found).model_copy(update={"kind": kind})
        if not any(_is_same(one, jornada) for one in jornadas):
            jornadas.append(jornada)
            first = first if len(jornadas) > 1 else found.at
    subject = None
    if jornadas and not _is_balance(source, first):
        subject = jornadas[0] = jornadas[0].model_copy(update={"subject": True})
    return Calendar(tuple(jornadas), mentions, subject, years.reference(jornadas))


def _is_balance(source: Passages, first: int) -> bool:
    """Tell whether a bulletin speaks of jornadas in general before it names one, at `first`."""
    counting = [s for s in source.sentences if s.end <= first and s.quantities]
    in_general = _IN_GENERAL.search(source.folded, 0, first)
    return len(counting) > _MOST_BEFORE and in_general is not None


def _is_same(one: Jornada, other: Jornada) -> bool:
    if other.edition is not None:
        return one.edition == other.edition
    return one.start == other.start and one.end == other.end


def _found(source: Passages, mentions: tuple[Mention, ...]) -> list[_Found]:
    """List each edition with its days, and days with numbers that are no edition's, as printed."""
    editions: list[int | None] = [*_editions(source, mentions)]
    if not editions and _has_unnumbered(source, mentions):
        editions.append(None)
    spans = {edition: _dates_of(source, mentions, edition) for edition in editions}
    taken = {(span.first, span.last) for span in spans.values() if span}
    free = [s for s in source.dates if is_jornada_span(s) and (s.first, s.last) not in taken]
    for edition in editions:  # the first one that is not dated by its own sentence
        if spans[edition] is None:
            spans[edition] = free[0] if free else _day_of_mention(source, mentions)
            break
    found: list[_Found] = []
    for edition, span in spans.items():
        own = [m.start for m in mentions if m.edition == edition]
        taken.update([(span.first, span.last)] if span else [])
        at = min([*own, *([span.start] if span else [])], default=0)
        found.append(_Found(edition, span, at))
    unnumbered = [m.start for m in mentions if m.edition is None]
    for sentence in source.sentences:
        counted = any(n.kind is NumeralKind.COUNT and n.value > 1 for n in sentence.quantities)
        named = any(sentence.start <= start < sentence.end for start in unnumbered)
        for span in sentence.dates:
            if is_jornada_span(span) and (span.first, span.last) not in taken:
                if counted or named:
                    taken.add((span.first, span.last))
                    found.append(_Found(None, span, span.start))
    return sorted(found, key=lambda one: one.at)


def _editions(source: Passages, mentions: tuple[Mention, ...]) -> list[int]:
    """Return the editions in order of first mention, without a lone slip of the pen."""
    mentions = tuple(m for m in mentions if not m.since)
    counts = Counter(m.edition for m in mentions if m.edition is not None)
    editions = list(dict.fromkeys(m.edition for m in mentions if m.edition is not None))
    if len(editions) < 2:  # noqa: PLR2004
        return editions
    most = max(counts.values())
    return [
        e for e in editions if counts[e] > 1 or most == 1 or _has_own_facts(source, mentions, e)
    ]


def _has_own_facts(source: Passages, mentions: tuple[Mention, ...], edition: int) -> bool:
    """Tell whether an edition that is named once comes with days or figures of its own."""
    for mention in mentions:
        if mention.edition != edition:
            continue
        sentence = sentence_at(source, mention.start)
        spans = [s for s in sentence.dates if is_jornada_span(s)]
        counted = [n for n in sentence.numerals if n.kind is NumeralKind.COUNT and n.value > 1]
        alone = len({m.edition for m in mentions if sentence.start <= m.start < sentence.end}) == 1
        if spans or (counted and alone and sentence.block > 0):
            return True
    return False


def is_jornada_span(span: TimeSpan) -> bool:
    """Tell whether a span is a run of days that one jornada can take."""
    return span.days is not None and 1 < span.days <= LONGEST_JORNADA


def is_single_day(source: Passages, span: TimeSpan) -> bool:
    """Tell whether a span is one day on which something was done, and no dateline or end."""
    if span.days != 1:
        return False
    before = source.folded[max(0, span.start - _DAY_REACH) : span.start]
    lone = span.first[0] is None
    return bool(lone or _DAY_BEFORE.search(before)) and not _OTHER_EVENT.search(before[-25:])


def _has_unnumbered(source: Passages, mentions: tuple[Mention, ...]) -> bool:
    if any(m.kind is not None for m in mentions):
        return True
    named = JORNADA.search(source.folded)
    return bool(named and any(is_jornada_span(s) for s in source.dates)) or any(
        re.search(
            r"(?<![a-z])(?:una|esta|la|su|dicha|presente)\s+$",
            source.folded[max(0, m.start - 10) : m.start],
        )
        for m in mentions
    )


def _dates_of(
    source: Passages, mentions: tuple[Mention, ...], edition: int | None
) -> TimeSpan | None:
    """Return the days nearest to a mention of the edition in its sentence.

    Of jornadas without a number the one that is mentioned first counts.
    """
    best: tuple[int, TimeSpan] | None = None
    for mention in mentions:
        if mention.edition != edition or (best and edition is None):
            continue
        sentence = sentence_at(source, mention.start)
        for span in filter(is_jornada_span, sentence.dates):
            distance = abs(span.start - mention.start)
            rivals = [
                m
                for m in mentions
                if m.edition not in (None, edition) and abs(span.start - m.start) < distance
            ]
            if not rivals and (best is None or distance < best[0]):
                best = (distance, span)
    return best[1] if best else None


def _day_of_mention(source: Passages, mentions: tuple[Mention, ...]) -> TimeSpan | None:
    """Return the one day that is printed in a sentence that names the jornada."""
    for mention in mentions:
        for span in sentence_at(source, mention.start).dates:
            if is_single_day(source, span):
                return span
    return None


def _kind_of(
    source: Passages, mentions: tuple[Mention, ...], found: _Found, *, themed: bool, place: str
) -> JornadaKind:
    own = [m.kind for m in mentions if m.kind and m.edition == found.edition]
    if found.edition is None and found.span:
        sentence = sentence_at(source, found.span.start)
        near = [m.kind for m in mentions if m.kind and sentence.start <= m.start < sentence.end]
        own = near or own
    unnumbered = [m.kind for m in mentions if m.kind and m.edition is None]
    others = [m.kind for m in mentions if m.kind]
    for kinds in (own, unnumbered, others):
        if kinds:
            return min(kinds, key=KINDS.index)
    for match in JORNADA.finditer(source.folded):
        if kind := kind_after(source, match.end()):
            return kind
    if themed and found.edition is None:
        return JornadaKind.MONOTHEMATIC
    of_one_place = place != NATIONAL and not programmes_named(source.text)
    return JornadaKind.STATE if of_one_place else JornadaKind.NATIONAL


class _Years:
    """Knows the year of a jornada: printed, of the publication, or inferred from a known run."""

    def __init__(
        self, source: Passages, published: date | None, mentions: Sequence[Mention]
    ) -> None:
        self.source, self.published, self.mentions = source, published, mentions
        self.printed = printed_years(source.text)
        self.near = next((day for s in source.dates if (day := _full_day(s))), None)
        self.tokens = [n for n in source.numerals if n.kind is NumeralKind.YEAR]

    def dated(self, found: _Found) -> Jornada:
        """Return a jornada with its days, year and the year's source; its kind is not decided."""
        span = found.span
        year, days = None, UNKNOWN
        reference = Reference(self.published)
        source: YearSource | None = None
        if span is None:
            year = self.published.year if self.published else self._beside() or self._only()
        else:
            if span.last_year is None and self.published is None:
                inferred = self._fitting(span) or self._inferred(span)
                source = YearSource.INFERRED if inferred and inferred not in self.printed else None
                year = self._beside() or inferred or self._only()
                reference = Reference(None, year, self.near)
            days = self._completed(span, days_of(span, reference))
            year = days.first.year if days.first else span.last_year or reference.year
        if year is not None and source is None:
            source = YearSource.PRINTED if year in self.printed else YearSource.METADATA
        return Jornada(
            edition=found.edition,
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
        if weekday in (_FRIDAY, _FRIDAY + 1) and "domingo" in folded:
            return days._replace(last=days.first + timedelta(days=6 - weekday))
        if weekday == 6 and "viernes" in folded:
            return days._replace(first=days.first - timedelta(days=2))
        return days

    def reference(self, jornadas: Sequence[Jornada]) -> Reference:
        """Return what the spans of figures are reckoned from."""
        year = next((j.year for j in jornadas if j.year), None) or self._only() or self._leading()
        near = next((j.start for j in jornadas if j.start), None) or self.near
        return Reference(self.published, year, near)

    def _leading(self) -> int | None:
        """Return the first year of the lead, unless it is that of something long past."""
        told = (t for t in self.tokens if t.start < _LEAD and not self._elsewhen(t.start))
        return next((int(t.value) for t in told), None)

    def _beside(self) -> int | None:
        """Return the year in a jornada's name: "Continuidad de Servicios 2023"."""
        for mention in self.mentions:
            for token in self.tokens:
                if 0 <= token.start - mention.end < _NAME_REACH and not self._elsewhen(token.start):
                    return int(token.value)
        return None

    def _fitting(self, span: TimeSpan) -> int | None:
        """Return the one printed year in which the days fall on a weekend."""
        fitting = {year for year in self.printed if _is_weekend(year, span)}
        return fitting.pop() if len(fitting) == 1 else None

    def _inferred(self, span: TimeSpan) -> int | None:
        (month, day), (last_month, last) = span.first, span.last
        if month is None or day is None or last_month is None or last is None:
            return None
        return infer_year(self.source.text, (month, day), (last_month, last))

    def _only(self) -> int | None:
        """Return the only year that the text prints, if nothing else is said of it."""
        if len(self.printed) != 1:
            return None
        (year,) = self.printed
        known: tuple[Programme, ...] = programmes_named(self.source.text)
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
    return days is not None and (days[0].weekday(), days[1].weekday()) in ((4, 6), (5, 6))


def is_upcoming(source: Passages, found: Calendar, published_on: date | None) -> bool:
    """Tell whether the jornada that a bulletin is about is still to come."""
    if found.subject is None:
        return False
    if found.subject.start and published_on:
        return published_on <= found.subject.start
    named = [
        s
        for s in source.sentences
        if any(
            s.start <= m.start < s.end and m.edition == found.subject.edition
            for m in found.mentions
        )
    ]
    future = sum(word.future for s in named for word in s.words)
    past = sum(word.past for s in named for word in s.words)
    return future > past
