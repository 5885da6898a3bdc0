"""Reading a text takes as long as the text is: steps are counted, as seconds tell nothing."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import pipeline.extract
from pipeline import sentences
from pipeline.checks import CHECKS, goals
from pipeline.documents import document_from
from pipeline.errors import ReaderError
from pipeline.extract import extract
from pipeline.rules import jornadas, merge, table_lines, tables
from pipeline.rules.reader import BaselineReader
from schemas.document import Document, Metadata
from schemas.finding import Finding, Severity
from schemas.reading import Reading
from schemas.report import JornadaReport
from tests import growth

RELEVANT = "El IMSS realizó la Jornada Nacional de cirugías y consultas. "
FRAGMENTS = [
    *("1,", "5,000 ", "5\n", "mil ", "treinta y ", "una ", "5 (6 ", "<p>5 a</p>", "5. ", "- 5\n"),
    *("5 cirugías y ", "En Puebla, 5 cirugías, ", "HGZ No. 5, ", "consultas: 5; ", "97 de cien, "),
    *("10 de enero de 2022 ", "la 5a jornada, 30 consultas ", "5 por ciento más; "),
    *("Se realizaron 5 mil consultas en Puebla. ", "se programaron 9 vacunas, "),
    *("la jornada anterior. ", "la segunda jornada y ", "En mayo, 5 consultas. ", "un riñón, "),
    *("meta 140; realizado 152\n", "- Tijuana: 24 cirugías y 31 consultas\n", "1. Uno\n"),
    *("| 5 | Puebla | 30 |\n", "Consultas\t30\t40\n", "Consultas 50\n", "HGZ 2 Irapuato 23\n"),
    *("al HGZ 1, 75; al 2, 60. ", "el 110 y ", "la clínica 16, ", "2.1. HGZ 1. Se operaron 35.\n"),
    *("el Regional de Culiacán, ", "HGZ No. 1\n\nConsultas: 5\n", "el hospital operó a 5. "),
    *("Puebla ..... 30\n", "Cirugías:\n\n5\n\n", "a  b\n", "5  6  7 "),
    *("HGZ No. {}, ", "{} por ciento de la meta de {}. ", "| Cirugías | {} | {} | 97% |\n"),
    *("la {}a jornada, {} consultas ", "OOAD Jalisco: {}; ", "“{} cirugías” ", "\n\n"),
]
HALVES = [
    *(("a  b\n", "x  5\n"), ("a  ", "\nx  5"), ("Consultas\t", "\n5\t6\t7\n"), ("(", "5)")),
    ("el HGR No. {} de Culiacán. ", "el Regional de Culiacán, "),
]
"""What stands many times before what stands as many times."""
FIRST = 101
"""What "{}" in a period is the first time, one more each time."""


@contextmanager
def low_bounds() -> Iterator[None]:
    """Set bounds so low that short texts show what long ones do."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sentences, "_LONGEST", 200)
        patched.setattr(sentences, "_MOST_NUMBERS", 20)
        patched.setattr(goals, "_MOST_BESIDE", 4)
        patched.setattr(jornadas, "_MOST_JORNADAS", 8)
        patched.setattr(merge, "_MOST_ALIKE", 8)
        patched.setattr(table_lines, "_MOST_CELLS", 10)
        patched.setattr(tables, "_MOST_BESIDE", 8)
        patched.setattr(tables, "_MOST_HEADS", 4)
        yield


def read(text: str) -> Reading:
    return asyncio.run(extract(document_from(text, Metadata(format="txt")), BaselineReader()))


def growing(*periods: str) -> list[str]:
    """Name the functions whose steps grow faster than a text that says `periods` over and over."""

    def text(times: int) -> str:
        return RELEVANT + "".join(
            period.replace("{}", str(FIRST + turn)) for period in periods for turn in range(times)
        )

    with low_bounds():
        return growth.growing(lambda times: read(text(times)))


@pytest.mark.slow
@pytest.mark.parametrize("period", FRAGMENTS)
def test_steps_grow_as_the_text_does(period: str) -> None:
    assert not growing(period)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "then"), HALVES)
def test_steps_grow_as_a_text_of_two_halves_does(first: str, then: str) -> None:
    assert not growing(first, then)


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@example("5 por ciento más; Consultas\t30\t40\n")
@example("la jornada anterior. 10 de enero de 2022 ")
@example("la 3a, {} cirugías; la 5a jornada, 30 consultas ")
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=2, max_size=3).map("".join))
def test_steps_grow_as_any_mixture_does(period: str) -> None:
    assert not growing(period)


def test_a_rule_that_looks_through_all_numbers_for_each_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def compare_all(_document: Document, report: JornadaReport) -> Iterable[Finding]:
        for one in report.set_aside:
            assert [other for other in report.set_aside if other.char_start == one.char_start]
        return ()

    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, compare_all))
    (found,) = growing("Se hicieron 5 cirugías y 9 consultas. ")
    assert "compare_all" in found


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
