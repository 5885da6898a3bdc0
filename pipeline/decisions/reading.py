"""A reading, and what people decided of it -> the decided reading in its place. Pure."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipeline.checks import CHECKS, NAMES
from pipeline.checks.completeness import explain_unclaimed
from pipeline.decisions.apply import CHECK, apply_decisions, effective
from pipeline.decisions.numeral_place import overlap
from pipeline.plain_text import one_line
from schemas.decision import DecidedMark, Decision
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.reading import Reading, ReadingStatus
from schemas.report import BulletinKind, JornadaReport

_LONGEST_ERROR = 300


class DecidedReading(NamedTuple):
    """A reading as decided, with a mark or None for each figure of its report."""

    reading: Reading
    marks: tuple[DecidedMark | None, ...]


def decide_reading(
    document: Document,
    raw: Reading,
    decisions: Sequence[Decision],
    made_on: Collection[str] = (),
    told: Sequence[Finding] = (),
) -> DecidedReading:
    """Apply decisions to what a reader made of a document, and check it anew.

    `made_on` are the IDs of those that were made on this very reading, which agrees with them by
    being changed; `told` is what else is to be said of decisions. It is `ok` where no error is
    left, else `partial`: whoever labels a failed reading by hand has a usable one. It cost nothing.
    """
    made = Reading(
        document_id=document.id,
        key=raw.key,
        status=raw.status,
        report=raw.report,
        error=raw.error,
        derived="review",
        derived_from=raw.reading_id,
        findings=(*raw.findings, *told),
        seconds=0.0,
    )
    report = raw.report if raw.report is not None else _empty_report(document)
    if raw.report is not None and not effective(decisions):
        return DecidedReading(made, (None,) * len(report.figures))
    try:
        return _decide(document, made.model_copy(update={"report": report}), decisions, made_on)
    except Exception as error:  # noqa: BLE001 - one document's fault, and no reason to lose it
        said = f"{type(error).__name__}: {one_line(str(error))[:_LONGEST_ERROR]}"
        failed = Finding(
            check=CHECK,
            severity=Severity.ERROR,
            message=f"what was decided cannot be applied: {said}",
        )
        update = {
            "report": report,
            "status": ReadingStatus.PARTIAL,
            "findings": (*made.findings, failed),
        }
        return DecidedReading(made.model_copy(update=update), (None,) * len(report.figures))


def _decide(
    document: Document, made: Reading, decisions: Sequence[Decision], made_on: Collection[str]
) -> DecidedReading:
    if made.report is None:
        return DecidedReading(made, ())
    report, marks, differing = apply_decisions(document, made.report, decisions, made_on)
    if made.status is ReadingStatus.FAILED:
        left = explain_unclaimed(document.text, report)
        report = report.model_copy(update={"set_aside": (*report.set_aside, *left)})
        differing = ()
    findings = (
        *_still_true(made.findings, decisions),
        *differing,
        *(finding for check in CHECKS for finding in check(document, report)),
    )
    # A failed one cannot take the place of what was decided and then undone: an empty one does.
    nothing_read = made.status is ReadingStatus.FAILED and not effective(decisions)
    wrong = nothing_read or any(finding.severity is Severity.ERROR for finding in findings)
    update = {
        "report": report,
        "findings": findings,
        "status": ReadingStatus.PARTIAL if wrong else ReadingStatus.OK,
        "error": made.error if nothing_read else None,
    }
    return DecidedReading(made.model_copy(update=update), marks)


def _still_true(findings: Sequence[Finding], decisions: Sequence[Decision]) -> list[Finding]:
    """Leave out what is checked anew, and what was dropped at a number that was decided since."""
    spans = [one.span for one in effective(decisions) if one.span is not None]
    return [
        finding
        for finding in findings
        if finding.check not in NAMES
        and not (finding.span and any(overlap(finding.span, span) for span in spans))
    ]


def _empty_report(document: Document) -> JornadaReport:
    """Give what is known of a document that no reader could read."""
    return JornadaReport(
        title=document.metadata.title,
        published_on=document.metadata.published_on,
        bulletin_kind=BulletinKind.RESULTS,
    )
