"""Times that a bulletin compares with, goes back from, or says of single days."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import JornadaReport, Period

OPENING = "La 7ª Jornada Nacional del IMSS, del 3 al 5 de junio de 2022, dejó 900 consultas."


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


def of_jornadas(text: str) -> set[float]:
    """Return the values that cover one jornada; the others must cover a longer stretch."""
    figures = read(text).figures
    periods = {Period.JORNADA, Period.CUMULATIVE}
    assert {figure.period for figure in figures} <= periods
    return {figure.value for figure in figures if figure.period is Period.JORNADA}


def days_of(text: str) -> dict[float, tuple[str, str]]:
    return {f.value: (str(f.starts_on), str(f.ends_on)) for f in read(text).figures}


@pytest.mark.parametrize(
    "text",
    [
        f"{OPENING} Hubo 88 cirugías, contra 75 en mayo y 60 en abril. Se dieron 30 citas.",
        f"{OPENING} Quedó bajo las 75 de mayo, pero dio 88 cirugías. Se dieron 30 citas.",
        f"{OPENING} En lo que va del año van 75 cirugías. El sábado hubo 88 cirugías y 30 citas.",
        f"{OPENING} Hasta el corte de las 18 horas había 88 cirugías y 30 citas.",
        f"{OPENING} El año pasado fueron 75 cirugías; esta vez, 88 cirugías. Se dieron 30 citas.",
    ],
)
def test_a_bulletin_goes_back_to_its_jornada(text: str) -> None:
    assert {88, 30} <= of_jornadas(text)


def test_what_the_year_adds_up_to_holds_for_its_sentence_and_breakdown() -> None:
    text = f"{OPENING} Suman 750 citas en lo que va del año. De ellas, 60 fueron de especialidad."
    assert of_jornadas(f"{text.replace('citas', 'consultas')} Hubo 88 cirugías.") == {900, 88}


def test_jornadas_before_are_counted_together() -> None:
    text = f"{OPENING} Las dos anteriores sumaron 98 cirugías."
    assert of_jornadas(text) == {900}


def test_the_first_one_beside_a_later_one_is_a_jornada() -> None:
    text = "Es la 2ª Jornada Nacional. En la primera, celebrada en mayo, se dieron 39 consultas."
    assert of_jornadas(text) == {39}


@pytest.mark.parametrize(
    ("one", "value"),
    [
        ("La jornada más productiva fue la octava (6 al 8 de septiembre), con 371.", 371),
        ("Tan sólo en la jornada del 18 al 20 de octubre se operó a 211 pacientes.", 211),
        ("La mejor jornada, realizada del 3 al 5 de mayo, dejó 188 cirugías.", 188),
        ("En abril, del 19 al 21, se hicieron 118 cirugías en una jornada.", 118),
        ("En mayo de 2024 (del 3 al 5) una jornada dejó 70 cirugías.", 70),
    ],
)
def test_a_balance_goes_back_to_its_year(one: str, value: float) -> None:
    text = (
        "Durante el ejercicio 2024 el IMSS hizo 3,318 cirugías.\n\nSe dieron 840 consultas en "
        f"consultorio. {one}\n\nSe tomaron 93 mastografías.\n\nEn 2023 fueron 60 mastografías.\n\n"
        "Hubo 41 partos."
    )
    assert of_jornadas(text) == {value}
    assert days_of(text)[41] == ("2024-01-01", "2024-12-31")


def test_paragraphs_of_a_balance_are_about_one_jornada_each() -> None:
    text = (
        "Tres jornadas del IMSS\n\nEn 2023 el IMSS organizó tres jornadas de cirugía.\n\n"
        "La primera, en febrero, dejó 118 cirugías.\n\nLa de junio dejó 152 cirugías.\n\n"
        "En la última, del 10 al 12 de noviembre, se hicieron 97 cirugías.\n\n"
        "Juntas, las tres sumaron 367 cirugías."
    )
    assert of_jornadas(text) == {118, 152, 97}


@pytest.mark.parametrize(
    "text",
    [
        "El IMSS dio 812 atenciones en la jornada realizada el sábado 7 y domingo 8 de septiembre.",
        "Jalapa, 17 oct. 2023 (AO).- Entre el 13 y el 15 de octubre dio 812 consultas.",
        "En la feria PrevenIMSS de ayer el IMSS hizo 812 chequeos.",
        "Al cuarto día de la Semana Estatal de Vacunación del IMSS van 812 dosis.",
    ],
)
def test_one_event_is_one_jornada(text: str) -> None:
    assert of_jornadas(text) == {812}


def test_the_balance_of_a_year_that_is_over_has_both_ends() -> None:
    text = (
        "Zacatecas, Zac., a 14 de enero de 2025.- El año pasado el IMSS hizo 9,800 cirugías. Se "
        "dieron 88 mil consultas."
    )
    assert set(days_of(text).values()) == {("2024-01-01", "2024-12-31")}


def test_another_jornada_that_is_named_twice_is_one() -> None:
    text = f"{OPENING} En la jornada anterior, la de noviembre de 2021, hubo 39 cirugías."
    assert [(one.edition, one.year) for one in read(text).jornadas] == [(7, 2022), (None, 2021)]
