"""Which jornadas a bulletin is about or names: edition, kind, days, and how the year is known."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.calendars import Calendar, is_jornada_span
from pipeline.rules.events import is_longer, reports_event
from pipeline.rules.jornada_mentions import (
    JORNADA,
    KINDS,
    Mention,
    is_plural,
    kind_after,
    mentions_of,
    sentence_at,
)
from pipeline.rules.jornada_years import JornadaYears
from pipeline.rules.other_jornadas import OtherJornada, other_jornadas
from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.programmes import programmes_named
from pipeline.spanish.time_spans import TimeSpan
from schemas.document import NumeralKind
from schemas.report import Jornada, JornadaKind

_START = attrgetter("start")
_DAY_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:el|este|del|al|dia|ayer|hoy),?\s{1,8}(?:pasado\s{1,8}|proximo\s{1,8})?(?:dia\s{1,8})?"
    r"(?:(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo),?\s{1,8})?)$"
)
_OTHER_EVENT = re.compile(
    r"(?:desde|hasta|partir|corte|comenz\w*|inici\w*|arranc\w*|vence\w*|plazo)\s{1,8}(?:el\s|de\s|del\s|al\s)?"
)
_EDGE = re.compile(
    r"(?:(?P<first>comenzo|empezo|inicio|arranco|abrio)"
    r"|cerro|cerraron|concluyo|culmino|finalizo|termino)"
    r"\s{1,8}(?:el\s{1,8})?(?:pasado\s{1,8})?(?:dia\s{1,8})?(?:[a-z]{5,9},?\s{1,8})?$"
)
_DAY_REACH = 40
_IN_GENERAL = re.compile(r"(?:jornadas(?<![a-z]jornadas)|semestre|trimestre)(?![a-z])")
# Of a headline, in the present tense.
_ANNOUNCES = re.compile(
    r"(?<![a-z])(?:alista|anuncia|apresta|convoca|invita|prepara)n?(?![a-z])|(?<![a-z])va\s{1,8}por(?![a-z])"
)
_HEAD = 300
_SET_APART = re.compile(
    r"(?<![a-z])(?:jornada\s{1,8}(?:mas|menos|con\s{1,8}(?:mas|menos|mayor|menor))|(?:de|la)\s{1,8}(?:mayor|menor|mejor|peor)"
    r"|tan\s{1,8}solo|por\s{1,8}ejemplo)(?![a-z])"
)
_MOST_JORNADAS = 60
"""More are no jornadas of one bulletin."""
_MOST_BEFORE = 3
"""Sentences with numbers that may stand before the jornada that a bulletin is about is named."""


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
    others = other_jornadas(source)
    years = JornadaYears(source, published_on, mentions)
    jornadas: list[Jornada] = []
    first = 0
    for found in _found(source, mentions, others):
        kind = _kind_of(source, mentions, found, themed=themed, place=place)
        jornada = years.dated(found.edition, found.span).model_copy(update={"kind": kind})
        one_day = found.span is not None and jornada.start == jornada.end
        if found.span and one_day and (edge := edge_told(source, found.span)):
            jornada = jornada.model_copy(update={edge: None})
        if not any(_is_same(one, jornada) for one in jornadas):
            jornadas.append(jornada)
            first = first if len(jornadas) > 1 else found.at
    subject = None
    if jornadas and not _is_balance(source, first):
        subject = jornadas[0] = jornadas[0].model_copy(update={"subject": True})
    eventful = subject is not None or (not jornadas and reports_event(source))
    several = any(map(is_plural, JORNADA.finditer(source.folded)))
    found_calendar = Calendar(
        tuple(jornadas), mentions, subject, years.reference(jornadas), eventful, several, others
    )
    return found_calendar.with_others(source, published_on)


def _is_balance(source: Passages, first: int) -> bool:
    """Tell whether a bulletin speaks of jornadas in general before it names one, at `first`.

    So does one that sets the jornada apart from others, or that begins with a longer stretch.
    """
    counting = [s for s in source.sentences if s.end <= first and s.quantities]
    sentence = sentence_at(source, first)
    if counting and _SET_APART.search(source.folded, sentence.start, sentence.end):
        return True
    to_come = any(word.future for word in sentence.words)
    if len(counting) > 1 and is_longer(counting[0]) and not to_come:
        return not JORNADA.search(source.folded, 0, counting[0].start)
    in_general = _IN_GENERAL.search(source.folded, 0, first)
    return len(counting) > _MOST_BEFORE and in_general is not None


def _is_same(one: Jornada, other: Jornada) -> bool:
    if other.edition is not None:
        return one.edition == other.edition
    return one.start == other.start and one.end == other.end


def _found(
    source: Passages, mentions: tuple[Mention, ...], others: tuple[OtherJornada, ...]
) -> list[_Found]:
    """List each edition with its days, and days with numbers that are no edition's, as printed."""
    editions: list[int | None] = [*_editions(source, mentions)]
    if not editions and _has_unnumbered(source, mentions):
        editions.append(None)
    own: dict[int | None, list[Mention]] = defaultdict(list)
    for mention in mentions:
        own[mention.edition].append(mention)
    spans = {edition: _dates_of(source, mentions, own[edition]) for edition in editions}
    taken = {(span.first, span.last) for span in spans.values() if span}
    free = [s for s in source.dates if is_jornada_span(s) and (s.first, s.last) not in taken]
    for edition in editions:  # the first one that is not dated by its own sentence
        if spans[edition] is None:
            day = _day_of_mention(source, own[edition])
            apart = day and edition and not any(_holds(span, day) for span in free)
            spans[edition] = free[0] if free and not apart else day
            break
    found: list[_Found] = []
    for edition, span in spans.items():
        taken.update([(span.first, span.last)] if span else [])
        at = min([*(m.start for m in own[edition]), *([span.start] if span else [])], default=0)
        found.append(_Found(edition, span, at))
    unnumbered = sorted([m.start for m in own[None]] + [other.start for other in others])
    for sentence in source.sentences:
        counted = any(n.kind is NumeralKind.COUNT and n.value > 1 for n in sentence.quantities)
        named = bisect_left(unnumbered, sentence.start) < bisect_left(unnumbered, sentence.end)
        if not (counted or named):
            continue
        for span in filter(is_jornada_span, sentence.dates):
            if (span.first, span.last) not in taken:
                taken.add((span.first, span.last))
                found.append(_Found(None, span, span.start))
    return sorted(found, key=lambda one: one.at)[:_MOST_JORNADAS]


def _editions(source: Passages, mentions: tuple[Mention, ...]) -> list[int]:
    """Return the editions in order of first mention, without a lone slip of the pen."""
    mentions = tuple(m for m in mentions if not m.since)
    counts = Counter(m.edition for m in mentions if m.edition is not None)
    if len(counts) < 2:  # noqa: PLR2004
        return list(counts)
    most = max(counts.values())
    once = {m.edition: m for m in mentions if m.edition is not None and counts[m.edition] == 1}
    return [
        edition
        for edition, times in counts.items()
        if times > 1 or most == 1 or _has_own_facts(source, mentions, once[edition])
    ]


def _has_own_facts(source: Passages, mentions: tuple[Mention, ...], mention: Mention) -> bool:
    """Tell whether an edition that is named once comes with days or figures of its own."""
    sentence = sentence_at(source, mention.start)
    if any(map(is_jornada_span, sentence.dates)):
        return True
    if sentence.block == 0:
        return False
    first = bisect_left(mentions, sentence.start, key=_START)
    behind = bisect_left(mentions, sentence.end, key=_START)
    alone = len({m.edition for m in mentions[first:behind]}) == 1
    return alone and any(n.kind is NumeralKind.COUNT and n.value > 1 for n in sentence.numerals)


def is_single_day(source: Passages, span: TimeSpan) -> bool:
    """Tell whether a span is one day on which something was done, and no dateline or end."""
    if span.days != 1:
        return False
    before = source.folded[max(0, span.start - _DAY_REACH) : span.start]
    lone = span.first[0] is None
    return bool(lone or _DAY_BEFORE.search(before)) and not _OTHER_EVENT.search(before[-25:])


def edge_told(source: Passages, span: TimeSpan) -> str | None:
    """Return the field of a jornada that one day does not tell: it only began, or ended, on it."""
    if span.days != 1:
        return None
    before = source.folded[max(0, span.start - _DAY_REACH) : span.start]
    if told := _EDGE.search(before):
        return "end" if told["first"] else "start"
    return None


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
    source: Passages, mentions: tuple[Mention, ...], own: Sequence[Mention]
) -> TimeSpan | None:
    """Return the days nearest to a mention of one edition, of which `own` are, in its sentence.

    Of jornadas without a number the one that is mentioned first counts.
    """
    best: tuple[int, TimeSpan] | None = None
    for mention in own:
        edition = mention.edition
        if best and edition is None:
            break
        sentence = sentence_at(source, mention.start)
        for span in filter(is_jornada_span, sentence.dates):
            distance = abs(span.start - mention.start)
            if best and distance >= best[0]:
                continue
            nearer = slice(
                bisect_right(mentions, span.start - distance, key=_START),
                bisect_left(mentions, span.start + distance, key=_START),
            )
            rivals = any(m.edition not in (None, edition) for m in mentions[nearer])
            if not rivals:
                best = (distance, span)
    return best[1] if best else None


def _holds(span: TimeSpan, day: TimeSpan) -> bool:
    return span.first <= day.first <= span.last if span.first[0] and day.first[0] else True


def _day_of_mention(source: Passages, mentions: Sequence[Mention]) -> TimeSpan | None:
    """Return the one day that is printed in a sentence that names the jornada."""
    for mention in mentions:
        for span in sentence_at(source, mention.start).dates:
            if is_single_day(source, span) or edge_told(source, span):
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
    numbered = any(
        JORNADA.match(source.folded, m.start) for m in mentions if m.edition == found.edition
    )
    numbered = numbered and found.edition is not None
    if themed and not numbered:
        return JornadaKind.MONOTHEMATIC
    of_one_place = place != NATIONAL and not numbered and not programmes_named(source.text)
    return JornadaKind.STATE if of_one_place else JornadaKind.NATIONAL


def is_upcoming(source: Passages, found: Calendar, published_on: date | None) -> bool:
    """Tell whether the jornada that a bulletin is about is still to come."""
    if found.subject is None:
        return False
    if found.subject.start and published_on:
        return published_on <= found.subject.start
    own = [m.start for m in found.mentions if m.edition == found.subject.edition]
    named = [
        s
        for s in source.sentences
        if bisect_left(own, s.start) < bisect_left(own, s.end) or any(map(is_jornada_span, s.dates))
    ]
    future = sum(word.future for s in named for word in s.words)
    past = sum(past_verbs(s) for s in named)
    counted = next((s.end for s in source.sentences if s.quantities), 0)
    announced = _ANNOUNCES.search(source.folded, 0, min(counted, _HEAD)) is not None
    return future + announced > past


def past_verbs(sentence: Sentence) -> int:
    """Count the verbs that tell what was done, which verbs of saying do not."""
    said = {start for start, _, _ in role_terms(sentence, Role.SAYING)}
    places = zip(sentence.words, sentence.places, strict=True)
    return sum(word.past and start not in said for word, (start, _) in places)
