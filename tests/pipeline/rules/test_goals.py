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
        ("Al lograr 580 consultas, el IMSS cerró la jornada.", set()),
        (
            "Se superaron las metas planteadas al realizar 139 cirugías de las 126 planeadas.",
            {126},
        ),
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


def test_goals_with_results_of_last_year_are_an_announcement() -> None:
    text = (
        "El IMSS alista la 5ª Jornada Nacional. La meta es de 300 consultas. El año pasado, en la "
        "jornada de mayo, se dieron 250 consultas."
    )
    assert read(text).bulletin_kind is BulletinKind.ANNOUNCEMENT
