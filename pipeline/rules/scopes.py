"""Which time a number covers: a jornada, several, or another; and its first and last day.

Period, edition and days belong to the passage: a number takes the last cue before it, else the
first one after it in its sentence, else what the passage before it had.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pipeline.rules.calendars import Calendar
from pipeline.rules.days import UNKNOWN, Days
from pipeline.rules.passages import CLAUSE_BREAK, Passages, Sentence
from schemas.document import Numeral, NumeralKind
from schemas.report import Period

_BEHIND = 40
# A paragraph that begins so goes on with the time of the one before it.
_GOES_ON = re.compile(
    r"[^a-z]{0,6}(?:de (?:(?:ell|est|es)[aeo]s?|ese|este|dicho|l[ao]s (?:cuales|que)|lo)"
    r"|del total|(?:en|entre) (?:ell|es)[ao]s|ademas|asimismo|tambien|dentro|con ello)(?![a-z])"
)
_OF_THEM = re.compile(
    r"[^a-z]{0,6}(?:de (?:(?:ell|est|es)[aeo]s?|ese|este|dicho|l[ao]s (?:cuales|que))|del total"
    r"|entre (?:ell|es)[ao]s)(?![a-z])"
)
_TWO = 2
_COMPARES = re.compile(
    r"\b(?:contra|frente al?|respecto|compar\w{2,8}|mientras|cuando)\b", re.IGNORECASE
)
_THAT_TIME = re.compile(
    r"(?<![a-z])(?:aquella|es[ae]|dicha|tal|la\s{1,8}misma)\s{1,8}(?:fecha|ocasion|oportunidad|vez)(?![a-z])"
    r"|(?<![a-z])(?:entonces|ese\s{1,8}fin\s{1,8}de\s{1,8}semana|es[eo]s\s{1,8}(?:mismos\s{1,8})?(?:tres\s{1,8})?dias)(?![a-z])"
)
_BUT = re.compile(
    r"[,;]\s{1,8}(?:pero|aunque|sin\s{1,8}embargo|ahora|hoy|esta\s{1,8}vez|en\s{1,8}cambio)(?![a-záéíóú])",
    re.IGNORECASE,
)
_LEADS_ON = frozenset("?:")
_ENDED = re.compile(r"[.!][\"”»*]*$")


class Cue(NamedTuple):
    """Words that say which time a number covers."""

    start: int
    period: Period
    edition: int | None
    days: Days | None = None
    """None where the words do not say which days ("a la fecha")."""
    strong: bool = True
    """Holds on for the sentences after it; a year in passing ("lo aplazado en 2020") does not."""
    running: bool = False
    """What was done covers no more than what has passed of its days; what is planned, all."""
    until: date | None = None
    """The last day of what was done, where it is not the last of the days."""
    yearly: bool = False
    """Speaks of a year ("meta anual"), the current one where nothing else is said."""
    passing: bool = False
    """Only compares: what comes after its sentence has the time from before."""


class FigureScope(NamedTuple):
    """The time that the numbers of a passage cover."""

    period: Period
    edition: int | None
    explicit: bool
    """Said by a cue, not assumed."""
    days: Days = UNKNOWN
    running: bool = False
    until: date | None = None
    passing: bool = False

    def covered(self, published: date | None, *, goal: bool) -> Days:
        """Return the days that a number covers: all of them for a goal, else what has passed.

        What was done in a stretch that was not over on the day of publication has no last day,
        unless the text says one.
        """
        days = self.days
        if goal and self.period is not Period.JORNADA:
            return days if days.last else UNKNOWN
        late = published and days.last and days.last > published
        if self.until:
            return days._replace(last=self.until)
        cut = self.running or (late and self.period is not Period.JORNADA)
        return days._replace(last=None) if cut else days


def default_scope(calendar: Calendar) -> FigureScope:
    """Return what holds before any cue: the jornada that the bulletin is about, if there is one."""
    if calendar.subject:
        edition = calendar.subject.edition
        return FigureScope(Period.JORNADA, edition, explicit=False, days=calendar.days_of(None))
    period = Period.JORNADA if calendar.eventful else Period.OTHER
    return FigureScope(period, None, explicit=False)


def scope_of_paragraph(
    source: Passages,
    sentence: Sentence,
    calendar: Calendar,
    carried: FigureScope,
    cumulative: FigureScope | None = None,
) -> FigureScope:
    """Return what holds where a paragraph begins, which the one before it left at `carried`.

    A longer stretch, an earlier jornada, or the only other one, is left for the bulletin's own
    jornada, unless the paragraph goes on with it. A bulletin about a longer stretch, `cumulative`,
    goes back to that behind a jornada.
    """
    if (
        calendar.subject is None
        and not calendar.eventful
        and cumulative
        and carried.period is Period.JORNADA
        and _ENDED.search(source.folded[max(0, sentence.start - 20) : sentence.start].rstrip())
        and not _GOES_ON.match(source.folded, sentence.start)
    ):
        return cumulative
    own, default = calendar.subject, default_scope(calendar)
    other = (
        own is not None
        and (len(calendar.jornadas) == _TWO or _is_earlier(carried, default))
        and carried.period is Period.JORNADA
        and (carried.edition, carried.days) != (default.edition, default.days)
    )
    if not calendar.eventful or not (other or carried.period is Period.CUMULATIVE):
        return carried
    if not _ENDED.search(source.folded[max(0, sentence.start - 20) : sentence.start].rstrip()):
        return carried
    if _GOES_ON.match(source.folded, sentence.start):
        return carried
    return default


def _is_earlier(one: FigureScope, own: FigureScope) -> bool:
    if one.days.first and own.days.first:
        return one.days.first < own.days.first
    return bool(one.edition and own.edition and one.edition < own.edition)


def breaks_down(source: Passages, sentence: Sentence) -> bool:
    """Tell whether a sentence goes on with what the one before it counted: "de ellas, 300 ..."."""
    if _OF_THEM.match(source.folded, sentence.start):
        return True
    counted = next((n.start for n in sentence.quantities), sentence.end)
    return _THAT_TIME.search(source.folded, sentence.start, counted) is not None


def _turns_back(text: str, cue: Cue, numeral: Numeral) -> bool:
    """Tell whether a sentence leaves a comparison again: "bajo las 80 de mayo, pero superó ..."."""
    return cue.passing and _BUT.search(text, cue.start, numeral.start) is not None


def choose_scope(
    text: str, found: tuple[Cue, ...], numeral: Numeral, last: int, carried: FigureScope
) -> FigureScope:
    """Choose the cue that governs `numeral`, whose words end at `last`."""
    for cue in found:
        # Right behind the number's own words: "71 trasplantes en el año".
        apart = cue.period is Period.CUMULATIVE or cue.passing
        near = last <= cue.start < last + _BEHIND and apart
        if near and not CLAUSE_BREAK.search(text, last, cue.start):
            aside = numeral.kind is NumeralKind.COUNT and carried.period is Period.JORNADA
            return scope_of(cue)._replace(passing=cue.passing or aside)
    before = [cue for cue in found if cue.start < numeral.start]
    chosen = (
        before[-1:]
        or [
            cue
            for cue in found
            if cue.strong and (cue.running or not _COMPARES.search(text, last, cue.start))
        ][:1]
    )
    if chosen and before and _turns_back(text, chosen[0], numeral):
        return carried
    return scope_of(chosen[0]) if chosen else carried


def scope_after(
    text: str, found: Sequence[Cue], said: FigureScope | None, carried: FigureScope, *, event: bool
) -> FigureScope:
    """Return what holds behind a sentence, whose text is given; `said` is of its last figure.

    Words that only compare hold for their sentence. In a bulletin of one `event` a longer stretch
    does too that is mentioned without a figure, unless as a heading or a question.
    """
    if said:
        return carried if said.passing else said
    strong = [cue for cue in found if cue.strong]
    if not strong:
        return carried
    stripped = text.rstrip()
    unnamed = strong[-1].passing and strong[-1].edition is None
    in_passing = unnamed or (
        event and strong[-1].period is Period.CUMULATIVE and _ENDED.search(stripped)
    )
    if in_passing and stripped[-1:] not in _LEADS_ON:
        return carried
    return scope_of(strong[-1])


def scope_of(cue: Cue) -> FigureScope:
    """Return the scope that a cue says."""
    days = cue.days or UNKNOWN
    scope = FigureScope(cue.period, cue.edition, explicit=True, days=days, running=cue.running)
    return scope._replace(until=cue.until, passing=cue.passing)
