"""Where a document's text came from: its files as they are today, and the page of a PDF."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import DocumentError
from pipeline.facts import format_value
from pipeline.review.context import context_of
from pipeline.review.source.files import (
    FileState,
    Held,
    StoredSource,
    ask_whether_held,
    choose_pdf,
    fetch_sources,
    is_pdf,
    look_at,
)
from pipeline.review.source.pdf_view import PdfView, picture_of, span_at, view_page
from pipeline.review.templates import render
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents, fetch_readable
from schemas.codebook import codebook
from schemas.document import Document
from schemas.finding import Span
from schemas.report import Figure

_NEWEST = """
SELECT reading_id FROM readings WHERE document_id = ? AND status IN ('ok', 'partial')
ORDER BY read_at DESC, readings.rowid DESC LIMIT 1
"""
_MOST_ASKED = 5
"""Sources that are read again without being asked to."""
_LARGEST_NUMBER = 10**9


class _ShownSource(NamedTuple):
    """A source, its file as it is now, and whether that holds the text still."""

    number: int
    source: StoredSource
    state: FileState | None
    held: Held
    has_pages: bool


def show_source(request: Request) -> Response:
    """Show where the text of a document came from."""
    store = context_of(request).store
    with store.keep_open(read_only=True):
        document = _document(request)
        sources, figures = fetch_sources(store, document.id), _figures(store, document.id)
    at = _number(request, "at")
    where = span_at(document, min(at, len(document.text) - 1)) if at is not None else None
    is_asked = request.query_params.get("look") == "1"
    chosen = _choose(request, sources, document)
    view, fault = None, None
    if chosen is not None:
        try:
            view = _view(request, chosen, document, figures, where, is_asked=is_asked)
        except DocumentError as error:
            fault = str(error)
    values: dict[str, Any] = {
        "document": document,
        "sources": _look(sources, document, chosen, view, is_asked=is_asked),
        "chosen": sources.index(chosen) if chosen else None,
        "view": view,
        "fault": fault,
        "at": at,
        "look": is_asked,
        "format_value": format_value,
        "name_of": _name,
    }
    return render(request, "page.html", package=__package__, **values)


def _name(figure: Figure) -> str:
    """Say what a figure counts: "consultations: family medicine"."""
    service = codebook().name_of(figure.service)
    return (
        service
        if figure.detail is None
        else (f"{service}: {codebook().name_of(figure.service, figure.detail)}")
    )


def send_picture(request: Request) -> Response:
    """Send a page of a PDF as a picture."""
    store = context_of(request).store
    with store.keep_open(read_only=True):
        document = _document(request)
        sources = fetch_sources(store, document.id)
    chosen = _choose(request, sources, document)
    if chosen is None:
        raise HTTPException(404)
    try:
        data = picture_of(chosen.path, look_at(chosen.path), _number(request, "page") or 1)
    except DocumentError as error:
        raise HTTPException(404, str(error)) from error
    return Response(data, media_type="image/png")


def _document(request: Request) -> Document:
    found = fetch_documents(context_of(request).store, [request.path_params["document_id"]])
    if not found:
        raise HTTPException(404, "no such document")
    return found[0]


def _figures(store: Store, document_id: str) -> Sequence[Figure]:
    ids = [row[0] for row in store.read(_NEWEST, [document_id]).rows]
    reading = next(iter(fetch_readable(store, ids).values()), None) if ids else None
    return reading.report.figures if reading and reading.report else ()


def _choose(
    request: Request, sources: Sequence[StoredSource], document: Document
) -> StoredSource | None:
    """Give the PDF that is asked for, else the first one that is there."""
    wanted = _number(request, "source")
    if wanted is None or wanted >= len(sources) or not is_pdf(sources[wanted], document):
        return choose_pdf(sources, document)
    return sources[wanted]


def _view(
    request: Request,
    chosen: StoredSource,
    document: Document,
    figures: Sequence[Figure],
    where: Span | None,
    *,
    is_asked: bool,
) -> PdfView:
    state = look_at(chosen.path)
    if state.fault:
        raise DocumentError(state.fault)
    page = _number(request, "page")
    wish = max(1, page) if page is not None else where
    return view_page(chosen.path, state, document, figures, wish, with_ocr=is_asked)


def _look(
    sources: Sequence[StoredSource],
    document: Document,
    chosen: StoredSource | None,
    view: PdfView | None,
    *,
    is_asked: bool,
) -> list[_ShownSource]:
    """Look at the files as they are today; the one whose page is shown was read already."""
    shown = []
    for number, source in enumerate(sources):
        state, held = None, Held(None)
        if source.link is None and not source.is_stdin:
            state = look_at(source.path)
            if source is chosen and view is not None:
                held = Held(view.same)
            elif number < _MOST_ASKED or is_asked:
                held = ask_whether_held(source, state, document, at_once=is_asked)
        shown.append(_ShownSource(number, source, state, held, is_pdf(source, document)))
    return shown


def _number(request: Request, name: str) -> int | None:
    """Give a whole number out of the address, None for anything else."""
    said = request.query_params.get(name, "")
    is_one = said.isascii() and said.isdigit() and len(said) <= len(str(_LARGEST_NUMBER))
    return int(said) if is_one else None


ROUTES = (
    Route("/source/{document_id}", show_source),
    Route("/source/{document_id}/page.png", send_picture),
)
