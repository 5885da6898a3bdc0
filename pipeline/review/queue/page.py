"""The queue: documents, the worst first."""

from collections.abc import Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.review.context import Context, context_of
from pipeline.review.queue.entry import STATES
from pipeline.review.queue.index import QueueIndex
from pipeline.review.queue.query import FILTERS, parse_query
from pipeline.review.queue.search import Neighbours, find_neighbours, find_rows
from pipeline.review.templates import render
from schemas.codebook import codebook

_FIXED_CHOICES = {
    "findings": {"error": "errors", "warning": "warnings", "none": "neither"},
    "differ": {"yes": "disagree", "no": "agree, or one reader"},
    "relevant": {"yes": "yes", "no": "no"},
    "reviewed": {"no": "to do", "yes": "done"},
}
_LABELS = {
    "state": "Reading",
    "findings": "Findings",
    "differ": "Readers",
    "relevant": "Relevant",
    "reader": "Read by",
    "format": "Format",
    "year": "Year",
    "service": "Service",
    "reviewed": "Review",
}


class _Filter(NamedTuple):
    """A filter as the form shows it: its choices by their values, and the one that is chosen."""

    name: str
    label: str
    choices: Mapping[str, str]
    chosen: str


def show_queue(request: Request) -> Response:
    """Show a page of the queue."""
    query = parse_query(request.query_params)
    index = QueueIndex(context_of(request).db)
    found = find_rows(index, query)
    return render(
        request,
        "page.html",
        package=__package__,
        query=query,
        found=found,
        filters=_list_filters(index, query.filters),
        progress=index.tell_progress(),
        searches_texts=index.searches_texts,
    )


def tell_progress(request: Request) -> Response:
    """Tell a script how far the index is."""
    progress = QueueIndex(context_of(request).db).tell_progress()
    return JSONResponse({"told": progress.told, "is_done": progress.is_done})


def neighbours(context: Context, document_id: str, given: Mapping[str, str]) -> Neighbours:
    """Find the documents before and behind one in the queue.

    `given` are the parameters of the page's address, which the queue's links carry on.
    """
    return find_neighbours(QueueIndex(context.db), document_id, parse_query(given))


def _list_filters(index: QueueIndex, chosen: Mapping[str, str]) -> list[_Filter]:
    stored = {name: {one: one for one in them} for name, them in index.list_choices().items()}
    states = {"state": {state: state for state in STATES}}
    services = {name: f"{name} · {service.es}" for name, service in codebook().root.items()}
    choices = stored | states | _FIXED_CHOICES | {"service": services}
    return [_Filter(name, _LABELS[name], choices[name], chosen.get(name, "")) for name in FILTERS]


ROUTES = (Route("/", show_queue), Route("/progress", tell_progress))
