"""How an answer in the anchored form becomes a report."""

from typing import Any

from pipeline.forms.anchored_answer import NO_FIGURE, PrintedNumber, to_report
from schemas.finding import Span
from schemas.report import Period, PlaceRole, Service, Unit
from tests.pipeline.forms.made import anchored as answer
from tests.pipeline.forms.made import scope

TEXT = "Se dieron 30 trasplantes; 10 de córnea. En el año, 30 trasplantes y 98 por ciento."
PRINTED = {
    1: PrintedNumber(30, Unit.COUNT, Span(10, 24)),
    2: PrintedNumber(10, Unit.COUNT, Span(26, 38)),
    3: PrintedNumber(30, Unit.COUNT, Span(51, 65)),
    4: PrintedNumber(98, Unit.PERCENT, Span(68, 81)),
}


def one(n: int, service: str = "transplant", detail: str | None = None) -> dict[str, Any]:
    return {"n": n, "service": service, "detail": detail}


def test_value_unit_and_quote_come_from_the_text() -> None:
    report = to_report(answer(scope(one(4, "total"), one(2, detail="cornea"))), TEXT, PRINTED)
    assert [(f.value, f.unit, f.quote) for f in report.figures] == [
        (10, Unit.COUNT, "10 de córnea"),
        (98, Unit.PERCENT, "98 por ciento"),
    ], "in the order of the text"


def test_labels_of_a_scope_hold_for_each_of_its_figures() -> None:
    year = scope(one(3), period="cumulative", place="Colima")
    report = to_report(
        answer(scope(one(1), edition=3), year, approx=[3], percent=[1]), TEXT, PRINTED
    )
    first, second = report.figures
    assert (first.period, first.edition, first.place) == (Period.JORNADA, 3, "national")
    assert (second.period, second.edition, second.place) == (Period.CUMULATIVE, None, "Colima")
    assert (first.approximate, second.approximate) == (False, True)
    assert (first.unit, second.unit) == (Unit.PERCENT, Unit.COUNT)


def test_the_same_fact_under_two_marks_is_one_figure_and_its_repetition_is_set_aside() -> None:
    report = to_report(answer(scope(one(1), one(3)), aside=[2]), TEXT, PRINTED)
    assert [f.char_start for f in report.figures] == [10]
    assert [(a.char_start, a.reason) for a in report.set_aside] == [
        (51, "the same figure, printed again"),
        (26, NO_FIGURE),
    ]


def test_a_mark_named_twice_with_the_same_labels_counts_once() -> None:
    report = to_report(answer(scope(one(1), one(1)), aside=[2, 2]), TEXT, PRINTED)
    assert len(report.figures) == 1
    assert len(report.set_aside) == 1


def test_marks_that_are_not_printed_are_passed_over() -> None:
    report = to_report(answer(scope(one(9), one(1)), aside=[8]), TEXT, PRINTED)
    assert [f.value for f in report.figures] == [30]
    assert report.set_aside == ()


def test_everything_else_of_the_answer_reaches_the_report() -> None:
    jornada = {
        "edition": 3,
        "kind": "state",
        "year": 2022,
        "year_source": None,
        "start": "2022-07-29",
        "end": "2022-07-31",
        "subject": True,
    }
    given = answer(
        title="Título",
        day="2022-07-31",
        kind="balance",
        programme="120 días",
        jornadas=[jornada],
        specialties={"consultation": ["Cardiología"], "surgery": ["Urología"]},
        places={"participant": ["Colima"], "highlighted": ["HGZ No. 1"]},
    )
    report = to_report(given, TEXT, PRINTED)
    stated = report.model_dump(mode="json", include={"title", "published_on", "programme"})
    assert stated == {"title": "Título", "published_on": "2022-07-31", "programme": "120 días"}
    assert report.bulletin_kind == "balance"
    assert [one.model_dump(mode="json") for one in report.jornadas] == [jornada]
    assert [(s.service, s.name) for s in report.specialties] == [
        (Service.CONSULTATION, "Cardiología"),
        (Service.SURGERY, "Urología"),
    ]
    assert [(p.role, p.name) for p in report.places] == [
        (PlaceRole.PARTICIPANT, "Colima"),
        (PlaceRole.HIGHLIGHTED, "HGZ No. 1"),
    ]
