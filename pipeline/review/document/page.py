"""The page of one document: its text, what was read of it, and what was decided."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.pages.text import shorten
from pipeline.review.apart import apart_of
from pipeline.review.context import context_of
from pipeline.review.document.choices import code_choices, place_choices
from pipeline.review.document.data import describe
from pipeline.review.document.lookup import Looked, look_up, look_up_version
from pipeline.review.document.windows import window_at, windows
from pipeline.review.queue.page import neighbours
from pipeline.review.queue.query import parse_query
from pipeline.review.source.label import label_source
from pipeline.review.templates import render

_LONGEST_TITLE = 300
GONE = "There is no such document in this database."


def show_document(request: Request) -> Response:
    """Show the page; its script asks for what stands in it."""
    looked, apart = _look_up(request), apart_of(request)
    document_id, asked = looked.document.id, request.query_params
    source = looked.source
    name = label_source(source.path, source.record, document_id) if source else document_id[:12]
    return render(
        request,
        "page.html",
        package=__package__,
        document_id=document_id,
        title=_title(looked) or name,
        source_name=name,
        source=str(source or ""),
        window=_window(request, looked),
        apart=apart,
        beside=neighbours(context_of(request), document_id, asked),
        query=parse_query(asked).address,
    )


def give_state(request: Request) -> Response:
    """Give all that the page shows, as JSON: of a long text the window that is asked for."""
    looked = _look_up(request)
    return JSONResponse(describe(looked, _window(request, looked)))


def give_version(request: Request) -> Response:
    """Give the name of the document's state, by which a page sees that somebody else decided."""
    document_id = request.path_params["document_id"]
    version = look_up_version(context_of(request), document_id, apart_of(request))
    return JSONResponse({"version": version})


def give_codes(request: Request) -> Response:
    """Give the codes that labels are chosen from."""
    del request
    return JSONResponse(code_choices())


def give_places(request: Request) -> Response:
    """Give the places that labels are chosen from."""
    del request
    return JSONResponse(place_choices())


def _look_up(request: Request) -> Looked:
    context, document_id = context_of(request), request.path_params["document_id"]
    looked = look_up(context, document_id, apart=apart_of(request))
    if looked is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, GONE)
    return looked


def window_asked_for(request: Request) -> int:
    """Read which window of the text is asked for, the first where it is not said."""
    asked = request.query_params.get("window", "0")
    return int(asked[:6]) if asked.isdecimal() and asked.isascii() else 0


def _window(request: Request, looked: Looked) -> int:
    at = request.query_params.get("at", "")
    if at.isascii() and at.isdecimal():
        return window_at(looked.document.text, int(at[:12]))
    return min(window_asked_for(request), len(windows(looked.document.text)) - 1)


def _title(looked: Looked) -> str | None:
    title = looked.report.title or looked.document.metadata.title
    return shorten(" ".join(title.split()), _LONGEST_TITLE) if title else None


ROUTES = (
    Route("/document/{document_id}", show_document),
    Route("/document/{document_id}/state", give_state),
    Route("/document/{document_id}/version", give_version),
    Route("/choices/codes", give_codes),
    Route("/choices/places", give_places),
)
