"""Which numbers are marked, and how the marks stand in the text."""

import re
from itertools import pairwise

import pytest
from hypothesis import given

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
def test_every_count_and_percentage_has_a_mark(text: str) -> None:
    marks = number_document(document(text)).numerals
    wanted = {n for n in numerals(text) if n.kind in (NumeralKind.COUNT, NumeralKind.PERCENT)}
    assert wanted <= set(marks)
    assert all(n.raw.lower() in ("un", "una") for n in set(marks) - wanted)
    assert all(a.end <= b.start for a, b in pairwise(marks))
