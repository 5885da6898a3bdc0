"""Which time a number covers: a jornada, several, or another; and its first and last day.

Period, edition and days belong to the passage: each sentence's cues are found, a number takes the
last cue before it, else the first one after it in its sentence, else what the passage before it
had.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.rules.days import UNKNOWN, Days, days_of
from pipeline.rules.jornadas import Calendar, is_jornada_span, is_single_day
from pipeline.rules.passages import CLAUSE_BREAK, Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
from pipeline.spanish.dates import LONGEST_JORNADA
from pipeline.spanish.time_spans import TimeSpan
from schemas.document import Numeral, NumeralKind
from schemas.report import Period

# Looks back after its letters: the engine then skips to those fast.
_PLURAL = re.compile(
    r"(?:jornadas(?<![a-z]jornadas)|fines de semana(?<![a-z]fines de semana))(?![a-z])"
)
# "La de cierre", "La más reciente": one of the jornadas named before.
_THE_ONE = re.compile(
    r"la (?:de|del|que|mas|ultima|primera|segunda|tercera)\b(?! (?:jornada|los|las))"
)
_ANAPHORA = 400
_SEVERAL = re.compile(r"(?:\w+\s+)*(?:fines|jornadas)\b")
_TO_THE_DATE = r"[^.;:()\d]{0,40}$"
_SINCE = re.compile(
    rf"(?:desde|a\s{{1,8}}partir|(?:comenz|empez|inici|arranc|emprend)[a-z\d]{{1,5}}){_TO_THE_DATE}"
)
_UNTIL = re.compile(
    r"(?:hasta|hacia|corte|cierre|concluir|llegar|(?<![a-z])al)\s{1,8}"
    r"(?:(?:de|del|el|la|al|los|dia|dias|pasado|mes|corte|cierre)\s{1,8}){0,5}"
    r"(?:(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo),?\s{1,8})?$"
)
_BEGAN = re.compile(r"[^.;]{0,60}(?:comenz|empez|inici|arranc|emprend)[a-z]{1,4}(?![a-z])")
_THAT_DATE = re.compile(r"(?:esa|dicha|esta)\s{1,8}fecha\s{1,8}(?:al|hasta\s{1,8}el)\s{1,8}$")
_MONTH_BEFORE = re.compile(r"(?:\ben|\bdurante|\bmes de|todo|\bde)\s+(?:el mes de\s+)?$")
_LENGTH = re.compile(r"\s+dias?\b")
_NTH_DAY = re.compile(r"(primer|segundo|tercer)\s{1,8}dia(?![a-z])")
_NTH = {"primer": 0, "segundo": 1, "tercer": 2}
_NAME = re.compile(r"[“\"«'][^”\"»']*$")
_GOAL_BEFORE = re.compile(r"(?:metas?|objetivos?)\s{1,8}$")
_EVERY = re.compile(r"(?:cada|los|las)\s{1,8}$")
_THAT_SPAN = re.compile(
    r"(?:este|ese|dicho|mismo|tal)\s{1,8}(?:periodo|lapso|tiempo)(?![a-z])|(?:con|todo)\s{1,8}(?:ello|eso|esto)(?![a-z])"
)
_BETWEEN_NUMBERS = re.compile(r"entre\s{1,8}(?!l[ao]s\s)")
_AT_YEARS_END = re.compile(r"(?:para|cerrar|a)\s{1,8}$")
_AHEAD = re.compile(r"(?:hacia|para)\s{1,8}(?:el\s{1,8})?(?:dia\s{1,8})?$")
_SAME_SPAN = re.compile(
    r"mismo\s{1,8}(?:lapso|periodo)\s{1,8}(?:de|del)\s{1,8}(?:ano\s{1,8})?((?:19|20)\d\d)(?!\d)"
)
# What was counted up to the jornada: "con el acumulado de esta jornada", "suma así".
_UP_TO_IT = re.compile(
    r"(?<![a-z])(?:con|hasta|tras|concluir)\s{1,8}(?:[a-z]{2,12}\s{1,8}){0,4}?"
    r"(?:jornada|fin\s{1,8}de\s{1,8}semana)(?![a-z])"
    r"|(?<![a-z])(?:suma|acumula|llega|lleva)n?\s{1,8}asi(?![a-z])|(?<![a-z])con\s{1,8}(?:ello|ellas)(?![a-z])"
)
_OF_YEAR = re.compile(r"\s{1,8}de(?:\s{1,8}todo)?\s{1,8}$")


_THIS_YEAR = TimeSpan(0, 0, (1, None), (12, None), None, None, running=True)
_BESIDE = 6
_NEAR = 25
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


class _Tie(NamedTuple):
    """The days of the jornadas that a sentence counts up to."""

    days: Days
    counted: bool
    """Their number is given: "en las diez jornadas"."""


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


def cues(
    source: Passages,
    sentence: Sentence,
    calendar: Calendar,
    carried: FigureScope,
    cumulative: FigureScope | None = None,
) -> tuple[Cue, ...]:
    """Find the cues of one sentence, in order.

    `carried` is what the passage before it had, `cumulative` the last longer stretch with days.
    """
    if cumulative and _THAT_SPAN.search(source.folded, sentence.start, sentence.end):
        carried = cumulative
    found = [
        *_jornada_cues(source, sentence, calendar),
        *_date_cues(source, sentence, calendar, carried),
    ]
    found.extend(_length_cues(source, sentence, calendar))
    found.extend(_year_cues(source, sentence))
    subject = calendar.subject.edition if calendar.subject else None
    for start, end, role in role_terms(sentence, Role.CUMULATIVE, Role.JORNADA, Role.OTHER_PERIOD):
        if role is Role.CUMULATIVE and not any(
            d.start < end and start - d.end < _BESIDE for d in sentence.dates if d.end > start - 9
        ):
            if source.folded[:start].rstrip()[-4:] == " vez":
                continue  # "por primera vez en el año"
            if _BETWEEN_NUMBERS.match(source.folded, start):
                continue  # "de entre cuatro y ocho años"
            yearly = "anual" in source.folded[start:end]
            own = not yearly or bool(_GOAL_BEFORE.search(source.folded, max(0, start - 12), start))
            found.append(Cue(start, Period.CUMULATIVE, None, yearly=yearly, strong=own))
        elif role is Role.JORNADA and (calendar.subject or not calendar.jornadas):
            named = any(abs(c.start - start) < _NEAR and c.period is Period.JORNADA for c in found)
            every = _EVERY.search(source.folded, max(0, start - 12), start)
            if not named and not every and not _SEVERAL.match(source.folded, start, end):
                found.append(Cue(start, Period.JORNADA, subject, calendar.days_of(None)))
        elif role is Role.OTHER_PERIOD:
            found.append(Cue(start, Period.OTHER, None, UNKNOWN))
    found.sort(key=lambda cue: cue.start)
    tied = _tie(source, sentence, calendar)
    year = days_of(_THIS_YEAR, calendar.reference)
    return tuple(_with_days(found, tied, carried, year))


def _with_days(
    found: Sequence[Cue], tied: _Tie | None, carried: FigureScope, year: Days
) -> Iterator[Cue]:
    """Give the cues without days those of their sentence's other cues, or of the passage before.

    A start and an end that stand apart are joined, and a count of jornadas up to a dated one ends
    with it.
    """
    said = [c for c in found if c.period is Period.CUMULATIVE and c.days and c.days != UNKNOWN]
    starts = [c.days.first for c in said if c.days and c.days.first and not c.running]
    ends = [c.days.last for c in said if c.days and c.days.last and not c.days.first]
    yearly = any(cue.yearly for cue in found)
    for cue in found:
        if cue.period is not Period.CUMULATIVE:
            yield cue
            continue
        near = [c for c in said if c.start <= cue.start][-1:] or [c for c in said if c.strong][:1]
        days, running = (near[0].days or UNKNOWN, near[0].running) if near else (UNKNOWN, False)
        if tied and tied.counted and (running or days == UNKNOWN):
            days, running = tied.days, False
        before = carried if carried.period is Period.CUMULATIVE else None
        if days == UNKNOWN and before and not (cue.yearly and cue.strong and tied is None):
            days, running = before.days, before.running
        if days == UNKNOWN and cue.yearly:
            days, running = year, True
        until: date | None = None
        if days.first is None:
            firsts = [
                *starts,
                before.days.first if before else None,
                year.first if yearly else None,
            ]
            last = days.last or (tied.days.last if tied else None)
            if last and (last.month, last.day) == (12, 31):
                firsts.insert(0, last.replace(month=1, day=1))
            days = Days(next((day for day in firsts if day and last and day <= last), None), last)
        elif last := ends[0] if ends else tied.days.last if tied else None:
            if days.first <= last and days.last is None:
                days = days._replace(last=last)
            elif days.last and days.first <= last < days.last and (running or _is_whole_year(days)):
                until = last
        yield cue._replace(days=days, running=running, until=until)


def _tie(source: Passages, sentence: Sentence, calendar: Calendar) -> _Tie | None:
    """Return the days of the jornadas that a sentence counts, or counts up to."""
    published = calendar.reference.published
    dated = [j for j in calendar.jornadas if j.start and not (published and j.start > published)]
    for match in _PLURAL.finditer(source.folded, sentence.start, sentence.end):
        for number in _counts_before(source, sentence, match.start()):
            last = calendar.days_of(int(number.value)).last
            first = calendar.days_of(1).first
            if len(dated) == number.value:
                first = min(j.start for j in dated if j.start)
                last = max(j.end for j in dated if j.end)
            elif last is None and len(dated) == 1 and dated[0].edition is None:
                last = dated[0].end  # "en las quince jornadas", before the sixteenth
            if last:
                return _Tie(Days(first, last), counted=True)
    if _UP_TO_IT.search(source.folded, sentence.start, sentence.end) and calendar.subject:
        return _Tie(Days(None, calendar.subject.end), counted=False)
    return None


def _counts_before(source: Passages, sentence: Sentence, at: int) -> Iterator[Numeral]:
    for numeral in sentence.numerals:
        near = 0 <= at - numeral.end <= _NEAR
        if near and numeral.kind is NumeralKind.COUNT and numeral.value > 1:
            if not re.search(r"[,;.]", source.folded[numeral.end : at]):
                yield numeral


def _jornada_cues(source: Passages, sentence: Sentence, calendar: Calendar) -> Iterator[Cue]:
    subject = calendar.subject.edition if calendar.subject else None
    for mention in calendar.mentions:
        if not sentence.start <= mention.start < sentence.end:
            continue
        if mention.since:
            yield Cue(mention.start, Period.CUMULATIVE, None)
        elif mention.edition or calendar.subject:
            edition = mention.edition or subject
            yield Cue(mention.start, Period.JORNADA, edition, calendar.days_of(mention.edition))
    opening = source.folded[sentence.start : sentence.start + _NEAR].lstrip()
    earlier = max(0, sentence.start - _ANAPHORA)
    if _THE_ONE.match(opening) and _PLURAL.search(source.folded, earlier, sentence.start):
        yield Cue(sentence.start, Period.JORNADA, subject, calendar.days_of(None))
    dated = any(is_jornada_span(span) for span in sentence.dates)
    for match in _PLURAL.finditer(source.folded, sentence.start, sentence.end):
        counted = any(_counts_before(source, sentence, match.start()))
        if counted or (calendar.subject is None and not dated and match[0] == "jornadas"):
            yield Cue(match.start(), Period.CUMULATIVE, None)
    for match in _NTH_DAY.finditer(source.folded, sentence.start, sentence.end):
        first = calendar.days_of(None).first
        day = first and first + timedelta(days=_NTH[match[1]])
        yield Cue(match.start(), Period.JORNADA, subject, Days(day, day), strong=False)


def _date_cues(
    source: Passages, sentence: Sentence, calendar: Calendar, carried: FigureScope
) -> Iterator[Cue]:
    previous: Days = UNKNOWN
    for span in sentence.dates:
        days = days_of(span, calendar.reference)
        cue = _date_cue(source, sentence, calendar, span, days)
        before = source.folded[max(sentence.start, span.start - 40) : span.start]
        if _THAT_DATE.search(before) and previous.first:
            cue = Cue(span.start, Period.CUMULATIVE, None, Days(previous.first, days.last))
        if cue:
            yield cue
        previous = days
    if same := _SAME_SPAN.search(source.folded, sentence.start, sentence.end):
        yield Cue(
            same.start(),
            Period.CUMULATIVE,
            None,
            _in_year(carried.days, int(same[1])),
            passing=True,
        )


def _in_year(days: Days, year: int) -> Days:
    """Return the same days of another year."""
    if days.first is None or days.last is None:
        return UNKNOWN
    try:
        first, last = days.first.replace(year=year), days.last.replace(year=year)
    except ValueError:  # 29 February
        return UNKNOWN
    return Days(first, last) if days.first.year == days.last.year else UNKNOWN


def _date_cue(
    source: Passages, sentence: Sentence, calendar: Calendar, span: TimeSpan, days: Days
) -> Cue | None:
    before = source.folded[max(sentence.start, span.start - 40) : span.start]
    cumulative = Cue(span.start, Period.CUMULATIVE, None, days)
    jornada = calendar.on(days)
    if is_jornada_span(span):
        edition = jornada.edition if jornada else _edition_undated(calendar)
        return Cue(span.start, Period.JORNADA, edition, days)
    if span.first == span.last and span.days == 1:
        if _SINCE.search(before) or _BEGAN.match(source.folded, span.end):
            return cumulative._replace(days=Days(days.first, None))
        if _AHEAD.search(before) and _is_past(days, calendar):
            days = _in_year(days, days.last.year + 1 if days.last else 0)
            return cumulative._replace(days=Days(None, days.last))
        if _UNTIL.search(before):
            if jornada and jornada.end != days.last:  # a cut inside a jornada
                return Cue(
                    span.start, Period.JORNADA, jornada.edition, Days(jornada.start, days.last)
                )
            return cumulative._replace(days=Days(None, days.last))
        if is_single_day(source, span) and sentence.quantities:
            edition = jornada.edition if jornada else None
            return Cue(span.start, Period.JORNADA, edition, days, strong=False)
        return None
    if span.years_back:
        return cumulative._replace(passing=True)
    if _is_year(span) or span.running:
        printed = _is_year(span) and span.first_year is not None
        since = source.folded.startswith("desde", span.start)
        strong = not printed or (span.running and not since)
        return cumulative._replace(strong=strong, running=span.running)
    if span.days is None and span.first == span.last:  # one month
        if _SINCE.search(before):
            return cumulative._replace(days=Days(days.first, None))
        if span.first[0] == 12 and days.last and _AT_YEARS_END.search(before):  # noqa: PLR2004
            return cumulative._replace(days=Days(days.last.replace(month=1, day=1), days.last))
        if _UNTIL.search(before):
            return cumulative._replace(days=Days(None, days.last))
        return cumulative if _MONTH_BEFORE.search(before) else None
    return cumulative


def _is_past(days: Days, calendar: Calendar) -> bool:
    published = calendar.reference.published
    return bool(published and days.last and days.last < published)


def _is_whole_year(days: Days) -> bool:
    first, last = days
    return bool(first and last and (first.month, first.day, last.month, last.day) == (1, 1, 12, 31))


def _is_year(span: TimeSpan) -> bool:
    return span.first == (1, None) and span.last == (12, None)


def _edition_undated(calendar: Calendar) -> int | None:
    """Return the edition of days whose year is not known: the subject's, if it has no days."""
    subject = calendar.subject
    return subject.edition if subject and subject.start is None else None


def _length_cues(source: Passages, sentence: Sentence, calendar: Calendar) -> Iterator[Cue]:
    """Find lengths of time: "cuatro días", "100 días"."""
    subject = calendar.subject.edition if calendar.subject else None
    for numeral in sentence.numerals:
        if numeral.kind is NumeralKind.COUNT and _LENGTH.match(source.folded, numeral.end):
            if _NAME.search(source.text[max(sentence.start, numeral.start - 30) : numeral.start]):
                continue
            if numeral.value > LONGEST_JORNADA:
                yield Cue(numeral.start, Period.CUMULATIVE, None)
            elif numeral.value > 1:
                yield Cue(numeral.start, Period.JORNADA, subject, calendar.days_of(None))


def _year_cues(source: Passages, sentence: Sentence) -> Iterator[Cue]:
    """Find years without a preposition of time: "las 1,825 de 2024", ", 2025 tuvo"."""
    for numeral in sentence.numerals:
        if numeral.kind is not NumeralKind.YEAR:
            continue
        if any(span.start <= numeral.start < span.end for span in sentence.dates):
            continue
        year = int(numeral.value)
        days = Days(date(year, 1, 1), date(year, 12, 31))
        before = source.folded[sentence.start : numeral.start]
        counted = next(
            (
                n
                for n in sentence.quantities
                if _OF_YEAR.fullmatch(source.folded, n.end, numeral.start)
            ),
            None,
        )
        if counted:
            yield Cue(counted.start - 1, Period.CUMULATIVE, None, days, strong=False)
        elif (
            not before.strip()
            or before.rstrip()[-1] in ",;"
            or _is_headline(source, sentence, numeral)
        ):
            yield Cue(numeral.start, Period.CUMULATIVE, None, days, strong=False)


def _is_headline(source: Passages, sentence: Sentence, year: Numeral) -> bool:
    """Tell whether a year stands in a headline as an adverb: "Cierra IMSS 2023 con"."""
    return sentence.block == 0 and source.folded.startswith(" con ", year.end)


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
