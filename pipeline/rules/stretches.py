"""The days of stretches longer than a jornada, from all that a sentence says of them.

A start and an end may stand apart, a count of jornadas ends with the last of them, and "en ese
lapso" is the stretch that was said before.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.calendars import Calendar
from pipeline.rules.days import UNKNOWN, Days
from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.scopes import Cue, FigureScope
from schemas.document import Numeral, NumeralKind
from schemas.report import Period

# Looks back after its letters: the engine then skips to those fast.
SEVERAL_JORNADAS = re.compile(
    r"(?:jornadas(?<![a-z]jornadas)|fines de semana(?<![a-z]fines de semana))(?![a-z])"
)
# What was counted up to the jornada: "con el acumulado de esta jornada", "suma así".
_UP_TO_IT = re.compile(
    r"(?<![a-z])(?:con|hasta|tras|concluir)\s{1,8}(?:[a-z]{2,12}\s{1,8}){0,4}?"
    r"(?:jornada|fin\s{1,8}de\s{1,8}semana)(?![a-z])"
    r"|(?<![a-z])(?:suma|acumula|llega|lleva)n?\s{1,8}asi(?![a-z])|(?<![a-z])con\s{1,8}(?:ello|ellas)(?![a-z])"
)
_NEAR = 25
_PART_END = re.compile(r"[,;.]")


class Tie(NamedTuple):
    """The days of the jornadas that a sentence counts up to."""

    days: Days
    counted: bool
    """Their number is given: "en las diez jornadas"."""


class _Sentence(NamedTuple):
    """What a sentence and the passage before it say of stretches."""

    said: Sequence[Cue]
    """Its cues that have days."""
    tied: Tie | None
    before: FigureScope | None
    year: Days
    """The current year."""


def with_days(
    found: Sequence[Cue], tied: Tie | None, carried: FigureScope, year: Days
) -> Iterator[Cue]:
    """Give the cues of longer stretches the days that their sentence, or that before, says.

    `tied` are the jornadas that the sentence counts, `year` the days of the current year.
    """
    said = [
        cue for cue in found if cue.period is Period.CUMULATIVE and cue.days not in (None, UNKNOWN)
    ]
    before = carried if carried.period is Period.CUMULATIVE else None
    sentence = _Sentence(said, tied, before, year)
    yearly = any(cue.yearly for cue in found)
    for cue in found:
        if cue.period is Period.CUMULATIVE:
            days, running = _days_said(cue, sentence)
            yield _with_ends(cue, days, sentence, running=running, yearly=yearly)
        else:
            yield cue


def _days_said(cue: Cue, sentence: _Sentence) -> tuple[Days, bool]:
    """Return the days that a cue has or takes over, and whether they are running."""
    said, tied, before, year = sentence
    near = [c for c in said if c.start <= cue.start][-1:] or [c for c in said if c.strong][:1]
    days, running = (near[0].days or UNKNOWN, near[0].running) if near else (UNKNOWN, False)
    if tied and tied.counted and (running or days == UNKNOWN or _is_whole_year(days)):
        return tied.days, False  # "las nueve jornadas del año": up to the ninth
    if days != UNKNOWN:
        return days, running
    if before and not (cue.yearly and cue.strong and tied is None):
        days, running = before.days, before.running
    return (year, True) if days == UNKNOWN and cue.yearly else (days, running)


def _with_ends(cue: Cue, days: Days, sentence: _Sentence, *, running: bool, yearly: bool) -> Cue:
    """Join a start and an end that stand apart in a sentence."""
    said, tied, before, year = sentence
    counted_to = tied.days.last if tied else None
    if days.first is None:
        counted = tied is not None and days == tied.days
        firsts = [c.days.first for c in said if c.days and not (c.running and counted)]
        firsts += [before.days.first if before else None, year.first if yearly else None]
        last = days.last or counted_to
        first = next((day for day in firsts if day and last and day <= last), None)
        return cue._replace(days=Days(first, last), running=running)
    ends = [c.days.last for c in said if c.days and not c.days.first]
    last = ends[0] if ends else counted_to
    if last is None or last < days.first:
        return cue._replace(days=days, running=running)
    if days.last is None:
        return cue._replace(days=days._replace(last=last), running=running)
    cut = last < days.last and (running or _is_whole_year(days))
    until = last if cut else None
    return cue._replace(days=days, running=running, until=until)


def tie_of(source: Passages, sentence: Sentence, calendar: Calendar) -> Tie | None:
    """Return the days of the jornadas that a sentence counts, or counts up to."""
    published = calendar.reference.published
    dated = [j for j in calendar.jornadas if j.start and not (published and j.start > published)]
    for match in SEVERAL_JORNADAS.finditer(source.folded, sentence.start, sentence.end):
        for number in counts_before(source, sentence, match.start()):
            last = calendar.days_of(int(number.value)).last
            first = calendar.days_of(1).first
            if len(dated) == number.value:
                first = min(j.start for j in dated if j.start)
                last = max((j.end for j in dated if j.end), default=None)
            elif last is None and calendar.subject and len(dated) == 1 and not dated[0].edition:
                last = dated[0].end  # "en las quince jornadas", before the sixteenth
            if last:
                return Tie(Days(first, last), counted=True)
    if calendar.subject and _UP_TO_IT.search(source.folded, sentence.start, sentence.end):
        return Tie(Days(None, calendar.subject.end), counted=False)
    return None


def named_before(source: Passages, at: int) -> bool:
    """Tell whether jornadas are named in the plural before an offset."""
    return _first_named(source.folded) <= at


@lru_cache(maxsize=8)
def _first_named(folded: str) -> float:
    first = SEVERAL_JORNADAS.search(folded)
    return first.end() if first else math.inf


def counts_before(source: Passages, sentence: Sentence, at: int) -> Iterator[Numeral]:
    """Yield the counts that stand before an offset, as in "las nueve jornadas"."""
    before = bisect_left(sentence.numerals, at, key=attrgetter("start"))
    for numeral in sentence.numerals[max(0, before - 2) : before]:
        between = source.folded[numeral.end : at]
        counted = numeral.kind is NumeralKind.COUNT and numeral.value > 1
        if counted and len(between) <= _NEAR and not _PART_END.search(between):
            yield numeral


def _is_whole_year(days: Days) -> bool:
    first, last = days
    return bool(first and last and (first.month, first.day, last.month, last.day) == (1, 1, 12, 31))
