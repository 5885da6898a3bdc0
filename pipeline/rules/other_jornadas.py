"""Jornadas that a text sets beside its own without saying which: the one before, the next, May's.

"La edición anterior", "la campaña de 2019", "la del año pasado", "en mayo hubo una similar".
"""

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.jornada_mentions import sentence_at
from pipeline.rules.passages import Passages
from pipeline.spanish.dates import MONTHS, year_value
from pipeline.spanish.folding import one_of

_NOUN = r"(?:jornada|edicion|campana|brigada|caravana|encuentro|feria|semana\s{1,8}nacional)"
_MONTH = rf"(?:{one_of([name for name in MONTHS if len(name) > 3])})(?![a-z])"  # noqa: PLR2004
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d.,]\d|\d)"
_PAST_YEAR = r"(?:el|del)\s{1,8}(?:ano\s{1,8}(?:pasado|anterior|previo)|pasado\s{1,8}ano)"
# The name of a jornada may go on between its noun and what tells it from others.
_NAME = r"(?:\s{1,8}(?!(?:anterior|pasada|previa)(?![a-z]))[a-z]{3,15}){0,3}?"
_BEFORE = re.compile(
    rf"(?<![a-z]){_NOUN}{_NAME}\s{{1,8}}(?:anterior|previa|precedente|pasada)(?![a-z])"
    rf"|(?<![a-z])(?:anterior|previa)\s{{1,8}}{_NOUN}(?![a-z])"
    r"|(?<![a-z])(?:en|que|contra|supero|rebaso)\s{1,8}(?:a\s{1,8})?la\s{1,8}(?:anterior|pasada|previa)(?=\s?[,.;:]|\s{1,8}(?:se|fue|hubo)(?![a-z]))"
)
_NEXT = re.compile(
    rf"(?<![a-z])(?:siguiente|proxima)\s{{1,8}}{_NOUN}(?![a-z])"
    rf"|(?<![a-z]){_NOUN}{_NAME}\s{{1,8}}(?:siguiente|por\s{{1,8}}venir)(?![a-z])"
)
_OF_A_TIME = re.compile(
    rf"(?<![a-z])(?:(?P<noun>{_NOUN})\s{{1,8}}|ejercicio\s{{1,8}}|la\s{{1,8}})(?:que\s{{1,8}}se\s{{1,8}}[a-z]{{3,12}}\s{{1,8}}en\s{{1,8}})?"
    rf"(?:de\s{{1,8}}(?:(?:mediados|finales|fines|principios|inicios)\s{{1,8}}de\s{{1,8}})?"
    rf"(?:(?P<month>{_MONTH})(?:\s{{1,8}}(?:de|del)\s{{1,8}}(?P<month_year>(?:19|20)\d\d)(?!\d))?"
    rf"|{_YEAR})|(?P<past>{_PAST_YEAR})"
    r"|del?\s{1,8}(?:el\s{1,8})?(?:mes|semestre|trimestre|otono|verano|invierno)\s{1,8}(?:pasado|anterior))"
)
_LIKE_IT = re.compile(
    rf"(?<![a-z])(?:una|otra)\s{{1,8}}(?:{_NOUN}\s{{1,8}})?(?:similar|igual|parecida|semejante|identica)(?![a-z])"
)
_SAME_DAYS = re.compile(
    r"(?<![a-z])(?:por|en)\s{1,8}l[ao]s\s{1,8}mism[ao]s\s{1,8}(?:fechas|dias)(?![a-z])"
)
_BESIDE = 4
_ANY = (
    (_BEFORE, ("anterior", "previa", "precedente", "pasada")),
    (_NEXT, ("siguiente", "proxima", "venir")),
    (_OF_A_TIME, ("",)),
    (_LIKE_IT, ("similar", "igual", "parecida", "semejante", "identica")),
    (_SAME_DAYS, ("mismas", "mismos")),
)
"""Each with the words of which one stands in whatever it finds: to look for these is fast."""
_PAST = re.compile(_PAST_YEAR)


class OtherJornada(NamedTuple):
    """Where a jornada is named by what it is to the bulletin's own one."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    past_year: bool = False
    """Its sentence speaks of the year before."""
    named: bool = False
    """Its ordinal stands beside: "la octava, la de junio"."""


def other_jornadas(source: Passages) -> tuple[OtherJornada, ...]:
    """Return the jornadas that a text sets beside its own one, in order."""
    found = sorted(_others(source), key=attrgetter("start"))
    # "La jornada anterior, la de noviembre": one, which the second name tells.
    kept: list[OtherJornada] = []
    for one in found:
        last = kept[-1] if kept else None
        beside = last is not None and one.start - last.end <= _BESIDE
        if last and beside and _is_told(one) and not _is_told(last):
            kept.pop()
        kept.append(one)
    return tuple(kept)


def _is_told(one: OtherJornada) -> bool:
    return bool(one.month or one.year)


def _others(source: Passages) -> Iterator[OtherJornada]:
    for pattern, words in _ANY:
        if not any(word in source.folded for word in words):
            continue
        for match in pattern.finditer(source.folded):
            said = match.groupdict()
            year = said.get("year") or said.get("month_year")
            month = said.get("month")
            sentence = sentence_at(source, match.start())
            yield OtherJornada(
                *match.span(),
                year_value(year) if year else None,
                MONTHS[month] if month else None,
                _PAST.search(source.folded, sentence.start, sentence.end) is not None,
            )
