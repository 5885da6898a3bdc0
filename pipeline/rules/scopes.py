"""Which time a number covers: a jornada, several, or another; and its first and last day.

Period, edition and days belong to the passage: a number takes the last cue before it, else the
first one after it in its sentence, else what the passage before it had.
"""

from datetime import date
from typing import NamedTuple

from pipeline.rules.days import UNKNOWN, Days
from pipeline.rules.jornadas import Calendar
from pipeline.rules.passages import CLAUSE_BREAK
from schemas.document import Numeral
from schemas.report import Period

_BEHIND = 40


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
        if goal:
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
    return FigureScope(Period.OTHER, None, explicit=False)


def choose_scope(
    text: str, found: tuple[Cue, ...], numeral: Numeral, last: int, carried: FigureScope
) -> FigureScope:
    """Choose the cue that governs `numeral`, whose words end at `last`."""
    for cue in found:
        # Right behind the number's own words: "71 trasplantes en el año".
        near = last <= cue.start < last + _BEHIND and cue.period is Period.CUMULATIVE
        if near and not CLAUSE_BREAK.search(text, last, cue.start):
            return scope_of(cue)
    before = [cue for cue in found if cue.start < numeral.start]
    chosen = before[-1:] or [cue for cue in found if cue.strong][:1]
    return scope_of(chosen[0]) if chosen else carried


def scope_of(cue: Cue) -> FigureScope:
    """Return the scope that a cue says."""
    days = cue.days or UNKNOWN
    scope = FigureScope(cue.period, cue.edition, explicit=True, days=days, running=cue.running)
    return scope._replace(until=cue.until, passing=cue.passing)
