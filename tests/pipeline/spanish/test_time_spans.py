"""Spans of time as the press prints them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.spanish.time_spans import TimeSpan, time_spans

WHOLE_YEAR = (1, None), (12, None)


def the_only(text: str) -> TimeSpan:
    (span,) = time_spans(text)
    return span


@pytest.mark.parametrize(
    ("text", "named", "first", "last", "years"),
    [
        ("Durante 2019 hubo", "Durante 2019", *WHOLE_YEAR, (2019, 2019)),
        ("a lo largo de 2O18", "a lo largo de 2O18", *WHOLE_YEAR, (2018, 2018)),
        ("entre 2016 y 2019", "entre 2016 y 2019", *WHOLE_YEAR, (2016, 2019)),
        (
            "del jueves al sábado 12 de julio",
            "jueves al sábado 12 de julio",
            (7, 10),
            (7, 12),
            (None, None),
        ),
        (
            "del viernes y hasta el domingo 9,",
            "viernes y hasta el domingo 9",
            (None, 7),
            (None, 9),
            (None, None),
        ),
        ("de marzo a mayo", "marzo a mayo", (3, None), (5, None), (None, None)),
        (
            "el segundo trimestre de 2019",
            "segundo trimestre de 2019",
            (4, None),
            (6, None),
            (2019, 2019),
        ),
        (
            "la segunda mitad del año",
            "segunda mitad del año",
            (7, None),
            (12, None),
            (None, None),
        ),
        (
            "los primeros cuatro meses de 2018",
            "primeros cuatro meses de 2018",
            (1, None),
            (4, None),
            (2018, 2018),
        ),
        ("del 3 al 5 de mayo", "3 al 5 de mayo", (5, 3), (5, 5), (None, None)),
        ("jueves 6 y viernes 7", "jueves 6 y viernes 7", (None, 6), (None, 7), (None, None)),
        ("del 6 al 9 de este mes", "6 al 9 de este mes", (None, 6), (None, 9), (None, None)),
    ],
)
def test_a_span_is_found_with_its_ends(
    text: str,
    named: str,
    first: tuple[int | None, int | None],
    last: tuple[int | None, int | None],
    years: tuple[int | None, int | None],
) -> None:
    span = the_only(text)
    assert text[span.start : span.end] == named
    assert (span.first, span.last) == (first, last)
    assert (span.first_year, span.last_year) == years
    assert not span.running


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("en lo que va del año", (1, None)),
        ("en lo transcurrido de 2019", (1, None)),
        ("en lo que va de noviembre", (11, None)),
        ("de febrero a la fecha", (2, None)),
        ("este año", (1, None)),
        ("en el mes", (None, None)),
    ],
)
def test_what_has_no_printed_end_is_running(text: str, first: tuple[int | None, None]) -> None:
    span = the_only(text)
    assert span.running
    assert span.first == first


def test_the_year_before_is_counted_back() -> None:
    assert the_only("durante el año pasado").years_back == 1


def test_the_same_month_is_that_of_the_date_before() -> None:
    before, after = time_spans("Del 3 al 5 de mayo de 2019 y del 17 al 19 del mismo mes.")
    assert (before.first, before.last) == ((5, 3), (5, 5))
    assert (after.first, after.last, after.last_year) == ((5, 17), (5, 19), 2019)


def test_a_span_may_end_in_the_month_that_is_spoken_of() -> None:
    span = the_only("en mayo, del 30 de abril al 2 de ese mes"[9:])
    assert (span.first, span.last, span.days) == ((4, 30), (5, 2), 3)


@pytest.mark.parametrize(
    "text",
    [
        "Por primera vez en el año",
        "más que el año pasado",
        "el viernes 3 mil consultas",
        "las jornadas del año",
        "del 3 al 5 de mayo del presente año",
    ],
)
def test_what_names_no_stretch_by_itself_is_none(text: str) -> None:
    assert [span for span in time_spans(text) if span.first == (1, None)] == []


WORDS = "en el año de del al 2019 2021 lo que va mayo mes este lunes 3 al 5 y primer semestre a, ."


@given(st.lists(st.sampled_from(WORDS.split()), max_size=30).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_spans_are_ordered_and_apart(text: str) -> None:
    end = 0
    for span in time_spans(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


def test_time_grows_with_the_text_and_no_faster() -> None:
    def seconds(copies: int) -> float:
        text = "lunes 3 y viernes 4 de este mes " * copies
        start = time.process_time()
        time_spans(text)
        return time.process_time() - start

    seconds(100)
    assert seconds(8000) < 40 * seconds(800) + 0.1


@pytest.mark.parametrize(
    "text",
    [
        "el HGZ 7 «3 de Abril», en Tepic",
        'el HGR 9 "XV de Julio"',
        "en la calle 12 de junio esquina con 4",
        "el Hospital General 9 de Enero dio consulta",
    ],
)
def test_a_date_that_is_a_name_is_none(text: str) -> None:
    assert time_spans(text) == ()
