import pytest

from pipeline.checks.printed_editions import names_series, printed_editions


@pytest.mark.parametrize(
    "text",
    [
        *("16ª Jornada", "16.ª Jornada", "16 a. Jornada", "16va. Jornada", "16/a jornada"),
        *("XVI Jornada", "Jornada Nacional XVI", "La XVI cerró", "XVI Edición de la Feria"),
        *("Décima Sexta Jornada", "decimosexta edición", "décimo-sexta jornada"),
        *("Jornada No. 16", "Jornada N.º 16", "Jornada Nro. 16", "Jornada #16", "la nº 16"),
        *("Jornada Nacional de Continuidad número 16", "Jornada Quirúrgica 16", "Jornada (16)"),
        *("la brigada 16 desde 2009", "la número dieciséis", "J-16 de continuidad"),
        *("la 16 del año", "por decimosexta ocasión", "la decimosexta, del 8 al 10", "16a. (7-9)"),
        *("162 Jornada Nacional", "164 Jornada"),  # the mark of 16ª misread
    ],
)
def test_an_edition_is_printed_in_many_ways(text: str) -> None:
    assert 16 in printed_editions(text)


@pytest.mark.parametrize(
    "text",
    [
        *("una mujer de 16 años", "en el HGZ 16", "en el HGZ No. 16", "16 cirugías en la jornada"),
        *("la jornada del 16 de mayo", "la jornada dio 16 consultas", "16 por ciento"),
        *("el décimo sexto piso", "consultas de decimosexta vez", "la jornada: 16 mil consultas"),
        *("Jornada Nacional 2016", "a las 16:00 horas", "jornada de 16 cirugías"),
    ],
)
def test_what_numbers_no_jornada_is_no_edition(text: str) -> None:
    assert 16 not in printed_editions(text)


def test_a_series_is_named_in_a_tag_too() -> None:
    assert names_series("Así va la #JornadaDeContinuidad")
    assert not names_series("Hubo 12 cirugías")
