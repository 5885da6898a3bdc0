import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.printed_words import find_printed, has_words

TEXT = (
    "IMSS Jalisco cierra la Décima\nJornada de Recupera-\nción de los Servicidos de Salud: "
    "120 días; hubo consultas de Neurología."
)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("Décima Jornada", "Décima Jornada"),
        ("cierra la Décima\nJornada", "cierra la Décima\nJornada"),
        ("DECIMA JORNADA", "DECIMA JORNADA"),
        ("=Décima Jornada!", "Décima Jornada"),
        ("Jornada de Recuperación", "Jornada de Recuperación"),
        ("Recuperación de los Servicios de Salud", "Recuperación de los Servicidos de Salud"),
        ("recuperacion de servicios de salud", "Recuperación de los Servicidos de Salud"),
    ],
)
def test_words_come_back_as_they_are_printed(words: str, printed: str) -> None:
    assert find_printed(TEXT, words) == printed


@pytest.mark.parametrize(
    "words",
    [
        *("", "=", "Undécima Jornada", "Continuidad de Servicios", "<script>alert(1)</script>"),
        *("Servicios de Salud: 100 días", "Décima Jornada de Oaxaca y Guerrero"),
        "Urología",
    ],
)
def test_words_that_are_not_printed_are_not_found(words: str) -> None:
    assert find_printed(TEXT, words) is None


@given(st.text(), st.text())
def test_what_is_found_is_always_of_the_text(text: str, words: str) -> None:
    found = find_printed(text, words)
    assert found is None or find_printed(text, found) == found


@given(st.lists(st.sampled_from(["de", "San", "José", "ñandú", "12"])))
def test_all_that_is_cut_out_of_a_text_is_found(words: list[str]) -> None:
    text = f"Antes {'  '.join(['Cirugía', *words])} después"
    assert find_printed(text, " ".join(["Cirugía", *words])) == " ".join(["Cirugía", *words])


def test_words_may_stand_apart() -> None:
    assert has_words("cirugía general, pediátrica y plástica", "Cirugía Plástica")
    assert not has_words("cirugía general, pediátrica y plástica", "Cirugía Vascular")
    assert not has_words("cirugía", "")
