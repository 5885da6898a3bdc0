"""Pages: those of a PDF that gave no words, whatever is on them, and those that OCR has read.

No words of the text are about them, so that these findings touch no figure: they are about the
document as a whole.
"""

from collections.abc import Iterable, Sequence

from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import JornadaReport

_MOST_NAMED = 10


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:  # noqa: ARG001 - a Check
    """Report pages without words, and pages whose words OCR may have misread."""
    about = document.metadata
    if about.pages_without_words:
        which = _name(about.pages_without_words)
        advice = "look at it" if about.ocr_pages else "a picture of words is read with --ocr"
        yield Finding(
            check="page_without_words",
            severity=Severity.WARNING,
            message=f"{which} no words: numbers on it are in no figure; {advice}",
        )
    if about.ocr_pages:
        pages = "1 page was" if about.ocr_pages == 1 else f"{about.ocr_pages} pages were"
        yield Finding(
            check="ocr",
            severity=Severity.INFO,
            message=f"{pages} read by OCR, which errs: compare the figures with the page",
        )


def _name(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"page {numbers[0]} has"
    more = f" and {len(numbers) - _MOST_NAMED} more" if len(numbers) > _MOST_NAMED else ""
    return f"pages {', '.join(map(str, numbers[:_MOST_NAMED]))}{more} have"
