import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import Status


def places(text: str) -> list[str]:
    figures = read_report(document_from(text, Metadata(format="txt"))).figures
    return [f"{one.value:g} {one.place}" for one in figures]


HEAD = "Reporte de la jornada quirúrgica del 9 y 10 de marzo de 2024, IMSS Colima\n\n"
BY_HOSPITAL = ["30 HGZ 1", "112 HGZ 1", "23 HGZ 10", "53 Colima"]


@pytest.mark.parametrize(
    "text",
    [
        (
            "HGZ No. 1\nHubo 30 cirugías. Además se dieron 112 consultas.\n\n"
            "HGZ No. 10\nFueron 23 cirugías.\n\nEn conjunto se hicieron 53 cirugías."
        ),
        (
            "2.1. HGZ No. 1. Hubo 30 cirugías. Además se dieron 112 consultas.\n"
            "2.2. HGZ No. 10. Fueron 23 cirugías.\n2.3. La suma es de 53 cirugías."
        ),
        (
            "II.1 HGZ 1.- Hubo 30 cirugías. Además se dieron 112 consultas.\n"
            "II.2 HGZ 10.- Fueron 23 cirugías.\nII.3 Total.- 53 cirugías."
        ),
        (
            "**HGZ 1.** Hubo 30 cirugías.\n\nAdemás se dieron 112 consultas.\n\n"
            "**HGZ 10.** Fueron 23 cirugías.\n\nSumados, son 53 cirugías."
        ),
    ],
)
def test_a_section_has_the_place_of_its_heading(text: str) -> None:
    assert places(HEAD + text) == BY_HOSPITAL


def test_a_dateline_and_a_question_head_no_section() -> None:
    text = (
        "Colima, Col.- El IMSS hizo 30 cirugías en su jornada.\n\n"
        "-¿El HGZ 10 también participó?\n-Sí, con 23 consultas.\n\n"
        "-¿Y el HGZ 1?\n-Con otras 7 consultas."
    )
    assert places(text)[0] == "30 Colima"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Se efectuaron 19 de 20 cirugías", "19 p 20 g"),
        ("Se hicieron 12 de las 15 cirugías previstas", "12 p 15 g"),
        ("Hubo 34 cirugías (meta: 30) y 9 consultas (20)", "34 p 30 g 9 p 20 g"),
        ("Participaron 3 de 5 hospitales con 40 cirugías", "40 p"),
    ],
)
def test_what_was_done_of_what_was_planned(text: str, told: str) -> None:
    figures = read_report(document_from(text + " en la jornada.", Metadata(format="txt"))).figures
    short = {Status.PERFORMED: "p", Status.PLANNED: "g"}
    assert " ".join(f"{one.value:g} {short[one.status]}" for one in figures) == told
