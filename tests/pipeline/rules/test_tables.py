import pytest

from pipeline.documents import document_from
from pipeline.numerals import numerals
from pipeline.rules.reader import read_report
from pipeline.rules.tables import numbers_in_tables
from schemas.document import Metadata
from schemas.report import Figure


def named(text: str) -> dict[str, tuple[str, str | None]]:
    """Return the names of row and column by the number as printed."""
    cells = numbers_in_tables(text, numerals(text)).cells
    return {
        cell.numeral.raw: (
            text[slice(*cell.rows[0])],
            text[slice(*cell.columns[0])] if cell.columns else None,
        )
        for cell in cells.values()
    }


def figures(text: str) -> tuple[Figure, ...]:
    return read_report(document_from(text, Metadata(format="txt"))).figures


def told(text: str, *fields: str) -> list[str]:
    """Return fields of each figure, one line a figure."""
    return [
        " ".join(str(getattr(one, field)) for field in ("value", *fields)) for one in figures(text)
    ]


def test_a_number_has_the_names_of_its_row_and_column() -> None:
    text = "Hay 8.\n\n| Tipo | Meta | Logro |\n|---|---|---|\n| Cirugías | 140 | 163 |\n\nHay 9."
    assert named(text) == {"140": ("Cirugías", "Meta"), "163": ("Cirugías", "Logro")}


def test_a_table_without_a_head_names_rows_alone() -> None:
    assert named("Cirugías | 140\nConsultas | 163") == {
        "140": ("Cirugías", None),
        "163": ("Consultas", None),
    }


def test_names_stand_over_their_columns_where_the_corner_is_empty() -> None:
    assert named("Meta | Logro\nCirugías | 140 | 163\nConsultas | 9 | 8") == {
        "140": ("Cirugías", "Meta"),
        "163": ("Cirugías", "Logro"),
        "9": ("Consultas", "Meta"),
        "8": ("Consultas", "Logro"),
    }


def test_one_line_with_a_bar_is_no_table() -> None:
    assert named("Salud | 163 cirugías") == {}


LAYOUTS = {
    "bars": "Unidad | Consultas | Cirugías\nHGZ 15 Tehuacán | 210 | 31\nHGZ 5 Metepec | 180 | 22",
    "frame": "+---+---+---+\n| Unidad | Consultas | Cirugías |\n+---+---+---+\n"
    "| HGZ 15 Tehuacán | 210 | 31 |\n| HGZ 5 Metepec | 180 | 22 |\n+---+---+---+",
    "tabs": "Unidad\tConsultas\tCirugías\nHGZ 15 Tehuacán\t210\t31\nHGZ 5 Metepec\t180\t22",
    "blanks": "Unidad             Consultas    Cirugías\nHGZ 15 Tehuacán      210         31\n"
    "HGZ 5 Metepec        180         22",
    "lines": "Unidad\nConsultas\nCirugías\nHGZ 15 Tehuacán\n210\n31\nHGZ 5 Metepec\n180\n22",
    "leaders": "(consultas / cirugías)\n"
    "HGZ 15 Tehuacán ..... 210 / 31\nHGZ 5 Metepec ..... 180 / 22",
    "records": "HGZ 15 Tehuacán: consultas 210; cirugías 31.\n"
    "HGZ 5 Metepec: consultas 180; cirugías 22.",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cells_are_read_however_they_are_set_apart(layout: str) -> None:
    text = f"Jornada del 17 al 19 de junio de 2022 en Puebla\n\n{LAYOUTS[layout]}\n"
    assert told(text, "service", "place") == [
        "210 consultation HGZ 15 Tehuacán",
        "31 surgery HGZ 15 Tehuacán",
        "180 consultation HGZ 5 Metepec",
        "22 surgery HGZ 5 Metepec",
    ]
    assert {one.period for one in figures(text)} == {"jornada"}


def test_names_of_columns_stand_in_two_lines_and_rows_have_totals() -> None:
    text = (
        "Cuarta Jornada en Sinaloa, 12 al 14 de mayo de 2023\n\n"
        "               | Consultas |      | Cirugías |      |\n"
        "Unidad         | Meta      | Real | Meta     | Real |\n"
        "HGR 1 Culiacán | 310       | 298  | 40       | 44   |\n"
        "HGZ 3 Mazatlán | 120       | 131  | 20       | -    |\n"
        "Total          | 430       | 429  | 60       | 44   |\n"
    )
    assert told(text, "service", "status", "place", "edition") == [
        "310 consultation planned HGR 1 Culiacán 4",
        "298 consultation performed HGR 1 Culiacán 4",
        "40 surgery planned HGR 1 Culiacán 4",
        "44 surgery performed HGR 1 Culiacán 4",
        "120 consultation planned HGZ 3 Mazatlán 4",
        "131 consultation performed HGZ 3 Mazatlán 4",
        "20 surgery planned HGZ 3 Mazatlán 4",
        "430 consultation planned Sinaloa 4",
        "429 consultation performed Sinaloa 4",
        "60 surgery planned Sinaloa 4",
        "44 surgery performed Sinaloa 4",
    ]


def test_states_with_shares_of_the_goal_and_numbers_in_order() -> None:
    text = (
        "Tercera Jornada Nacional. Cirugías por entidad, 4 al 6 de agosto de 2023\n\n"
        "No.\tEstado\tProgramadas\tRealizadas\t% de cumplimiento\n"
        "1\tNuevo León\t200\t231\t115.5\n"
        "2\tVeracruz Norte\t90\t88\t97.8\n"
        "\tResto\t800\t810\t101.3\n"
        "\tTotal nacional\t1,090\t1,129\t103.6\n"
    )
    assert told(text, "unit", "status", "place")[:4] == [
        "200 count planned Nuevo León",
        "231 count performed Nuevo León",
        "115.5 percent performed Nuevo León",
        "90 count planned Veracruz Norte",
    ]
    assert [one.place for one in figures(text)[6:]] == ["national"] * 6
    assert {one.service for one in figures(text)} == {"surgery"}


def test_days_name_columns_and_short_words_name_services() -> None:
    text = (
        "IMSS Jalisco concluye la Segunda Jornada Nacional, del 9 al 11 de junio de 2023.\n\n"
        "Servicio | Viernes 9 | Sábado 10 | Total\nCons. MF | 800 | 900 | 2,000\n"
        "Cx | 20 | n/d | 53\nPoblación adscrita | 5,000 | 5,000 | 5,000\n"
    )
    assert told(text, "service", "detail", "starts_on", "ends_on") == [
        "800 consultation family_medicine 2023-06-09 2023-06-09",
        "900 consultation family_medicine 2023-06-10 2023-06-10",
        "2000 consultation family_medicine 2023-06-09 2023-06-11",
        "20 surgery None 2023-06-09 2023-06-09",
        "53 surgery None 2023-06-09 2023-06-11",
    ]


def test_rows_of_a_section_and_years() -> None:
    text = "Cirugías por año en Aguascalientes\n\n| Tipo | 2021 | 2022 |\n| Cadera | 40 | 52 |\n"
    assert told(text, "detail", "period", "starts_on") == [
        "40 hip cumulative 2021-01-01",
        "52 hip cumulative 2022-01-01",
    ]
    text = "| Servicio | Meta |\n| Cirugías | |\n| Catarata | 30 |\n| Consultas | |\n| MF | 60 |\n"
    assert told(text, "service", "detail") == [
        "30 surgery cataract",
        "60 consultation family_medicine",
    ]


def test_a_sum_of_jornadas_covers_them_all() -> None:
    text = (
        "Cirugías en Coahuila, jornada por jornada, 2022\n\n"
        "1ª Jornada (7 al 9 de octubre de 2022) .... 96\n"
        "2ª Jornada (21 al 23 de octubre de 2022) .... 104\nSuma .... 200\n"
    )
    assert told(text, "period", "edition", "starts_on", "ends_on") == [
        "96 jornada 1 2022-10-07 2022-10-09",
        "104 jornada 2 2022-10-21 2022-10-23",
        "200 cumulative None 2022-10-07 2022-10-23",
    ]


def test_a_list_in_one_line_and_a_line_of_one_place() -> None:
    text = "Cirugías en Baja California: HGR 1 Tijuana 24 · HGZ 30 Mexicali 19 · HGZ 8 Ensenada 10"
    assert told(text, "service", "place") == [
        "24 surgery HGR 1 Tijuana",
        "19 surgery HGZ 30 Mexicali",
        "10 surgery HGZ 8 Ensenada",
    ]
    text = (
        "Jornada en Sonora:\n- Hermosillo: 24 cirugías y 31 consultas\n"
        "- Navojoa: 7 cirugías y 18 consultas"
    )
    assert [one.place for one in figures(text)] == ["Hermosillo"] * 2 + ["Navojoa"] * 2


def test_numbers_of_items_count_nothing() -> None:
    text = (
        "1. CIRUGÍAS\n1.1 Cirugías de catarata: 45\n\n2/3 Consultas en la jornada: 340\n"
        "3/3 Detecciones: 450"
    )
    assert told(text) == ["45", "340", "450"]


@pytest.mark.parametrize(
    "text",
    [
        "Geriatría apenas 14\nNefrología atendió a 81",
        "Las de Otorrino, con 96, y las de Urología, con 81",
        "La meta era 20\nSe lograron 30",
    ],
)
def test_ends_of_lines_are_no_table(text: str) -> None:
    assert named(text) == {}


def test_a_name_of_a_column_goes_on_in_the_next_line() -> None:
    text = (
        "Jornada del 5 al 7 de mayo de 2023 en Colima\n\n"
        "                  Consulta de    Consulta de\n"
        "Unidad            medicina       especialidad    Cirugías\n"
        "                  familiar\n"
        "HGZ 1 Colima          300           120             14\n"
        "HGZ 10 Manzanillo     210            90              9\n"
    )
    assert told(text, "service", "detail")[:3] == [
        "300 consultation family_medicine",
        "120 consultation specialty",
        "14 surgery None",
    ]


@pytest.mark.parametrize("dots", [" ..... ", "   ", " | "])
def test_columns_of_a_goal_are_about_the_service_that_no_column_names(dots: str) -> None:
    text = (
        "Colima, jornada del 9 y 10 de marzo de 2024\n\n"
        "Cuadro 1. Cirugías programadas y realizadas, y consultas de especialidad\n\n"
        + dots.replace(".", " ").join(("Hospital", "Prog.", "Real.", "Cons. esp."))
        + "\n"
        + "\n".join(
            dots.join(cells)
            for cells in (
                ('HGZ 1 "5 de Mayo"', "30", "28", "112"),
                ('HGZ 10 "20 de Noviembre"', "20", "23", "97"),
            )
        )
    )
    assert told(text, "service", "status", "place", "ends_on")[:3] == [
        "30 surgery planned HGZ 1 2024-03-10",
        "28 surgery performed HGZ 1 2024-03-10",
        "112 consultation performed HGZ 1 2024-03-10",
    ]


def test_a_list_of_causes_counts_no_services() -> None:
    text = (
        "IMSS Colima hizo 40 cirugías.\n\nSe difirieron 6 cirugías por las causas siguientes:\n"
        " a) Ayuno incompleto ............ 3\n b) Falta de sangre ............. 2\n"
    )
    assert told(text) == ["40"]
