from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.headline import parse_day, publication_day_of, title_of

BODY = (
    "El Instituto Mexicano del Seguro Social (IMSS) llevó a cabo la jornada con la participación"
    " de personal de base y confianza, y otorgó 58 mil 610 consultas de Medicina Familiar, 23 mil"
    " 138 de Especialidad y 2 mil 590 cirugías en todo el país."
)
WRAPPED = """El Instituto Mexicano del Seguro Social llevó a
cabo en todo el país la jornada que había anunciado
en julio, con personal de base y confianza."""
WRAPPED_AT_CAPITALS = """El titular del órgano en el estado de Chihuahua
Arturo Bonilla dijo ayer que en la ciudad
Capital se dieron consultas de Medicina General
Con ellas son cinco mil las de este año."""
TITLE = "Supera IMSS metas de la 10ª Jornada Nacional"


@pytest.mark.parametrize(
    "above",
    [
        "",
        "BOLETÍN DE PRENSA",
        "BOLETIN DE PRENSA No. 395/2023",
        "Comunicado de prensa 12",
        "No. 395/2023",
        "Núm. 12",
        "Cortesía Cortesía Cortesía",
        "Foto: Juan Pérez / IMSS Chihuahua",
        "Por María Luisa Rodríguez",
        "Redacción",
        "ESTATAL",
        "Instituto Mexicano del Seguro Social",
        "Unidad de Comunicación Social",
        "Ciudad de México, a 20 de julio de 2022",
        "Viernes, 6 de agosto de 2021",
        "20/07/2022",
        "https://www.example.org/boletines/395",
        "Oficina de Representación en Tabasco",
        "ÓRGANO DE OPERACIÓN ADMINISTRATIVA DESCONCENTRADA ESTATAL COLIMA",
        "Facultad de Enfermería de la UJED",
        "SALUD / TABASCO",
        "Inicio   Noticias   Contacto",
        "Portada › Estado › Salud",
        "La Voz de Tabasco",
        "Sección Estado, página 4",
    ],
)
def test_what_stands_above_a_headline_is_passed_over(above: str) -> None:
    assert title_of(f"{above}\n\n{TITLE}\n\n{BODY}") == TITLE
    assert title_of(f"{above}\n{TITLE}\n{BODY}") == TITLE


@pytest.mark.parametrize(
    "title",
    [
        "Supera IMSS metas de la 102 Jornada Nacional de Continuidad de Servicios\nOrdinarios",
        "Con Jornadas de Recuperación, IMSS intensifica\n\nconsultas y cirugías diferidas",
        "SUPERA IMSS METAS DE LA 10ª JORNADA\nNACIONAL DE CONTINUIDAD",
        "Realiza IMSS en Oaxaca más de tres mil atenciones en la\nQuinta Jornada Nacional de Salud",
        "2 mil 960 vasectomías, el festejo del IMSS a los papás",
        "¿Cuántas cirugías hizo el IMSS en Tabasco?",
        "1mss supera metas de cirugia en la 102 Jornada",
    ],
)
def test_a_headline_is_returned_as_printed(title: str) -> None:
    assert title_of(f"{title}\n\n{BODY}") == title


def test_a_kicker_and_an_emoji_are_no_part_of_it() -> None:
    assert title_of(f"ENTREVISTA | {TITLE}\n\n{BODY}") == TITLE
    assert title_of(f"✅ {TITLE}\n\n{BODY}") == TITLE


def test_a_thread_has_none() -> None:
    assert title_of(f"IMSS Tabasco @imss_tabasco\n{TITLE}\n\n{BODY}") is None


def test_a_subtitle_is_not_part_of_the_headline() -> None:
    subtitle = "Participaron 35 Representaciones y 25 Unidades Médicas"
    assert title_of(f"{TITLE}\n\n{subtitle}\n\n{BODY}") == TITLE
    assert title_of(f"{TITLE}\n{subtitle}\n\n{BODY}") == TITLE
    assert title_of(f"{TITLE}\n• {subtitle}\n\n{BODY}") == TITLE


def test_a_kicker_gives_way_to_the_headline_that_names_who_acted() -> None:
    kicker = "Con más de 6 mil consultas en nueve entidades"
    assert title_of(f"{kicker}\n\n{TITLE}\n\n{BODY}") == TITLE
    assert title_of(f"{kicker}\n\n{BODY}") == kicker


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        BODY,
        f"León, Gto.- {BODY}",
        f"CIUDAD DE MÉXICO.- {BODY}",
        f"Mérida, Yuc., 24 de marzo de 2023.- {BODY}",
        f"No. 395/2023\n\n{BODY}",
        "El IMSS hizo 58 mil 610 consultas.",
        "• Se realizaron 58 mil 610 consultas\n• Hubo 30 trasplantes\n\n" + BODY,
        WRAPPED,
        WRAPPED_AT_CAPITALS,
        "Cortesía\n\nESTATAL\n\n123",
    ],
)
def test_where_there_is_no_headline_there_is_no_title(text: str) -> None:
    assert title_of(text) is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Mérida, Yucatán, 24 de marzo de 2023.- De este viernes", date(2023, 3, 24)),
        ("Acapulco Gro; a 19 de mayo del 2022.- Fueron nueve mil", date(2022, 5, 19)),
        ("Ciudad de México, a 20 de julio de 2022", date(2022, 7, 20)),
        ("Xalapa, Veracruz, 24 de julio de 2023", date(2023, 7, 24)),
        ("CDMX a 5 de mayo de 2021.", date(2021, 5, 5)),
        ("San Luis Potosí, S.L.P., lunes 1 de agosto de 2022 –", date(2022, 8, 1)),
        ("Viernes 6 de agosto de 2021", date(2021, 8, 6)),
        ("Fecha: 6 de agosto de 2021", date(2021, 8, 6)),
        ("Publicado el 2021-08-06", date(2021, 8, 6)),
        ("06/08/2021", date(2021, 8, 6)),
        ("Boletín 395/2023 | Ciudad de México, 6 de agosto de 2023", date(2023, 8, 6)),
        ("Toluca, Méx., a 6 de agosto de 2O23", date(2023, 8, 6)),
        ("Por Inés Robles Ku | 6 de agosto de 2023", date(2023, 8, 6)),
        ("Fecha: 6 de agosto de 2021        Inicio: 10:15 h", date(2021, 8, 6)),
        ("MÉRIDA (6 de agosto de 2021).- Se hicieron", date(2021, 8, 6)),
        ("6 agosto, 2023 · 4 min de lectura", date(2023, 8, 6)),
    ],
)
def test_a_dateline_states_the_day(line: str, day: date) -> None:
    assert publication_day_of(f"{TITLE}\n\n{line}\n\n{BODY}") == day


@pytest.mark.parametrize(
    "line",
    [
        "El 24 de marzo de 2023 se llevó a cabo la jornada",
        "Este 24 de marzo de 2023.- La jornada",
        "Del 22 al 24 de julio de 2022",
        "22, 23 y 24 de julio de 2022",
        "Mérida, Yucatán, marzo de 2023",
        "Mérida, Yucatán, 24 de marzo.- De este viernes",
        "Mérida, Yucatán, 31 de febrero de 2023.- De este viernes",
        "Se realizó en Mérida la jornada, 24 de marzo de 2023.",
        "- 1 2 -",
        "-, 24 de marzo de 202",
    ],
)
def test_other_dates_do_not(line: str) -> None:
    assert publication_day_of(f"{TITLE}\n\n{line}\n\n{BODY}") is None


def test_a_date_far_down_is_not_a_dateline() -> None:
    assert (
        publication_day_of("\n".join([*[BODY] * 30, "Mérida, Yuc., 24 de marzo de 2023"])) is None
    )


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2021-09-22T19:59:00.000-06:00", date(2021, 9, 22)),
        ("2021-09-22", date(2021, 9, 22)),
        ("22/09/2021", date(2021, 9, 22)),
        ("4/3/2021", date(2021, 3, 4)),
        ("22 de septiembre de 2021", date(2021, 9, 22)),
        (date(2021, 9, 22), date(2021, 9, 22)),
        (datetime(2021, 9, 22, 23, tzinfo=timezone(timedelta(hours=-6))), date(2021, 9, 22)),
        ("2021-09", None),
        ("septiembre de 2021", None),
        ("2021", None),
        ("2021-02-31", None),
        ("nil", None),
        (2021, None),
        (None, None),
    ],
)
def test_metadata_states_a_full_day_or_none(value: object, day: date | None) -> None:
    assert parse_day(value) == day


@given(st.text(st.sampled_from("aB1 ,.;-–•\n20/ª") | st.characters(), max_size=200))
def test_any_text_has_a_title_that_stands_in_it_or_none(text: str) -> None:
    title = title_of(text)
    assert title is None or all(line.strip() in text for line in title.split("\n"))
    publication_day_of(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Operan\n\nMÉRIDA, 27 de diciembre.- A lo largo de 2022 hubo 9.", date(2022, 12, 27)),
        (
            "Operan\n\nTEPIC, Nay., 4 de octubre (Redacción).- En 2024, no en 2023.",
            date(2024, 10, 4),
        ),
        ("Operan\n\nMÉRIDA, 9 de enero.- A lo largo de 2022 hubo 9.", None),
        ("Operan\n\nMÉRIDA, 27 de diciembre.- Hubo 9 con 2,024 consultas.", None),
        ("Operan\n\nEl IMSS, desde el 27 de mayo - dijo - opera en 2024.", None),
    ],
)
def test_a_dateline_without_a_year_is_of_the_year_that_is_told(text: str, day: date | None) -> None:
    assert publication_day_of(text) == day
