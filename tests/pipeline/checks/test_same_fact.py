from typing import Any

import pytest

from pipeline.checks import same_fact
from schemas.finding import Finding, Severity
from schemas.report import Figure, Period, Service, Status, Unit
from tests.pipeline.checks.made import a_document, a_figure, a_jornada, a_report, quoted

SINCE: dict[str, Any] = {"period": Period.CUMULATIVE, "edition": None}


def found(*figures: Figure, text: str = "", **report: object) -> list[Finding]:
    return list(same_fact.check(a_document(text), a_report(*figures, **report)))


def severities(*figures: Figure, text: str = "", **report: object) -> list[Severity]:
    return [finding.severity for finding in found(*figures, text=text, **report)]


def test_a_contradiction_names_both_values_and_points_at_the_later_place() -> None:
    text = "475 mil 275 cirugías en el título, 475 mil 725 cirugías en el cuerpo"
    headline = quoted(text, "475 mil 275 cirugías", a_figure(475275, Service.SURGERY, **SINCE))
    body = quoted(text, "475 mil 725 cirugías", a_figure(475725, Service.SURGERY, **SINCE))
    (finding,) = found(body, headline, text=text)
    assert finding.severity is Severity.WARNING
    assert "475,275 in '475 mil 275 cirugías' and 475,725 here" in finding.message
    assert finding.span is not None
    assert text[slice(*finding.span)] == "475 mil 725 cirugías"


@pytest.mark.parametrize(
    ("rough", "exact"),
    [(8000, 8412), (36_000_000, 35_919_359), (6_500_000, 6_552_794), (310_000, 306_418)],
)
def test_a_headline_that_rounds_is_info(rough: float, exact: float) -> None:
    headline = a_figure(rough, approximate=True, **SINCE)
    assert severities(headline, a_figure(exact, **SINCE)) == [Severity.INFO]
    assert severities(a_figure(exact, **SINCE), headline) == [Severity.INFO]


def test_rounding_without_a_word_for_it_is_info() -> None:
    assert severities(a_figure(57000), a_figure(57340)) == [Severity.INFO]


def test_a_headline_that_claims_more_than_there_is_is_a_warning() -> None:
    text = "Más de 12 mil acciones. Fueron 11 mil 475 acciones."
    headline = quoted(text, "12 mil acciones", a_figure(12000, approximate=True))
    body = quoted(text, "11 mil 475 acciones", a_figure(11475))
    assert severities(headline, body, text=text) == [Severity.WARNING]
    nearly = text.replace("Más de", "Casi  ")
    assert severities(headline, body, text=nearly) == [Severity.INFO]


def test_two_values_in_one_known_jornada_are_a_warning() -> None:
    assert severities(a_figure(4278), a_figure(2703)) == [Severity.WARNING]
    pair = (a_figure(4278, edition=None), a_figure(2703, edition=None))
    assert severities(*pair, jornadas=(a_jornada(),)) == [Severity.WARNING]
    assert severities(*pair, jornadas=(a_jornada(), a_jornada(subject=False))) == []


def test_values_that_are_far_apart_or_many_are_other_facts() -> None:
    assert severities(a_figure(271905), a_figure(25716)) == []
    assert severities(a_figure(61), a_figure(48), a_figure(39)) == []


def test_cumulative_values_of_different_years_are_no_contradiction() -> None:
    assert severities(a_figure(2211, **SINCE), a_figure(1825, **SINCE)) == []
    assert severities(a_figure(308579, **SINCE), a_figure(279130, **SINCE)) == []


@pytest.mark.parametrize(
    "other",
    [
        {"status": Status.PLANNED},
        {"unit": Unit.PERCENT},
        {"service": Service.SURGERY},
        {"detail": "other"},
        {"edition": 9},
        {"place": "Jalisco"},
        SINCE,
    ],
)
def test_another_label_is_another_fact(other: dict[str, Any]) -> None:
    one = a_figure(12475)
    assert found(one, a_figure(12745).model_copy(update=other)) == []
    assert severities(one, a_figure(12745)) == [Severity.WARNING]


def test_the_same_value_twice_is_no_finding() -> None:
    assert found(a_figure(12475), a_figure(12475)) == []
