"""Days of a jornada by their weekday or order, lengths of time, and years without a preposition."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from operator import attrgetter

from pipeline.rules.calendars import Calendar, is_jornada_span
from pipeline.rules.days import Days
from pipeline.rules.events import lasts_longer
from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.scopes import Cue
from pipeline.spanish.dates import LONGEST_JORNADA, WEEKDAYS
from schemas.document import NumeralKind
from schemas.report import Period

_LENGTH = re.compile(r"\s+dias?\b")
_WEEKDAY = re.compile(
    r"(?<![a-z])(?<!desde\s)(?<!hasta\s)(?<!cada\s)(?:el|ayer|hoy)(?:\s{1,8}pasado)?"
    r"\s{1,8}(lunes|martes|miercoles|jueves|viernes|sabado|domingo)(?![a-z]|\s{1,8}(?:pasado\s{1,8})?\d)"
)
_NTH_DAY = re.compile(r"(primer|segundo|tercer)\s{1,8}dia(?![a-z])")
_NTH = {"primer": 0, "segundo": 1, "tercer": 2}
_NAME = re.compile(r"[“\"«'][^”\"»']*$")
_OF_YEAR = re.compile(r"\s{1,8}de(?:\s{1,8}todo)?\s{1,8}$")
_SERIES_OF = re.compile(
    r"(?<![a-z])(?:jornadas|ediciones)\s{1,8}(?:[a-z]{4,14}\s{1,8}){0,2}?del?\s{1,8}$"
)
_THAT_OF = re.compile(r"(?<![a-z])l[ao]s?\s{1,8}del?\s{1,8}(?:ano\s{1,8})?$")
_START = attrgetter("start")


def day_cues(source: Passages, sentence: Sentence, calendar: Calendar) -> Iterator[Cue]:
    """Find single days of a jornada: "el domingo", "el segundo día"."""
    subject = calendar.subject.edition if calendar.subject else None
    # "El sábado fue una de las 204 que se operaron del 6 al 8 de junio": days in full say more.
    dated = any(is_jornada_span(span) for span in sentence.dates)
    if calendar.eventful and not dated:
        for match in _WEEKDAY.finditer(source.folded, sentence.start, sentence.end):
            days = _weekday_in(calendar.days_of(None), match[1])
            yield Cue(match.start(), Period.JORNADA, subject, days, strong=False)
    for match in _NTH_DAY.finditer(source.folded, sentence.start, sentence.end):
        opened = calendar.days_of(None).first
        day = opened and opened + timedelta(days=_NTH[match[1]])
        yield Cue(match.start(), Period.JORNADA, subject, Days(day, day), strong=False)


def _weekday_in(days: Days, weekday: str) -> Days:
    """Return the day of a jornada that is named by its weekday, all of it if there is none."""
    if days.first is None or days.last is None:
        return days
    ahead = (WEEKDAYS.index(weekday) - days.first.weekday()) % len(WEEKDAYS)
    day = days.first + timedelta(days=ahead)
    return Days(day, day) if day <= days.last else days


def _is_of_date(source: Passages, at: int) -> bool:
    """Tell whether a year ends a date that begins in the sentence before: "17 oct. 2023"."""
    before = bisect_left(source.dates, at, key=_START)
    return before > 0 and source.dates[before - 1].end > at


def length_cues(source: Passages, sentence: Sentence, calendar: Calendar) -> Iterator[Cue]:
    """Find lengths of time: "cuatro días", "100 días"."""
    subject = calendar.subject.edition if calendar.subject else None
    for numeral in sentence.numerals:
        if numeral.kind is NumeralKind.COUNT and _LENGTH.match(source.folded, numeral.end):
            if _NAME.search(source.text[max(sentence.start, numeral.start - 30) : numeral.start]):
                continue
            if numeral.value > LONGEST_JORNADA:
                yield Cue(numeral.start, Period.CUMULATIVE, None)
            elif numeral.value > 1 and (calendar.eventful or not calendar.jornadas):
                yield Cue(numeral.start, Period.JORNADA, subject, calendar.days_of(None))
        elif (
            lasts_longer(source, sentence, numeral)
            and calendar.subject is None
            and not any(n.kind is NumeralKind.YEAR for n in sentence.numerals)
        ):
            yield Cue(numeral.start, Period.CUMULATIVE, None)


def year_cues(source: Passages, sentence: Sentence) -> Iterator[Cue]:
    """Find years without a preposition of time: "las 1,825 de 2024", ", 2025 tuvo"."""
    for numeral in sentence.numerals:
        if numeral.kind is not NumeralKind.YEAR:
            continue
        dated = bisect_right(sentence.dates, numeral.start, key=_START)
        if dated and numeral.start < sentence.dates[dated - 1].end:
            continue
        if _is_of_date(source, numeral.start):
            continue
        year = int(numeral.value)
        days = Days(date(year, 1, 1), date(year, 12, 31))
        before = source.folded[sentence.start : numeral.start]
        counted = bisect_left(sentence.quantities, numeral.start, key=_START) - 1
        if counted >= 0 and _OF_YEAR.fullmatch(
            source.folded, sentence.quantities[counted].end, numeral.start
        ):
            start = sentence.quantities[counted].start
            yield Cue(start - 1, Period.CUMULATIVE, None, days, strong=False)
        elif series := _SERIES_OF.search(before):
            at = sentence.start + series.start()
            yield Cue(at, Period.CUMULATIVE, None, days, strong=False)
        elif _THAT_OF.search(before):  # "superamos lo de 2024, que fueron 62"
            yield Cue(numeral.start, Period.CUMULATIVE, None, days, strong=False, passing=True)
        elif not before.strip() or before.rstrip()[-1] in ",;":
            yield Cue(numeral.start, Period.CUMULATIVE, None, days, strong=False)
