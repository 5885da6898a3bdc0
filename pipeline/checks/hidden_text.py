"""Hidden text: words of a file that a reader of it does not see, and that are no part of the text.

No words of the text are about them, so that the finding touches no figure. Pages hide their menus;
who hides an order to a model, or numbers, is told so too.
"""

from collections.abc import Iterable

from pipeline.plain_text import one_line
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import JornadaReport

NAME = "hidden_text"


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:  # noqa: ARG001 - a Check
    """Report how many words were left out because nobody sees them, and the first of them."""
    about = document.metadata
    if about.hidden_words:
        words = "1 word" if about.hidden_words == 1 else f"{about.hidden_words:,} words"
        first = one_line(about.hidden_text or "").replace('"', "'")
        yield Finding(
            check=NAME,
            severity=Severity.INFO,
            message=f'{words} that a reader does not see, left out of the text: "{first}"',
        )
