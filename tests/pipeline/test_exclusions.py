"""Which numbers are surely no figure, which surely count something, and which are neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.exclusions import exclusion_of, is_surely_quantity
from pipeline.numerals import numerals
from schemas.document import QUANTITIES


def reasons(text: str) -> list[str | None]:
    return [exclusion_of(text, n) for n in numerals(text) if n.kind in QUANTITIES]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("la estrategia “120 días por un solo IMSS”", "a length of time or an age"),
        ("el programa “5 pasos por tu salud”", "part of a name"),
        ("diabetes tipo 2 y otras", "part of a name"),
        ("Boletín 433. Ciudad de México", "part of a name"),
        ("Boletín 433\n\nMuchas semanas bastaron", "part of a name"),
        ("seguidores. © 2019 Todos los derechos reservados", "a year"),
        ("www.salud.example.mx/prensa | 3\n\ntexto", "a page number"),
        ("en la Unidad de Medicina Familiar 23.", "part of a name"),
        ("Av. Plan de Ayala 1201, colonia Centro", "part of a name"),
        ("la Ley 73 y", "part of a name"),
        ("el 12 de noviernbre", "a date"),
        ("el 3 de 0ctubre", "a date"),
        ("el 5 de septlernbre", "a date"),
        ("October 21.", "a date"),
        ("sábado 4/jun", "a date"),
        ("a cada uno de ellos", "each"),
        ("el uno y el otro", "a pronoun"),
        ("de uno a otro, uno mismo", "a pronoun"),
        ("1. Consultas\nTexto", "an enumeration mark"),
        ("Servicios: 2) Salud mental", "an enumeration mark"),
        ("Línea de acción 3.1 del", "a section number"),
        ("Página 2", "a page number"),
        ("texto\n\n1 de 2\n\ntexto", "a page number"),
        ("12 Me gusta", "a counter of the page"),
        ("Compartir: 12", "a counter of the page"),
        ("❤️ 318 ", "a counter of the page"),
        ("mayores de 40, y", "a length of time or an age"),
        ("en 30 minutos", "a length of time or an age"),
        ("a las seis de la tarde", "a time of day"),
        ("abre a las 8:OO", "a time of day"),
        ("por $5,000", "money"),
        ("2.3 millones de pesos", "money"),
        ("a 38 grados", "a measure"),
        ("dos veces", "how often"),
        ("extensiones 311 y 31102.", "a telephone number"),
    ],
)
def test_a_number_that_is_surely_no_figure_has_a_reason(text: str, reason: str) -> None:
    assert set(filter(None, reasons(text))) == {reason}


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("20 a 59 años", 2),
        ("de 5 y 59 años", 2),
        ("Uno de cada tres", 2),
        ("1. Consultas\n2. Cirugías\n3. Estudios", 3),
        ("Página 2 de 5", 2),
        ("12 al 14 de noviernbre", 2),
    ],
)
def test_all_numbers_of_a_phrase_go_together(text: str, excluded: int) -> None:
    assert sum(reason is not None for reason in reasons(text)) == excluded


@pytest.mark.parametrize(
    "text",
    [
        "mayores de 40 consultas",
        "en el primer nivel 45 consultas",
        "Medicina Familiar 23 consultas",
        "además de uno de hígado",
        "uno de los cuales fue de riñón",
        "en julio 4 cirugías",
        "(14 de riñón y 3) en",
        "riñón fueron\n25. Asimismo, 3 de córnea",
        "Se hicieron 58,610",
        "con 70, y el HGZ 33, con 64.",
        "35 hospitales",
        "—¿Y cirugías?\n—Cincuenta y una. —Bien.",
        "300 por ciento",
    ],
)
def test_what_may_be_a_figure_has_none(text: str) -> None:
    assert set(reasons(text)) == {None}


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("45 consultas", True),
        ("14 fueron de riñón", True),
        ("12 de córnea", True),
        ("uno de hígado", True),
        ("Trasplantes: 4", True),
        ("961", True),
        ("4 por ciento", True),
        ("35 hospitales", True),
        ("con 70, y otro", False),
        ("los otros dos.", False),
        ("tres de ellos", False),
        ("uno de los corazones", False),
        ("12 Me gusta", False),
        ("el 3 de mayo", False),
    ],
)
def test_a_number_surely_counts_with_a_noun_a_label_or_a_size(text: str, sure: bool) -> None:  # noqa: FBT001 - drawn
    assert any(is_surely_quantity(text, numeral) for numeral in numerals(text)) == sure


NUMBERS = ["12 ", "961 ", "uno ", "dos ", "1. ", "2) ", "$", "%"]
WORDS = [
    "cada ",
    "años ",
    "Página ",
    "de ",
    "a ",
    "y ",
    "consultas ",
    "el ",
    "mayo ",
    "“",
    "(",
    ") ",
]
pieces = st.sampled_from([*NUMBERS, *WORDS, ", ", ". ", "\n"])


@given(st.lists(pieces, max_size=16).map("".join))
def test_nothing_is_both_excluded_and_surely_a_quantity(text: str) -> None:
    for numeral in numerals(text):
        assert not (exclusion_of(text, numeral) and is_surely_quantity(text, numeral))
        assert numeral.kind in QUANTITIES or not is_surely_quantity(text, numeral)
