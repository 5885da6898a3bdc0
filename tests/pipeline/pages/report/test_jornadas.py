"""Where editions are drawn whose day nobody knows, and what of them is added up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.report.jornadas import JornadaRow, place_editions
from pipeline.pages.report.services import JornadaNumber, add_up_years


def _edition(number: int, day: date | None) -> JornadaRow:
    coverage = "missing" if day is None else "reported"
    return JornadaRow(
        "nacional 2022", "national", 2022, None, number, None, coverage, day, None, 0, 0
    )


@given(st.sets(st.integers(1, 20)), st.integers(1, 20))
def test_a_missing_edition_stands_between_its_neighbours(known: set[int], count: int) -> None:
    first = date(2022, 1, 7)
    series = [
        _edition(number, first + timedelta(days=14 * number) if number in known else None)
        for number in range(1, count + 1)
    ]
    placed = place_editions(series)
    days = [each.day for each in placed]
    assert None not in days
    assert days == sorted(days, key=lambda day: day or date.min)
    assert [each.placed for each in placed] == [each.starts_on is None for each in placed]


def test_one_of_a_theme_without_a_day_is_placed_nowhere() -> None:
    row = _edition(1, None)._replace(kind="monothematic", edition=None)
    assert place_editions([row])[0].day is None


def _number(year: int | None, value: float) -> JornadaNumber:
    return JornadaNumber("a", "national", year, None, value, 1, True, False, 1, ())  # noqa: FBT003 - a row


def test_a_year_between_two_of_which_nothing_is_known_is_empty_and_not_zero() -> None:
    years = add_up_years([_number(2021, 5), _number(2021, 7), _number(2023, 2), _number(None, 9)])
    assert [(each.year, each.value, each.jornadas) for each in years] == [
        (2021, 12, 2),
        (2022, None, 0),
        (2023, 2, 1),
    ]
    assert add_up_years([_number(None, 9)]) == []
