"""PDF -> its text, page by page; letters that are turned are read as upright ones.

A page that has no words, as a picture of them has none, is read by OCR where that is wanted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]

from pipeline.documents import ocr, pdf_streams
from pipeline.documents.page_layout import Fragment, flowing, read_region
from pipeline.documents.page_letters import TextRoom, letters_of
from pipeline.documents.text import Pages, Parts, even_out
from pipeline.errors import DocumentError

_MOST_PAGES = 500
_LONGEST_MARK = 100  # characters: longer turned text is a table or a passage, no watermark

_PAGE_NUMBER = re.compile(
    r"(?:p[áa]g(?:ina|\.)?\s*)?(?:[-–—]\s*)?(?P<n>\d{1,3})(?:\s*[-–—]|\s*(?:de|/)\s*\d{1,3})?",
    re.IGNORECASE,
)


class Page(NamedTuple):
    """A page's text, and what is printed across or along it: watermarks, notes on the margin."""

    text: str
    marks: tuple[str, ...] = ()
    is_by_ocr: bool = False
    hidden: str = ""


def parse(data: bytes, *, by_ocr: bool = False) -> Parts:
    """Return the text layer; where `by_ocr` is set, pages without one by OCR.

    PDFium is not thread-safe: call this from one thread at a time. Raises as `read_pages`, and
    DocumentError for a file without words.
    """
    pages, title = read_pages(data, by_ocr=by_ocr)
    body = join_pages(pages)
    if not body.strip():
        raise DocumentError(
            "no words on any page, by OCR neither: look at it, and save its text alone"
            if by_ocr
            else "no text layer, as in a scan: --ocr may read it"
        )
    # The property often names a template or a file: trusted where the text agrees.
    stated = title if title and even_out(title) in even_out(body) else None
    hidden = tuple(page.hidden for page in pages if page.hidden)
    return Parts(body=body, title=stated, pages=_tally(pages), hidden=hidden)


def read_pages(data: bytes, *, by_ocr: bool = False) -> tuple[tuple[Page, ...], str]:
    """Read each page, and what the file states as its title.

    Raises DocumentError for a file that is encrypted or too long, and PDFium's own error for a
    broken one.
    """
    with open_pdf(data) as pdf:
        if len(pdf) > _MOST_PAGES:
            raise DocumentError(f"{len(pdf)} pages: too long for a bulletin, split it first")
        room = TextRoom()
        pages = tuple(_page(pdf[i], i + 1, room, by_ocr=by_ocr) for i in range(len(pdf)))
        return pages, (pdf.get_metadata_value("Title") or "").strip()


@contextmanager
def open_pdf(data: bytes) -> Iterator[Any]:
    """Open a PDF with PDFium. Raises as `read_pages`."""
    pdf_streams.require_size(data)
    try:
        with pypdfium2.PdfDocument(data) as pdf:
            yield pdf
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError("encrypted PDF: remove its password first") from error
        raise


def _tally(pages: Iterable[Page]) -> Pages:
    pages = list(pages)
    without = [number for number, page in enumerate(pages, 1) if not (page.text or page.marks)]
    return Pages(by_ocr=sum(page.is_by_ocr for page in pages), without_words=tuple(without))


def join_pages(pages: Iterable[Page]) -> str:
    """Put pages together; each mark once, at the end, where it comes between no two words."""
    pages = list(pages)
    return "\n\n".join(filter(None, (flowing(page.text for page in pages), *marks_of(pages))))


def marks_of(pages: Iterable[Page]) -> dict[str, int]:
    """Give the marks in the order in which they stand in the text, with the first page of each."""
    marks: dict[str, int] = {}
    for number, page in enumerate(pages, 1):
        for mark in page.marks:
            marks.setdefault(mark, number)
    return marks


def _page(page: Any, number: int, room: TextRoom, *, by_ocr: bool) -> Page:  # noqa: ANN401 - pypdfium2 ships no types
    try:
        letters = letters_of(page, room)
        found = _read_turns(letters.by_turn, number)._replace(hidden=letters.hidden)
        if by_ocr and not (found.text or found.marks):
            found = _read_turns({0: ocr.read_page(page)}, number)
            return found._replace(is_by_ocr=bool(found.text), hidden=letters.hidden)
    finally:
        page.close()
    return found


def _read_turns(turns: Mapping[int, list[Fragment]], number: int) -> Page:
    """Read what is upright, then each other turn, that of the most letters first."""
    regions = {turn: read_region(_without_number(found, number)) for turn, found in turns.items()}
    order = sorted(regions, key=lambda turn: (turn != 0, -len(regions[turn]), turn))
    longest = max(map(len, regions.values()), default=0)
    texts: list[str] = []
    marks: list[str] = []
    for text in map(regions.__getitem__, order):
        is_mark = len(text) <= _LONGEST_MARK and len(text) < longest and text is not regions.get(0)
        (marks if is_mark else texts).append(text)
    return Page("\n\n".join(filter(None, texts)), tuple(filter(None, marks)))


def _without_number(fragments: list[Fragment], number: int) -> list[Fragment]:
    by_height = sorted(fragments, key=lambda fragment: fragment.top)
    edges = by_height[:1] + by_height[-1:]
    return [f for f in fragments if f not in edges or not _is_page_number(f.text, number)]


def _is_page_number(text: str, number: int) -> bool:
    """Tell a page's number by its value or its dress: another bare number may be a figure."""
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and (int(match["n"]) == number or not text.isdigit())
