"""What a number stands for: ages, years, names and times count nothing, shares need their sign."""

import pytest

from pipeline.checks.grounding import value_fault
from pipeline.quotes import locate
from schemas.report import Service, Unit


def fault(text: str, quote: str, value: float, unit: Unit, service: Service) -> str | None:
    return value_fault(text, locate(text, quote)[0], value, unit, service)


@pytest.mark.parametrize(
    ("text", "quote", "value", "said"),
    [
        ("En 2022 hubo más cirugías.", "2022", 2022, "a year"),
        ("En León, en 2024, se operó.", "2024", 2024, "a year"),
        ("a una mujer de 45 años", "45 años", 45, "a length of time or an age"),
        ("mujeres de 40 a 69 años", "40", 40, "a length of time or an age"),
        ("a una paciente de 45, madre de dos", "45", 45, "a length of time or an age"),
        ("mujeres de entre 18 y 60", "60", 60, "a length of time or an age"),
        ("la 8ª Jornada", "8ª", 8, "an ordinal"),
        ("la octava jornada", "octava", 8, "an ordinal"),
        ("en el HGZ No. 33", "33", 33, "part of a name"),
        ("en el Hospital General de Zona 33", "33", 33, "part of a name"),
        ("Teléfono 55 1234 5678", "55 1234 5678", 5512345678, "a telephone number"),
        ("conforme al artículo 27 de la Ley", "27", 27, "part of a name"),
        ("a las 18:30 horas", "18:30 horas", 18, "a time of day"),
        ("en turnos de las 7 y las 15 horas", "15 horas", 15, "a time of day"),
        ("del 24 al 26 de septiembre", "24", 24, "a day of a date"),
        ("con 500 mil pesos de inversión", "500 mil pesos", 500_000, "money"),
        ("uno de los hospitales", "uno", 1, "the article of 'hospitales'"),
        ("José Pérez, de 67, agradeció", "67", 67, "a length of time or an age"),
        ("a partir de los 40, hágase la prueba", "40", 40, "a length of time or an age"),
        ("abierto 24/7", "24", 24, "a length of time or an age"),
        ("desde los años 80 se opera", "80", 80, "a year"),
        ("a las ocho en punto", "ocho", 8, "a time of day"),
        ("desde las 7 y hasta las 15", "7", 7, "a time of day"),
        ("desde las 7 y hasta las 15", "15", 15, "a time of day"),
        ("una inversión superior a los 300 millones", "300 millones", 300_000_000, "money"),
        ("con un costo de 1500 M.N.", "1500", 1500, "money"),
        ("en el kilómetro 12 de la carretera", "12", 12, "a measure"),
        ("lentes de 22 dioptrías", "22", 22, "a measure"),
        ("conforme al art. 27", "27", 27, "a section number"),
        ("código postal 72000, Puebla", "72000", 72000, "part of a name"),
        ("Centro, 06700 Ciudad de México", "06700", 6700, "part of a name"),
        ("marque 072", "072", 72, "part of a name"),
        ("cédula profesional 1234567", "1234567", 1234567, "part of a name"),
        ("en el consultorio 5, turno 2", "5", 5, "part of a name"),
        ("en el consultorio 5, turno 2", "2", 2, "part of a name"),
        ("la edición 11 de la jornada", "11", 11, "part of a name"),
        ("una de cada ocho mujeres", "una", 1, "each"),
    ],
)
def test_a_number_of_another_kind_is_no_count(
    text: str, quote: str, value: float, said: str
) -> None:
    told = fault(text, quote, value, Unit.COUNT, Service.SURGERY)
    assert told is not None
    assert told.endswith(f"{said}, which is no count of surgery")


@pytest.mark.parametrize(
    ("text", "quote", "value"),
    [
        ("Se hicieron 2022 cirugías.", "2022", 2022),
        ("Durante 1998 cirugías", "1998", 1998),
        ("Cirugías: 2022", "2022", 2022),
        ("Cirugías | 1,998 | 2045", "2045", 2045),
        ("45 cirugías a mayores de 60 años", "45", 45),
        ("Se operó a 37 pacientes", "37", 37),
        ("uno de los procedimientos", "uno", 1),
        ("En esta edición 11 cirugías", "11", 11),
        ("Mujeres de 50 a 69 años 85", "85", 85),
        ("Sin costo a 45, con quirófano", "45", 45),
        ("a partir de los 12 procedimientos", "12", 12),
        ("desde las 7 cirugías del sábado", "7", 7),
        ("y 048 cirugías", "048", 48),
    ],
)
def test_a_number_before_its_noun_is_a_count(text: str, quote: str, value: float) -> None:
    assert fault(text, quote, value, Unit.COUNT, Service.SURGERY) is None


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("una cirugía", Service.SURGERY),
        ("Una nueva cirugia", Service.SURGERY),
        ("un corazón", Service.TRANSPLANT),
        ("un procedimiento", Service.TRANSPLANT),
        ("una donacidn cadavérica", Service.DONATION),
        ("una de éstas, multiorgánica", Service.DONATION),
        ("una en el Hospital General", Service.DONATION),
        ("una, y otra más", Service.SURGERY),
        ("una enfermera", Service.STAFF),
    ],
)
def test_an_article_counts_a_noun_of_its_service_or_one_that_stands_elsewhere(
    text: str, service: Service
) -> None:
    assert fault(text, text, 1, Unit.COUNT, service) is None


@pytest.mark.parametrize(
    "text",
    [
        *("una mujer", "un hombre", "una paciente operada", "una familia", "un hospital"),
        *("una jornada", "un equipo", "una de las pacientes", "una de 45", "un total de 45"),
        *("una donación", "un médico"),
    ],
)
def test_an_article_of_anything_else_counts_nothing(text: str) -> None:
    told = fault(text, text, 1, Unit.COUNT, Service.SURGERY)
    assert told is not None
    assert "which is no count of surgery" in told


TABLE = "Servicio | Meta | Avance %\nConsultas | 310 | 88.4\nCirugías | 46 | 84.8\n"


@pytest.mark.parametrize(
    ("text", "quote", "value"),
    [
        ("71.2 por ciento", "71.2 por ciento", 71.2),
        ("un alza de 7 puntos porcentuales", "7 puntos porcentuales", 7),
        ("63.6, 61 y 66.2 por ciento", "63.6", 63.6),
        ("98 por ciento en consulta y 91.5 en cirugía", "91.5", 91.5),
        ("El porcentaje fue de 91.5", "91.5", 91.5),
        (TABLE, "88.4", 88.4),
        (TABLE, "84.8", 84.8),
    ],
)
def test_a_percentage_has_its_sign_within_reach(text: str, quote: str, value: float) -> None:
    assert fault(text, quote, value, Unit.PERCENT, Service.SURGERY) is None


@pytest.mark.parametrize(
    ("text", "quote", "value"),
    [
        ("120 cirugías", "120 cirugías", 120),
        ("120 cirugías, 98 por ciento de la meta", "120", 120),
        ("Hubo 120. La meta se cumplió en 98 por ciento.", "120", 120),
        ("Cirugías | 120", "120", 120),
        ("98 por ciento a los 45 años", "45", 45),
        ("98 por ciento de 9000", "9000", 9000),
        ("98 por ciento en 2022", "2022", 2022),
    ],
)
def test_a_number_without_its_sign_is_no_percentage(text: str, quote: str, value: float) -> None:
    told = fault(text, quote, value, Unit.PERCENT, Service.SURGERY)
    assert told is not None
    assert told.endswith("which is no percentage")


def test_a_number_with_its_sign_is_no_count() -> None:
    told = fault("98 por ciento", "98 por ciento", 98, Unit.COUNT, Service.SURGERY)
    assert told is not None
    assert "a percentage, which is no count" in told
