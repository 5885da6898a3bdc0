"""The quoted form: the model writes each figure with its verbatim quote."""

import functools
import re
from collections.abc import Iterator, Sequence

from pipeline import quotes
from pipeline.checks import completeness, grounding
from pipeline.forms.form import (
    UNCLAIMED,
    Fault,
    Form,
    Shown,
    Verdict,
    around,
    on_one_line,
    with_metadata,
)
from pipeline.forms.shortest_quote import quote_of
from schemas.answer import (
    QuotedAnswer,
    QuotedFigure,
    QuotedJornada,
    QuotedPlace,
    QuotedSetAside,
    QuotedSpecialty,
    to_report,
)
from schemas.document import Document, Numeral
from schemas.finding import Span
from schemas.report import JornadaReport, Service

_WORD = re.compile(r"\S+")


def _show(document: Document) -> Shown:
    return Shown(document.text)


def judge(document: Document, answer: QuotedAnswer) -> Verdict:
    """Hold an answer against its document.

    The report keeps the figures whose quote stands in the text and holds their value.
    """
    text = document.text

    @functools.cache
    def locate(quote: str) -> tuple[Span, ...]:
        places = quotes.locate(text, quote)
        return tuple(place for place in places if quotes.cut_numeral(text, place) is None)

    faults: list[Fault] = []
    grounded: list[QuotedFigure] = []
    for index, figure in enumerate(answer.figures):
        places = locate(figure.quote)
        fault = (
            _value_fault(f"figures[{index}]", figure, text, places[0])
            if places
            else _place_fault(f"figures[{index}]", figure.quote, text)
        )
        if fault is None:
            grounded.append(figure)
        else:
            faults.append(fault)
    faults += [
        _place_fault(f"set_aside[{index}]", aside.quote, text)
        for index, aside in enumerate(answer.set_aside)
        if not locate(aside.quote)
    ]
    held = answer.model_copy(update={"figures": tuple(grounded)})
    report = with_metadata(document, to_report(held, text, locate))
    faults += _unclaimed_faults(text, completeness.find_unclaimed(text, report))
    return Verdict(report, tuple(faults))


def answer_for(document: Document, report: JornadaReport) -> QuotedAnswer:
    """Write a report in this form; every number that it does not claim is set aside."""
    asides = (
        *(QuotedSetAside(quote=one.quote, reason=one.reason) for one in report.set_aside),
        *_set_aside(document.text, report),
    )
    return QuotedAnswer(
        title=report.title,
        published_on=report.published_on,
        bulletin_kind=report.bulletin_kind,
        programme=report.programme,
        jornadas=tuple(QuotedJornada.model_validate(dict(one)) for one in report.jornadas),
        figures=tuple(
            QuotedFigure.model_validate(figure.model_dump(exclude={"char_start", "char_end"}))
            for figure in report.figures
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


def _set_aside(text: str, report: JornadaReport) -> Iterator[QuotedSetAside]:
    for numeral in completeness.find_unclaimed(text, report):
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


def _value_fault(field: str, figure: QuotedFigure, text: str, place: Span) -> Fault | None:
    fault = grounding.value_fault(text, place, figure.value, figure.unit)
    return None if fault is None else Fault(f"{field}.value", fault, place)


def _place_fault(field: str, quote: str, text: str) -> Fault:
    """Say why `quote` has no place in the text: it is not there, or only as part of a number."""
    shown = on_one_line(quote)
    for place in quotes.locate(text, quote):
        number = quotes.cut_numeral(text, place)
        if number is not None:
            message = (
                f'"{shown}" cuts the number "{on_one_line(number.raw)}" in two; quote it whole'
            )
            return Fault(f"{field}.quote", message, place)
    message = f'"{shown}" does not stand in the bulletin; copy its words exactly as printed'
    return Fault(f"{field}.quote", message)


def _unclaimed_faults(text: str, unclaimed: Sequence[Numeral]) -> list[Fault]:
    return [
        Fault(
            UNCLAIMED,
            f'the number "{on_one_line(numeral.raw)}" in "{around(text, numeral)}" is in the quote '
            "of no figure; add the figure, or put the number into set_aside with a reason",
            Span(numeral.start, numeral.end),
        )
        for numeral in unclaimed
    ]


def _says_something(answer: QuotedAnswer) -> bool:
    return bool(answer.figures or answer.jornadas)


FORM = Form(
    name="quoted",
    answer=QuotedAnswer,
    show=_show,
    judge=judge,
    answer_for=answer_for,
    blank={
        "title": None,
        "published_on": None,
        "bulletin_kind": "results",
        "programme": None,
        "jornadas": [],
        "figures": [],
        "set_aside": [],
        "specialties": [],
        "places": [],
    },
    says_something=_says_something,
)
