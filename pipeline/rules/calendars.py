"""The jornadas of a bulletin, where each is named, and the days of each."""

from bisect import bisect_left
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.days import UNKNOWN, Days, Reference
from pipeline.rules.jornada_mentions import Mention
from pipeline.rules.other_jornadas import OtherJornada
from pipeline.rules.passages import Passages, Sentence
from pipeline.spanish.dates import LONGEST_JORNADA
from pipeline.spanish.time_spans import TimeSpan
from schemas.document import NumeralKind
from schemas.report import Jornada, YearSource

_BESIDE = 40
_DATED = 80
_start = attrgetter("start")


class Calendar(NamedTuple):
    """The jornadas of a bulletin, where each is mentioned, and what years are reckoned from."""

    jornadas: tuple[Jornada, ...]
    mentions: tuple[Mention, ...]
    subject: Jornada | None
    reference: Reference = Reference(None)
    eventful: bool = False
    """The bulletin reports on one event, be it a jornada or not."""
    several: bool = False
    """It speaks of jornadas in the plural."""
    others: tuple[OtherJornada, ...] = ()
    """Jornadas that it sets beside its own without saying which, all as they stand in the text."""

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

    def has(self, edition: int | None) -> bool:
        """Tell whether an edition is one of the bulletin's jornadas."""
        return any(j.edition == edition for j in self.jornadas)

    def others_in(self, sentence: Sentence) -> list[OtherJornada]:
        """Return the jornadas that a sentence sets beside the subject without printing their days.

        In a text about several jornadas any is meant that is named so.
        """
        if not (self.eventful or self.several):
            return []
        since = bisect_left(self.others, sentence.start, key=_start)
        until = bisect_left(self.others, sentence.end, lo=since, key=_start)
        if since == until:
            return []
        spans = [span.start for span in sentence.dates if is_jornada_span(span)]
        first = bisect_left(self.mentions, sentence.start, key=_start)
        behind = bisect_left(self.mentions, sentence.end, key=_start)
        named = [m.start for m in self.mentions[first:behind] if m.edition]
        own = self.subject
        year, month = (own.year, own.start.month if own.start else None) if own else (None, None)
        return [
            one._replace(named=any(abs(at - one.start) < _BESIDE for at in named))
            for one in self.others[since:until]
            if not any(abs(at - one.start) < _DATED for at in spans)
            and (one.year is None or one.year != year)
            and (one.month is None or one.month != month or one.past_year)
        ]

    def with_others(self, source: Passages, published_on: date | None) -> "Calendar":
        """Return the calendar with the jornadas that have figures and no name of their own."""
        subject = self.subject
        if subject is None:
            return self
        added: list[Jornada] = []
        for sentence in source.sentences:
            if not any(n.kind is NumeralKind.COUNT for n in sentence.quantities):
                continue
            for one in self.others_in(sentence):
                if one.named:
                    continue
                year = one.year
                if year is None and one.month and published_on:
                    year = published_on.year - one.past_year
                    year -= one.month > published_on.month
                elif year is None and one.month and subject.year_source is YearSource.PRINTED:
                    year = subject.year
                kept = Jornada(
                    edition=None,
                    kind=subject.kind,
                    year=year,
                    year_source=_source_of(year, one, published_on),
                    start=None,
                    end=None,
                    subject=False,
                )
                if kept not in added:
                    added.append(kept)
        return self._replace(jornadas=(*self.jornadas, *added))

    def on(self, days: Days) -> Jornada | None:
        """Return the jornada that days lie in."""
        if days.first is None or days.last is None:
            return None
        for jornada in self.jornadas:
            start, end = jornada.start, jornada.end
            if start and end and start <= days.first and days.last <= end:
                return jornada
        return None


def is_jornada_span(span: TimeSpan) -> bool:
    """Tell whether a span is a run of days that one jornada can take."""
    return span.days is not None and 1 < span.days <= LONGEST_JORNADA


def _source_of(
    year: int | None, other: OtherJornada, published_on: date | None
) -> YearSource | None:
    if year is None:
        return None
    told = other.year or not published_on
    return YearSource.PRINTED if told else YearSource.METADATA
