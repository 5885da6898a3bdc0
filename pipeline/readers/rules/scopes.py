"""What holds for a number because of where it stands: period, edition, status, approximation.

Period and edition belong to the passage: each sentence's cues are found, a number takes the last
cue before it, else the first one after it in its sentence, else what the passage before it had.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.readers.rules.jornadas import Calendar, is_jornada_span, role_terms
from pipeline.readers.rules.passages import Passages, Sentence
from pipeline.readers.rules.vocabulary import Role
from schemas.document import Numeral, NumeralKind
from schemas.report import Period, Status

_PLURAL = re.compile(r"(?<![a-z])(?:jornadas|fines de semana)(?![a-z])")
_SEVERAL = re.compile(r"(?:\w+\s+)*(?:fines|jornadas)\b")
_YEAR_BEFORE = re.compile(r"(?:\ben|\bdurante|\bmientras|\bpara|a lo largo de|\bano)\s+$")
_SINCE = re.compile(
    r"(?:(?:desde|a partir)\s+(?:de\s+|del\s+)?|hasta\s+|\bal\s+)(?:el\s+)?(?:pasado\s+)?(?:dia\s+)?$"
)
_MONTH_BEFORE = re.compile(r"(?:\ben|\bdurante|\bmes de|todo)\s+(?:el mes de\s+)?$")
_DAYS = re.compile(r"\s+dias?\b")
_NAME = re.compile(r"[“\"«'][^”\"»']*$")
_LONG_CAMPAIGN = 7


class Cue(NamedTuple):
    """Words that say which time a number covers."""

    start: int
    period: Period
    edition: int | None
    strong: bool = True
    """Holds on for the sentences after it; a year in passing ("lo aplazado en 2020") does not."""


class Scope(NamedTuple):
    """The time that the numbers of a passage cover."""

    period: Period
    edition: int | None
    explicit: bool
    """Said by a cue, not assumed."""


def default_scope(source: Passages, calendar: Calendar) -> Scope:
    """Return what holds before any cue: the jornada that the bulletin is about, if there is one."""
    del source
    if calendar.subject:
        return Scope(Period.JORNADA, calendar.subject.edition, explicit=False)
    return Scope(Period.CUMULATIVE, None, explicit=False)


def cues(source: Passages, sentence: Sentence, calendar: Calendar) -> tuple[Cue, ...]:
    """Find the cues of one sentence, in order."""
    found = [*_jornada_cues(source, sentence, calendar), *_date_cues(source, sentence, calendar)]
    found.extend(_number_cues(source, sentence))
    subject = calendar.subject.edition if calendar.subject else None
    for start, end, role in role_terms(sentence, Role.CUMULATIVE, Role.JORNADA, Role.OTHER_PERIOD):
        if role is Role.CUMULATIVE and not any(0 <= start - d.end < 6 for d in sentence.dates):  # noqa: PLR2004
            found.append(Cue(start, Period.CUMULATIVE, None))
        elif role is Role.JORNADA:
            plural = _SEVERAL.match(source.folded, start, end)
            if not plural and not any(
                abs(c.start - start) < 25 and c.period is Period.JORNADA for c in found
            ):  # noqa: PLR2004
                found.append(Cue(start, Period.JORNADA, subject))
        elif role is Role.OTHER_PERIOD:
            found.append(Cue(start, Period.OTHER, None))
    return tuple(sorted(found))


def _jornada_cues(source: Passages, sentence: Sentence, calendar: Calendar) -> Iterator[Cue]:
    subject = calendar.subject.edition if calendar.subject else None
    for mention in calendar.mentions:
        if not sentence.start <= mention.start < sentence.end:
            continue
        if mention.since:
            yield Cue(mention.start, Period.CUMULATIVE, None)
        else:
            yield Cue(mention.start, Period.JORNADA, mention.edition or subject)
    dated = any(is_jornada_span(span) for span in sentence.dates)
    for match in _PLURAL.finditer(source.folded, sentence.start, sentence.end):
        counted = any(
            n.kind is NumeralKind.COUNT
            and n.value > 1
            and 0 <= match.start() - n.end <= 25  # noqa: PLR2004
            and not re.search(r"[,;.]", source.folded[n.end : match.start()])
            for n in sentence.numerals
        )
        if counted or (calendar.subject is None and not dated and match[0] == "jornadas"):
            yield Cue(match.start(), Period.CUMULATIVE, None)


def _date_cues(source: Passages, sentence: Sentence, calendar: Calendar) -> Iterator[Cue]:
    for span in sentence.dates:
        before = source.folded[max(sentence.start, span.start - 40) : span.start]
        if is_jornada_span(span):
            edition = calendar.edition_of(span)
            yield Cue(span.start, Period.JORNADA, edition)
        elif span.days is not None and span.days > LONGEST or span.first != span.last:
            yield Cue(span.start, Period.CUMULATIVE, None)
        elif span.days == 1 and _SINCE.search(before):
            yield Cue(span.start, Period.CUMULATIVE, None)
        elif span.days is None and (_MONTH_BEFORE.search(before) or _SINCE.search(before)):
            yield Cue(span.start, Period.CUMULATIVE, None)


LONGEST = 6


def _number_cues(source: Passages, sentence: Sentence) -> Iterator[Cue]:
    """Years ("en 2025") and lengths of time ("cuatro días", "100 días")."""
    for numeral in sentence.numerals:
        before = source.folded[max(sentence.start, numeral.start - 20) : numeral.start]
        if numeral.kind is NumeralKind.YEAR:
            in_date = any(s.start <= numeral.start < s.end for s in sentence.dates)
            counted = next(
                (
                    n
                    for n in sentence.numerals
                    if 0 < numeral.start - n.end <= 5 and n.kind is NumeralKind.COUNT
                ),
                None,
            )  # noqa: PLR2004
            if counted and source.folded[counted.end : numeral.start].split() == ["de"]:
                yield Cue(counted.start - 1, Period.CUMULATIVE, None, strong=False)
            elif not in_date and (_YEAR_BEFORE.search(before) or numeral.start == sentence.start):
                yield Cue(numeral.start, Period.CUMULATIVE, None, strong=False)
        elif numeral.kind is NumeralKind.COUNT and _DAYS.match(source.folded, numeral.end):
            if _NAME.search(source.text[max(sentence.start, numeral.start - 30) : numeral.start]):
                continue
            if numeral.value > LONG_CAMPAIGN:
                yield Cue(numeral.start, Period.CUMULATIVE, None)
            elif 1 < numeral.value:
                yield Cue(numeral.start, Period.JORNADA, None)


LONG_CAMPAIGN = 7


def scope_of(
    text: str, found: tuple[Cue, ...], numeral: Numeral, last: int, carried: Scope
) -> Scope:
    """Choose the cue that governs `numeral`, whose words end at `last`."""
    for cue in found:
        # Right behind the number's own words: "71 trasplantes en el año".
        if last <= cue.start < last + 40 and not re.search(
            r"[,;.:()\d]|\by\b", text[last : cue.start]
        ):
            return Scope(cue.period, cue.edition, explicit=True)
    before = [cue for cue in found if cue.start < numeral.start]
    cue = before[-1] if before else found[0] if found else None
    if cue is None:
        return carried
    return Scope(cue.period, cue.edition, explicit=True)


_TURN = re.compile(r"\b(?:cuando|mientras|aunque|pero|contra|frente|de las|de los|respecto)\b")


class StatusCue(NamedTuple):
    """Words that say whether services were given or are a goal."""

    start: int
    end: int
    status: Status
    after: bool
    """Stands behind its number ("126 mil 247 planeadas")."""
    noun: bool = False
    """A noun ("la meta"): says nothing of the numbers before it."""


def status_cues(sentence: Sentence, *, upcoming: bool) -> tuple[StatusCue, ...]:
    """Find the cues of one sentence, in order.

    Any verb in the past tells of services given, save verbs of saying; in a bulletin about what is
    to come only the verbs of the vocabulary do.
    """
    said = {start for start, _, _ in role_terms(sentence, Role.SAYING)}
    found = [
        StatusCue(
            start,
            end,
            Status.PERFORMED if role is Role.PERFORMED else Status.PLANNED,
            role is Role.PLANNED_AFTER,
            role is Role.GOAL_NOUN,
        )
        for start, end, role in role_terms(
            sentence, Role.GOAL_NOUN, Role.PLANNED, Role.PLANNED_AFTER, Role.PERFORMED
        )
    ]
    for word in sentence.words:
        if word.future:
            found.append(StatusCue(word.start, word.end, Status.PLANNED, after=False))
        elif (
            word.past
            and not upcoming
            and word.start not in said
            and not any(c.start <= word.start < c.end for c in found)
        ):
            found.append(StatusCue(word.start, word.end, Status.PERFORMED, after=False))
    return tuple(sorted(found))


class Judgement(NamedTuple):
    """A number's status, the one that the numbers after it start from, and whether a cue said it."""

    status: Status
    lasting: Status
    said: bool


def status_of(
    text: str,
    found: tuple[StatusCue, ...],
    numeral: Numeral,
    last: int,
    carried: Status,
    since: int = 0,
) -> Judgement:
    """Choose the cue that governs `numeral`, whose words end at `last`.

    Cues before `since`, where a breakdown begins, speak of the number that is broken down.
    """
    behind = [
        c
        for c in found
        if last <= c.start < last + 30
        and not re.search(r"[,;:.()\d]|\by\b", text[last : c.start])
        and (c.after or c.status is Status.PERFORMED)
    ]
    before = [c for c in found if since <= c.start and c.end <= numeral.start and not c.after]
    lasting = before[-1].status if before else carried
    if behind:
        return Judgement(behind[0].status, lasting, said=True)
    at = [c for c in found if c.after and c.end <= numeral.start < c.end + 14]
    if at and not re.search(r"[,;.()\d]", text[at[-1].end : numeral.start]):
        cues_between = [c for c in before if c.start >= at[-1].end]
        if not cues_between:
            return Judgement(Status.PLANNED, lasting, said=True)  # "habíamos programado tres mil"
    if before:
        return Judgement(lasting, lasting, said=True)
    used = {c.start for c in found if c.after}
    for cue in found:
        if cue.start >= numeral.end and cue.start not in used and not cue.noun:
            if not _TURN.search(text, numeral.end, cue.start):
                return Judgement(cue.status, cue.status, said=True)
            break
    return Judgement(carried, carried, said=False)


def is_approximate(source: Passages, sentence: Sentence, numeral: Numeral, status: Status) -> bool:
    """Tell whether the words before a number, or its roundness, make it approximate."""
    for _, end, role in role_terms(sentence, Role.APPROXIMATE, Role.APPROXIMATE_ROUND):
        gap = source.folded[end : numeral.start]
        if end <= numeral.start and re.fullmatch(
            r"\s*(?:(?:de|las|los|a|al|el|un|una)\s+){0,2}", gap
        ):
            if role is Role.APPROXIMATE or numeral.value % 100 == 0:
                return True
    in_millions = source.folded[numeral.start : numeral.end].rstrip("es").endswith("on")
    return status is Status.PERFORMED and in_millions
