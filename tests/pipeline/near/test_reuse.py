"""A reading made over for the same release: exact, or not made at all."""

import asyncio
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks import completeness, grounding
from pipeline.documents import document_from, read_all
from pipeline.documents.headline import publication_day_of, title_of
from pipeline.extract import extract
from pipeline.near.reuse import reuse_reading
from pipeline.numerals import numerals
from pipeline.rules.reader import BaselineReader
from schemas.document import QUANTITIES, Document, Metadata
from schemas.finding import Finding, Severity
from schemas.reading import Reading, ReadingStatus
from schemas.report import JornadaReport, PlaceMention, PlaceRole

BULLETINS = Path(__file__).parents[3] / "examples" / "bulletins"
TITLE = "Otorga IMSS Jalisco consultas en su jornada"
BODY = (
    "El IMSS Jalisco llevó a cabo la 8ª Jornada Nacional los días 2 y 3 de julio de 2022, en 12"
    " hospitales. Se otorgaron 58 mil 610 consultas de Medicina Familiar y 23 mil 138 consultas de"
    " Especialidad.\n\nSe realizaron 20 cirugías de catarata y 14 trasplantes de córnea, con avance"
    " de 71.2 por ciento de la meta."
)
HEADER = "Boletín 395\nCDMX, 9 de agosto de 2022\n\nRealiza Seguro Social jornada de atención\n\n"


def a_document(text: str) -> Document:
    document = document_from(text, Metadata(format="txt"))
    head = {"title": title_of(document.text), "published_on": publication_day_of(document.text)}
    return document.model_copy(update={"metadata": Metadata(format="txt", **head)})


def read(document: Document) -> Reading:
    return asyncio.run(extract(document, BaselineReader()))


@cache
def examples() -> tuple[tuple[Document, Reading], ...]:
    documents = [one.document for one in read_all([str(BULLETINS)]) if one.document]
    return tuple((document, read(document)) for document in documents)


@cache
def original() -> Reading:
    reading = read(a_document(f"{TITLE}\n\n{BODY}"))
    assert reading.status is ReadingStatus.OK
    assert len(report_of(reading).figures) == 5
    return reading


def with_report(**changes: object) -> Reading:
    report = report_of(original()).model_copy(update=changes)
    return original().model_copy(update={"report": report})


def report_of(reading: Reading) -> JornadaReport:
    assert reading.report is not None
    return reading.report


def labels(report: JornadaReport) -> Counter[tuple[object, ...]]:
    apart = {"quote", "char_start", "char_end"}
    return Counter(tuple(one.model_dump(exclude=apart).items()) for one in report.figures)


def assert_exact(document: Document, reading: Reading, source: Reading) -> None:
    """Every figure of the source is here, at its words, and no number of the text is unclaimed."""
    report = report_of(reading)
    assert labels(report) == labels(report_of(source))
    for figure in report.figures:
        assert grounding.figure_fault(document.text, figure) is None
    for aside in report.set_aside:
        assert document.text[aside.char_start : aside.char_end] == aside.quote
    assert completeness.find_unclaimed(document.text, report) == ()
    assert reading.document_id == document.id


def test_a_reposted_release_is_not_read_again() -> None:
    document = a_document(HEADER + BODY)
    reading = reuse_reading(document, original())
    assert reading is not None
    assert_exact(document, reading, original())
    assert (reading.derived, reading.derived_from) == ("near", original().reading_id)
    assert reading.reading_id != original().reading_id
    assert reading.key == original().key
    assert reading.attempts == ()
    assert reading.input_tokens is reading.output_tokens is reading.cost_usd is None
    assert reading.seconds > 0


def test_title_and_day_are_those_of_the_repost() -> None:
    reading = reuse_reading(a_document(HEADER + BODY), original())
    assert reading is not None
    assert report_of(reading).title == "Realiza Seguro Social jornada de atención"
    assert report_of(reading).published_on == date(2022, 8, 9)


def test_a_title_and_a_day_that_stand_here_too_are_kept() -> None:
    dated = with_report(published_on=date(2022, 7, 3), title=TITLE)
    text = f"Salud\n\n{TITLE.upper()}\n\n{BODY}".replace("2 y 3 de julio", "2 y domingo 3 de julio")
    bare = a_document(text).model_copy(update={"metadata": Metadata(format="txt")})
    reading = reuse_reading(bare, dated)
    assert reading is not None
    assert report_of(reading).title == TITLE
    elsewhere = reuse_reading(bare, with_report(published_on=date(2022, 9, 1)))
    assert elsewhere is not None
    assert report_of(elsewhere).published_on is None


def test_the_number_of_a_bulletin_or_page_is_set_aside() -> None:
    document = a_document(f"{HEADER}{BODY}\n\nPágina 1 de 20")
    reading = reuse_reading(document, original())
    assert reading is not None
    aside = [one.quote for one in report_of(reading).set_aside if "numbers" in one.reason]
    assert aside == ["395", "1", "20"]


def test_words_broken_over_lines_are_found() -> None:
    document = a_document(
        BODY.replace("mil 610", "mil\n610").replace(" por ciento", "\npor ciento")
    )
    reading = reuse_reading(document, original())
    assert reading is not None
    assert_exact(document, reading, original())
    assert "58 mil\n610" in report_of(reading).figures[0].quote


@pytest.mark.parametrize(
    ("printed", "other"),
    [
        ("58 mil 610", "58 mil 160"),
        ("20 cirugías", "21 cirugías"),
        ("20 cirugías de catarata y ", ""),
        ("71.2 por ciento", "71.3 por ciento"),
        ("12 hospitales", "13 hospitales"),
        ("12 hospitales", "12 hospitales y 3 clínicas"),
        ("20 cirugías de catarata", "20 cirugías de catarata y 20 cirugías de catarata en Colima"),
        ("8ª", "9ª"),
        ("2 y 3", "9 y 10"),
        ("2 y 3 de julio de 2022", "2 y 3 de julio de 2023"),
        ("Jalisco", "Colima"),
    ],
)
def test_a_text_that_says_something_else_is_read_by_itself(printed: str, other: str) -> None:
    named = with_report(places=(PlaceMention(name="IMSS Jalisco", role=PlaceRole.PARTICIPANT),))
    assert reuse_reading(a_document(BODY), named) is not None
    changed = BODY.replace(printed, other)
    assert changed != BODY
    assert reuse_reading(a_document(changed), named) is None


def test_a_large_number_printed_again_is_the_same_fact() -> None:
    document = a_document(f"Dan 58 mil 610 consultas de Medicina Familiar en Jalisco\n\n{BODY}")
    reading = reuse_reading(document, original())
    assert reading is not None
    assert_exact(document, reading, original())


def test_short_forms_of_hospitals_may_be_printed_in_full() -> None:
    text = BODY.replace("12 hospitales", "12 hospitales y el Hospital General de Zona No. 03 Tala")
    for name, holds in (("HGZ No. 3 Tala", True), ("HGZ No. 4 Tala", False)):
        named = with_report(places=(PlaceMention(name=name, role=PlaceRole.HIGHLIGHTED),))
        assert (reuse_reading(a_document(text), named) is not None) is holds


def test_a_reading_with_faults_is_not_passed_on() -> None:
    finding = Finding(check="completeness", severity=Severity.ERROR, message="lost")
    faulty = {"status": ReadingStatus.PARTIAL, "findings": (finding,)}
    failed = {"status": ReadingStatus.FAILED, "report": None}
    for state in (faulty, failed):
        assert reuse_reading(a_document(BODY), original().model_copy(update=state)) is None


def test_checks_are_run_on_this_text() -> None:
    text = BODY.replace("2 y 3 de julio", "lunes 2 y domingo 3 de julio")
    reading = reuse_reading(a_document(text), original())
    assert reading is not None
    assert [one.check for one in reading.findings if "Saturday" in one.message] == ["dates"]


@pytest.mark.slow
def test_most_readings_hold_for_their_own_text_unchanged() -> None:
    made = [(reading, reuse_reading(document, reading)) for document, reading in examples()]
    held = [(reading, again) for reading, again in made if again is not None]
    assert len(held) / len(made) > 0.9
    for reading, again in held:
        assert report_of(again).figures == report_of(reading).figures


SENTENCE = re.compile(r"(?<=\.)\s+")
KINDS = ("header", "number", "cut", "double", "wrap", "slip", "move")


@st.composite
def mutations(draw: st.DrawFn) -> tuple[Document, Reading]:
    """A bulletin's reading, and its text with a few things changed, cut, doubled or added."""
    document, reading = draw(st.sampled_from(examples()))
    text = document.text
    for kind in draw(st.lists(st.sampled_from(KINDS))):
        sentences = SENTENCE.split(text)
        at = draw(st.integers(0, len(sentences) - 1))
        quantities = [one for one in numerals(text) if one.kind in QUANTITIES]
        if kind == "header":
            text = HEADER + text
        elif kind == "number" and quantities:
            one, other = (draw(st.sampled_from(quantities)) for _ in range(2))
            text = text[: one.start] + other.raw + text[one.end :]
        elif kind == "wrap":
            text = re.sub(r"(.{40}\S*) ", r"\1\n", text)
        elif kind == "slip":
            place = draw(st.integers(0, len(text)))
            text = text[:place] + draw(st.sampled_from("0l5 \n-")) + text[place + 1 :]
        elif kind in ("cut", "double", "move"):
            taken = sentences.pop(at)
            back = {"cut": [], "double": [taken, taken], "move": [taken]}[kind]
            where = draw(st.integers(0, len(sentences))) if kind == "move" else at
            text = " ".join([*sentences[:where], *back, *sentences[where:]])
    return a_document(text or "-"), reading


@pytest.mark.slow
@given(mutations())
@settings(deadline=None, max_examples=300)
def test_a_reading_made_over_is_exact_whatever_was_done_to_the_text(
    mutated: tuple[Document, Reading],
) -> None:
    document, source = mutated
    reading = reuse_reading(document, source)
    if reading is not None:
        assert_exact(document, reading, source)
        assert not any(one.severity is Severity.ERROR for one in reading.findings)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_one_changed_figure_is_never_overlooked(data: st.DataObject) -> None:
    document, source = data.draw(st.sampled_from(examples()), label="bulletin")
    text = document.text
    spans = [(one.char_start or 0, one.char_end or 0) for one in report_of(source).figures]
    quantities = [
        one
        for one in numerals(text)
        if one.kind in QUANTITIES and any(a <= one.start and one.end <= b for a, b in spans)
    ]
    if not quantities:
        return
    one = data.draw(st.sampled_from(quantities))
    changed = text[: one.start] + str(int(one.value * 7) + 100_003) + text[one.end :]
    assert reuse_reading(a_document(changed), source) is None
