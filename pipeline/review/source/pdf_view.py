"""What is shown of a PDF: which page, the figures that stand on it, and where their words are."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.decisions.numeral_place import places_of
from pipeline.documents.page_map import page_at, stretch_at
from pipeline.documents.page_picture import (
    Box,
    Pages,
    Places,
    Words,
    count_pages,
    draw_page,
    find_words,
    read_map,
)
from pipeline.errors import DocumentError
from pipeline.isolation.call import call_within
from pipeline.isolation.limits import Limits
from pipeline.isolation.process import preload
from pipeline.quotes import numerals_at, span_within
from pipeline.review.source.files import FileState
from schemas.document import Document
from schemas.finding import Span
from schemas.report import Figure

MOST_MARKS = 200
"""Of one page: more show nothing more."""
_CONTEXT = 200
"""Characters before and behind words by which they are told from the same elsewhere."""
_LIMITS = Limits(seconds=20)

Wish = Span | int | None
"""What is to be seen: the page of a stretch of the text, a page by its number, or any."""


class MarkedFigure(NamedTuple):
    """A figure on a page: its place in the report (from 1), where its words and its numeral are.

    `start` is where its numeral begins in the text. What was not found on the page has no boxes.
    """

    number: int
    figure: Figure
    start: int
    words: tuple[Box, ...]
    numeral: tuple[Box, ...]
    is_chosen: bool


class PdfView(NamedTuple):
    """One page of a PDF as it is to be shown.

    `same` tells whether the file holds the document's text today; None where that takes OCR, which
    nobody has asked for. Only where it is the same are figures known to stand on a page.
    """

    number: int
    total: int
    same: bool | None
    places: Places | None = None
    figures: tuple[MarkedFigure, ...] = ()
    chosen: tuple[Box, ...] = ()
    """Where the words are that were asked for, where no figure has them."""


class _Answer(NamedTuple):
    """What came of a call, or why nothing did: kept too, as it would take as long again."""

    pages: Pages | None = None
    total: int = 0
    fault: str = ""


def view_page(
    path: str,
    state: FileState,
    document: Document,
    figures: Sequence[Figure],
    wish: Span | int | None,
    *,
    with_ocr: bool,
) -> PdfView:
    """Tell what to show of a PDF. Raises `DocumentError` where it cannot be shown."""
    preload("pipeline.documents.page_picture")
    by_ocr = bool(document.metadata.ocr_pages)
    number = wish if isinstance(wish, int) else 1
    if by_ocr and not with_ocr:
        total = _take(_count(path, state)).total
        return PdfView(min(number, total), total, None)
    pages = _take(_map(path, state, by_ocr)).pages or Pages("", 0, ())
    same = pages.document_id == document.id
    number = min(number, pages.total)
    if not same:
        return PdfView(number, pages.total, same)
    at = wish if isinstance(wish, Span) else None
    if at is not None:
        number = page_at(pages.stretches, at.start) or 1
    return _mark(path, state, PdfView(number, pages.total, same), document, pages, figures, at)


def picture_of(path: str, state: FileState, number: int) -> bytes:
    """Draw a page as PNG. Raises `DocumentError` where that cannot be done."""
    preload("pipeline.documents.page_picture")
    return _draw(path, state, number)


def span_at(document: Document, offset: int) -> Span:
    """Give the numeral that a character belongs to, else the character alone."""
    for one in numerals_at(document.text, Span(offset, offset + 1)):
        return Span(one.start, one.end)
    return Span(offset, offset + 1)


def _mark(
    path: str,
    state: FileState,
    view: PdfView,
    document: Document,
    pages: Pages,
    figures: Sequence[Figure],
    at: Span | None,
) -> PdfView:
    text = document.text
    placed = [
        (number, figure, quote, numeral)
        for number, (figure, numeral) in enumerate(
            zip(figures, places_of(text, figures), strict=True), 1
        )
        if (quote := span_within(text, figure))
        and page_at(pages.stretches, (numeral or quote).start) == view.number
    ][:MOST_MARKS]
    spans = [span for _, _, quote, numeral in placed for span in (quote, numeral or quote)]
    wanted = [_words(text, pages, span) for span in (*spans, *([at] if at else []))]
    try:
        places = _find(path, state, view.number, tuple(wanted))
    except DocumentError:
        return view  # it is seen all the same
    chosen = _chosen([(numeral, quote) for _, _, quote, numeral in placed], at)
    marked = tuple(
        MarkedFigure(
            number,
            figure,
            (numeral or quote).start,
            places.boxes[2 * i],
            places.boxes[2 * i + 1],
            is_chosen=i == chosen,
        )
        for i, (number, figure, quote, numeral) in enumerate(placed)
    )
    own = places.boxes[-1] if at and chosen is None else ()
    return view._replace(places=places, figures=marked, chosen=own)


def _chosen(placed: Sequence[tuple[Span | None, Span]], at: Span | None) -> int | None:
    """Tell which figure is the one that was asked for: by its numeral, else by its words."""
    if at is None:
        return None
    for spans in zip(*placed, strict=True):
        for i, span in enumerate(spans):
            if span is not None and span.start < at.end and at.start < span.end:
                return i
    return None


def _words(text: str, pages: Pages, span: Span) -> Words:
    """Take the words at a place, with what is around them on the same page."""
    first, last = stretch_at(pages.stretches, span.start, len(text))
    start, end = span.start, min(span.end, last)
    return Words(
        text[max(first, start - _CONTEXT) : start],
        text[start:end],
        text[end : min(last, end + _CONTEXT)],
    )


def _take(answer: _Answer) -> _Answer:
    if answer.fault:
        raise DocumentError(answer.fault)
    return answer


@lru_cache(maxsize=64)
def _map(path: str, _state: FileState, by_ocr: bool) -> _Answer:  # noqa: FBT001 - the cache's key
    limits = _LIMITS.by_ocr() if by_ocr else _LIMITS
    try:
        return _Answer(call_within(limits, read_map, path, by_ocr=by_ocr))
    except DocumentError as error:
        return _Answer(fault=str(error))


@lru_cache(maxsize=64)
def _count(path: str, _state: FileState) -> _Answer:
    try:
        return _Answer(total=call_within(_LIMITS, count_pages, path))
    except DocumentError as error:
        return _Answer(fault=str(error))


@lru_cache(maxsize=16)
def _find(path: str, _state: FileState, number: int, wanted: tuple[Words, ...]) -> Places:
    return call_within(_LIMITS, find_words, path, number, wanted)


@lru_cache(maxsize=16)  # a few megabytes each
def _draw(path: str, _state: FileState, number: int) -> bytes:
    return call_within(_LIMITS, draw_page, path, number)
