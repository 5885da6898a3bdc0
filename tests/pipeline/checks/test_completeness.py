from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import completeness
from pipeline.checks.completeness import find_unclaimed
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
