from datetime import date

import pytest

from pipeline.pages.writing import write_day, write_days, write_number
from pipeline.words import Language

ES, EN = Language.SPANISH, Language.ENGLISH
AUGUST_12, AUGUST_14 = date(2022, 8, 12), date(2022, 8, 14)


@pytest.mark.parametrize(
    ("first", "last", "spanish", "english"),
    [
        (AUGUST_12, AUGUST_14, "12 al 14 de agosto de 2022", "12–14 August 2022"),
        (AUGUST_12, AUGUST_12, "12 de agosto de 2022", "12 August 2022"),
        (
            date(2022, 7, 30),
            date(2022, 8, 1),
            "30 de julio al 1 de agosto de 2022",
            "30 July – 1 August 2022",
        ),
        (
            date(2021, 12, 31),
            date(2022, 1, 2),
            "31 de diciembre de 2021 al 2 de enero de 2022",
            "31 December 2021 – 2 January 2022",
        ),
        (date(2022, 1, 1), date(2022, 12, 31), "2022", "2022"),
        (date(2024, 2, 1), date(2024, 2, 29), "febrero de 2024", "February 2024"),
        (date(2022, 1, 1), date(2022, 6, 30), "enero a junio de 2022", "January – June 2022"),
        (AUGUST_12, None, "desde el 12 de agosto de 2022", "from 12 August 2022"),
        (None, date.max, "hasta el 31 de diciembre de 9999", "until 31 December 9999"),
        (None, None, "", ""),
    ],
)
def test_days_are_written_as_people_write_them(
    first: date | None, last: date | None, spanish: str, english: str
) -> None:
    assert write_days(first, last, ES) == spanish
    assert write_days(first, last, EN) == english


def test_one_day_and_a_number() -> None:
    assert write_day(AUGUST_12, ES) == "12 de agosto de 2022"
    assert [write_number(each) for each in (58610, 71.2, 0, 98.765, 1529812.0, 0.1 + 0.2)] == [
        *("58,610", "71.2", "0", "98.765", "1,529,812", "0.3"),
    ]
