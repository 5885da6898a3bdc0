"""Reading a text takes as long as the text is: steps are counted, as seconds tell nothing."""

import asyncio
import sys
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import document_from
from pipeline.errors import ReaderError
from pipeline.extract import extract
from pipeline.rules.reader import BaselineReader
from schemas.document import Metadata
from schemas.finding import Severity
from schemas.reading import Reading

if TYPE_CHECKING:
    from _typeshed import TraceFunction

RELEVANT = "El IMSS realizó la Jornada Nacional de cirugías y consultas. "
FRAGMENTS = [
    *("1,", "1 ", "5,000 ", "5\n", "mil ", "treinta y ", "una ", "5 (6 ", "<p>5 a</p>"),
    *("5 cirugías y ", "En Puebla, 5 cirugías, ", "HGZ No. 5, ", "consultas: 5; "),
    *("10 de enero de 2022 ", "la 5a jornada, 30 consultas ", "5 por ciento más; "),
    *("Se realizaron 5 mil consultas en Puebla. ", "se programaron 9 vacunas, "),
]


def read(text: str) -> Reading:
    return asyncio.run(extract(document_from(text, Metadata(format="txt")), BaselineReader()))


def steps(text: str) -> int:
    """Count the lines of Python that reading and checking `text` runs, each turn of a loop one."""
    count = 0

    def trace(_frame: FrameType, _event: str, _argument: object) -> "TraceFunction":
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return count


def check_growth(period: str, length: int) -> None:
    read(RELEVANT + period)  # what is loaded once is not counted
    once, twice, four_times = (
        steps(RELEVANT + period * (times * length // len(period))) for times in (1, 2, 4)
    )
    assert four_times - twice < 2.5 * (twice - once)


@pytest.mark.slow
@pytest.mark.parametrize("period", FRAGMENTS)
def test_steps_grow_as_the_text_does(period: str) -> None:
    check_growth(period, 6_000)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=2, max_size=4).map("".join))
def test_steps_grow_as_any_mixture_does(period: str) -> None:
    check_growth(period, 6_000)


def test_a_sentence_longer_than_any_real_one_is_read_in_pieces_and_a_finding_says_so() -> None:
    reading = read(RELEVANT + "En Puebla, 5 cirugías, " * 300)
    (found,) = [one for one in reading.findings if one.check == "sentences"]
    assert found.severity is Severity.INFO
    assert reading.report
    assert len(reading.report.figures) + len(reading.report.set_aside) == 300


@pytest.mark.parametrize("gap", [", ", " y "])
def test_no_number_is_broken_where_a_sentence_is(gap: str) -> None:
    text = "Hubo " + gap.join(["58 mil 610"] * 600)
    report = read(text).report
    assert report
    assert {one.quote for one in report.set_aside} == {"58 mil 610"}
    assert len(report.set_aside) == 600


def test_a_heap_of_numbers_is_no_bulletin_and_is_refused_in_one_line() -> None:
    with pytest.raises(ReaderError, match="no bulletin: it holds up to 600,000 numbers") as refused:
        asyncio.run(BaselineReader().read(document_from("1 " * 600_000, Metadata(format="txt"))))
    assert "\n" not in str(refused.value)
