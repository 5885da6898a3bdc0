"""Which time a number covers: a jornada, several, or another.

Period and edition belong to the passage: each sentence's cues are found, a number takes the last
cue before it, else the first one after it in its sentence, else what the passage before it had.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.rules.jornadas import (
    LONGEST_JORNADA,
    Calendar,
    is_jornada_span,
)
from pipeline.rules.passages import CLAUSE_BREAK, Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
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
_YEAR_BEFORE = re.compile(r"(?:\ben|\bdurante|\bmientras|\bpara|a lo largo de|\bano)\s+$")
_SINCE = re.compile(
    r"(?:(?:desde|a partir)\s+(?:de\s+|del\s+)?|hasta\s+|\bal\s+)"
    r"(?:el\s+)?(?:pasado\s+)?(?:dia\s+)?$"
)
_MONTH_BEFORE = re.compile(r"(?:\ben|\bdurante|\bmes de|todo)\s+(?:el mes de\s+)?$")
_DAYS = re.compile(r"\s+dias?\b")
_NAME = re.compile(r"[“\"«'][^”\"»']*$")


_BESIDE = 6
_NEAR = 25
_BEHIND = 40
_LONG_CAMPAIGN = 7


class Cue(NamedTuple):
    """Words that say which time a number covers."""

    start: int
    period: Period
    edition: int | None
    strong: bool = True
    """Holds on for the sentences after it; a year in passing ("lo aplazado en 2020") does not."""


class FigureScope(NamedTuple):
    """The time that the numbers of a passage cover."""

    period: Period
    edition: int | None
    explicit: bool
    """Said by a cue, not assumed."""


def default_scope(calendar: Calendar) -> FigureScope:
    """Return what holds before any cue: the jornada that the bulletin is about, if there is one."""
    if calendar.subject:
        return FigureScope(Period.JORNADA, calendar.subject.edition, explicit=False)
    return FigureScope(Period.CUMULATIVE, None, explicit=False)


def cues(source: Passages, sentence: Sentence, calendar: Calendar) -> tuple[Cue, ...]:
    """Find the cues of one sentence, in order."""
    found = [*_jornada_cues(source, sentence, calendar), *_date_cues(source, sentence, calendar)]
    found.extend(_number_cues(source, sentence))
    subject = calendar.subject.edition if calendar.subject else None
    for start, end, role in role_terms(sentence, Role.CUMULATIVE, Role.JORNADA, Role.OTHER_PERIOD):
        if role is Role.CUMULATIVE and not any(
            0 <= start - d.end < _BESIDE for d in sentence.dates
        ):
            found.append(Cue(start, Period.CUMULATIVE, None))
        elif role is Role.JORNADA:
            named = any(abs(c.start - start) < _NEAR and c.period is Period.JORNADA for c in found)
            if not named and not _SEVERAL.match(source.folded, start, end):
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
    opening = source.folded[sentence.start : sentence.start + _NEAR].lstrip()
    earlier = max(0, sentence.start - _ANAPHORA)
    if _THE_ONE.match(opening) and _PLURAL.search(source.folded, earlier, sentence.start):
        yield Cue(sentence.start, Period.JORNADA, subject)
    dated = any(is_jornada_span(span) for span in sentence.dates)
    for match in _PLURAL.finditer(source.folded, sentence.start, sentence.end):
        counted = any(
            n.kind is NumeralKind.COUNT
            and n.value > 1
            and 0 <= match.start() - n.end <= _NEAR
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
        elif (
            (span.days is not None and span.days > LONGEST_JORNADA)
            or span.first != span.last
            or (span.days == 1 and _SINCE.search(before))
            or (span.days is None and (_MONTH_BEFORE.search(before) or _SINCE.search(before)))
        ):
            yield Cue(span.start, Period.CUMULATIVE, None)


def _number_cues(source: Passages, sentence: Sentence) -> Iterator[Cue]:
    """Years ("en 2025") and lengths of time ("cuatro días", "100 días")."""
    for numeral in sentence.numerals:
        if numeral.kind is NumeralKind.YEAR:
            before = source.folded[max(sentence.start, numeral.start - 20) : numeral.start]
            if counted := _count_of_year(source, sentence, numeral):
                yield Cue(counted.start - 1, Period.CUMULATIVE, None, strong=False)
            elif _YEAR_BEFORE.search(before) or numeral.start == sentence.start:
                in_date = any(s.start <= numeral.start < s.end for s in sentence.dates)
                if not in_date:
                    yield Cue(numeral.start, Period.CUMULATIVE, None, strong=False)
        elif numeral.kind is NumeralKind.COUNT and _DAYS.match(source.folded, numeral.end):
            if _NAME.search(source.text[max(sentence.start, numeral.start - 30) : numeral.start]):
                continue
            if numeral.value > _LONG_CAMPAIGN:
                yield Cue(numeral.start, Period.CUMULATIVE, None)
            elif numeral.value > 1:
                yield Cue(numeral.start, Period.JORNADA, None)


def _count_of_year(source: Passages, sentence: Sentence, year: Numeral) -> Numeral | None:
    """Return the number before "de 2024" in "las 1,825 de 2024"."""
    for numeral in sentence.numerals:
        between = source.folded[numeral.end : year.start] if numeral.end < year.start else ""
        if numeral.kind is NumeralKind.COUNT and between.split() == ["de"]:
            return numeral
    return None


def choose_scope(
    text: str, found: tuple[Cue, ...], numeral: Numeral, last: int, carried: FigureScope
) -> FigureScope:
    """Choose the cue that governs `numeral`, whose words end at `last`."""
    for cue in found:
        # Right behind the number's own words: "71 trasplantes en el año".
        near = last <= cue.start < last + _BEHIND and cue.period is Period.CUMULATIVE
        if near and not CLAUSE_BREAK.search(text, last, cue.start):
            return FigureScope(cue.period, cue.edition, explicit=True)
    before = [cue for cue in found if cue.start < numeral.start]
    chosen = before[-1:] or [cue for cue in found if cue.strong][:1]
    if not chosen:
        return carried
    return FigureScope(chosen[0].period, chosen[0].edition, explicit=True)
