"""The years that programmes with a known run give to days without a year."""

import pytest

from pipeline.spanish.programmes import days_in, infer_year, programmes_named

RECOVERY = "la Jornada Nacional de Recuperación de los Servicios"


@pytest.mark.parametrize(
    "text",
    [
        RECOVERY,
        "LA RECUPERACIÓN DE SERVICIOS",
        "Recuperacién de\nServicios",
        "con 120 días por un solo IMSS",
    ],
)
def test_a_programme_is_found_by_its_names_as_printed_and_misread(text: str) -> None:
    (programme,) = programmes_named(text)
    assert (programme.first, programme.last) == (2021, 2021)


@pytest.mark.parametrize("text", ["", "la recuperación del paciente", "servicios ordinarios"])
def test_other_words_name_none(text: str) -> None:
    assert programmes_named(text) == ()


@pytest.mark.parametrize(
    ("text", "first", "last", "year"),
    [
        (RECOVERY, (8, 13), (8, 15), 2021),
        (RECOVERY, (8, 14), (8, 15), 2021),
        (RECOVERY, (8, 12), (8, 14), None),  # Thursday to Saturday
        (RECOVERY, (2, 29), (3, 2), None),  # no such day
        ("Continuidad de Servicios", (8, 12), (8, 14), 2022),
        ("Continuidad de Servicios", (8, 11), (8, 13), 2023),
        ("Continuidad de Servicios", (8, 13), (8, 15), None),  # before its run
        ("la Jornada Nacional de Salud", (8, 13), (8, 15), None),  # no known programme
    ],
)
def test_the_year_is_the_one_in_which_the_days_are_the_usual_weekdays(
    text: str, first: tuple[int, int], last: tuple[int, int], year: int | None
) -> None:
    assert infer_year(text, first, last) == year


def test_of_two_programmes_both_runs_count() -> None:
    assert infer_year(f"{RECOVERY}; Continuidad de Servicios", (8, 12), (8, 14)) == 2022


def test_days_may_go_over_new_year() -> None:
    days = days_in(2021, (12, 31), (1, 2))
    assert days is not None
    assert (days[0].year, days[1].year) == (2021, 2022)
