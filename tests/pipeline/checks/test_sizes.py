from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import sizes
from schemas.finding import Finding, Severity
from schemas.report import Figure, Period, Service, Status
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

COMMON = (
    (Service.CONSULTATION, "family_medicine"),
    (Service.CONSULTATION, "specialty"),
    (Service.SCREENING, None),
)
MEDICINE, SPECIALTY, SCREENING = COMMON


def found(*figures: Figure, text: str = "") -> list[Finding]:
    return list(sizes.check(a_document(text), a_report(*figures)))


def services(*values: float, **other: object) -> list[Figure]:
    return [
        a_figure(value, service, detail, **other)
        for value, (service, detail) in zip(values, COMMON, strict=False)
    ]


def test_a_lost_mil_is_a_warning_that_names_both_numbers() -> None:
    text = "Se dieron 58 consultas de medicina familiar y 23 mil 138 de especialidad."
    figures = [
        quoted(text, "58 consultas de medicina familiar", a_figure(58, *MEDICINE)),
        quoted(text, "23 mil 138 de especialidad", a_figure(23138, *SPECIALTY)),
    ]
    (finding,) = found(*figures, text=text)
    assert finding.severity is Severity.WARNING
    assert "58 beside 23,138" in finding.message
    assert finding.span is not None
    assert text[slice(*finding.span)] == "58 consultas de medicina familiar"


def test_a_mil_too_many_is_told_where_the_others_agree() -> None:
    (finding,) = found(*services(3650, 418_000, 1893))
    assert "418,000 beside 3,650" in finding.message


@pytest.mark.parametrize("few", [services(39, 1893), services(10, 930), services(0, 20_000)])
def test_services_may_be_rare(few: list[Figure]) -> None:
    assert found(*few) == []


def test_surgeries_and_transplants_are_few_beside_consultations() -> None:
    rare = [a_figure(86, Service.SURGERY), a_figure(4, Service.TRANSPLANT)]
    assert found(*services(57_100, 14_000), *rare) == []


@pytest.mark.parametrize(
    "elsewhere",
    [{"place": "HGZ 33"}, {"edition": 9}, {"period": Period.CUMULATIVE, "edition": None}],
)
def test_what_was_done_elsewhere_is_not_compared(elsewhere: dict[str, Any]) -> None:
    assert found(a_figure(58, *MEDICINE, **elsewhere), a_figure(23138, *SPECIALTY)) == []


def test_the_same_fact_without_its_mil_is_told() -> None:
    (finding,) = found(a_figure(58, Service.SURGERY), a_figure(58_610, Service.SURGERY))
    assert "58 beside 58,610" in finding.message
    assert found(a_figure(58, Service.SURGERY), a_figure(59_610, Service.SURGERY)) == []
    assert found(a_figure(5, Service.SURGERY), a_figure(5_610, Service.SURGERY)) == []


@pytest.mark.parametrize(("done", "goal"), [(77, 70_000), (77_000, 70)])
def test_what_was_done_is_of_the_size_of_the_plan(done: int, goal: int) -> None:
    planned = a_figure(goal, Service.SURGERY, status=Status.PLANNED)
    (finding,) = found(a_figure(done, Service.SURGERY), planned)
    assert f"{min(done, goal)} beside {max(done, goal):,}" in finding.message
    again = a_figure(goal - goal // 20, Service.SURGERY)
    assert found(a_figure(done, Service.SURGERY), again, planned) == []


def test_a_part_that_lacks_its_mil_to_add_up_is_told() -> None:
    parts = [*services(5980, 2011, 4102), a_figure(2, Service.SURGERY)]
    (finding,) = found(a_figure(14_093), *parts)
    assert "surgery (performed, jornada 10, national): 2 beside 14,093" in finding.message
    assert found(a_figure(14_094), *parts) == []


def test_each_figure_is_told_once() -> None:
    plan = a_figure(6000, *MEDICINE, status=Status.PLANNED)
    assert len(found(*services(5, 2011, 4102), plan, a_figure(11_113))) == 1


@given(
    st.integers(10_000, 500_000),
    st.lists(st.floats(0.3, 3), min_size=2, max_size=2),
    st.integers(0, 2),
)
def test_whichever_lost_its_mil_is_told_and_no_other(
    value: int, ratios: list[float], lost: int
) -> None:
    values = [value, *(int(value * ratio) for ratio in ratios)]
    assert found(*services(*values)) == []
    values[lost] //= 1000
    (finding,) = found(*services(*values))
    assert f": {values[lost]:,} beside" in finding.message
