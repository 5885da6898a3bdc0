"""Cells with several numbers, sums of the places listed, and people by age and sex."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata

HEAD = "Jornada quirúrgica del 12 al 14 de abril de 2024, IMSS Chihuahua\n"


def told(text: str, *fields: str) -> list[str]:
    """Return fields of each figure, one line a figure."""
    figures = read_report(document_from(text, Metadata(format="txt"))).figures
    return [" ".join(str(getattr(one, name)) for name in ("value", *fields)) for one in figures]


DONE_AND_PLANNED = ["45 performed", "40 planned", "61 performed", "70 planned"]


@pytest.mark.parametrize(
    "table",
    [
        "Hospital\tCirugías realizadas (meta)\nHGZ 6 Juárez\t45 (40)\nHGZ 11 Delicias\t61 (70)",
        (
            "Cirugías por sede (entre paréntesis, la meta)\nSede    Cirugías\n"
            "HGZ 6 Juárez    45  (40)\nHGZ 11 Delicias    61  (70)"
        ),
        (
            "Sede | Cirugías\nHGZ 6 Juárez | 45 (40)\nHGZ 11 Delicias | 61 (70)\n\n"
            "Nota: los números entre paréntesis corresponden a lo programado."
        ),
        (
            "Sede             Operados\nHGZ 6 Juárez ..... 45 (40)\nHGZ 11 Delicias ..... 61 (70)\n"
            "HGSZ 24 ..... – (–)\nMeta entre paréntesis."
        ),
        (
            "Cirugías por sede; meta entre paréntesis:\n• HGZ 6 Juárez — 45 (40)\n"
            "• HGZ 11 Delicias — 61 (70)"
        ),
        "Cirugías (meta)\nHGZ 6 Juárez: 45 (40)\nHGZ 11 Delicias: 61 (70)",
        "Sede | Cirugías realizadas/programadas\nHGZ 6 Juárez | 45/40\nHGZ 11 Delicias | 61/70",
        "Sede | Cirugías\nHGZ 6 Juárez | 45 de 40\nHGZ 11 Delicias | 61 de 70",
    ],
)
def test_two_numbers_of_a_cell_are_done_and_planned(table: str) -> None:
    assert told(HEAD + table, "status") == DONE_AND_PLANNED


def test_the_mark_of_a_footnote_is_no_figure() -> None:
    table = (
        "Unidad | Cirugías\nHGZ 6 Juárez (1) | 45\nHGZ 11 Delicias | 61 (2)\n"
        "(1) Un quirófano cerrado.\n(2) Sólo por la mañana."
    )
    assert told(HEAD + table, "place") == ["45 HGZ 6 Juárez", "61 HGZ 11 Delicias"]


def test_a_row_about_one_jornada_has_its_period() -> None:
    table = (
        "Cirugías de enero a agosto de 2024\nSede | Jornadas | Operados\nHGZ 6 Juárez | 2 | 45\n"
        "HGZ 11 Delicias | 1 | 61"
    )
    assert told("IMSS CHIHUAHUA\n" + table, "period") == ["45 cumulative", "61 jornada"]


def test_who_operated_and_where_tells_what_was_done() -> None:
    table = (
        "Lugar | Unidad | Quirófanos | Programadas | Realizadas\n"
        "1 | HGZ 6 Juárez | 4 | 50 | 45\n2 | HGZ 11 Delicias | 3 | 60 | 61"
    )
    assert told(HEAD + table, "service", "status") == [
        "50 surgery planned",
        "45 surgery performed",
        "60 surgery planned",
        "61 surgery performed",
    ]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Región", "Sonora; Sinaloa"),
        ("SUMA REGIONAL", "Sonora; Sinaloa"),
        ("Total 2 representaciones", "Sonora; Sinaloa"),
        ("Suma", "national"),
    ],
)
def test_a_sum_is_of_the_places_listed(name: str, place: str) -> None:
    table = (
        "La XVI Jornada Nacional, 8 al 10 de septiembre de 2023\n\nEntidad\tCirugías\n"
        f"Sonora\t1 226\nSinaloa\t640\n{name}\t1 866\n"
    )
    assert told(table, "place") == ["1226 Sonora", "640 Sinaloa", f"1866 {place}"]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("Por edad: 40 a 59 años, 203; 60 a 79, 761; 80 y más, 204.", ["203", "761", "204"]),
        ("Por sexo: mujeres, 672; hombres, 496.", ["672", "496"]),
        ("Por grupo: menores de 18, 31; 18-59 años: 90; 60 o más: 22", ["31", "90", "22"]),
    ],
)
def test_people_by_age_and_sex_got_what_was_counted(line: str, values: list[str]) -> None:
    text = f"{HEAD}\nSe hicieron 168 cirugías.\n\n{line}"
    assert told(text, "service", "detail")[1:] == [f"{value} surgery None" for value in values]
