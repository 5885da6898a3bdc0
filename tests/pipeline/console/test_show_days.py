"""Days as `show` writes them."""

from datetime import date

import pytest

from pipeline.console.show import format_days


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        ("2023-05-05", "2023-05-07", "2023-05-05/07"),
        ("2023-05-05", "2023-05-05", "2023-05-05"),
        ("2023-01-01", "2023-06-30", "2023-01-01/06-30"),
        ("2023-01-01", "2023-12-31", "2023"),
        ("2022-12-30", "2023-01-01", "2022-12-30/2023-01-01"),
        ("2023-01-01", None, "2023-01-01/.."),
        (None, "2023-01-01", "../2023-01-01"),
        (None, None, ""),
    ],
)
def test_days_are_short_and_say_what_is_not_known(
    first: str | None, last: str | None, written: str
) -> None:
    days = [None if day is None else date.fromisoformat(day) for day in (first, last)]
    assert format_days(*days) == written
