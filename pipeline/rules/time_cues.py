"""The words of a sentence that say which time its numbers cover, and which days that is."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import timedelta
from operator import attrgetter

from pipeline.rules.calendars import Calendar, is_jornada_span
from pipeline.rules.days import UNKNOWN, Days, days_of
from pipeline.rules.jornadas import is_single_day
from pipeline.rules.other_jornadas import OtherJornada
from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.scopes import Cue, FigureScope
from pipeline.rules.stretches import (
    SEVERAL_JORNADAS,
    counts_before,
    named_before,
    tie_of,
    with_days,
)
from pipeline.rules.time_lengths import day_cues, length_cues, year_cues
from pipeline.rules.times_beside import in_context
from pipeline.rules.vocabulary import Role
from pipeline.spanish.time_spans import TimeSpan
from schemas.report import Period

# "La de cierre", "La más reciente": one of the jornadas named before.
_THE_ONE = re.compile(
    r"(?:en |con |durante )?la (?:de|del|que|mas|ultima|segunda|tercera"
    r"|primera(?P<first>(?=,? (?:celebrad|efectuad|organizad|realizad|en |de)))?)\b"
    r"(?! (?:jornada|los|las))"
)
# "En ambas suman 86", "las tres dejaron 300".
_ALL_OF_THEM = re.compile(
    r"(?<![a-z])(?:ambas|las\s{1,8}(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez))"
    r"(?=\s?[,;.]|\s{1,8}(?:(?P<before>anteriores|previas)|primeras|juntas|sum|acumul|total|dejaron|dieron|reun|se\s))"
)
_ANAPHORA = 400
_SEVERAL = re.compile(r"(?:\w+\s+)*(?:fines|jornadas)\b")
_OF_SEVERAL = re.compile(r"jornadas\s{1,8}(?:[a-z]{2,12}\s{1,8}){0,2}$")
_TO_THE_DATE = r"[^.;:()\d]{0,40}$"
_SINCE = re.compile(
    rf"(?:desde|a\s{{1,8}}partir|(?:comenz|empez|inici|arranc|emprend)[a-z\d]{{1,5}}){_TO_THE_DATE}"
)
# "Pacientes que esperaban desde marzo": so long they waited, not so long it was counted.
_WAITS = re.compile(
    r"(?:aguard|aplaz|atras|difer|espera|pendient|pospuest|pospon|rezag|suspend)[a-z]{0,8}\s{1,8}"
    r"(?:[a-z]{2,12}\s{1,8}){0,3}?desde\s{1,8}(?:[a-z]{2,10}\s{1,8}){0,3}$"
)
_UNTIL = re.compile(
    r"(?:hasta|hacia|corte|cierre|concluir|llegar|(?<![a-z])al)\s{1,8}"
    r"(?:(?:de|del|el|la|al|los|dia|dias|pasado|mes|corte|cierre)\s{1,8}){0,5}"
    r"(?:(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo),?\s{1,8})?$"
)
_BEGAN = re.compile(r"[^.;]{0,60}(?:comenz|empez|inici|arranc|emprend)[a-z]{1,4}(?![a-z])")
_THAT_DATE = re.compile(r"(?:esa|dicha|esta)\s{1,8}fecha\s{1,8}(?:al|hasta\s{1,8}el)\s{1,8}$")
_MONTH_BEFORE = re.compile(r"(?:\ben|\bdurante|\bmes de|todo|\bde)\s+(?:el mes de\s+)?$")
# "A finales de mayo" tells when something was, not how long it took.
_ABOUT_THEN = re.compile(
    r"(?<![a-z])(?:a|hacia)\s{1,8}(?:fin(?:al)?es|inicios|mediados|principios)\s{1,8}de\s{1,8}$"
)
_GOAL_BEFORE = re.compile(r"(?:metas?|objetivos?)\s{1,8}$")
_ONE_JORNADA = re.compile(r"jornada(?!s)")
_TIME_OF_DAY = re.compile(
    r"\s{1,8}(?:(?:del?|a)\s{1,8})?(?:(?:el|la|las|los|esta|este|hoy|ayer)\s{1,8}){0,2}"
    r"(?:\d{1,2}(?:[:.]\d\d)?\s{1,8}(?:h|horas|hrs)(?![a-z])|mediodia|manana|tarde|noche|hoy|ayer)(?![a-z])"
)
# "Por primera vez en el año" tells when, not how long.
_FIRST_TIME = re.compile(r"(?:vez|ocasion)\s{1,8}$")
_EVERY = re.compile(r"(?:cada|los|las)\s{1,8}$")
# "Para reforzar la plantilla": who comes takes part in the jornada.
_REINFORCED = re.compile(r"(?:ampliar|apoyar|completar|reforzar)\s{1,8}(?:la|su)\s{1,8}$")
_THAT_SPAN = re.compile(
    r"(?:este|ese|dicho|mismo|tal)\s{1,8}(?:periodo|lapso|tiempo)(?![a-z])|(?:con|todo)\s{1,8}(?:ello|eso|esto)(?![a-z])"
)
_THE_SAME = re.compile(
    r"(?:el\s{1,8})?(?:dicho|ese|este|mismo)\s{1,8}(?:lapso|periodo)(?![a-z])(?!\s{1,8}del?\s)"
)
_BETWEEN_NUMBERS = re.compile(r"entre\s{1,8}(?!l[ao]s\s)")
_AT_YEARS_END = re.compile(r"(?:para|cerrar|llegar)\s{1,8}(?:el\s{1,8}|al\s{1,8}|a\s{1,8})?$")
_AHEAD = re.compile(r"(?:hacia|para)\s{1,8}(?:el\s{1,8})?(?:dia\s{1,8})?$")
_SAME_SPAN = re.compile(
    r"mismo\s{1,8}(?:lapso|periodo)\s{1,8}(?:de|del)\s{1,8}(?:ano\s{1,8})?((?:19|20)\d\d)(?!\d)"
)
_THIS_YEAR = TimeSpan(0, 0, (1, None), (12, None), None, None, running=True)
_DECEMBER = 12
_START = attrgetter("start")
_BESIDE = 6
_TWO = 2
# "Cifras preliminares al 30 de agosto": when the jornada was counted, not what it took.
_COUNTED_AT = re.compile(
    r"(?:cifras?|datos?|informacion|preliminar(?:es)?|reportes?|resultados?)[^.;:]{0,25}$"
)
_COUNTED_WITHIN = timedelta(days=14)
_NAMED_NEAR, _LONGEST_MONTH = 60, 31
_NEAR = 25


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
    others = calendar.others_in(sentence)
    found = [
        cue
        for cue in (
            *_jornada_cues(source, sentence, calendar),
            *_date_cues(source, sentence, calendar, carried),
        )
        if not any(_is_told_by(cue, one) for one in others)
    ]
    found.extend(
        Cue(o.start, Period.JORNADA, None, UNKNOWN, passing=True) for o in others if not o.named
    )
    found.extend(day_cues(source, sentence, calendar))
    found.extend(length_cues(source, sentence, calendar))
    found.extend(year_cues(source, sentence))
    subject = calendar.subject.edition if calendar.subject else None
    for start, end, role in role_terms(sentence, Role.CUMULATIVE, Role.JORNADA, Role.OTHER_PERIOD):
        if role is Role.CUMULATIVE and not any(
            d.start < end and start - d.end < _BESIDE for d in sentence.dates if d.end > start - 9
        ):
            if _is_no_stretch(source, start, end, carried):
                continue
            yearly = "anual" in source.folded[start:end]
            own = not yearly or bool(_GOAL_BEFORE.search(source.folded, max(0, start - 12), start))
            found.append(Cue(start, Period.CUMULATIVE, None, yearly=yearly, strong=own))
        elif role is Role.JORNADA and (calendar.subject or not calendar.jornadas):
            named = any(abs(c.start - start) < _NEAR and c.period is Period.JORNADA for c in found)
            named = named or any(o.start - _BESIDE <= start < o.end for o in others)
            every = _EVERY.search(source.folded, max(0, start - 12), start)
            every = every or _OF_SEVERAL.search(source.folded, max(0, start - 40), start)
            if not named and not every and not _SEVERAL.match(source.folded, start, end):
                found.append(Cue(start, Period.JORNADA, subject, calendar.days_of(None)))
        elif role is Role.OTHER_PERIOD and not _REINFORCED.search(
            source.folded, max(0, start - 20), start
        ):
            found.append(Cue(start, Period.OTHER, None, UNKNOWN))
    found.sort(key=lambda cue: cue.start)
    found = in_context(source, sentence, found, carried)
    tied = tie_of(source, sentence, calendar)
    year = days_of(_THIS_YEAR, calendar.reference)
    if cumulative and any(cue.yearly and not cue.strong for cue in found):
        carried = cumulative  # "la productividad anual": of the stretch that was told before
    return tuple(with_days(found, tied, carried, year))


def _is_no_stretch(source: Passages, start: int, end: int, carried: FigureScope) -> bool:
    """Tell whether words that may say a longer stretch say something else here."""
    among = source.folded.startswith("entre", start)
    return bool(
        _FIRST_TIME.search(source.folded, max(0, start - 12), start)
        # the vocabulary knows the plural: "las jornadas realizadas"
        or _ONE_JORNADA.search(source.folded, start, end)
        or _TIME_OF_DAY.match(source.folded, end)  # a cut inside a jornada
        # "en el mismo periodo", of a jornada
        or (carried.period is Period.JORNADA and _THE_SAME.match(source.folded, start))
        or _BETWEEN_NUMBERS.match(source.folded, start)  # "de entre cuatro y ocho años"
        # "entre las cuatro", of states
        or (among and not named_before(source, start))
    )


def _is_told_by(cue: Cue, other: OtherJornada) -> bool:
    """Tell whether a cue is but the noun or the month that names another jornada."""
    near = cue.days is not None and abs(cue.start - other.start) < _NAMED_NEAR
    first, last = cue.days or UNKNOWN
    short = first is None or last is None or (last - first).days < _LONGEST_MONTH
    month = near and short and cue.period is Period.CUMULATIVE
    return month or (not other.named and other.start <= cue.start < other.end)


def _jornada_cues(source: Passages, sentence: Sentence, calendar: Calendar) -> Iterator[Cue]:
    subject = calendar.subject.edition if calendar.subject else None
    first = bisect_left(calendar.mentions, sentence.start, key=_START)
    behind = bisect_left(calendar.mentions, sentence.end, lo=first, key=_START)
    for mention in calendar.mentions[first:behind]:
        if mention.since:
            yield Cue(mention.start, Period.CUMULATIVE, None)
        elif mention.edition or calendar.subject:
            # An ordinal that is no jornada's of the bulletin is a slip.
            named = mention.edition if calendar.has(mention.edition) else None
            edition = named or subject
            aside = len(calendar.jornadas) == _TWO and calendar.subject and edition != subject
            days = calendar.days_of(named)
            yield Cue(mention.start, Period.JORNADA, edition, days, passing=bool(aside))
    opening = source.folded[sentence.start : sentence.start + _NEAR].lstrip()
    earlier = max(0, sentence.start - _ANAPHORA)
    if one := _THE_ONE.match(opening):
        if SEVERAL_JORNADAS.search(source.folded, earlier, sentence.start):
            yield Cue(sentence.start, Period.JORNADA, subject, calendar.days_of(None))
        elif one["first"] is not None and subject and subject > 1 and not calendar.has(1):
            yield Cue(sentence.start, Period.JORNADA, None, UNKNOWN, passing=True)
    together = len(calendar.jornadas) != 1 or calendar.several or calendar.others
    for match in _ALL_OF_THEM.finditer(source.folded, sentence.start, sentence.end):
        if together or match["before"]:
            yield Cue(match.start(), Period.CUMULATIVE, None)
    dated = any(is_jornada_span(span) for span in sentence.dates)
    for match in SEVERAL_JORNADAS.finditer(source.folded, sentence.start, sentence.end):
        counted = any(counts_before(source, sentence, match.start()))
        if counted or (calendar.subject is None and not dated and match[0] == "jornadas"):
            yield Cue(match.start(), Period.CUMULATIVE, None)


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
        if cue and not (_FIRST_TIME.search(before) or _WAITS.search(before)):
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
    """Return what a span of time says: a jornada, or a longer stretch; None where nothing."""
    jornada = calendar.on(days)
    if is_jornada_span(span):
        edition = jornada.edition if jornada else _edition_undated(calendar, sentence, span)
        return Cue(span.start, Period.JORNADA, edition, days)
    before = source.folded[max(sentence.start, span.start - 40) : span.start]
    cumulative = Cue(span.start, Period.CUMULATIVE, None, days)
    if span.first == span.last and span.days == 1:
        if cue := _from_or_until(source, span, calendar, before, cumulative):
            return cue
        done = is_single_day(source, span) and bool(sentence.quantities)
        edition = jornada.edition if jornada else None
        return Cue(span.start, Period.JORNADA, edition, days, strong=False) if done else None
    if span.years_back:
        return cumulative._replace(passing=True)
    if _is_year(span) or span.running:
        printed = _is_year(span) and span.first_year is not None
        since = source.folded.startswith("desde", span.start)
        strong = not printed or (span.running and not since)
        return cumulative._replace(strong=strong, running=span.running)
    if span.days is None and span.first == span.last:  # one month
        if cue := _from_or_until(source, span, calendar, before, cumulative):
            return cue
        whole = _MONTH_BEFORE.search(before) and not _ABOUT_THEN.search(before)
        return cumulative if whole else None
    return cumulative


def _from_or_until(
    source: Passages, span: TimeSpan, calendar: Calendar, before: str, cue: Cue
) -> Cue | None:
    """Return the stretch that a day or month begins or ends, from the words around it.

    A cut inside a jornada is a stretch of that jornada, from its first day.
    """
    days = cue.days or UNKNOWN
    own = calendar.subject
    if own and days.first and span.days == 1:
        open_ended = own.start is None or own.end is None
        if open_ended and days.first in (own.start, own.end):
            return Cue(cue.start, Period.JORNADA, own.edition, Days(own.start, own.end))
        late = own.end and timedelta(0) < days.first - own.end <= _COUNTED_WITHIN
        if late and _COUNTED_AT.search(before):
            return Cue(cue.start, Period.JORNADA, own.edition, calendar.days_of(None), strong=False)
    if _SINCE.search(before) or (span.days and _BEGAN.match(source.folded, span.end)):
        return cue._replace(days=Days(days.first, None))
    ends_a_year = span.first in ((_DECEMBER, None), (_DECEMBER, 31))
    goal = ends_a_year and _AT_YEARS_END.search(before) is not None
    if (goal or _AHEAD.search(before)) and days.last and _is_past(days, calendar):
        days = _in_year(days, days.last.year + 1)
        cue = cue._replace(days=Days(None, days.last))
    if goal and days.last:
        whole = Days(days.last.replace(month=1, day=1), days.last)
        return cue._replace(days=whole, passing=True)
    if _AHEAD.search(before) and cue.days and cue.days.first is None:
        return cue
    if not _UNTIL.search(before):
        return None
    jornada = calendar.on(days)
    if jornada and jornada.end != days.last:
        cut = Days(jornada.start, days.last)
        return Cue(cue.start, Period.JORNADA, jornada.edition, cut)
    return cue._replace(days=Days(None, days.last))


def _is_past(days: Days, calendar: Calendar) -> bool:
    published = calendar.reference.published
    return bool(published and days.last and days.last < published)


def _is_year(span: TimeSpan) -> bool:
    return span.first == (1, None) and span.last == (12, None)


def _edition_undated(calendar: Calendar, sentence: Sentence, span: TimeSpan) -> int | None:
    """Return the edition of days whose year is not known: its sentence's, or the subject's.

    The subject's only where it has no days.
    """
    first = bisect_left(calendar.mentions, sentence.start, key=_START)
    behind = bisect_left(calendar.mentions, span.start, key=_START)
    for mention in reversed(calendar.mentions[first:behind]):
        if mention.edition and calendar.has(mention.edition):
            return mention.edition
    subject = calendar.subject
    return subject.edition if subject and subject.start is None else None
