"""An answer in the anchored form made a report, and a report written as such an answer. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from pipeline.facts import Scope, scope_of
from pipeline.forms.numbering import Choice, Numbering, number_document
from pipeline.forms.repeats import aside_at, merge_repeats
from pipeline.labels import kinds_of, read_detail
from pipeline.places import canonical_place
from pipeline.quotes import locate, span_of
from schemas.anchored import (
    AnchoredAnswer,
    AnchoredFigure,
    AnchoredPlaces,
    AnchoredScope,
    AnchoredSpecialties,
)
from schemas.answer import QuotedJornada
from schemas.document import Document, NumeralKind
from schemas.finding import Span
from schemas.report import (
    Basis,
    Figure,
    Jornada,
    JornadaReport,
    Period,
    PlaceMention,
    PlaceRole,
    Service,
    Specialty,
    Unit,
)

NO_FIGURE = "called no figure"


class PrintedNumber(NamedTuple):
    """A marked number as the text has it; `span` is that of its quote."""

    value: float
    unit: Unit
    span: Span


def to_report(
    answer: AnchoredAnswer, text: str, printed: Mapping[int, PrintedNumber]
) -> JornadaReport:
    """Turn an answer into a report with spans into `text`.

    Marks that `printed` does not hold are passed over. Figures come in the order of their marks.
    The same fact under two marks is one figure, and its repetition is set aside.
    """
    in_order = sorted(_figures(answer, text, printed), key=lambda figure: figure.char_start or 0)
    figures, repeats = merge_repeats(in_order, text)
    asides = (
        aside_at(text, printed[mark].span, NO_FIGURE)
        for mark in dict.fromkeys(answer.aside)
        if mark in printed
    )
    return JornadaReport(
        relevant=answer.relevant,
        title=answer.title or None,
        published_on=answer.day,
        bulletin_kind=answer.kind,
        programme=answer.programme or None,
        jornadas=tuple(Jornada.model_validate(dict(jornada)) for jornada in answer.jornadas),
        figures=figures,
        set_aside=(*repeats, *asides),
        specialties=tuple(_specialties(answer.specialties)),
        places=tuple(_places(answer.places)),
    )


def _figures(
    answer: AnchoredAnswer, text: str, printed: Mapping[int, PrintedNumber]
) -> Iterator[Figure]:
    approximate, percents = set(answer.approx), set(answer.percent)
    basis = dict.fromkeys(answer.productivity, Basis.PRODUCTIVITY)
    basis |= dict.fromkeys(answer.above_goal, Basis.ABOVE_GOAL)
    for scope in answer.scopes:
        for figure in scope.figures:
            if figure.n not in printed:
                continue
            value, unit, (start, end) = printed[figure.n]
            unit = Unit.PERCENT if figure.n in percents else unit
            yield Figure(
                value=value,
                unit=unit,
                service=figure.service,
                detail=read_detail(figure.service, figure.detail).detail,
                status=scope.status,
                period=scope.period,
                edition=scope.edition if scope.period is Period.JORNADA else None,
                starts_on=scope.starts_on,
                ends_on=scope.ends_on,
                place=canonical_place(scope.place),
                approximate=figure.n in approximate,
                basis=basis.get(figure.n, Basis.GOAL) if unit is Unit.PERCENT else None,
                quote=text[start:end],
                char_start=start,
                char_end=end,
            )


def _specialties(named: AnchoredSpecialties) -> Iterator[Specialty]:
    for name in named.consultation:
        yield Specialty(service=Service.CONSULTATION, name=name)
    for name in named.surgery:
        yield Specialty(service=Service.SURGERY, name=name)


def _places(named: AnchoredPlaces) -> Iterator[PlaceMention]:
    for name in named.participant:
        yield PlaceMention(name=name, role=PlaceRole.PARTICIPANT)
    for name in named.highlighted:
        yield PlaceMention(name=name, role=PlaceRole.HIGHLIGHTED)


def answer_for(document: Document, report: JornadaReport) -> AnchoredAnswer:
    """Write a report in this form; every number that it does not claim is in `aside`.

    A figure whose number has no mark (a year) cannot be written, and is left out. Of a stretch that
    can be read in several ways the marks are those of the reading that the figures have.
    """
    numbers, stated = number_document(document), document.metadata
    numerals = numbers.by_mark
    marked = _figures_by_mark(document.text, numbers, report.figures)
    return AnchoredAnswer(
        relevant=report.relevant,
        title=None if report.title == stated.title else report.title,
        day=None if report.published_on == stated.published_on else report.published_on,
        kind=report.bulletin_kind,
        programme=report.programme,
        jornadas=tuple(QuotedJornada.model_validate(dict(one)) for one in report.jornadas),
        scopes=tuple(_scopes(marked)),
        aside=tuple(_marks_left(numbers, marked.keys())),
        approx=tuple(mark for mark, figure in marked.items() if figure.approximate),
        percent=tuple(
            mark
            for mark, figure in marked.items()
            if figure.unit is Unit.PERCENT and numerals[mark].kind is NumeralKind.COUNT
        ),
        above_goal=_marks_of(marked, Basis.ABOVE_GOAL),
        productivity=_marks_of(marked, Basis.PRODUCTIVITY),
        specialties=AnchoredSpecialties(
            consultation=tuple(
                one.name for one in report.specialties if one.service is not Service.SURGERY
            ),
            surgery=tuple(one.name for one in report.specialties if one.service is Service.SURGERY),
        ),
        places=AnchoredPlaces(
            participant=_names(report.places, PlaceRole.PARTICIPANT),
            highlighted=_names(report.places, PlaceRole.HIGHLIGHTED),
        ),
    )


def _figures_by_mark(text: str, numbers: Numbering, figures: Iterable[Figure]) -> dict[int, Figure]:
    """Find the mark of each figure, a number in its quote that is worth its value; in order."""
    marked: dict[int, Figure] = {}
    in_order = sorted((numeral.start, mark) for mark, numeral in numbers.by_mark.items())
    choices: dict[int, list[Choice]] = defaultdict(list)
    for choice in numbers.choices:
        for one in choice.marks:
            choices[one].append(choice)
    for figure in figures:
        span = span_of(figure)
        marks = (
            mark
            for start, end in ((span,) if span else locate(text, figure.quote))
            for mark in _marks_between(in_order, start, end)
            if mark not in marked
            and (numeral := numbers.number_of(mark)).end <= end
            and numeral.value == figure.value
            and not (figure.unit is Unit.COUNT and numeral.kind is NumeralKind.PERCENT)
            and _goes_with(choices.get(mark, ()), mark, marked)
        )
        mark = next(marks, None)
        if mark is not None:
            marked[mark] = figure
    return dict(sorted(marked.items()))


def _marks_between(in_order: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """Return the marks, in order, of the numbers that begin in a stretch.

    `in_order` has where each number begins, and its mark.
    """
    first = bisect_left(in_order, (start,))
    return sorted(mark for _, mark in in_order[first : bisect_left(in_order, (end,), lo=first)])


def _goes_with(choices: Iterable[Choice], mark: int, marked: Container[int]) -> bool:
    """Tell whether a reading of each of the mark's stretches has it beside those that are taken."""
    for choice in choices:
        taken = {one for one in choice.marks if one in marked}
        if choice.reading_of(taken | {mark}, taken) is None:
            return False
    return True


def _marks_left(numbers: Numbering, marked: AbstractSet[int]) -> list[int]:
    """Return the marks of no figure, those of readings that are not taken left out."""
    open_ = set(range(1, len(numbers.numerals) + 1))
    for choice in numbers.choices:
        open_ -= choice.marks
        open_ |= set(choice.reading_of(marked, marked) or ())
    return sorted(open_ - marked)


def _marks_of(marked: Mapping[int, Figure], basis: Basis) -> tuple[int, ...]:
    return tuple(mark for mark, figure in marked.items() if figure.basis is basis)


def _scopes(marked: Mapping[int, Figure]) -> Iterator[AnchoredScope]:
    scopes: dict[Scope, list[AnchoredFigure]] = {}
    for mark, figure in marked.items():
        scopes.setdefault(scope_of(figure), []).append(
            AnchoredFigure(n=mark, service=figure.service, detail=kinds_of(figure.detail))
        )
    for scope, figures in scopes.items():
        yield AnchoredScope(**scope._asdict(), figures=tuple(figures))


def _names(places: Iterable[PlaceMention], role: PlaceRole) -> tuple[str, ...]:
    return tuple(place.name for place in places if place.role is role)
