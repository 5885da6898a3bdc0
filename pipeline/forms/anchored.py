"""The anchored form: the text's numbers are marked, and the model labels them by their marks.

It writes no digits of the bulletin's, so it can neither invent a figure nor misread one, and what
it says nothing about is known exactly.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.checks import completeness
from pipeline.exclusions import NOT_SURE, is_surely_quantity
from pipeline.forms.anchored_answer import PrintedNumber, answer_for, to_report
from pipeline.forms.by_mark import BY_MARKS
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
from pipeline.forms.numbering import Choice, Numbering, number_document, write_marks
from pipeline.forms.repeats import aside_at
from pipeline.forms.shortest_quote import quote_of
from schemas.anchored import AnchoredAnswer
from schemas.document import Document
from schemas.finding import Span
from schemas.report import JornadaReport, Period, SetAside, Unit

_FIELDS = {
    "figures": "scopes.figures",
    **{
        f"figures.{name}": f"scopes.{name}" for name in ("place", "edition", "starts_on", "ends_on")
    },
    "published_on": "day",
}


class _Label(NamedTuple):
    """Where an answer labels a number, and how."""

    field: str
    mark: int
    labels: tuple[object, ...]


def show(document: Document) -> Shown:
    """Write the mark of each number before it, and say what the marks are."""
    numbers = number_document(document)
    if not numbers.numerals:
        return Shown(document.text, "It holds no number that has to be labelled.")
    note = f"The numbers to label have the marks {numbers.format_range()}."
    notes = (note, *map(numbers.format_choice, numbers.choices))
    return Shown(write_marks(document.text, numbers), " ".join(notes))


def judge(document: Document, answer: AnchoredAnswer) -> Verdict:
    """Hold an answer against the numbers of its document.

    The report keeps the numbers that are said to be one thing. Every other number has a fault: it
    is called two things or none, or does not exist. Of the rest it keeps what the bulletin holds.
    """
    text, numbers = document.text, number_document(document)
    labels, mixed = _choose_readings(text, numbers, _labels_by_mark(answer))
    printed, unsure, unsettled = _settle(text, numbers, labels)
    copied = {"title": answer.title, "programme": answer.programme}
    plain = {name: words and numbers.strip_marks(words) for name, words in copied.items()}
    report = to_report(answer.model_copy(update=plain), text, printed)
    report = _explain_rest(text, report, unsure)
    report, untold = keep_told(document, with_metadata(document, report), _FIELDS)
    unknown = (*_faults_of_unknown_marks(answer, numbers), *_faults_of_details(answer))
    return Verdict(report, (*unknown, *mixed, *unsettled, *untold))


def _settle(
    text: str, numbers: Numbering, labels: Mapping[int, Sequence[_Label]]
) -> tuple[dict[int, PrintedNumber], list[SetAside], list[Fault]]:
    """Part the numbers that are one thing from those that need not be, and those with a fault."""
    printed: dict[int, PrintedNumber] = {}
    unsure: list[SetAside] = []
    faults: list[Fault] = []
    numerals = numbers.by_mark
    for mark, of_mark in labels.items():
        numeral = numerals[mark]
        span = Span(numeral.start, numeral.end)
        mark_and_raw = f"{numbers.format_mark(mark)} {on_one_line(numeral.raw)}"
        named = f'{mark_and_raw} in "{around(text, numeral)}"'
        if clash := _clash(of_mark):
            first, second = clash
            message = f"{named} is said to be something else in {first.field}; keep one of both"
            faults.append(Fault(second.field, message, span))
        elif of_mark:
            unit, quote = Unit(numeral.kind.value), quote_of(text, numeral)
            printed[mark] = PrintedNumber(numeral.value, unit, quote)
        elif is_surely_quantity(text, numeral):
            message = f'{named} is neither labelled nor in "aside"'
            faults.append(Fault(UNCLAIMED, message, span))
        else:
            unsure.append(aside_at(text, span, NOT_SURE))
    return printed, unsure, faults


def _choose_readings(
    text: str, numbers: Numbering, said: Mapping[int, Sequence[_Label]]
) -> tuple[dict[int, Sequence[_Label]], list[Fault]]:
    """Give each mark that counts what is said of it; of a stretch those of one reading count."""
    labels = {mark: said.get(mark, ()) for mark, _ in enumerate(numbers.numerals, start=1)}
    figures = {mark for mark, of_mark in said.items() if any(one.labels for one in of_mark)}
    faults: list[Fault] = []
    for choice in numbers.choices:
        reading = choice.reading_of(figures, said.keys())
        if reading is None:
            faults.append(_mix(text, numbers, choice, said))
        for mark in choice.marks:
            labels.pop(mark, None)
        labels |= {mark: said.get(mark, ()) for mark in reading or ()}
    return dict(sorted(labels.items())), faults


def _mix(
    text: str, numbers: Numbering, choice: Choice, said: Mapping[int, Sequence[_Label]]
) -> Fault:
    either = ", or ".join(map(numbers.format_marks, choice.readings))
    printed = on_one_line(text[choice.start : choice.end])
    message = f'"{printed}" is one or the other: label {either}, not marks of several readings'
    last = max(choice.marks & said.keys())
    return Fault(said[last][0].field, message, Span(choice.start, choice.end))


def _explain_rest(text: str, report: JornadaReport, unsure: Sequence[SetAside]) -> JornadaReport:
    """Set aside, each with its reason, the numbers that the model need not have labelled."""
    asides = (*report.set_aside, *unsure)
    report = report.model_copy(update={"set_aside": asides})
    explained = completeness.explain_unclaimed(text, report)
    return report.model_copy(update={"set_aside": (*asides, *explained)})


def _labels_by_mark(answer: AnchoredAnswer) -> dict[int, list[_Label]]:
    """List what an answer says of each number, in its order."""
    labels: dict[int, list[_Label]] = {}
    for one in (*_labels_of_figures(answer), *(_Label("aside", mark, ()) for mark in answer.aside)):
        labels.setdefault(one.mark, []).append(one)
    return labels


def _labels_of_figures(answer: AnchoredAnswer) -> Iterator[_Label]:
    for index, scope in enumerate(answer.scopes):
        edition = scope.edition if scope.period is Period.JORNADA else None
        for place, figure in enumerate(scope.figures):
            days = (scope.starts_on, scope.ends_on)
            labels = (scope.status, scope.period, edition, *days, scope.place, figure)
            yield _Label(f"scopes[{index}].figures[{place}]", figure.n, labels)


def _clash(labels: Sequence[_Label]) -> tuple[_Label, _Label] | None:
    """Find two different things that are said of one number."""
    for other in labels[1:]:
        if other.labels != labels[0].labels:
            return labels[0], other
    return None


def _faults_of_unknown_marks(answer: AnchoredAnswer, numbers: Numbering) -> Iterator[Fault]:
    last = len(numbers.by_mark)
    marks = [(f"{one.field}.n", one.mark) for one in _labels_of_figures(answer)]
    marks += [("aside", mark) for mark in answer.aside]
    marks += [("approx", mark) for mark in answer.approx]
    marks += [("percent", mark) for mark in answer.percent]
    marks += [("above_goal", mark) for mark in answer.above_goal]
    marks += [("productivity", mark) for mark in answer.productivity]
    known = (
        f"its marks are {numbers.format_mark(1)} to {numbers.format_mark(last)}"
        if last
        else "it has none"
    )
    for field, mark in marks:
        if mark > last:
            yield Fault(field, f"the bulletin has no number {numbers.format_mark(mark)}; {known}")


def _faults_of_details(answer: AnchoredAnswer) -> Iterator[Fault]:
    for index, scope in enumerate(answer.scopes):
        for place, figure in enumerate(scope.figures):
            field = f"scopes[{index}].figures[{place}]"
            yield from detail_faults(field, figure.service, figure.detail)


def _says_something(answer: AnchoredAnswer) -> bool:
    return bool(answer.jornadas) or any(scope.figures for scope in answer.scopes)


FORM = Form(
    name="anchored",
    answer=AnchoredAnswer,
    show=show,
    judge=judge,
    answer_for=answer_for,
    blank={
        "relevant": True,
        "title": None,
        "day": None,
        "kind": "results",
        "programme": None,
        "jornadas": [],
        "scopes": [],
        "aside": [],
        "approx": [],
        "percent": [],
        "above_goal": [],
        "productivity": [],
        "specialties": {"consultation": [], "surgery": []},
        "places": {"participant": [], "highlighted": []},
    },
    says_something=_says_something,
    by_marks=BY_MARKS,
)
