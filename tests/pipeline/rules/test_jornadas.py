from datetime import date

import pytest

from pipeline.rules.jornadas import Calendar, calendar, is_upcoming
from pipeline.rules.passages import passages
from pipeline.rules.vocabulary import vocabulary
from schemas.report import Jornada, JornadaKind


def found(text: str, published_on: date | None = None) -> Calendar:
    return calendar(passages(text, vocabulary()), published_on, vocabulary(), themed=False)


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
    read = calendar(source, published_on, vocabulary(), themed=False)
    assert is_upcoming(source, read, published_on) is upcoming
