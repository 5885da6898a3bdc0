"""Which time the name of a row, of a column or of a table says."""

import re
from bisect import bisect_left
from datetime import timedelta
from operator import attrgetter

from pipeline.rules.calendars import Calendar, is_jornada_span
from pipeline.rules.days import UNKNOWN, Days, days_of
from pipeline.rules.passages import Passages
from pipeline.rules.scopes import FigureScope, scope_of
from pipeline.rules.table_lines import Cell
from pipeline.rules.time_cues import cues
from pipeline.spanish.dates import LONGEST_JORNADA, WEEKDAYS
from pipeline.spanish.time_spans import TimeSpan
from schemas.document import Numeral, NumeralKind
from schemas.report import Period

_START = attrgetter("start")
_MOST_EDITIONS = 60
_DAY = re.compile(
    r"\W*(?P<name>lun|mar|mie|jue|vie|sab|dom)(?:es|tes|rcoles|ves|rnes|ado|ingo)?(?![a-z])\.?\s*(?:(?P<day>\d{1,2})(?!\d)\D*)?\W*"
)
_ALONE = re.compile(r"\.?\s*(?:$|[\n:;,)(]|jornada|edicion)")
"""What stands behind "cirugías de la 18a."."""
_EDITION_WORDS = re.compile(r"jornada|edicion|nacional|jor\b|no\b|num\b|[\W_]+|\bde\b|\bla\b")
_CUT_OFF = re.compile(r"corte|preliminar|actualiza|cifras|informacion|datos|elabora|fuente")
_YEAR = re.compile(r"(?:ano\s+|en\s+)?((?:19|20)\d\d)\W*")
_LONGER = re.compile(
    r"\b(?:acumulad[ao]s?|anual(?:es)?|bimestre|trimestre|semestre|historic[ao]s?)\b"
)


def scope_of_cell(source: Passages, calendar: Calendar, where: Cell) -> FigureScope | None:
    """Return the time that the name of a row or column says, None where it says none."""
    edition = _edition(source, calendar, where)
    spans = [s for s in _within(source, where) if s.end <= where[1] + 1]
    if edition is not None:
        days = calendar.days_of(edition)
        if days == UNKNOWN and spans:
            days = days_of(spans[0], calendar.reference)
        return FigureScope(Period.JORNADA, edition, explicit=True, days=days)
    if day := _day_of_jornada(source, calendar, where):
        return day
    if spans:
        span = spans[0]
        days = days_of(span, calendar.reference)
        if span.days == 1 or is_jornada_span(span):
            held = calendar.on(days)
            number = held.edition if held else None
            return FigureScope(Period.JORNADA, number, explicit=True, days=days)
        running = span.running
        return FigureScope(Period.CUMULATIVE, None, explicit=True, days=days, running=running)
    if year := _YEAR.fullmatch(source.folded, *where):
        span = TimeSpan(*where, (1, None), (12, None), int(year[1]), int(year[1]))
        days = days_of(span, calendar.reference)
        published = calendar.reference.published
        running = published is not None and published.year == int(year[1])
        return FigureScope(Period.CUMULATIVE, None, explicit=True, days=days, running=running)
    if _LONGER.search(source.folded, *where):
        return FigureScope(Period.CUMULATIVE, None, explicit=True)
    return None


def scope_of_caption(
    source: Passages, calendar: Calendar, where: Cell, held: FigureScope
) -> FigureScope | None:
    """Return the time that a heading says; the day up to which was counted is none."""
    numerals = source.numerals
    first = bisect_left(numerals, where[0], key=_START)
    for match in numerals[first : bisect_left(numerals, where[1], lo=first, key=_START)]:
        known = any(one.edition == match.value for one in calendar.jornadas)
        alone = _ALONE.match(source.folded, match.end) and match.raw[-1:] in "aª"
        if match.kind is NumeralKind.ORDINAL and (known or alone):
            edition = int(match.value)
            days = calendar.days_of(edition)
            return FigureScope(Period.JORNADA, edition, explicit=True, days=days)
    longer: FigureScope | None = None
    for sentence in source.sentences_of(*where):
        for cue in cues(source, sentence, calendar, held):
            if not where[0] <= cue.start < where[1]:
                continue
            if cue.period is Period.JORNADA:
                return scope_of(cue)
            if not _CUT_OFF.search(source.folded, max(where[0], cue.start - 40), cue.start):
                longer = longer or (scope_of(cue) if cue.strong else None)
    return longer


def scope_of_whole(parts: list[FigureScope], held: FigureScope) -> FigureScope:
    """Return the time of a sum: that of all its parts together."""
    firsts = [part.days.first for part in parts if part.days.first]
    lasts = [part.days.last for part in parts if part.days.last]
    days = Days(min(firsts, default=None), max(lasts, default=None))
    editions = {part.edition for part in parts}
    one = all(part.period is Period.JORNADA for part in parts) and len(editions) == 1
    if one and (
        days.first is None
        or days.last is None
        or days.last - days.first < timedelta(days=LONGEST_JORNADA)
    ):
        if held.period is Period.JORNADA and held.days != UNKNOWN:
            return held
        return FigureScope(Period.JORNADA, editions.pop(), explicit=True, days=days)
    return FigureScope(Period.CUMULATIVE, None, explicit=True, days=days)


def _within(source: Passages, where: Cell) -> list[TimeSpan]:
    first = bisect_left(source.dates, where[0], key=_START)
    return list(source.dates[first : bisect_left(source.dates, where[1], lo=first, key=_START)])


def _numerals(source: Passages, where: Cell) -> tuple[Numeral, ...]:
    first = bisect_left(source.numerals, where[0], key=_START)
    return tuple(n for n in source.numerals[first : first + 8] if n.start < where[1])


def _edition(source: Passages, calendar: Calendar, where: Cell) -> int | None:
    """Return the edition that a name gives: "15a. (7-9 octubre)", "Cuarta Jornada", "18ª"."""
    mentions = calendar.mentions
    first = bisect_left(mentions, where[0], key=_START)
    for mention in mentions[first : bisect_left(mentions, where[1], lo=first, key=_START)]:
        if mention.edition:
            return mention.edition
    ordinals = [n for n in _numerals(source, where) if n.kind is NumeralKind.ORDINAL]
    if not ordinals or not 0 < ordinals[0].value <= _MOST_EDITIONS:
        return None
    behind = re.split(r"[(:,]", source.folded[ordinals[0].end : where[1]])[0]
    before = source.folded[where[0] : ordinals[0].start]
    return None if _EDITION_WORDS.sub("", before + behind) else int(ordinals[0].value)


def _day_of_jornada(source: Passages, calendar: Calendar, where: Cell) -> FigureScope | None:
    """Return the day of the bulletin's jornada that a name gives: "Viernes 12", "sáb."."""
    match = _DAY.fullmatch(source.folded, *where)
    if match is None:
        return None
    names = [name for name in WEEKDAYS if name.startswith(match["name"])]
    subject = calendar.subject
    edition = subject.edition if subject else None
    days = UNKNOWN
    if names and subject and subject.start and subject.end:
        for ahead in range((subject.end - subject.start).days + 1):
            day = subject.start + timedelta(days=ahead)
            if (
                day.weekday() == WEEKDAYS.index(names[0])
                and int(match["day"] or day.day) == day.day
            ):
                days = Days(day, day)
                break
    return FigureScope(Period.JORNADA, edition, explicit=True, days=days)
