"""Which numbers are marked, and how the marks stand in the text."""

import re
from itertools import pairwise

import pytest
from hypothesis import given

from pipeline.exclusions import exclusion_of
from pipeline.forms.numbering import number_document, write_marks
from pipeline.numerals import numerals
from schemas.document import NumeralKind
from tests.pipeline.forms.made import document, gold, texts


def marked(text: str, **stated: object) -> str:
    return write_marks(text, number_document(document(text, **stated)))


def test_counts_and_percentages_get_marks_and_keep_their_words() -> None:
    assert marked("Se dieron 58 mil 610 consultas, 98.2 por ciento de la meta.") == (
        "Se dieron [1] 58 mil 610 consultas, [2] 98.2 por ciento de la meta."
    )


def test_what_can_be_no_figure_gets_no_mark() -> None:
    text = (
        "El 3 de mayo de 2023, en la 8ª Jornada, el HGZ No. 15 atendió a las 10:30 horas; "
        "informes al 55 1234 5678."
    )
    assert marked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Hubo [1] una donación multiorgánica.",
        "Se logró [1] un trasplante de riñón.",
        "Concretaron [1] una segunda procuración.",
        "Hubo [1] 3 donaciones, [2] una de éstas multiorgánica.",
        "Se obtuvieron [1] dos riñones, [2] un hígado y [3] un corazón.",
    ],
)
def test_one_of_a_rare_kind_gets_a_mark(text: str) -> None:
    assert marked(re.sub(r"\[\d\] ", "", text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "Se instaló un módulo en una clínica.",
        "Espera un riñón.",
        "Es un paso para el trasplante.",
        "Una mujer recibió ayuda.",
    ],
)
def test_other_articles_get_none(text: str) -> None:
    assert marked(text) == text


def test_few_articles_of_the_examples_are_marked() -> None:
    articles = [
        numeral
        for folders in (("examples/bulletins", "eval/gold"), ("eval/hard", "eval/hard"))
        for one, _ in gold(*folders).values()
        for numeral in number_document(one).numerals
        if numeral.raw.lower() in ("un", "una")
    ]
    assert 3 <= len(articles) <= 6


@pytest.mark.parametrize(
    ("printed", "brackets"),
    [
        ("Nota 4", ("[", "]")),
        ("Nota [4]", ("{", "}")),
        ("Nota [ 4 ]", ("{", "}")),
        ("Nota [4] {5}", ("<", ">")),
        ("Nota [4] {5} <6>", ("[#", "]")),
        ("Nota [4] {5} <6> [#7]", ("[##", "]")),
        ("Nota [a] {} <b>", ("[", "]")),
    ],
)
def test_nothing_that_is_printed_can_pass_for_a_mark(
    printed: str, brackets: tuple[str, str]
) -> None:
    assert number_document(document(f"{printed}. Hubo 30 consultas.")).brackets == brackets
    assert number_document(document("Hubo 30 consultas.", title=printed)).brackets == brackets


@given(texts)
def test_without_its_marks_the_shown_text_is_the_text(text: str) -> None:
    numbers = number_document(document(text))
    shown = write_marks(text, numbers)
    opening, closing = map(re.escape, numbers.brackets)
    mark = re.compile(rf"{opening}(\d+){closing} ")
    assert mark.sub("", shown) == text
    assert [int(found) for found in mark.findall(shown)] == [
        *range(1, len(numbers.numerals) + 1)
    ], "each mark once, in order"


@given(texts)
def test_every_count_and_percentage_that_may_be_a_figure_has_a_mark(text: str) -> None:
    marks = number_document(document(text)).numerals
    wanted = {n for n in numerals(text) if n.kind in (NumeralKind.COUNT, NumeralKind.PERCENT)}
    assert all(exclusion_of(text, n) for n in wanted - set(marks))
    assert all(n.raw.lower() in ("un", "una") for n in set(marks) - wanted)
    assert all(a.end <= b.start for a, b in pairwise(marks))


def test_a_number_that_is_surely_no_figure_gets_no_mark() -> None:
    text = "1. Consultas: [1] 30 en tres días, “120 días por un solo IMSS”; cada uno, 12 Me gusta."
    assert marked(text.replace("[1] ", "")) == text


def test_words_and_years_that_ran_into_a_number_leave_it_its_mark() -> None:
    assert marked("En 2024 mil 711 y 1.4 millones de consultas") == (
        "En 2024 [1] mil 711 y [2] 1.4 millones de consultas"
    )
    assert marked("urgencias1.4 millones y un total de 2021 cirugías") == (
        "urgencias[1] 1.4 millones y un total de [2] 2021 cirugías"
    )


def test_another_reading_has_marks_after_those_of_the_text() -> None:
    numbers = number_document(document("Dio 64, 255 consultas y 30 estudios; 1 234 más."))
    assert [n.value for n in numbers.numerals] == [64255, 30, 1234]
    assert [n.value for n in numbers.further] == [64, 255, 1, 234]
    assert [choice.readings for choice in numbers.choices] == [((1,), (4, 5)), ((3,), (6, 7))]
    assert numbers.format_choice(numbers.choices[0]) == (
        "[1] is read as 64255; if they are 64 and 255, use [4] and [5] instead."
    )


def test_readings_share_the_marks_of_the_numbers_that_they_share() -> None:
    numbers = number_document(document("Hubo 12, 345, 678 consultas"))
    (choice,) = numbers.choices
    assert choice.readings == ((1, 2, 3), (4,), (5, 3), (1, 6))
    assert numbers.format_choice(choice).endswith(
        "if they are 12 and 345678, use [1] and [6] instead."
    )


def test_a_stretch_that_is_surely_no_figure_is_no_choice() -> None:
    numbers = number_document(document("Costó $64, 255 pesos. Hubo 30 consultas"))
    assert [n.value for n in numbers.numerals] == [30]
    assert numbers.choices == ()


@given(texts)
def test_the_marks_of_each_reading_name_its_numbers(text: str) -> None:
    numbers = number_document(document(text))
    for choice in numbers.choices:
        assert set(choice.readings[0]) <= set(range(1, len(numbers.numerals) + 1))
        for reading in choice.readings:
            inside = [numbers.by_mark[mark] for mark in reading]
            assert all(choice.start <= n.start and n.end <= choice.end for n in inside)
            assert all(a.end <= b.start for a, b in pairwise(inside))
