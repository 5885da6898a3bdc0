import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import completeness
from pipeline.checks.completeness import explain_unclaimed, find_unclaimed, list_unclaimed
from schemas.finding import Severity
from schemas.report import Service, SetAside, Unit
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

TEXT = "El 3 de mayo de 2021 se dieron 420 consultas y 35 cirugías en 12 clínicas."
CONSULTATIONS = quoted(TEXT, "420 consultas", a_figure(420, Service.CONSULTATION))
SURGERIES = quoted(TEXT, "35 cirugías", a_figure(35, Service.SURGERY))


def aside(text: str, quote: str) -> SetAside:
    start = text.index(quote)
    return SetAside(
        quote=quote, reason="a count of places", char_start=start, char_end=start + len(quote)
    )


def test_a_number_neither_claimed_nor_set_aside_is_an_error_with_its_place() -> None:
    report = a_report(CONSULTATIONS, SURGERIES)
    (finding,) = completeness.check(a_document(TEXT), report)
    assert finding.severity is Severity.ERROR
    assert finding.span is not None
    assert TEXT[slice(*finding.span)] == "12"


def test_dates_and_years_need_no_claim() -> None:
    report = a_report(CONSULTATIONS, SURGERIES, set_aside=(aside(TEXT, "12 clínicas"),))
    assert find_unclaimed(TEXT, report) == ()


def test_a_quote_claims_every_place_where_it_stands() -> None:
    text = "35 cirugías. Sí: 35 cirugías. Y 35 camas."
    report = a_report(quoted(text, "35 cirugías", a_figure(35, Service.SURGERY)))
    assert [numeral.start for numeral in find_unclaimed(text, report)] == [text.rindex("35")]


def test_a_large_number_printed_again_in_other_words_is_the_same_fact() -> None:
    text = "58 mil 610 consultas; fueron 58,610 en total"
    report = a_report(quoted(text, "58 mil 610 consultas", a_figure(58610)))
    assert find_unclaimed(text, report) == ()


def test_a_percentage_is_not_claimed_by_a_count_of_the_same_value() -> None:
    text = "420 consultas, 420 por ciento"
    report = a_report(quoted(text, "420 consultas", a_figure(420)))
    assert [numeral.raw for numeral in find_unclaimed(text, report)] == ["420 por ciento"]
    percent = quoted(text, "420 por ciento", a_figure(420, unit=Unit.PERCENT))
    assert find_unclaimed(text, a_report(*report.figures, percent)) == ()


def test_half_a_number_does_not_claim_it() -> None:
    text = "Se dieron 58 mil 610 consultas"
    report = a_report(quoted(text, "610 consultas", a_figure(610)))
    assert [numeral.raw for numeral in find_unclaimed(text, report)] == ["58 mil 610"]


@given(st.lists(st.integers(2, 99_999), min_size=1, max_size=6, unique=True), st.data())
def test_whatever_is_left_out_is_found(values: list[int], data: st.DataObject) -> None:
    text = "".join(f"Hubo {value} consultas. " for value in values)
    left_out = data.draw(st.sampled_from(values))
    figures = [
        quoted(text, f"Hubo {value} consultas", a_figure(value))
        for value in values
        if value != left_out
    ]
    assert [numeral.value for numeral in find_unclaimed(text, a_report(*figures))] == [left_out]


def test_what_is_surely_no_figure_is_not_asked_for() -> None:
    text = "Los 120 días por un solo IMSS. Cada uno dio 35 cirugías; el HGZ 6, 12."
    report = a_report(quoted(text, "35 cirugías", a_figure(35, Service.SURGERY)))
    assert find_unclaimed(text, report) == ()
    assert list(completeness.check(a_document(text), report)) == []


def test_what_is_not_asked_for_is_set_aside_with_its_reason() -> None:
    text = "Los 120 días por un solo IMSS. Cada uno dio 35 cirugías; el HGZ 6, 12."
    asides = explain_unclaimed(text, a_report())
    assert [(one.quote, one.reason) for one in asides] == [
        ("120", "a length of time or an age"),
        ("uno", "each"),
        ("12", "not surely a quantity"),
    ]
    assert all(text[one.char_start : one.char_end] == one.quote for one in asides)
    assert explain_unclaimed(text, a_report(set_aside=asides)) == ()


@pytest.mark.parametrize(
    ("quotes", "left"),
    [
        (["64, 255 consultas"], []),
        (["255 consultas"], [64]),
        (["64", "255 consultas"], []),
        ([], [64255]),
    ],
)
def test_damaged_print_is_read_in_the_way_that_claims_the_most(
    quotes: list[str], left: list[float]
) -> None:
    text = "Se dieron 64, 255 consultas"
    asides = tuple(aside(text, quote) for quote in quotes)
    found = list_unclaimed(text, a_report(set_aside=asides))
    assert [numeral.value for numeral in found] == left


words = st.sampled_from(
    [
        "12 961 64, 255",
        "1 234",
        "uno",
        "120 días",
        "cada",
        "consultas",
        "35 hospitales",
        "Página 2",
        ", ",
        "5 por ciento",
        "y",
    ]
)


@given(st.lists(words, max_size=12).map(" ".join))
def test_no_number_is_lost_silently(text: str) -> None:
    """Every number is asked for or has a reason."""
    report = a_report()
    asked = find_unclaimed(text, report)
    explained = a_report(set_aside=explain_unclaimed(text, report))
    assert set(list_unclaimed(text, explained)) == set(asked)
