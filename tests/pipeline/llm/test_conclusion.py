"""What is made of all the answers to one bulletin."""

import pytest

from pipeline.llm.conclusion import conclude
from pipeline.llm.draft import Draft
from pipeline.llm.feedback import Fault
from schemas.reading import ReadingStatus
from tests.readings import a_figure, a_report


def draft(value: float | None, faults: int = 0) -> Draft:
    report = None if value is None else a_report(a_figure(value))
    return Draft("raw", report, tuple(Fault(f"field{n}", "is wrong") for n in range(faults)))


def value_of(*drafts: Draft) -> float | None:
    report = conclude(drafts, None).report
    return report.figures[0].value if report else None


def test_an_answer_without_faults_is_ok() -> None:
    conclusion = conclude([draft(1, 2), draft(2)], None)
    assert conclusion.status is ReadingStatus.OK
    assert (conclusion.error, conclusion.findings) == (None, ())
    assert value_of(draft(1, 2), draft(2)) == 2


def test_the_fewest_faults_win_and_the_latest_of_those() -> None:
    assert value_of(draft(1, 2), draft(2, 1), draft(3, 3)) == 2
    assert value_of(draft(1, 1), draft(2, 1)) == 2
    assert value_of(draft(1, 2), draft(None, 1)) == 1


def test_what_is_still_wrong_is_found_and_makes_it_partial() -> None:
    conclusion = conclude([draft(1, 2)], None)
    assert conclusion.status is ReadingStatus.PARTIAL
    assert conclusion.error is None
    assert {finding.field for finding in conclusion.findings} == {"field0", "field1"}


def test_a_conversation_that_ended_early_is_partial_and_says_why() -> None:
    conclusion = conclude([draft(1)], "the server is gone")
    assert (conclusion.status, conclusion.error) == (ReadingStatus.PARTIAL, "the server is gone")


@pytest.mark.parametrize(
    ("drafts", "error", "said"),
    [
        ((), "the server is gone", "the server is gone"),
        ((draft(None, 1),), "the server is gone", "the server is gone"),
        ((draft(None, 2),), None, "no usable answer: field0 is wrong"),
    ],
)
def test_without_a_usable_answer_it_failed(
    drafts: tuple[Draft, ...], error: str | None, said: str
) -> None:
    conclusion = conclude(drafts, error)
    assert (conclusion.status, conclusion.report) == (ReadingStatus.FAILED, None)
    assert conclusion.error == said
