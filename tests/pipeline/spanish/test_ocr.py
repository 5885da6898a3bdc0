import pytest

from pipeline.spanish.folding import fold
from pipeline.spanish.ocr import misreadings, unify


@pytest.mark.parametrize(
    ("word", "printed"),
    [
        ("órganos", "6rganos"),
        ("diagnóstico", "diagndstico"),
        ("córnea", "cérnea"),
        ("riñón", "rifidén"),
        ("ósea", "ésea"),
        ("cirugía", "cirugia"),
        ("médula", "medula"),
    ],
)
def test_an_accented_word_is_known_as_ocr_prints_it(word: str, printed: str) -> None:
    assert unify(fold(printed)) in misreadings(word)


def test_a_word_is_always_a_variant_of_itself() -> None:
    assert unify("cirugia") in misreadings("cirugía")


@pytest.mark.parametrize(
    ("one", "other"),
    [("total", "tota1"), ("salud", "sa1ud"), ("eterno", "etemo"), ("sobre", "5o8re")],
)
def test_letters_of_one_shape_are_one(one: str, other: str) -> None:
    assert unify(one) == unify(other)


def test_numbers_are_left_alone() -> None:
    assert unify("1056") == "1056"
