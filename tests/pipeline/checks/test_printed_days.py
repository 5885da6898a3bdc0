from datetime import date

import pytest

from pipeline.checks.printed_days import knows_bound, knows_day
from schemas.document import Document, Metadata


def document(text: str, published: date | None = None, title: str | None = None) -> Document:
    metadata = Metadata(format="txt", published_on=published, title=title)
    return Document(id="0" * 64, text=text, metadata=metadata)


@pytest.mark.parametrize(
    "text",
    [
        *("el 14 de noviembre", "del 13 al 15 de noviembre", "14, 15 y 16 de noviembre"),
        *("14/nov/25", "12 y 14/11", "14-XI-2025", "2025-11-14", "14.11.2025", "noviembre 14-16"),
        *("14 nov-1 dic", "catorce de noviembre", "14 de noviem-\nbre", "I6 y 14 de noviernbre"),
        *("el segundo fin de semana de noviembre", "viernes y sábado, 14 y 15; noviembre"),
    ],
)
def test_a_day_is_printed_in_many_ways(text: str) -> None:
    assert knows_day(document(text), date(2025, 11, 14))


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("este fin de semana", date(2025, 11, 11)),
        ("ayer sábado", date(2025, 11, 15)),
        ("viernes 14 y sábado 15", date(2025, 11, 20)),
        ("hace dos semanas", date(2025, 11, 28)),
    ],
)
def test_a_day_follows_from_the_day_of_publication(text: str, published: date) -> None:
    assert knows_day(document(text, published), date(2025, 11, 14))


def test_a_day_follows_from_a_printed_one_and_from_the_title() -> None:
    assert knows_day(document("el sábado 15 de noviembre y el domingo"), date(2025, 11, 16))
    assert knows_day(document("Hubo cirugías", title="14 de noviembre"), date(2025, 11, 14))


@pytest.mark.parametrize(
    "text",
    [
        *("", "El IMSS hizo 14 cirugías", "el 14 de mayo", "en noviembre hubo 14 mil consultas"),
        *("del 1 al 3 de diciembre", "a una mujer de 14 años"),
    ],
)
def test_a_day_that_nothing_tells_is_not_known(text: str) -> None:
    assert not knows_day(document(text), date(2025, 11, 14))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("de enero a julio", date(2025, 7, 31)),
        ("primer semestre de 2025", date(2025, 6, 30)),
        ("la meta anual", date(2025, 12, 31)),
        ("en 2025", date(2025, 1, 1)),
    ],
)
def test_months_and_years_that_are_named_begin_and_end_on_known_days(text: str, day: date) -> None:
    assert knows_bound(document(text), day)
    assert not knows_bound(document("Hubo cirugías"), day)
