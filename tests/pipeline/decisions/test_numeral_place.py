"""The numeral that a figure's value is read from."""

from pipeline.decisions.numeral_place import numerals_of, place_of, places_of
from schemas.finding import Span
from tests.decisions import TEXT, a_figure_at, at


def test_a_figure_stands_where_its_numeral_does() -> None:
    assert place_of(TEXT, a_figure_at(58610, "58 mil 610 consultas")) == at("58 mil 610")
    percent = a_figure_at(71.2, "71.2 por ciento de la meta", unit="percent", basis="goal")
    assert place_of(TEXT, percent) == at("71.2 por ciento")


def test_a_quote_without_its_value_and_one_that_is_not_there_have_no_place() -> None:
    assert place_of(TEXT, a_figure_at(7, "58 mil 610 consultas")) is None
    moved = a_figure_at(58610, "58 mil 610 consultas").model_copy(
        update={"char_start": 0, "char_end": 20}
    )
    assert place_of(TEXT, moved) is None


def test_of_two_numerals_of_a_value_the_one_that_counts_is_meant() -> None:
    text = "En las 20 horas se hicieron 20 cirugías."
    figure = a_figure_at(20, text, text, service="surgery", detail=None)
    assert place_of(text, figure) == Span(28, 30)


def test_figures_of_one_quote_have_a_numeral_each() -> None:
    text = "Hubo 40 cirugías el sábado y 40 cirugías el domingo."
    both = [a_figure_at(40, text, text, service="surgery", detail=None)] * 2
    assert places_of(text, both) == (Span(5, 7), Span(29, 31))


def test_doubtful_print_is_read_in_every_way() -> None:
    whole, second = at("64, 255"), at("255")
    assert place_of(TEXT, a_figure_at(64255, "64, 255 estudios")) == whole
    assert place_of(TEXT, a_figure_at(255, "255 estudios")) == second
    assert [one.value for one in numerals_of(TEXT, whole)] == [64255]
    assert [one.value for one in numerals_of(TEXT, second)] == [255]
    assert numerals_of(TEXT, Span(0, 2)) == ()


def test_an_article_that_counts_is_a_numeral() -> None:
    text = "Se hizo una cirugía de cataratas."
    figure = a_figure_at(1, "una cirugía", text, service="surgery", detail=None)
    assert place_of(text, figure) == Span(8, 11)
    assert [one.value for one in numerals_of(text, Span(8, 11))] == [1]
