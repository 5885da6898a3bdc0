"""What is made of all the answers to one bulletin. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.llm import feedback
from pipeline.llm.draft import Draft
from schemas.finding import Finding
from schemas.reading import ReadingStatus
from schemas.report import JornadaReport

NO_ANSWER = "no usable answer"
"""How the error begins of answers of which nothing holds."""


class Conclusion(NamedTuple):
    """The best of the answers, and what is still wrong with it."""

    status: ReadingStatus
    report: JornadaReport | None
    error: str | None
    findings: tuple[Finding, ...]


def conclude(drafts: Sequence[Draft], error: str | None) -> Conclusion:
    """Conclude from the answers, in their order; `error` is what ended the conversation early."""
    usable = [draft for draft in drafts if draft.report is not None]
    # The fewest faults win, and the latest of those: a model that is asked to correct one figure
    # sometimes drops the others.
    best = min(reversed(usable), key=lambda draft: len(draft.faults), default=None)
    if best is None:
        last = drafts[-1].faults[0] if drafts else None
        error = error or (f"{NO_ANSWER}: {last.field} {last.message}" if last else None)
        return Conclusion(ReadingStatus.FAILED, None, error, ())
    status = ReadingStatus.PARTIAL if best.faults or error else ReadingStatus.OK
    return Conclusion(status, best.report, error, feedback.to_findings(best.faults))
