"""An answer in the quoted form made a report, and a report written as such an answer. Pure."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import islice

from pipeline import quotes
from pipeline.checks.completeness import explain_unclaimed, find_unclaimed
from pipeline.checks.grounding import value_fault
from pipeline.forms.repeats import aside_at, merge_repeats
from pipeline.forms.shortest_quote import quote_of
from pipeline.labels import read_detail
from pipeline.places import canonical_place
from schemas.answer import (
    QuotedAnswer,
    QuotedFigure,
    QuotedJornada,
    QuotedPlace,
    QuotedSetAside,
    QuotedSpecialty,
)
from schemas.document import Document
from schemas.finding import Span
from schemas.report import (
    Basis,
    Figure,
    Jornada,
    JornadaReport,
    Period,
    PlaceMention,
    Service,
    SetAside,
    Specialty,
    Unit,
)

Locate = Callable[[str], Sequence[Span]]
"""All places of the text where a quote stands."""

_WORD = re.compile(r"\S+")
_LONGEST_QUOTE = 300
"""Characters, far more than a number and its words need; a passage would claim all its numbers."""


def to_report(answer: QuotedAnswer, text: str, locate: Locate) -> JornadaReport:
    """Turn an answer into a report with spans into `text`. Pure; drops nothing that was read.

    Where a quote stands several times, its figure gets the first place that no figure with other
    labels has taken. A quote that stands nowhere stays, without a span. The same fact twice is one
    figure, and its repetition is set aside. An edition outside of a jornada is left out. A number
    is set aside at every place where its quote stands, as long as the quote holds its noun too.
    Of a whole passage as the quote of a figure, the words of its number are left; as that of what
    is set aside, nothing.
    """
    figures, repeats = merge_repeats(_place_figures(answer.figures, text, locate), text)
    return JornadaReport(
        relevant=answer.relevant,
        title=answer.title or None,
        published_on=answer.published_on,
        bulletin_kind=answer.bulletin_kind,
        programme=answer.programme or None,
        jornadas=tuple(Jornada.model_validate(dict(jornada)) for jornada in answer.jornadas),
        figures=figures,
        set_aside=(*repeats, *_place_asides(answer.set_aside, figures, text, locate)),
        specialties=tuple(Specialty(service=s.service, name=s.name) for s in answer.specialties),
        places=tuple(PlaceMention(name=place.name, role=place.role) for place in answer.places),
    )


def _place_figures(quoted: Iterable[QuotedFigure], text: str, locate: Locate) -> Iterator[Figure]:
    taken: set[Span] = set()
    left: dict[str, Iterator[Span]] = {}
    for one in quoted:
        spans = locate(one.quote)
        free = left.setdefault(one.quote, iter(spans))
        span = next((span for span in free if span not in taken), spans[0] if spans else None)
        if span is not None:
            span = _narrow(text, span, one, taken)
            taken.add(span)
        yield Figure(
            value=one.value,
            unit=one.unit,
            service=one.service,
            detail=read_detail(one.service, one.detail).detail,
            status=one.status,
            period=one.period,
            edition=one.edition if one.period is Period.JORNADA else None,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            place=canonical_place(one.place),
            approximate=one.approximate,
            basis=(one.basis or Basis.GOAL) if one.unit is Unit.PERCENT else None,
            quote=text[slice(*span)] if span else one.quote,
            char_start=span.start if span else None,
            char_end=span.end if span else None,
        )


def _narrow(text: str, span: Span, one: QuotedFigure, taken: Container[Span]) -> Span:
    """Return the quote of the number alone where a whole passage is quoted, which claims others."""
    if span.end - span.start <= _LONGEST_QUOTE:
        return span
    inside = (each for each in quotes.numerals_at(text, span) if each.value == one.value)
    own = (each for each in inside if span.start <= each.start and each.end <= span.end)
    free = (each for each in (quote_of(text, each) for each in own) if each not in taken)
    held = (each for each in free if not value_fault(text, each, one.value, one.unit, one.service))
    return next(held, span)


def _place_asides(
    quoted: Iterable[QuotedSetAside], figures: Iterable[Figure], text: str, locate: Locate
) -> Iterator[SetAside]:
    taken = {(figure.char_start, figure.char_end) for figure in figures}
    left: dict[str, Iterator[Span]] = {}
    for one in quoted:
        if len(one.quote) > _LONGEST_QUOTE:
            continue
        spans = left.setdefault(one.quote, iter(locate(one.quote)))
        free = (span for span in spans if tuple(span) not in taken)
        # A bare number says too little to stand for its like elsewhere in the text.
        for start, end in free if len(one.quote.split()) > 1 else islice(free, 1):
            taken.add((start, end))
            yield aside_at(text, Span(start, end), one.reason)


def answer_for(document: Document, report: JornadaReport) -> QuotedAnswer:
    """Write a report in this form; every number that a model is asked about is set aside."""
    unasked = set(explain_unclaimed(document.text, report.model_copy(update={"set_aside": ()})))
    asides = (
        *(
            QuotedSetAside(quote=one.quote, reason=one.reason)
            for one in report.set_aside
            if one not in unasked
        ),
        *_quote_unclaimed(document.text, report),
    )
    return QuotedAnswer(
        relevant=report.relevant,
        title=report.title,
        published_on=report.published_on,
        bulletin_kind=report.bulletin_kind,
        programme=report.programme,
        jornadas=tuple(QuotedJornada.model_validate(dict(one)) for one in report.jornadas),
        figures=tuple(
            QuotedFigure.model_validate(figure.model_dump()) for figure in report.figures
        ),
        set_aside=tuple(dict.fromkeys(asides)),
        specialties=tuple(
            QuotedSpecialty(
                service=Service.SURGERY if one.service is Service.SURGERY else Service.CONSULTATION,
                name=one.name,
            )
            for one in report.specialties
        ),
        places=tuple(QuotedPlace(name=one.name, role=one.role) for one in report.places),
    )


def _quote_unclaimed(text: str, report: JornadaReport) -> Iterator[QuotedSetAside]:
    for numeral in find_unclaimed(text, report):
        span, last = quote_of(text, numeral), None
        while span != last and not _is_found(text, span):
            span, last = _with_a_word(text, span), span
        yield QuotedSetAside(quote=text[slice(*span)], reason="no figure")


def _is_found(text: str, span: Span) -> bool:
    """Tell whether the words at `span` claim that place; of bare numbers only the first does."""
    quote = text[slice(*span)]
    return len(quote.split()) > 1 and span in quotes.locate(text, quote)


def _with_a_word(text: str, span: Span) -> Span:
    """Take in the word behind a span, else that before it, with the whole of its number."""
    start, end = span
    if following := _WORD.search(text, end):
        end = following.end()
    else:
        start = max((word.start() for word in _WORD.finditer(text, 0, start)), default=start)
    while cut := quotes.cut_numeral(text, Span(start, end)):
        start, end = min(start, cut.start), max(end, cut.end)
    return Span(start, end)
