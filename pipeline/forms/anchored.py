"""The anchored form: the text's numbers are marked, and the model labels them by their marks.

It writes no digits of the bulletin's, so it can neither invent a figure nor misread one, and what
it says nothing about is known exactly.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline import quotes
from pipeline.checks import grounding
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
from pipeline.forms.numbering import Numbered, numbered, with_marks
from pipeline.forms.shortest_quote import quote_of
from schemas.anchored import (
    AnchoredAnswer,
    AnchoredFigure,
    AnchoredPlaces,
    AnchoredScope,
    AnchoredSpecialties,
    Printed,
    to_report,
)
from schemas.answer import QuotedJornada
from schemas.document import Document, Numeral, NumeralKind
from schemas.finding import Span
from schemas.report import (
    Figure,
    JornadaReport,
    Period,
    PlaceRole,
    Service,
    Status,
    Unit,
)


class _Labelled(NamedTuple):
    """Where an answer labels a number, and how."""

    field: str
    mark: int
    labels: tuple[object, ...]


def show(document: Document) -> Shown:
    """Write the mark of each number before it, and say what the marks are."""
    numbers = numbered(document)
    last = len(numbers.numerals)
    if not last:
        return Shown(document.text, "It holds no number that has to be labelled.")
    note = f"The numbers to label have the marks {numbers.shown(1)} to {numbers.shown(last)}."
    return Shown(with_marks(document.text, numbers), note)


def judge(document: Document, answer: AnchoredAnswer) -> Verdict:
    """Hold an answer against the numbers of its document.

    The report keeps the numbers that are said to be one thing. Every other number has a fault: it
    is called two things or none, or does not exist.
    """
    text, numbers = document.text, numbered(document)
    given = _given(answer)
    faults = list(_unknown(answer, numbers))
    printed: dict[int, Printed] = {}
    for mark, numeral in enumerate(numbers.numerals, start=1):
        clash = _clash(given.get(mark, ()))
        if mark in given and clash is None:
            printed[mark] = Printed(
                numeral.value, Unit(numeral.kind.value), quote_of(text, numeral)
            )
            continue
        named = f'{numbers.shown(mark)} {on_one_line(numeral.raw)} in "{around(text, numeral)}"'
        span = Span(numeral.start, numeral.end)
        if clash is None:
            message = f'{named} is neither labelled nor in "aside"'
            faults.append(Fault(UNCLAIMED, message, span))
        else:
            first, second = clash
            message = f"{named} is said to be something else in {first.field}; keep one of both"
            faults.append(Fault(second.field, message, span))
    copied = {"title": answer.title, "programme": answer.programme}
    plain = {name: words and numbers.without_marks(words) for name, words in copied.items()}
    report = to_report(answer.model_copy(update=plain), text, printed)
    report, ungrounded = _held(text, with_metadata(document, report))
    return Verdict(report, (*faults, *ungrounded))


def _given(answer: AnchoredAnswer) -> dict[int, list[_Labelled]]:
    """List what an answer says of each number, in its order."""
    given: dict[int, list[_Labelled]] = {}
    for one in (*_labelled(answer), *(_Labelled("aside", mark, ()) for mark in answer.aside)):
        given.setdefault(one.mark, []).append(one)
    return given


def _labelled(answer: AnchoredAnswer) -> Iterator[_Labelled]:
    for index, scope in enumerate(answer.scopes):
        edition = scope.edition if scope.period is Period.JORNADA else None
        for place, figure in enumerate(scope.figures):
            labels = (scope.status, scope.period, edition, scope.place, figure)
            yield _Labelled(f"scopes[{index}].figures[{place}]", figure.n, labels)


def _clash(given: Sequence[_Labelled]) -> tuple[_Labelled, _Labelled] | None:
    """Find two different things that are said of one number."""
    for other in given[1:]:
        if other.labels != given[0].labels:
            return given[0], other
    return None


def _unknown(answer: AnchoredAnswer, numbers: Numbered) -> Iterator[Fault]:
    last = len(numbers.numerals)
    told = [(f"{one.field}.n", one.mark) for one in _labelled(answer)]
    told += [("aside", mark) for mark in answer.aside]
    told += [("approx", mark) for mark in answer.approx]
    told += [("percent", mark) for mark in answer.percent]
    known = f"its marks are {numbers.shown(1)} to {numbers.shown(last)}" if last else "it has none"
    for field, mark in told:
        if mark > last:
            yield Fault(field, f"the bulletin has no number {numbers.shown(mark)}; {known}")


def _held(text: str, report: JornadaReport) -> tuple[JornadaReport, list[Fault]]:
    """Split off what grounding would not let pass: "un" that is called a percentage."""
    faults = [(figure, grounding.figure_fault(text, figure)) for figure in report.figures]
    if not any(fault for _, fault in faults):
        return report, []
    kept = tuple(figure for figure, fault in faults if fault is None)
    return report.model_copy(update={"figures": kept}), [
        Fault("percent", fault, Span(figure.char_start or 0, figure.char_end or 0))
        for figure, fault in faults
        if fault
    ]


def answer_for(document: Document, report: JornadaReport) -> AnchoredAnswer:
    """Write a report in this form; every number that it does not claim is in `aside`.

    A figure whose number has no mark (a year) cannot be written, and is left out.
    """
    text, numerals = document.text, numbered(document).numerals
    placed = _placed(text, numerals, report.figures)
    stated = document.metadata
    scopes: dict[tuple[Status, Period, int | None, str], list[AnchoredFigure]] = {}
    for mark, figure in sorted(placed.items()):
        key = (figure.status, figure.period, figure.edition, figure.place)
        scopes.setdefault(key, []).append(
            AnchoredFigure(n=mark, service=figure.service, detail=figure.detail)
        )
    return AnchoredAnswer(
        title=None if report.title == stated.title else report.title,
        day=None if report.published_on == stated.published_on else report.published_on,
        kind=report.bulletin_kind,
        programme=report.programme,
        jornadas=tuple(QuotedJornada.model_validate(dict(one)) for one in report.jornadas),
        scopes=tuple(
            AnchoredScope(
                status=status, period=period, edition=edition, place=place, figures=tuple(figures)
            )
            for (status, period, edition, place), figures in scopes.items()
        ),
        aside=tuple(mark for mark in range(1, len(numerals) + 1) if mark not in placed),
        approx=tuple(mark for mark, figure in sorted(placed.items()) if figure.approximate),
        percent=tuple(
            mark
            for mark, figure in sorted(placed.items())
            if figure.unit is Unit.PERCENT and numerals[mark - 1].kind is NumeralKind.COUNT
        ),
        specialties=AnchoredSpecialties(
            consultation=tuple(
                one.name for one in report.specialties if one.service is not Service.SURGERY
            ),
            surgery=tuple(one.name for one in report.specialties if one.service is Service.SURGERY),
        ),
        places=AnchoredPlaces(
            participant=tuple(
                one.name for one in report.places if one.role is PlaceRole.PARTICIPANT
            ),
            highlighted=tuple(
                one.name for one in report.places if one.role is PlaceRole.HIGHLIGHTED
            ),
        ),
    )


def _placed(
    text: str, numerals: tuple[Numeral, ...], figures: Iterable[Figure]
) -> dict[int, Figure]:
    """Find the mark of each figure: a number in its quote that is worth its value."""
    placed: dict[int, Figure] = {}
    for figure in figures:
        if figure.char_start is not None and figure.char_end is not None:
            spans: tuple[Span, ...] = (Span(figure.char_start, figure.char_end),)
        else:
            spans = quotes.locate(text, figure.quote)
        marks = (
            mark
            for start, end in spans
            for mark, numeral in enumerate(numerals, start=1)
            if mark not in placed
            and start <= numeral.start
            and numeral.end <= end
            and numeral.value == figure.value
            and not (figure.unit is Unit.COUNT and numeral.kind is NumeralKind.PERCENT)
        )
        mark = next(marks, None)
        if mark is not None:
            placed[mark] = figure
    return placed


def _says_something(answer: AnchoredAnswer) -> bool:
    return bool(answer.jornadas) or any(scope.figures for scope in answer.scopes)


FORM = Form(
    name="anchored",
    answer=AnchoredAnswer,
    show=show,
    judge=judge,
    answer_for=answer_for,
    blank={
        "title": None,
        "day": None,
        "kind": "results",
        "programme": None,
        "jornadas": [],
        "scopes": [],
        "aside": [],
        "approx": [],
        "percent": [],
        "specialties": {"consultation": [], "surgery": []},
        "places": {"participant": [], "highlighted": []},
    },
    says_something=_says_something,
)
