"""Numbers of goals among numbers of what was done, in any order."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import BulletinKind, JornadaReport, Status


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("Nuestra meta eran 50 cirugías y se hicieron 42.", {50}),
        ("El objetivo de 40 cirugías se quedó en 33.", {40}),
        ("Cirugías: 87 de 130.", {130}),
        ("La jornada llegó a 97 cirugías de cien previstas.", {100}),
        ("Dio 187 consultas, el 90 por ciento de las 200 que se había fijado.", {200}),
        ("Van 61 consultas contra 70 que se querían alcanzar.", {70}),
        ("Consultas: compromiso 520; realizado 601.", {520}),
        ("Hay lugar para 60 mastografías.", {60}),
        ("Ahí esperamos entre 45 y 50 consultas.", {45, 50}),
        ("La apuesta es de 250 cirugías.", {250}),
        ("Acuerdo: programar 160 cirugías y 300 consultas.", {160, 300}),
        ("Queremos lograr al domingo 580 consultas.", {580}),
        ("Se hicieron 12 de las 15 cirugías previstas.", {15}),
        (
            "Hizo 90 cirugías, más que las 83 intervenciones que el hospital había calendarizado.",
            {83},
        ),
        ("Dio 187 consultas, arriba de las 150 que marcaba el plan.", {150}),
        ("Pensábamos hacer 120 mastografías y se hicieron 106.", {120}),
        ("El hospital se había impuesto 100 cirugías y se hicieron 90.", {100}),
        ("Se hicieron 90 cirugías de pacientes que esperaban turno.", set()),
        ("Al lograr 580 consultas, el IMSS cerró la jornada.", set()),
        (
            "Se superaron las metas planteadas al realizar 139 cirugías de las 126 planeadas.",
            {126},
        ),
        ("Nos pidieron 290 cirugías y entregamos 301.", {290}),
        ("El hospital tiene listos 85 turnos: 60 cirugías y 25 consultas.", {60, 25}),
        ("Con la mira puesta en 320 cirugías, abre hoy.", {320}),
        ("Faltan por dar 40 consultas; van 80 consultas.", {40}),
        ("Al corte hay 33 operados y 17 por operar.", {17}),
        ("El tiempo de espera bajó y se dieron 240 consultas.", set()),
        ("Las clínicas que van a la cabeza dieron 12 consultas.", set()),
        ("Dos más que el año previo: 41 consultas.", set()),
        ("Entre lunes y martes se dieron 45 consultas.", set()),
        (
            "Metas de la jornada:\n- 500 consultas\n- 40 cirugías\n\nResultados:\n- 41 cirugías",
            {500, 40},
        ),
    ],
)
def test_goals_are_told_from_what_was_done(text: str, planned: set[float]) -> None:
    figures = [f for f in read(f"{text}\n\nEl IMSS.").figures if f.unit == "count"]
    assert {f.value for f in figures if f.status is Status.PLANNED} == planned
    assert planned or figures


def test_what_is_planned_after_results_of_before_is_of_the_jornada_to_come() -> None:
    report = read(
        "Del 3 al 5 de junio el IMSS realizará la 5ª Jornada Nacional. En las cuatro jornadas "
        "anteriores se han dado 9 mil consultas. Están programadas 45 cirugías."
    )
    assert report.bulletin_kind is BulletinKind.ANNOUNCEMENT
    assert [(f.value, str(f.status), str(f.period), f.edition) for f in report.figures] == [
        (9000, "performed", "cumulative", None),
        (45, "planned", "jornada", 5),
    ]


@pytest.mark.parametrize(
    "headline",
    [
        "Alista IMSS Tabasco 85 cirugías para el 14 y 15 de junio",
        "Prepara IMSS Tabasco jornada con 85 cirugías",
        "Invita IMSS a jornada: 85 cirugías en Tabasco",
        "Va por 85 cirugías el IMSS Tabasco",
    ],
)
def test_a_headline_in_the_present_tense_announces(headline: str) -> None:
    text = (
        f"{headline}\n\nVillahermosa, Tab.- El hospital ofrece 85 cirugías en la jornada del 14 y "
        "15 de junio. Son además 60 mastografías.\n\nEn la de marzo entregamos 76 cirugías."
    )
    report = read(text)
    assert report.bulletin_kind is BulletinKind.ANNOUNCEMENT
    assert {(f.value, str(f.status), str(f.period)) for f in report.figures} == {
        (85, "planned", "jornada"),
        (60, "planned", "jornada"),
        (76, "performed", "jornada"),
    }


def test_goals_with_results_of_last_year_are_an_announcement() -> None:
    text = (
        "El IMSS alista la 5ª Jornada Nacional. La meta es de 300 consultas. El año pasado, en la "
        "jornada de mayo, se dieron 250 consultas."
    )
    assert read(text).bulletin_kind is BulletinKind.ANNOUNCEMENT
