from datetime import date

import pytest

from pipeline.rules.calendars import Calendar
from pipeline.rules.jornadas import calendar, is_upcoming
from pipeline.rules.passages import passages
from pipeline.rules.vocabulary import vocabulary
from schemas.report import Jornada, JornadaKind, YearSource


def found(text: str, published_on: date | None = None) -> Calendar:
    return calendar(passages(text, vocabulary()), published_on, themed=False)


def jornada(text: str, published_on: date | None = None) -> Jornada:
    (one,) = found(text, published_on).jornadas
    return one


@pytest.mark.parametrize(
    ("ordinal", "edition"),
    [
        ("8ª", 8),
        ("8a", 8),
        ("8va.", 8),
        ("VIII", 8),
        ("Octava", 8),
        ("decimocuarta", 14),
        ("catorceava", 14),
        ("102", 10),
    ],
)
def test_the_edition_is_read_from_any_form_of_its_ordinal(ordinal: str, edition: int) -> None:
    assert jornada(f"Terminó la {ordinal} Jornada Nacional.").edition == edition


@pytest.mark.parametrize(
    "text",
    [
        "Terminó la jornada nacional, la número 16, con bien.",
        "Terminó la Jornada Nacional No. 16.",
        "Terminó la jornada estatal, la decimosexta del año.",
        "Terminó la jornada estatal (16ª).",
        "Terminó la Jornada Nacional XVI.",
        "Terminó la jornada nacional, en su decimosexta edición.",
        "Por decimosexta ocasión en el año hubo jornada.",
    ],
)
def test_the_edition_may_stand_behind_the_name(text: str) -> None:
    assert jornada(text).edition == 16


def test_a_jornada_without_ordinal_has_no_edition() -> None:
    assert jornada("Terminó la Jornada Nacional.").edition is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Jornada Nacional", JornadaKind.NATIONAL),
        ("Jornada Extraordinaria", JornadaKind.EXTRAORDINARY),
        ("Jornada Nacional Extraordinaria", JornadaKind.EXTRAORDINARY),
        ("Jornada Monotemática", JornadaKind.MONOTHEMATIC),
        ("Jornada Estatal", JornadaKind.STATE),
        ("Jornada de Cirugía de Hernia", JornadaKind.MONOTHEMATIC),
        ("Jornada Estatal de Vasectomía", JornadaKind.MONOTHEMATIC),
        ("Jornada Nacional de Vacunación", JornadaKind.MONOTHEMATIC),
        ("Jornada de Salud Visual", JornadaKind.MONOTHEMATIC),
        ("Jornada Estatal de Salud Visual y Auditiva", JornadaKind.STATE),
        ("Jornada Nacional de Consultas y Cirugías", JornadaKind.NATIONAL),
        ("Semana Nacional de Salud", JornadaKind.NATIONAL),
        ("Semana Nacional de Vacunación", JornadaKind.MONOTHEMATIC),
    ],
)
def test_the_kind_follows_the_printed_name(name: str, kind: JornadaKind) -> None:
    assert jornada(f"Terminó la 3ª {name}.").kind is kind


@pytest.mark.parametrize(
    ("days", "published_on", "start", "end"),
    [
        ("del 2 al 4 de julio de 2021", None, date(2021, 7, 2), date(2021, 7, 4)),
        ("del 2 al 4 de julio", date(2022, 7, 5), date(2022, 7, 2), date(2022, 7, 4)),
        ("del 30 de julio al 1 de agosto", date(2022, 8, 2), date(2022, 7, 30), date(2022, 8, 1)),
        (
            "del 30 de diciembre de 2022 al 1 de enero de 2023",
            None,
            date(2022, 12, 30),
            date(2023, 1, 1),
        ),
        ("del 10 al 12 de diciembre", date(2023, 1, 3), date(2022, 12, 10), date(2022, 12, 12)),
        ("del 2 al 4 de julio", None, None, None),
    ],
)
def test_days_get_their_year_from_the_text_or_the_date_of_the_bulletin(
    days: str, published_on: date | None, start: date | None, end: date | None
) -> None:
    one = jornada(f"Terminó la 3ª Jornada Nacional, {days}.", published_on)
    assert (one.start, one.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "published_on", "year", "source"),
    [
        ("La 3ª Jornada Nacional fue del 7 al 9 de junio de 2019.", None, 2019, "printed"),
        ("Julio 2, 2019.- La 3ª Jornada Nacional fue del 7 al 9 de junio.", None, 2019, "printed"),
        ("La 3ª Jornada Nacional 2019 fue del 7 al 9 de junio.", None, 2019, "printed"),
        (
            "En 2018 y 2019 hubo dos. La 3ª Jornada Nacional fue del 7 al 9 de junio.",
            None,
            2019,
            "printed",
        ),
        ("La 3ª Jornada Nacional fue del 7 al 9 de junio.", date(2019, 6, 12), 2019, "metadata"),
        ("La 3ª Jornada Nacional fue del 7 al 9 de junio.", None, None, None),
        (
            "La 3ª Jornada de Recuperación de Servicios fue del 13 al 15 de agosto.",
            None,
            2021,
            "inferred",
        ),
        (
            "La 3ª Jornada de Recuperación de Servicios fue del 10 al 12 de agosto.",
            None,
            None,
            None,
        ),
        (
            "La 3ª Jornada Nacional, del 7 al 9 de junio, nació con la pandemia de 2020.",
            None,
            None,
            None,
        ),
    ],
)
def test_the_source_of_a_year_is_told_and_none_is_invented(
    text: str, published_on: date | None, year: int | None, source: str | None
) -> None:
    one = jornada(text, published_on)
    assert one.year == year
    assert one.year_source == (source and YearSource(source))
    assert (one.start is None) is (year is None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (
            "Del viernes 31 de mayo al domingo 2 de junio hubo Jornada Nacional.",
            date(2019, 5, 31),
            date(2019, 6, 2),
        ),
        (
            "Viernes 7, sábado 8 y domingo 9 serán de Jornada Nacional.",
            date(2019, 6, 7),
            date(2019, 6, 9),
        ),
        ("La Jornada Nacional fue el 8 y 9 de este mes.", date(2019, 6, 8), date(2019, 6, 9)),
        (
            "La Jornada Nacional empieza este viernes y concluye el domingo 9.",
            date(2019, 6, 7),
            date(2019, 6, 9),
        ),
        ("El sábado 8 de junio hubo Jornada Nacional.", date(2019, 6, 8), date(2019, 6, 8)),
    ],
)
def test_days_are_read_however_they_are_printed(text: str, start: date, end: date) -> None:
    one = jornada(text, date(2019, 6, 10))
    assert (one.start, one.end) == (start, end)


def test_days_in_a_sentence_of_their_own_are_those_of_the_jornada_that_has_none() -> None:
    read = found(
        "Terminó la 3ª Jornada Estatal. Fue el 8 y 9 de junio de 2019. La 4ª Jornada Estatal será "
        "el 6 y 7 de julio de 2019."
    ).jornadas
    assert [(j.edition, j.start) for j in read] == [(3, date(2019, 6, 8)), (4, date(2019, 7, 6))]


def test_a_year_that_is_printed_with_one_jornada_is_that_of_the_other() -> None:
    read = found(
        "Del 7 al 9 de junio de 2019 será la 3ª Jornada Nacional.\n\nEn la 2ª Jornada Nacional, "
        "del 10 al 12 de mayo, se hicieron 415 cirugías."
    ).jornadas
    assert [one.start for one in read] == [date(2019, 6, 7), date(2019, 5, 10)]


def test_a_dated_week_with_numbers_is_a_jornada_without_the_word() -> None:
    one = jornada("Del 3 al 9 de junio de 2019 el Instituto hizo 40 trasplantes.")
    assert (one.edition, one.start, one.end) == (None, date(2019, 6, 3), date(2019, 6, 9))


def test_an_undated_week_or_a_month_is_none() -> None:
    assert found("En una semana hizo 40 trasplantes.").jornadas == ()
    assert found("Del 3 al 30 de junio de 2019 hizo 40 trasplantes.").jornadas == ()


def test_a_balance_of_several_is_about_none_of_them() -> None:
    read = found(
        "El IMSS hizo cuentas de sus jornadas.\n\nFueron 900 consultas. Hubo 80 cirugías. Se "
        "tomaron 70 mastografías. Trabajaron 60 médicos. La 5ª Jornada Nacional, del 7 al 9 de "
        "junio de 2019, dio 50 consultas."
    )
    assert [(one.edition, one.subject) for one in read.jornadas] == [(5, False)]
    assert read.subject is None


def test_an_ordinal_alone_names_a_jornada_that_comes_with_days_or_was_named_before() -> None:
    read = found(
        "La 5ª Jornada Nacional, del 7 al 9 de junio de 2019, dio más que la 4ª, del 10 al 12 de "
        "mayo de 2019; la segunda, de Celaya, no contó."
    ).jornadas
    assert [one.edition for one in read] == [5, 4]


def test_days_that_do_not_exist_are_left_out() -> None:
    one = jornada("Terminó la 3ª Jornada Nacional, del 29 al 31 de septiembre de 2021.")
    assert (one.year, one.start, one.end) == (2021, None, None)


def test_several_jornadas_stand_in_the_order_of_their_mention_and_the_first_is_the_subject() -> (
    None
):
    read = found(
        "La 8ª Jornada Nacional, del 24 al 26 de septiembre de 2021, sigue a la 7ª Jornada "
        "Nacional, del 10 al 12 de septiembre de 2021."
    ).jornadas
    assert [(j.edition, j.start, j.subject) for j in read] == [
        (8, date(2021, 9, 24), True),
        (7, date(2021, 9, 10), False),
    ]


def test_a_lone_wrong_ordinal_makes_no_second_jornada() -> None:
    read = found(
        "La 8ª Jornada Nacional terminó. La 8ª Jornada Nacional fue grande. El director de la 9ª "
        "Jornada Nacional agradeció."
    ).jornadas
    assert [one.edition for one in read] == [8]


@pytest.mark.parametrize("text", ["Las Jornadas Nacionales siguen.", "Hubo consultas."])
def test_jornadas_in_general_are_none(text: str) -> None:
    assert found(text).jornadas == ()


@pytest.mark.parametrize(
    ("text", "published_on", "upcoming"),
    [
        ("La 3ª Jornada Nacional, del 2 al 4 de julio, es grande.", date(2022, 6, 30), True),
        ("La 3ª Jornada Nacional, del 2 al 4 de julio, es grande.", date(2022, 7, 5), False),
        ("En la 3ª Jornada Nacional se otorgarán consultas.", None, True),
        ("En la 3ª Jornada Nacional se otorgaron consultas.", None, False),
        ("Se otorgarán consultas.", date(2022, 6, 30), False),
    ],
)
def test_dates_or_tenses_tell_whether_the_jornada_is_still_to_come(
    text: str,
    published_on: date | None,
    upcoming: bool,  # noqa: FBT001 - the expected value
) -> None:
    source = passages(text, vocabulary())
    read = calendar(source, published_on, themed=False)
    assert is_upcoming(source, read, published_on) is upcoming


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("Por segunda ocasión en el año, el hospital destinó dos días a operar cataratas.", 2),
        ("Es la quinta vez que se organiza. Este fin de semana se hicieron 30 cirugías.", 5),
        ("El sábado, por tercera vez en 2024, se hicieron 30 cirugías.", 3),
        ("El cuarto Encuentro Quirúrgico, del 6 al 10 de marzo de 2023, dejó 52 cirugías.", 4),
        ("En el segundo fin de semana de la estrategia se hicieron 88 cirugías.", 2),
    ],
)
def test_what_has_another_name_has_an_edition(text: str, edition: int) -> None:
    assert [one.edition for one in found(text).jornadas] == [edition]


def test_how_often_something_else_happened_names_no_jornada() -> None:
    assert found("Por segunda vez en el año faltó el agua. Se hicieron 90 cirugías.").jornadas == ()


def test_an_ordinal_with_its_month_is_one_of_a_series() -> None:
    text = (
        "Las jornadas dejaron 900 cirugías. La 17ª Jornada hizo 80. La décima, a finales de julio, "
        "cayó a 40; la undécima subió a 60."
    )
    assert [one.edition for one in found(text).jornadas] == [17, 10, 11]


@pytest.mark.parametrize(("name", "kind"), [("9ª Jornada", "national"), ("9ª Brigada", "state")])
def test_a_numbered_jornada_is_one_of_the_whole_country(name: str, kind: str) -> None:
    source = passages(f"La {name} dejó 40 cirugías y 90 consultas.", vocabulary())
    (one,) = calendar(source, None, themed=False, place="Colima").jornadas
    assert one.kind == kind
