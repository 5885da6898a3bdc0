"""The page to read first: one document, through a reader and the checks, to a reading."""

from pipeline.checks import CHECKS
from pipeline.checks.gate import keep_held
from pipeline.plain_text import one_line
from pipeline.reader import Reader
from schemas.document import Document
from schemas.finding import Severity
from schemas.reading import Reading, ReadingStatus

_LONGEST_ERROR = 300


async def extract(document: Document, reader: Reader) -> Reading:
    """Read `document` and judge what was read; the result is what the store keeps.

    What the bulletin does not hold is dropped here, whoever read it, and a finding says so: no
    figure, word, edition, day or year that is made up passes this line.
    """
    return check_reading(document, await reader.read(document))


def check_reading(document: Document, reading: Reading) -> Reading:
    """Judge what was read, a moment ago or long since. Pure.

    Where that fails the reading has failed, and keeps its attempts and what they cost.
    """
    try:
        return _check(document, reading)
    except Exception as error:  # noqa: BLE001 - one document's fault, which may have been paid for
        said = one_line(str(error))[:_LONGEST_ERROR]
        failure = f"what was read cannot be checked: {type(error).__name__}: {said}"
        return reading.fail(failure)


def _check(document: Document, reading: Reading) -> Reading:
    if reading.report is None:
        return reading
    report, dropped = keep_held(document, reading.report)
    findings = (
        *reading.findings,
        *dropped,
        *(finding for check in CHECKS for finding in check(document, report)),
    )
    incomplete = any(finding.severity is Severity.ERROR for finding in findings)
    return reading.model_copy(
        update={
            "report": report,
            "findings": findings,
            "status": ReadingStatus.PARTIAL if incomplete else reading.status,
        }
    )
