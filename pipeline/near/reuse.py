"""The reading of one bulletin, made over for another that is the same release. Pure.

Whoever calls has seen to it that the two are the same release (`is_same_release`): what is looked
at here is whether the reading holds for this text, number by number and name by name.
"""

import re
import time
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from pipeline.checks import completeness
from pipeline.documents.headline import full_day
from pipeline.extract import check_reading
from pipeline.facts import DISTINCTIVE_FROM
from pipeline.forms.repeats import aside_at
from pipeline.near.signature import find_boilerplate
from pipeline.numerals import numerals
from pipeline.quotes import cut_numeral, locate
from pipeline.spanish.dates import dates
from pipeline.spanish.folding import fold
from schemas.document import QUANTITIES, Document, NumeralKind
from schemas.finding import Span
from schemas.reading import Reading, ReadingStatus
from schemas.report import Figure, JornadaReport, SetAside, Unit

_ANY_SPACE = "\v"
"""Stands in no text, so that words broken over lines are found beside the same on one line."""
_BOILERPLATE = "it numbers the bulletin or its page"
_NAME_PARTS = re.compile(r"[^\W\d_]+|\d+")
_SHORT_FORMS = ("HG", "UM", "OOAD")
_SHORTEST_NAME = 4


class _Group(NamedTuple):
    """The figures and set-asides of one quote, by the places where they stood."""

    quote: str
    figures: Mapping[Span, Sequence[Figure]]
    asides: Mapping[Span, SetAside]


def reuse_reading(document: Document, reading: Reading) -> Reading | None:
    """Make a bulletin's reading over for `document`, the same release; None if it must be read.

    It is made over only if it was without fault and is so here: each figure stands in this text,
    where no other could be meant; each count and percent of this text is claimed; and the days,
    editions and names of the report are printed in it. Title and day are this document's own.
    """
    started = time.perf_counter()
    if reading.report is None or reading.status is not ReadingStatus.OK:
        return None
    if not _fits(document, reading.report):
        return None
    report = _make_over(document, reading.report)
    if report is None:
        return None
    made = Reading(
        document_id=document.id,
        key=reading.key,
        status=ReadingStatus.OK,
        report=report,
        derived="near",
        derived_from=reading.reading_id,
        seconds=0.0,
    )
    held = check_reading(document, made)
    if held.status is not ReadingStatus.OK or _told_in(held.report) != _told_in(report):
        return None  # a year or a place that is told there and not here, among others
    return held.model_copy(update={"seconds": time.perf_counter() - started})


def _make_over(document: Document, report: JornadaReport) -> JornadaReport | None:
    """Place figures and set-asides in this text; None where a figure has no certain place."""
    text = document.text
    groups = sorted(_group_by_quote(report), key=lambda group: len(group.quote), reverse=True)
    places: dict[Span, Span] = {}
    asides: list[SetAside] = []
    longer: list[Span] = []
    starts = find_boilerplate(fold(text))
    numbers = (Span(one.start, one.end) for one in numerals(text))
    taken = [span for span in numbers if span.start in starts]
    for group in groups:
        stood = sorted({*group.figures, *group.asides})
        # Words that stand in a longer quote are that one's: "20 cirugías" of "20 cirugías de mano".
        inside = any(_is_inside(span, longer) for span in stood)
        found = _place_quote(text, group, () if inside else taken)
        if found is None:
            return None
        placed = dict(zip(stood, found, strict=False))
        places.update({span: placed[span] for span in group.figures})
        asides += _place_asides(text, group, placed, found)
        longer += stood
        taken += found
    moved = report.model_copy(
        update={
            "title": _choose_title(document, report),
            "published_on": _choose_day(document, report),
            "figures": tuple(_move_figure(text, figure, places) for figure in report.figures),
            "set_aside": tuple(sorted(asides, key=lambda aside: aside.char_start)),
        }
    )
    return _set_boilerplate_aside(text, moved, starts)


def _group_by_quote(report: JornadaReport) -> Iterator[_Group]:
    figures: dict[str, dict[Span, list[Figure]]] = defaultdict(dict)
    for figure in report.figures:
        figures[_words(figure.quote)].setdefault(_span(figure), []).append(figure)
    asides: dict[str, dict[Span, SetAside]] = defaultdict(dict)
    for aside in report.set_aside:
        asides[_words(aside.quote)][Span(aside.char_start, aside.char_end)] = aside
    for quote in {**figures, **asides}:
        yield _Group(quote, figures.get(quote, {}), asides.get(quote, {}))


def _words(quote: str) -> str:
    return " ".join(quote.split())


def _span(figure: Figure) -> Span:
    return Span(figure.char_start or 0, figure.char_end or 0)


def _place_quote(text: str, group: _Group, taken: Sequence[Span]) -> list[Span] | None:
    """List where a quote stands here, in order; None if one cannot tell which place is whose.

    Nothing inside of the spans in `taken` counts, nor does the "8" of "8ª" or of a date.
    """
    wanted = len({*group.figures, *group.asides})
    is_number = bool(numerals(group.quote))
    found = [
        span
        for span in locate(text, group.quote.replace(" ", _ANY_SPACE))
        if cut_numeral(text, span) is None
        and not _is_inside(span, taken)
        and (not is_number or _holds_quantity(text, span))
    ]
    if len(found) == wanted:
        return found
    if not group.figures:
        # What is set aside may be missing here; words set aside are so wherever they stand.
        return found if len(found) < wanted or len(group.quote.split()) > 1 else None
    return found if len(found) > wanted and _is_one_fact(group) else None


def _holds_quantity(text: str, span: Span) -> bool:
    return any(
        numeral.kind in QUANTITIES and _is_inside(Span(numeral.start, numeral.end), (span,))
        for numeral in numerals(text)
    )


def _is_inside(span: Span, others: Iterable[Span]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in others)


def _is_one_fact(group: _Group) -> bool:
    """Say whether a quote holds one large number, whose repetitions can be no other fact."""
    figures = [figure for those in group.figures.values() for figure in those]
    return len(group.figures) == 1 and all(
        figure.unit is Unit.COUNT and figure.value >= DISTINCTIVE_FROM for figure in figures
    )


def _place_asides(
    text: str, group: _Group, placed: Mapping[Span, Span], found: Sequence[Span]
) -> Iterator[SetAside]:
    for stood, aside in group.asides.items():
        if stood in placed and stood not in group.figures:
            yield aside_at(text, placed[stood], aside.reason)
    if group.asides and not group.figures:
        *_, last = group.asides.values()
        for span in found[len(placed) :]:
            yield aside_at(text, span, last.reason)


def _move_figure(text: str, figure: Figure, places: Mapping[Span, Span]) -> Figure:
    start, end = places[_span(figure)]
    return figure.model_copy(
        update={"quote": text[start:end], "char_start": start, "char_end": end}
    )


def _set_boilerplate_aside(
    text: str, report: JornadaReport, starts: Container[int]
) -> JornadaReport:
    """Set the numbers of this bulletin and its pages aside: the other had its own."""
    added = tuple(
        aside_at(text, Span(numeral.start, numeral.end), _BOILERPLATE)
        for numeral in completeness.list_unclaimed(text, report)
        if numeral.start in starts
    )
    return report.model_copy(update={"set_aside": (*report.set_aside, *added)})


def _choose_title(document: Document, report: JornadaReport) -> str | None:
    if report.title and _flat(report.title) in _flat(document.text):
        return report.title
    return document.metadata.title


def _choose_day(document: Document, report: JornadaReport) -> object:
    stated, read = document.metadata.published_on, report.published_on
    if stated is not None or read is None:
        return stated
    return read if any(full_day(span) == read for span in dates(document.text)) else None


def _fits(document: Document, report: JornadaReport) -> bool:
    """Say whether this text prints what the report names: days, editions, places."""
    printed: dict[NumeralKind, set[float]] = defaultdict(set)
    for numeral in numerals(document.text):
        printed[numeral.kind].add(numeral.value)
    words = {_bare(word) for word in _NAME_PARTS.findall(fold(document.text))}
    return (
        printed[NumeralKind.ORDINAL] >= {j.edition for j in report.jornadas if j.edition}
        and printed[NumeralKind.DATE] >= set(_printed_days(report))
        and words >= {word for name in _names(report) for word in _name_words(name)}
    )


def _printed_days(report: JornadaReport) -> Iterator[int]:
    """Give the days that must be printed: a figure's first or last of a month need not be."""
    for jornada in report.jornadas:
        yield from (day.day for day in (jornada.start, jornada.end) if day)
    for figure in report.figures:
        for day in (figure.starts_on, figure.ends_on):
            if day and day.day != 1 and (day + timedelta(days=1)).day != 1:
                yield day.day


def _told_in(report: JornadaReport | None) -> list[tuple[object, ...]]:
    """List the editions, years, days and places of a report, whatever else is said of them."""
    if report is None:
        return []
    return [
        *((one.edition, one.year, one.start, one.end) for one in report.jornadas),
        *((one.edition, one.starts_on, one.ends_on, one.place) for one in report.figures),
    ]


def _names(report: JornadaReport) -> Iterable[str]:
    return (
        *(
            name
            for figure in report.figures
            for name in figure.place.split("; ")
            if name != "national"
        ),
        *(place.name for place in report.places),
        *(specialty.name for specialty in report.specialties),
        report.programme or "",
    )


def _name_words(name: str) -> Iterator[str]:
    """Give the words that tell a name from others, but "HGZ No.", which is printed in full too."""
    for word in _NAME_PARTS.findall(name):
        short = word.isupper() and word.startswith(_SHORT_FORMS)
        if word.isdecimal() or (len(word) >= _SHORTEST_NAME and not short):
            yield _bare(fold(word))


def _bare(word: str) -> str:
    return word.lstrip("0") or word


def _flat(text: str) -> str:
    return " ".join(fold(text).split())
