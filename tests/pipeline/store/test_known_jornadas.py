"""Which jornada a bulletin means, by what other bulletins say of it."""

from datetime import date

import pytest

from pipeline.store import Store
from tests.bulletins import a_bulletin, a_jornada, figure, keep, rows

ELEVENTH = a_jornada(11, date(2022, 8, 12), date(2022, 8, 14))


def names(store: Store) -> list[str | None]:
    """Give the jornadas of the figures, in the order of the figures' values."""
    return [name for (name,) in rows(store, "SELECT jornada FROM facts ORDER BY value")]


def test_a_series_and_an_edition_are_one_jornada_whatever_days_are_printed(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1, edition=11), jornadas=[ELEVENTH]),
        a_bulletin(figure(2, edition=11), jornadas=[a_jornada(11, date(2022, 8, 13))]),
        a_bulletin(figure(3, edition=11), jornadas=[a_jornada(11, year=2022)]),
    )
    assert names(store) == ["11ª nacional 2022"] * 3
    assert rows(store, "SELECT starts_on, first_days, bulletins FROM known_jornadas") == [
        (date(2022, 8, 12), 2, 3)
    ]


@pytest.mark.parametrize("day", [12, 13, 14])
def test_days_alone_find_the_edition_that_another_bulletin_prints(store: Store, day: int) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[ELEVENTH]),
        a_bulletin(figure(2), jornadas=[a_jornada(None, date(2022, 8, day), date(2022, 8, 14))]),
        a_bulletin(figure(3, starts_on=date(2022, 8, day), ends_on=date(2022, 8, 14))),
    )
    assert names(store) == ["11ª nacional 2022"] * 3
    assert rows(store, "SELECT DISTINCT edition, kind FROM facts") == [(11, "national")]


def test_days_find_an_extraordinary_jornada_that_a_bulletin_calls_national(store: Store) -> None:
    days = (date(2023, 6, 2), date(2023, 6, 4))
    keep(
        store,
        a_bulletin(figure(1), jornadas=[a_jornada(11, *days, kind="extraordinary")]),
        a_bulletin(figure(2), jornadas=[a_jornada(None, *days)]),
    )
    assert names(store) == ["11ª extraordinaria 2023"] * 2


def test_an_edition_alone_finds_the_one_year_that_has_it(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[ELEVENTH]),
        a_bulletin(figure(2), jornadas=[a_jornada(11)]),
    )
    assert names(store) == ["11ª nacional 2022"] * 2
    assert rows(store, "SELECT year, starts_on FROM facts WHERE value = 2") == [
        (2022, date(2022, 8, 12))
    ]


def test_an_edition_of_two_years_is_that_near_the_day_of_publication(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[ELEVENTH]),
        a_bulletin(figure(2), jornadas=[a_jornada(11, date(2021, 11, 5))]),
        a_bulletin(figure(3), jornadas=[a_jornada(11)], published_on=date(2022, 8, 16)),
        a_bulletin(figure(4), jornadas=[a_jornada(11)], published_on=date(2021, 11, 9)),
    )
    first, second = "11ª nacional 2022", "11ª nacional 2021"
    assert names(store) == [first, second, first, second]


def test_an_edition_that_may_be_of_two_years_is_taken_for_neither(store: Store) -> None:
    bulletin = a_bulletin(figure(3), jornadas=[a_jornada(11)])
    keep(
        store,
        a_bulletin(figure(1), jornadas=[ELEVENTH]),
        a_bulletin(figure(2), jornadas=[a_jornada(11, date(2021, 11, 5))]),
        bulletin,
    )
    assert names(store)[2] == f"11ª nacional (boletín {bulletin[0].id[:12]})"
    assert rows(store, "SELECT year FROM facts WHERE value = 3") == [(None,)]


def test_an_edition_of_which_no_year_is_known_is_one_jornada(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[a_jornada(11)]),
        a_bulletin(figure(2), jornadas=[a_jornada(11)]),
    )
    assert names(store) == ["11ª nacional (año desconocido)"] * 2


def test_a_bulletin_of_another_year_does_not_lend_its_year(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[ELEVENTH]),
        a_bulletin(figure(2), jornadas=[a_jornada(11)], published_on=date(2024, 3, 1)),
    )
    assert names(store) == ["11ª nacional 2022", "11ª nacional (año desconocido, hacia 2024)"]


def test_a_figure_belongs_to_the_one_subject_unless_it_says_otherwise(store: Store) -> None:
    tenth = a_jornada(10, date(2022, 7, 29), date(2022, 7, 31), subject=False)
    keep(
        store,
        a_bulletin(
            figure(1),
            figure(2, edition=10),
            figure(3, starts_on=date(2022, 7, 30), ends_on=date(2022, 7, 31)),
            figure(4, edition=9),
            figure(5, period="cumulative"),
            figure(6, period="other"),
            jornadas=[ELEVENTH, tenth],
        ),
    )
    assert names(store) == [
        "11ª nacional 2022",
        "10ª nacional 2022",
        "10ª nacional 2022",
        "9ª nacional (año desconocido, hacia 2022)",
        None,
        None,
    ]


def test_of_two_subjects_none_is_taken(store: Store) -> None:
    another = a_jornada(12, date(2022, 8, 26))
    keep(store, a_bulletin(figure(1), jornadas=[ELEVENTH, another]))
    assert names(store) == [None]


def test_jornadas_of_one_state_are_told_apart_by_the_state(store: Store) -> None:
    third = a_jornada(3, date(2025, 5, 10), kind="state")
    unplaced = a_bulletin(figure(3), jornadas=[third])
    keep(
        store,
        a_bulletin(figure(1, place="Coahuila"), jornadas=[third]),
        a_bulletin(figure(2, place="Sonora"), jornadas=[third]),
        unplaced,
    )
    assert names(store) == [
        "3ª estatal 2025 Coahuila",
        "3ª estatal 2025 Sonora",
        f"3ª estatal 2025 (boletín {unplaced[0].id[:12]})",
    ]


def test_jornadas_of_one_theme_are_known_by_their_first_day(store: Store) -> None:
    theme = a_jornada(4, date(2025, 6, 6), date(2025, 6, 8), kind="monothematic")
    keep(
        store,
        a_bulletin(figure(1, place="Sonora"), jornadas=[theme]),
        a_bulletin(
            figure(2, place="Jalisco"),
            jornadas=[a_jornada(None, date(2025, 6, 6), kind="monothematic")],
        ),
        a_bulletin(figure(3), jornadas=[a_jornada(4, year=2025, kind="monothematic")]),
    )
    assert names(store) == ["monotemática 2025-06-06"] * 3


def test_a_jornada_of_which_nothing_is_known_is_that_of_its_bulletin(store: Store) -> None:
    bulletins = [a_bulletin(figure(n), jornadas=[a_jornada()]) for n in (1, 2)]
    keep(store, *bulletins)
    assert names(store) == [f"nacional (boletín {document.id[:12]})" for document, _ in bulletins]


@pytest.mark.parametrize("end", [date(2022, 8, 1), date(9999, 12, 31)])
def test_days_that_cannot_be_break_nothing(store: Store, end: date) -> None:
    odd = a_jornada(None, date(2022, 8, 12), end)
    keep(store, a_bulletin(figure(1, starts_on=date(2022, 8, 12)), jornadas=[odd]))
    assert names(store) == ["nacional 2022-08-12"]


def test_an_extraordinary_jornada_that_is_called_national_is_the_same(store: Store) -> None:
    days = (date(2023, 6, 2), date(2023, 6, 4))
    keep(
        store,
        a_bulletin(figure(1), jornadas=[a_jornada(11, *days, kind="extraordinary")]),
        a_bulletin(figure(2), jornadas=[a_jornada(11, *days)]),
        a_bulletin(figure(3), jornadas=[a_jornada(11, year=2023)]),
        a_bulletin(figure(4), jornadas=[a_jornada(11)]),
    )
    assert names(store) == ["11ª extraordinaria 2023"] * 4


def test_a_national_one_of_other_days_is_another(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[a_jornada(6, date(2023, 3, 31), kind="extraordinary")]),
        a_bulletin(figure(2), jornadas=[a_jornada(6, date(2023, 3, 24))]),
        a_bulletin(figure(3), jornadas=[a_jornada(6)]),
    )
    assert names(store) == ["6ª extraordinaria 2023", "6ª nacional 2023", "6ª nacional 2023"]


def test_one_slip_of_print_takes_no_bulletin_along(store: Store) -> None:
    days = (date(2022, 8, 12), date(2022, 8, 14))
    keep(
        store,
        *(a_bulletin(figure(value), jornadas=[ELEVENTH]) for value in (1, 2)),
        a_bulletin(figure(3), jornadas=[a_jornada(1, *days)]),
        a_bulletin(figure(4), jornadas=[a_jornada(None, *days)]),
    )
    assert names(store)[3] == "11ª nacional 2022"


def test_a_first_day_that_is_too_early_is_known_by_the_last(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[ELEVENTH]),
        a_bulletin(figure(2), jornadas=[a_jornada(None, date(2022, 8, 11), date(2022, 8, 14))]),
    )
    assert names(store) == ["11ª nacional 2022"] * 2


def test_of_one_edition_in_two_years_the_days_of_the_figure_say_which(store: Store) -> None:
    former = a_jornada(11, date(2021, 11, 5), date(2021, 11, 7), subject=False)
    then = {"starts_on": date(2021, 11, 5), "ends_on": date(2021, 11, 7)}
    keep(
        store,
        a_bulletin(figure(1), figure(2, edition=11, **then), jornadas=[ELEVENTH, former]),
    )
    assert names(store) == ["11ª nacional 2022", "11ª nacional 2021"]


def test_a_year_is_lent_to_no_bulletin_of_another_time(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1), jornadas=[a_jornada(11, year=2022)]),
        a_bulletin(figure(2), jornadas=[a_jornada(11)], published_on=date(2024, 3, 1)),
        a_bulletin(figure(3), jornadas=[a_jornada(11)], published_on=date(2021, 11, 9)),
    )
    assert names(store)[1:] == [
        "11ª nacional (año desconocido, hacia 2024)",
        "11ª nacional 2022",  # within 180 days of it
    ]


def test_an_undated_bulletin_is_of_the_time_of_what_it_names(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(1, edition=10), jornadas=[a_jornada(10, date(2021, 10, 22))]),
        a_bulletin(figure(2, edition=10), jornadas=[ELEVENTH]),
    )
    assert names(store) == ["10ª nacional 2021", "10ª nacional (año desconocido, hacia 2022)"]


def test_a_jornada_has_the_last_day_that_is_known_of_it(store: Store) -> None:
    alone = a_jornada(11, date(2022, 8, 12)).model_copy(update={"end": None})
    keep(
        store,
        *(a_bulletin(figure(value), jornadas=[alone]) for value in (1, 2)),
        a_bulletin(figure(3), jornadas=[ELEVENTH]),
    )
    assert rows(store, "SELECT starts_on, ends_on FROM known_jornadas") == [
        (date(2022, 8, 12), date(2022, 8, 14))
    ]


def test_a_jornada_over_new_year_is_of_the_year_of_its_series(store: Store) -> None:
    days = (date(2022, 12, 30), date(2023, 1, 1))
    over = a_jornada(15, *days)
    keep(store, a_bulletin(figure(1, starts_on=days[0], ends_on=days[1]), jornadas=[over]))
    assert rows(store, "SELECT jornada, year FROM jornada_totals") == [("15ª nacional 2022", 2022)]
