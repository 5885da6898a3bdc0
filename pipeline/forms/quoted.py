"""The quoted form: the model writes each figure with its verbatim quote."""

import functools
from collections.abc import Sequence

from pipeline import quotes
from pipeline.checks import completeness, grounding
from pipeline.forms.form import (
    UNCLAIMED,
    Fault,
    Form,
    Shown,
    Verdict,
    around,
    detail_faults,
    keep_told,
    on_one_line,
    with_metadata,
)
from pipeline.forms.quoted_answer import answer_for, to_report
from schemas.answer import QuotedAnswer, QuotedFigure
from schemas.document import Document, Numeral
from schemas.finding import Span

_FIELDS = {"figures": "figures.quote"}


def _show(document: Document) -> Shown:
    return Shown(document.text)


def judge(document: Document, answer: QuotedAnswer) -> Verdict:
    """Hold an answer against its document.

    The report keeps what the bulletin holds: figures whose quote stands in the text and holds their
    value; words, editions, days and years that are told.
    """
    text = document.text

    @functools.cache
    def locate(quote: str) -> tuple[Span, ...]:
        places = quotes.locate(text, quote)
        return tuple(place for place in places if quotes.cut_numeral(text, place) is None)

    faults = [
        fault
        for index, figure in enumerate(answer.figures)
        for fault in detail_faults(f"figures[{index}]", figure.service, figure.detail)
    ]
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
    report, untold = keep_told(document, report, _FIELDS)
    faults += _faults_of_unclaimed(text, completeness.find_unclaimed(text, report))
    explained = completeness.explain_unclaimed(text, report)
    report = report.model_copy(update={"set_aside": (*report.set_aside, *explained)})
    return Verdict(report, (*faults, *untold))


def _value_fault(field: str, figure: QuotedFigure, text: str, place: Span) -> Fault | None:
    fault = grounding.value_fault(text, place, figure.value, figure.unit, figure.service)
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


def _faults_of_unclaimed(text: str, unclaimed: Sequence[Numeral]) -> list[Fault]:
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
        "relevant": True,
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
