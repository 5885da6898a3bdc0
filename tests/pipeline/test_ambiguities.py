"""Damaged print and the several ways to read it."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.numerals import ambiguities, numerals, read_numerals
from schemas.document import Ambiguity

Values = list[int | float]


def readings(text: str) -> list[Values]:
    """Return the values of each reading of the one ambiguity of `text`."""
    (ambiguity,) = ambiguities(text)
    return [[numeral.value for numeral in reading] for reading in ambiguity.readings]


@pytest.mark.parametrize(
    ("text", "likeliest", "others"),
    [
        # A comma or point with space around it, doubled, or a mark that is none.
        ("Dio 64, 255 consultas", [64255], [[64, 255]]),
        ("Dio 12. 345 consultas", [12345], [[12, 345]]),
        ("Dio 3 .500 consultas", [3500], [[3, 500]]),
        ("Dio 1 ,234 consultas", [1234], [[1, 234]]),
        ("Dio 106,.576 consultas", [106_576], [[106, 576]]),
        ("Dio 1;234 consultas", [1234], [[1, 234]]),
        ("Dio 1,\n234 consultas", [1234], [[1, 234]]),
        ("Dio 1 millón 234, 567 consultas", [1_234_567], [[1_000_234, 567]]),
        ("urgencias12, 345 y", [12345], [[12, 345]]),
        ("Un avance de 98. 5 por ciento", [98.5], [[98, 5]]),
        ("Dio 1. 4 millones de consultas", [1_400_000], [[1, 4_000_000]]),
        ("Dio 1, 4 millones de consultas", [1, 4_000_000], [[1_400_000]]),
        # A stray mark behind "mil" or "millones".
        ("Dio 23 mil. 138 consultas", [23138], [[23000, 138]]),
        ("Dio mil, 576 consultas", [1576], [[1000, 576]]),
        ("Dio cuatro mil, doscientas consultas", [4200], [[4000, 200]]),
        ("Dio 58 mil-\n610 consultas", [58610], [[58000, 610]]),
        ("un millón, 529 mil 812 consultas", [1_529_812], [[1_000_000, 529_812]]),
        ("6 millones, 36 mil cirugías", [6_000_000, 36000], [[6_036_000]]),
        ("Dio dos mil y 300 más", [2000, 300], [[2300]]),
        # Stray spaces, and spaces between groups.
        ("Dio 1 234 consultas", [1234], [[1, 234]]),
        ("Dio 12,34 5 consultas", [12345], [[12.34, 5]]),
        ("Dio 2 mil 5 90 consultas", [2590], [[2005, 90]]),
        ("Dio 3 5 mil consultas", [3, 5000], [[35000]]),
        ("Dio 42 325,120 consultas", [42, 325_120], [[42_325_120]]),
        # Words before digits.
        ("Dio ciento 20 mil dosis", [120_000], [[100, 20_000]]),
        ("Dio treinta y 5 mil dosis", [35000], [[30, 5000]]),
        # A list rather than a number.
        ("Dio 64, 255 y 38 consultas", [64, 255], [[64255]]),
        ("\n1. 345 consultas", [1, 345], [[1345]]),
        # Over an empty line, and over the foot of a page.
        ("Dio 475 mil\n\n725 cirugías", [475_725], [[475_000, 725]]),
        (
            "Dio 23 mil\n\nPág. 1 de 2  www.imss.gob.mx\n\n138 consultas",
            [23138],
            [[23000, 1, 2, 138]],
        ),
        # A point that groups digits or begins decimals.
        ("Dio 1.234 millones de consultas", [1_234_000_000], [[1_234_000]]),
    ],
)
def test_the_likeliest_reading_comes_first(
    text: str, likeliest: Values, others: list[Values]
) -> None:
    assert readings(text) == [likeliest, *others]


def test_three_neighbours_are_read_in_each_way_that_makes_numbers() -> None:
    assert readings("Hubo 12, 345, 678 consultas") == [
        [12, 345, 678],
        [12_345_678],
        [12345, 678],
        [12, 345_678],
    ]


def test_numbers_damaged_in_the_same_way_are_no_list() -> None:
    assert [n.value for n in numerals("Dio 8, 610 consultas y 9, 200 estudios")] == [8610, 9200]
    assert [n.value for n in numerals("Dio 8, 610 y 9, 200.")] == [8610, 9200]


@pytest.mark.parametrize(
    "text",
    [
        "Dio 58 mil 610 consultas, 23 mil\n138 de Especialidad y 2,590 cirugías",
        "En 2023, 450 cirugías y el 3 de julio, 200 más",
        "las UMF 35 y 46, 300 consultas",
        "100 000 dosis y 220 mil 048",
        "12, 13, 14, 15, 16 y 17",
        "15 mil y 20 mil",
    ],
)
def test_sound_print_is_read_in_one_way(text: str) -> None:
    assert ambiguities(text) == ()


NUMBERS = ["1", "12", "64", "255", "048", "1,200", "5.5", "ciento", "treinta", "mil", "millones"]
GAPS = [
    ", ",
    ". ",
    " ",
    "y ",
    ",",
    ";",
    "\n",
    "\n\n",
    "-",
    " %",
    " por ciento",
    "de ",
    "consultas ",
]
OTHERS = ["2024", "al ", "mayo ", "el ", "(", ") ", "l", "O", "a", "\n\nPág. 1 www.x\n\n"]
damaged = st.lists(st.sampled_from([*NUMBERS, *GAPS, *OTHERS]), max_size=20).map("".join)


def assert_sound(text: str, ambiguity: Ambiguity) -> None:
    assert len(set(ambiguity.readings)) == len(ambiguity.readings) > 1
    found = [n for n in numerals(text) if ambiguity.start <= n.start < ambiguity.end]
    assert tuple(found) == ambiguity.readings[0], "the likeliest is what stands in the numerals"
    for reading in ambiguity.readings:
        assert reading[0].start == ambiguity.start
        assert reading[-1].end == ambiguity.end
        assert all(a.end <= b.start for a, b in pairwise(reading))
        assert all(text[n.start : n.end] == n.raw for n in reading)


@given(st.one_of(damaged, st.text()))
@settings(max_examples=500, deadline=None)
def test_every_reading_covers_its_stretch_with_numerals_in_order(text: str) -> None:
    found = ambiguities(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for ambiguity in found:
        assert_sound(text, ambiguity)
    assert all(a.end <= b.start for a, b in pairwise(numerals(text)))


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from([", ", ". ", " ", ",\n", " ,"]))
def test_a_grouped_number_that_is_torn_apart_keeps_its_value_among_its_readings(
    head: int, tail: int, gap: str
) -> None:
    text = f"Se dieron {head}{gap}{tail:03} consultas"
    values = [[n.value for n in numerals(text)]]
    values += [[n.value for n in one] for a in ambiguities(text) for one in a.readings]
    assert [head * 1000 + tail] in values


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit",
    [
        *("1, 234 ", "1 234 ", "mil, 576 ", "ciento 20 mil ", "1. 4 millones ", "mil y 2 "),
        *("5 mil\n\nPag. 1\n\n1 x\n\n", "23 mil\n\n2\n\n1", "1.234 millones ", "x1.5 "),
    ],
)
def test_damage_without_end_takes_time_in_proportion(unit: str) -> None:
    text = unit * (35_000 // len(unit))
    began = process_time()
    found, doubtful = read_numerals.__wrapped__(text)
    assert process_time() - began < 4, "a third of a second in proportion"
    assert all(n.start < n.end for n in found)
    assert all(a.start < a.end for a in doubtful)
