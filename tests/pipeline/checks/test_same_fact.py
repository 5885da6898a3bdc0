from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import same_fact
from pipeline.numerals import numerals
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import Basis, Figure, Period, Service, Status, Unit
from tests.pipeline.checks.made import a_document, a_figure, a_jornada, a_report, quoted

SINCE: dict[str, Any] = {"period": Period.CUMULATIVE, "edition": None}


def found(*figures: Figure, text: str = "", **report: object) -> list[Finding]:
    return list(same_fact.check(a_document(text), a_report(*figures, **report)))


def titled(text: str, title: str) -> Document:
    document = a_document(text)
    metadata = document.metadata.model_copy(update={"title": title})
    return document.model_copy(update={"metadata": metadata})


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


def head_and_body(title: str, body: str, **labels: object) -> tuple[str, list[Figure]]:
    """Make a text of a headline and a body that each print one number, and its two figures."""
    text = f"{title}\n\n{body}\n"
    figures = []
    for words in (title, body):
        number = next(one for one in numerals(text) if one.raw in words)
        figure = a_figure(number.value, **labels)
        figures.append(quoted(text, number.raw, figure))
    return text, figures


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Suman en el IMSS 155 mil atenciones", "Fueron 150 mil atenciones en tres días."),
        ("Suman en el IMSS 155 mil atenciones", "Fueron 150 mil 483 en tres días."),
        ("Da el IMSS más de 155 mil atenciones", "Fueron 150 mil atenciones en tres días."),
        ("Da el IMSS cerca de 10 mil consultas", "Fueron 8 mil 210 en tres días."),
        ("Realiza el IMSS 95 cirugías este mes", "Fueron 118 procedimientos en total."),
    ],
)
def test_a_headline_that_rounds_to_something_else_is_a_warning(title: str, body: str) -> None:
    text, (head, whole) = head_and_body(title, body)
    head = head.model_copy(update={"approximate": " de " in title})
    assert severities(whole, head, text=text) == [Severity.WARNING]
    assert severities(head, whole, text=text.replace("\n\n", " ")) == []
    another = a_figure(whole.value + 1001)
    assert Severity.WARNING not in severities(head, whole, another, text=text)


def test_a_headline_that_the_body_repeats_is_about_another_fact_than_the_other_number() -> None:
    title, body = "Suma el IMSS 9 mil 66 atenciones", "Fueron 7 mil 900 atenciones."
    text, figures = head_and_body(title, body)
    assert severities(*figures, text=text) == [Severity.WARNING]
    assert severities(*figures, text=f"{text}En total, 9 mil 66 atenciones.") == []
    assert severities(*figures, text=f"{text}{title}") == [Severity.WARNING]


def test_two_jornadas_without_a_number_are_not_taken_for_one() -> None:
    words = ("Suma el IMSS 9 mil 66 atenciones", "Fueron 7 mil 900 atenciones.")
    text, figures = head_and_body(*words, edition=None)
    assert severities(*figures, text=text, jornadas=(a_jornada(),)) == [Severity.WARNING]
    two = (a_jornada(), a_jornada(subject=False))
    assert severities(*figures, text=text, jornadas=two) == []
    days = {"starts_on": date(2025, 3, 7)}
    dated = [figure.model_copy(update=days) for figure in figures]
    assert severities(*dated, text=text, jornadas=two) == [Severity.WARNING]


def test_a_body_may_round_what_its_headline_says() -> None:
    text, (head, body) = head_and_body("Suma el IMSS 155 mil 320 atenciones", "Más de 150 mil.")
    rough = body.model_copy(update={"approximate": True})
    assert Severity.WARNING not in severities(head, rough, text=text)


def test_of_a_longer_span_a_headline_counts_only_where_days_are_known() -> None:
    words = ("Suma el IMSS 2 mil 211 cirugías al año", "Fueron mil 825 operaciones.")
    text, figures = head_and_body(*words, **SINCE)
    assert severities(*figures, text=text) == []
    dated = [f.model_copy(update={"starts_on": date(2025, 1, 1)}) for f in figures]
    assert severities(*dated, text=text) == [Severity.WARNING]
    dated[1] = dated[1].model_copy(update={"starts_on": date(2024, 1, 1)})
    assert severities(*dated, text=text) == []


def test_days_that_differ_are_no_contradiction() -> None:
    first, second = date(2025, 3, 7), date(2025, 3, 8)
    one = a_figure(12475, starts_on=first, ends_on=first)
    assert severities(one, a_figure(12745, starts_on=second, ends_on=second)) == []
    assert severities(one, a_figure(12745)) == [Severity.WARNING]


def test_two_counts_under_the_same_labels_are_two_facts() -> None:
    assert severities(a_figure(95, Service.SURGERY), a_figure(118, Service.SURGERY)) == []
    assert severities(a_figure(4278), a_figure(2703)) == []


def test_donors_are_not_what_they_gave() -> None:
    given = a_figure(1086, Service.DONATION, "blood", quote="1,086 unidades de sangre")
    donors = a_figure(1096, Service.DONATION, "blood", quote="1,096 donadores")
    assert severities(given, donors) == []
    again = donors.model_copy(update={"quote": "1,096 unidades"})
    assert severities(given, again) == [Severity.WARNING]


def test_percentages_of_a_goal_and_of_a_year_are_two_facts() -> None:
    share = a_figure(82.14, unit=Unit.PERCENT, basis=Basis.GOAL)
    other = a_figure(82.24, unit=Unit.PERCENT, basis=Basis.PRODUCTIVITY)
    assert severities(share, other) == []


@given(st.integers(10_000, 10**7), st.sampled_from([0, 1]), st.sampled_from([True, False]))
def test_no_headline_that_rounds_is_a_contradiction(
    exact: int, up: int, approximate: Literal[True, False]
) -> None:
    step = 10 ** (len(str(exact)) - 2)
    rounded = (exact // step + (up if exact % step else 0)) * step
    said, text = f"{rounded} en suma", f"{rounded} en suma\n\nFueron {exact} acciones."
    head = quoted(text, said, a_figure(rounded, approximate=approximate))
    body = quoted(text, f"{exact} acciones", a_figure(exact))
    findings = same_fact.check(titled(text, said), a_report(head, body))
    assert {finding.severity for finding in findings} <= {Severity.INFO}


@given(st.integers(10_000, 10**7).filter(lambda value: value % 1000), st.integers(2, 9))
def test_every_headline_that_is_further_off_is_a_contradiction(exact: int, more: int) -> None:
    step = 10 ** (len(str(exact)) - 2)
    other = (exact // step + more) * step + 1
    said, text = f"{other} en suma", f"{other} en suma\n\nFueron {exact} acciones."
    head = quoted(text, said, a_figure(other))
    body = quoted(text, f"{exact} acciones", a_figure(exact))
    (finding,) = same_fact.check(titled(text, said), a_report(head, body))
    assert finding.severity is Severity.WARNING


def test_round_numbers_are_too_short_to_be_slips() -> None:
    assert severities(a_figure(150_000), a_figure(155_000)) == []
    assert severities(a_figure(150_400), a_figure(155_400)) == [Severity.WARNING]


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
