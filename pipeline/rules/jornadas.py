"""Which jornadas a bulletin names: edition, kind, dates, and the one it is about."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.vocabulary import Vocabulary
from pipeline.spanish.dates import DateSpan
from pipeline.spanish.folding import fold
from schemas.document import Numeral, NumeralKind
from schemas.report import Jornada, JornadaKind

# Looks back after its letters: the engine then skips to those fast.
_JORNADA = re.compile(r"jornada(?<![a-z]jornada)(?P<plural>s)?(?![a-z])")
_BETWEEN = re.compile(r"[\s\"“”'.]*(?:gran\s+|magna\s+|edicion\s+(?:de\s+la\s+)?)?")
_KINDS = (
    ("extraordinarias?", JornadaKind.EXTRAORDINARY),
    (
        (
            r"monotematicas?|(?:de )?(?:cirugias? )?(?:de )?"
            r"(?:cataratas?|vasectomias?|mastografias?|vacunacion)"
        ),
        JornadaKind.MONOTHEMATIC,
    ),
    ("estatal(?:es)?", JornadaKind.STATE),
    ("nacional(?:es)?", JornadaKind.NATIONAL),
)
_NAMED = tuple(
    (re.compile(rf"\s+(?:\w+\s+){{0,2}}(?:{words})(?![a-z])"), kind) for words, kind in _KINDS
)
_SINCE = re.compile(r"\bdesde\s+(?:l[ao]|su|que)?")
_ORDINAL_REACH = 30
_SMALL = " (?:(?:de|dei|ia|ei|ios|ias) )*"
_NAME_REACH = 70
LONGEST_JORNADA = 6
"""Days; a longer span is several jornadas or a campaign."""


class Mention(NamedTuple):
    """One place where a jornada is named; `edition` is None where no ordinal is printed."""

    start: int
    end: int
    edition: int | None
    kind: JornadaKind | None
    since: bool
    """"Since the first jornada": speaks of all from then on, and of none by itself."""


class Calendar(NamedTuple):
    """The jornadas of a bulletin, and where each is mentioned."""

    jornadas: tuple[Jornada, ...]
    mentions: tuple[Mention, ...]
    subject: Jornada | None

    def without_subject(self) -> "Calendar":
        """Return the same jornadas as those of a balance, which is about none of them."""
        jornadas = tuple(j.model_copy(update={"subject": False}) for j in self.jornadas)
        return self._replace(jornadas=jornadas, subject=None)

    def edition_of(self, span: DateSpan) -> int | None:
        """Return the edition of the jornada that began on these days."""
        for jornada in self.jornadas:
            if jornada.start and (jornada.start.month, jornada.start.day) == span.first:
                return jornada.edition
        return self.subject.edition if self.subject else None


def calendar(
    source: Passages, published_on: date | None, vocabulary: Vocabulary, *, themed: bool
) -> Calendar:
    """Find the single, identifiable jornadas of a bulletin, in the order of their first mention."""
    mentions = tuple(sorted(_mentions(source)))
    editions = _editions(source, mentions)
    jornadas: list[Jornada] = []
    found: list[int | None] = [*editions]
    if not editions and _has_unnumbered(source, mentions):
        found.append(None)
    for edition in found:
        span = _dates_of(source, mentions, edition, alone=len(editions) <= 1)
        year = _year_of(source, span, published_on, mentions, vocabulary)
        kind = _kind_of(source, mentions, edition, themed=themed)
        start, end = _days(span, year)
        jornadas.append(
            Jornada(
                edition=edition,
                kind=kind,
                year=start.year if start else year,
                start=start,
                end=end,
                subject=False,
            )
        )
    if jornadas:
        jornadas[0] = jornadas[0].model_copy(update={"subject": True})
    return Calendar(tuple(jornadas), mentions, jornadas[0] if jornadas else None)


def _mentions(source: Passages) -> Iterator[Mention]:
    ordinals = [n for n in source.numerals if n.kind is NumeralKind.ORDINAL]
    yield from _elliptic(source, ordinals)
    for match in _JORNADA.finditer(source.folded):
        if match["plural"]:
            continue
        before = _ordinal_before(source, ordinals, match.start())
        # An ordinal that OCR has misread may be 0, which is no edition.
        edition = (_edition(before, ordinals) or None) if before is not None else None
        begin = before.start if before else match.start()
        since = _SINCE.search(source.folded, max(0, begin - 14), begin) is not None
        kind = _kind_after(source.folded, match.end())
        yield Mention(match.start(), match.end(), edition, kind, since)


def _elliptic(source: Passages, ordinals: list[Numeral]) -> Iterator[Mention]:
    """Find jornadas named by ordinal alone: "La 1ª, del 2 al 4 de febrero, ...; la 2ª, ..."."""
    if not _JORNADA.search(source.folded):
        return
    for numeral in ordinals:
        opening = source.folded[max(0, numeral.start - 5) : numeral.start]
        following = source.folded[numeral.end : numeral.end + 6]
        if re.search(r"\bla\s+$", opening) and re.match(r"\s*,|\s+del\s\d", following):
            yield Mention(numeral.start, numeral.end, int(numeral.value) or None, None, since=False)


def _kind_after(folded: str, end: int) -> JornadaKind | None:
    return next((kind for pattern, kind in _NAMED if pattern.match(folded, end)), None)


def _ordinal_before(source: Passages, ordinals: list[Numeral], start: int) -> Numeral | None:
    for numeral in ordinals:
        near = 0 <= start - numeral.end <= _ORDINAL_REACH
        if near and _BETWEEN.fullmatch(source.folded, numeral.end, start):
            return numeral
    return None


def _edition(numeral: Numeral, ordinals: list[Numeral]) -> int:
    """Return an ordinal's value; "32" is 3ª misread where the text has a third too."""
    value = int(numeral.value)
    shorter, last = divmod(value, 10)
    misread = numeral.raw.isdigit() and last == 2 and shorter in {n.value for n in ordinals}  # noqa: PLR2004
    return shorter if misread else value


def _editions(source: Passages, mentions: tuple[Mention, ...]) -> list[int]:
    """Return the editions in order of first mention, without a lone slip of the pen."""
    mentions = tuple(m for m in mentions if not m.since)
    counts = Counter(m.edition for m in mentions if m.edition is not None)
    editions = list(dict.fromkeys(m.edition for m in mentions if m.edition is not None))
    if len(editions) < 2:  # noqa: PLR2004
        return editions
    most = max(counts.values())
    return [
        e for e in editions if counts[e] > 1 or most == 1 or _has_own_facts(source, mentions, e)
    ]


def _has_own_facts(source: Passages, mentions: tuple[Mention, ...], edition: int) -> bool:
    """Tell whether an edition that is named once comes with days or figures of its own."""
    for mention in mentions:
        if mention.edition != edition:
            continue
        sentence = _sentence_at(source, mention.start)
        spans = [s for s in sentence.dates if is_jornada_span(s)]
        counted = [n for n in sentence.numerals if n.kind is NumeralKind.COUNT and n.value > 1]
        alone = len({m.edition for m in mentions if sentence.start <= m.start < sentence.end}) == 1
        if spans or (counted and alone and sentence.block > 0):
            return True
    return False


def _sentence_at(source: Passages, position: int) -> Sentence:
    """Return the sentence that `position` lies in."""
    return next(s for s in source.sentences if s.start <= position < s.end)


def is_jornada_span(span: DateSpan) -> bool:
    """Tell whether a date is a run of days that one jornada can take."""
    return span.days is not None and 1 < span.days <= LONGEST_JORNADA


def _has_unnumbered(source: Passages, mentions: tuple[Mention, ...]) -> bool:
    if any(m.kind is not None for m in mentions):
        return True
    named = _JORNADA.search(source.folded)
    return bool(named and any(is_jornada_span(s) for s in source.dates)) or any(
        re.search(r"(?<![a-z])(?:una|esta|la)\s+$", source.folded[max(0, m.start - 6) : m.start])
        for m in mentions
    )


def _dates_of(
    source: Passages, mentions: tuple[Mention, ...], edition: int | None, *, alone: bool
) -> DateSpan | None:
    """Return the days nearest to a mention of the edition, in its sentence or the next."""
    spans = [s for s in source.dates if is_jornada_span(s)]
    own = [m for m in mentions if m.edition == edition]
    best: tuple[int, DateSpan] | None = None
    for mention in own:
        sentence = _sentence_at(source, mention.start)
        for span in spans:
            if not sentence.start <= span.start < sentence.end:
                continue
            distance = abs(span.start - mention.start)
            rivals = [
                m
                for m in mentions
                if m.edition not in (None, edition) and abs(span.start - m.start) < distance
            ]
            if not rivals and (best is None or distance < best[0]):
                best = (distance, span)
    if best:
        return best[1]
    return spans[0] if alone and spans else None


def _kind_of(
    source: Passages, mentions: tuple[Mention, ...], edition: int | None, *, themed: bool
) -> JornadaKind:
    own = [m.kind for m in mentions if m.kind and m.edition == edition]
    unnumbered = [m.kind for m in mentions if m.kind and m.edition is None]
    others = [m.kind for m in mentions if m.kind]
    for kinds in (own, unnumbered, others):
        if kinds:
            return min(kinds, key=[kind for _, kind in _KINDS].index)
    for match in _JORNADA.finditer(source.folded):
        if kind := _kind_after(source.folded, match.end()):
            return kind
    return JornadaKind.MONOTHEMATIC if themed and edition is None else JornadaKind.NATIONAL


def _year_of(
    source: Passages,
    span: DateSpan | None,
    published_on: date | None,
    mentions: tuple[Mention, ...],
    vocabulary: Vocabulary,
) -> int | None:
    if span and span.last_year:
        return span.last_year
    if published_on:
        month = span.last[0] if span else published_on.month
        return published_on.year - (month > published_on.month + 2)
    years = [n for n in source.numerals if n.kind is NumeralKind.YEAR]
    starts = [n.start for n in years]
    for mention in mentions:
        at = bisect_left(starts, mention.end)
        if at < len(years) and starts[at] - mention.end < _NAME_REACH:
            return int(years[at].value)
    flat = " ".join(vocabulary.canonical(w) for w in re.findall(r"[a-z]+", source.folded))
    for words, year in vocabulary.programmes:
        kept = [vocabulary.canonical(w) for w in fold(words).split() if w != "de"]
        if re.search(r"\b" + _SMALL.join(map(re.escape, kept)) + r"\b", flat):
            return year
    return None


def _days(span: DateSpan | None, year: int | None) -> tuple[date | None, date | None]:
    if span is None or year is None or span.first[1] is None or span.last[1] is None:
        return None, None
    first_year = span.first_year or (year - 1 if span.first[0] > span.last[0] else year)
    try:
        return date(first_year, span.first[0], span.first[1]), date(
            year, span.last[0], span.last[1]
        )
    except ValueError:  # 31 de septiembre: a slip in the bulletin
        return None, None


def is_upcoming(source: Passages, found: Calendar, published_on: date | None) -> bool:
    """Tell whether the jornada that a bulletin is about is still to come."""
    if found.subject is None:
        return False
    if found.subject.start and published_on:
        return published_on <= found.subject.start
    named = [
        s
        for s in source.sentences
        if any(
            s.start <= m.start < s.end and m.edition == found.subject.edition
            for m in found.mentions
        )
    ]
    future = sum(word.future for s in named for word in s.words)
    past = sum(word.past for s in named for word in s.words)
    return future > past
