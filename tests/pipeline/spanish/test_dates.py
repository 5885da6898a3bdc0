"""Dates as the press prints them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.spanish.dates import MONTHS, DateSpan, dates, day_value

Ends = tuple[tuple[int, int | None], tuple[int, int | None], int | None, int | None]


def ends(span: DateSpan) -> Ends:
    return span.first, span.last, span.first_year, span.last_year


@pytest.mark.parametrize(
    ("text", "named", "expected"),
    [
        ("el 8 de julio de 2022, el", "8 de julio de 2022", ((7, 8), (7, 8), 2022, 2022)),
        ("del 29 al 31 de julio", "29 al 31 de julio", ((7, 29), (7, 31), None, None)),
        (
            "los días 10, 11 y 12 de septiembre",
            "10, 11 y 12 de septiembre",
            ((9, 10), (9, 12), None, None),
        ),
        ("02-04 julio", "02-04 julio", ((7, 2), (7, 4), None, None)),
        (
            "viernes 3 y sábado 4 de mayo del 2024",
            "3 y sábado 4 de mayo del 2024",
            ((5, 3), (5, 4), 2024, 2024),
        ),
        (
            "del 30 de julio al 1 de agosto de 2021",
            "30 de julio al 1 de agosto de 2021",
            ((7, 30), (8, 1), None, 2021),
        ),
        (
            "entre el 3 de mayo y el 5 de junio",
            "3 de mayo y el 5 de junio",
            ((5, 3), (6, 5), None, None),
        ),
        ("1º de mayo", "1º de mayo", ((5, 1), (5, 1), None, None)),
        ("1o. de agosto", "1o. de agosto", ((8, 1), (8, 1), None, None)),
        ("lo. de agosto", "lo. de agosto", ((8, 1), (8, 1), None, None)),
        ("primero de enero", "primero de enero", ((1, 1), (1, 1), None, None)),
        ("treinta y uno de enero", "treinta y uno de enero", ((1, 31), (1, 31), None, None)),
        ("l5 de ju1io", "l5 de ju1io", ((7, 15), (7, 15), None, None)),
        ("Del 2O al 3O de abril", "2O al 3O de abril", ((4, 20), (4, 30), None, None)),
        ("June 28, 2021", "June 28, 2021", ((6, 28), (6, 28), 2021, 2021)),
        ("Oct 21, 2025", "Oct 21, 2025", ((10, 21), (10, 21), 2025, 2025)),
        ("4 jul. 2022", "4 jul. 2022", ((7, 4), (7, 4), 2022, 2022)),
        ("15/07/2021", "15/07/2021", ((7, 15), (7, 15), 2021, 2021)),
        ("2021-07-15T10:30", "2021-07-15T10:30", ((7, 15), (7, 15), 2021, 2021)),
        ("15.07.21", "15.07.21", ((7, 15), (7, 15), 2021, 2021)),
        ("15 ago 2021", "15 ago 2021", ((8, 15), (8, 15), 2021, 2021)),
        ("en julio de 2021", "julio de 2021", ((7, None), (7, None), 2021, 2021)),
        ("de enero a junio", "enero a junio", ((1, None), (6, None), None, None)),
        ("MARTES 5 DE OCTUBRE", "5 DE OCTUBRE", ((10, 5), (10, 5), None, None)),
    ],
)
def test_a_date_is_found_with_its_ends(text: str, named: str, expected: Ends) -> None:
    (span,) = dates(text)
    assert text[span.start : span.end] == named
    assert ends(span) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mayor número",
        "el mar Caribe",
        "tiene 5 sep",
        "45/13/2021",
        "20-01-00-00-00",
        "este mes",
        "sábado 23",
    ],
)
def test_what_names_no_month_is_no_date(text: str) -> None:
    assert dates(text) == ()


def test_two_dates_stay_two() -> None:
    text = "el 3 de mayo y el 5 de junio"
    assert [span.first for span in dates(text)] == [(5, 3), (6, 5)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("del 29 al 31 de julio", 3),
        ("8 de julio", 1),
        ("del 31 de diciembre de 2021 al 1 de enero de 2022", 2),
        ("de enero a junio", None),
        ("31 de junio", None),
        ("del 31 al 29 de julio", None),
        ("del 31 de diciembre al 2 de enero", 3),
    ],
)
def test_length_counts_both_ends(text: str, days: int | None) -> None:
    assert dates(text)[0].days == days


@pytest.mark.parametrize(
    ("token", "day"),
    [
        ("1o", 1),
        ("2o", 20),
        ("l5", 15),
        ("3l", 31),
        ("lo.", 1),
        ("32", None),
        ("0", None),
        ("de", None),
    ],
)
def test_a_misread_day_is_mended(token: str, day: int | None) -> None:
    assert day_value(token) == day


@given(
    st.integers(1, 31),
    st.sampled_from(sorted(name for name in MONTHS if len(name) > 4 and "1" not in name)),
    st.one_of(st.none(), st.integers(1943, 2040)),
    st.sampled_from([" de ", "\nde ", " DE "]),
    st.sampled_from(["Ciudad de México, a ", "El ", "(", "México.\n\n"]),
    st.sampled_from([".", ", se hizo", "\n\nTexto", " las brigadas"]),
)
@settings(max_examples=200, deadline=None)
def test_any_printed_date_comes_back(
    day: int, month: str, year: int | None, of: str, before: str, after: str
) -> None:
    printed = f"{day}{of}{month}" + (f" de {year}" if year else "")
    (span,) = dates(before + printed + after)
    assert (span.start, span.end) == (len(before), len(before + printed))
    assert span.first == span.last == (MONTHS[month], day)
    assert span.last_year == year


FRAGMENTS = "1 31 / - 07 2021 l o. de del al y , enero ago mayo mes lunes \n \t"


@given(
    st.lists(
        st.sampled_from(FRAGMENTS.split(" ")),
        max_size=20,
    ).map(" ".join)
)
@settings(max_examples=200, deadline=None)
def test_spans_are_ordered_and_apart(text: str) -> None:
    end = 0
    for span in dates(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


def test_a_numeric_date_behind_another_number_and_a_dot_is_found() -> None:
    (found,) = dates("5.22.03.2023")
    assert (found.start, found.first, found.first_year) == (2, (3, 22), 2023)
