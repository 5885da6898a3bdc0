import pytest

from pipeline.checks import pages
from schemas.document import Document
from schemas.finding import Severity
from tests.pipeline.checks.made import a_document, a_report


def a_pdf(ocr_pages: int | None, without: tuple[int, ...] | None) -> Document:
    document = a_document("Hubo 5 consultas.")
    about = {"ocr_pages": ocr_pages, "pages_without_words": without}
    return document.model_copy(update={"metadata": document.metadata.model_copy(update=about)})


@pytest.mark.parametrize(
    ("without", "which"),
    [
        ((2,), "page 2 has no words"),
        ((1, 3), "pages 1, 3 have no words"),
        (tuple(range(1, 13)), "pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more have no words"),
    ],
)
def test_pages_without_words_are_a_warning(without: tuple[int, ...], which: str) -> None:
    (finding,) = pages.check(a_pdf(0, without), a_report())
    assert (finding.check, finding.severity) == ("page_without_words", Severity.WARNING)
    assert finding.message.startswith(which)
    assert "--ocr" in finding.message


def test_pages_that_ocr_has_read_are_marked() -> None:
    (finding,) = pages.check(a_pdf(2, ()), a_report())
    assert (finding.check, finding.severity) == ("ocr", Severity.INFO)
    assert "2 pages were read by OCR" in finding.message
    _, empty = sorted(pages.check(a_pdf(1, (2,)), a_report()), key=lambda one: one.check)
    assert "--ocr" not in empty.message  # it was tried


@pytest.mark.parametrize("document", [a_pdf(None, None), a_pdf(0, ())])
def test_other_documents_have_no_such_finding(document: Document) -> None:
    assert not list(pages.check(document, a_report()))
