import asyncio

import pytest

from pipeline import extract as extracting
from pipeline.extract import check_reading, extract
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.reading import Attempt, AttemptOutcome, ReaderKey, Reading, ReadingStatus
from schemas.report import JornadaReport, Service, SetAside
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

TEXT = "En la 10ª Jornada se dieron 58 mil 610 consultas y 153 cirugías en 12 clínicas."
CONSULTATIONS = quoted(TEXT, "58 mil 610 consultas", a_figure(58610, Service.CONSULTATION))
SURGERIES = quoted(TEXT, "153 cirugías", a_figure(153, Service.SURGERY))
START = TEXT.index("12 clínicas")
CLINICS = SetAside(quote="12 clínicas", reason="places", char_start=START, char_end=START + 11)
RIGHT = a_report(CONSULTATIONS, SURGERIES, set_aside=(CLINICS,))


class Saying:
    """A reader that has one thing to say, whatever it is asked to read."""

    key = ReaderKey(reader="saying", schema_hash="s")

    def __init__(self, report: JornadaReport | None, *findings: Finding) -> None:
        self.report = report
        self.findings = findings

    async def read(self, document: Document) -> Reading:
        return Reading(
            document_id=document.id,
            key=self.key,
            status=ReadingStatus.OK if self.report else ReadingStatus.FAILED,
            report=self.report,
            error=None if self.report else "the server was asleep",
            findings=self.findings,
            seconds=0,
        )


def extracted(report: JornadaReport | None, *findings: Finding, text: str = TEXT) -> Reading:
    return asyncio.run(extract(a_document(text), Saying(report, *findings)))


def test_a_reading_that_holds_stays_ok_and_unchanged() -> None:
    reading = extracted(RIGHT)
    assert reading.status is ReadingStatus.OK
    assert reading.report == RIGHT
    assert reading.findings == ()


@pytest.mark.parametrize(
    "wrong",
    [
        quoted(TEXT, "8 mil 610 consultas", a_figure(8610, Service.CONSULTATION)),
        quoted(TEXT, "58 mil 610 consultas", a_figure(58601, Service.CONSULTATION)),
        a_figure(58610, quote="58 mil 610 consultas"),
        a_figure(58610, quote="58 mil 610 citas", char_start=28, char_end=44),
    ],
)
def test_a_figure_that_is_not_in_the_text_is_dropped_and_the_rest_kept(wrong: object) -> None:
    reading = extracted(RIGHT.model_copy(update={"figures": (wrong, SURGERIES)}))
    assert reading.report is not None
    assert reading.report.figures == (SURGERIES,)
    assert reading.status is ReadingStatus.PARTIAL
    assert [f.check for f in reading.findings] == ["grounding", "completeness"]
    assert {f.severity for f in reading.findings} == {Severity.ERROR}


def test_a_number_that_was_lost_makes_a_reading_partial() -> None:
    reading = extracted(RIGHT.model_copy(update={"set_aside": ()}))
    assert reading.status is ReadingStatus.PARTIAL
    (finding,) = reading.findings
    assert finding.check == "completeness"


def test_arithmetic_that_does_not_add_up_is_reported_and_leaves_a_reading_ok() -> None:
    text = "La 10ª Jornada: fueron 200 atenciones: 150 consultas y 153 cirugías."
    reading = extracted(
        a_report(
            quoted(text, "200 atenciones", a_figure(200)),
            quoted(text, "150 consultas", a_figure(150, Service.CONSULTATION)),
            quoted(text, "153 cirugías", a_figure(153, Service.SURGERY)),
        ),
        text=text,
    )
    assert reading.status is ReadingStatus.OK
    assert [(f.check, f.severity) for f in reading.findings] == [("sums", Severity.WARNING)]


def test_what_the_reader_found_comes_first() -> None:
    own = Finding(check="validation", severity=Severity.ERROR, message="cut off")
    reading = extracted(RIGHT, own)
    assert reading.findings == (own,)
    assert reading.status is ReadingStatus.PARTIAL


def test_a_failed_reading_passes_as_it_is() -> None:
    reading = extracted(None)
    assert reading.status is ReadingStatus.FAILED
    assert reading.error == "the server was asleep"
    assert reading.findings == ()


def test_a_reading_that_cannot_be_checked_has_failed_and_keeps_what_it_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> tuple[Finding, ...]:
        raise OverflowError("int too large\nto convert")

    monkeypatch.setattr(extracting, "CHECKS", (fail,))
    attempt = Attempt(number=1, outcome=AttemptOutcome.OK, raw_answer="{}", seconds=1.0)
    given = Reading(
        document_id="0" * 64,
        key=Saying.key,
        status=ReadingStatus.OK,
        report=RIGHT,
        attempts=(attempt,),
        input_tokens=9,
        output_tokens=5,
        cost_usd=0.25,
        seconds=1.0,
    )
    failed = check_reading(a_document(TEXT), given)
    error = "what was read cannot be checked: OverflowError: int too large to convert"
    assert failed == given.model_copy(
        update={"status": ReadingStatus.FAILED, "report": None, "error": error}
    )
