"""The page where a person begins to label a document apart: under which name, and with what."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from eval.review.apart.people import list_people
from eval.runs.names import name_variant
from pipeline.review.context import context_of
from pipeline.review.document.lookup import decisions_of
from pipeline.review.templates import render
from pipeline.store.fetch import fetch_documents

_READINGS = """
SELECT arg_max(reading_id, read_at), reader, prompt, model FROM readings
WHERE document_id = ? AND status <> 'failed' AND derived IS DISTINCT FROM 'review'
GROUP BY reader, prompt, model ORDER BY max(read_at) DESC
"""


def show_apart(request: Request) -> Response:
    """Ask who labels, and whether with a reader's labels to begin with."""
    context, document_id = context_of(request), request.path_params["document_id"]
    with context.store.keep_open(read_only=True):
        found = fetch_documents(context.store, [document_id])
        rows = context.store.read(_READINGS, [document_id]).rows
        decisions = decisions_of(context.db).of(document_id, context.store)
    if not found:
        raise HTTPException(404, f"{context.db.name} has no document {document_id[:12]}")
    document = found[0]
    return render(
        request,
        "page.html",
        package=__package__,
        document=document,
        title=document.metadata.title or document.text.strip().partition("\n")[0][:100],
        people=list_people(decisions),
        readings=[
            (reading_id, name_variant(reader, prompt, model))
            for reading_id, reader, prompt, model in rows
        ],
    )


ROUTES = (Route("/apart/{document_id}", show_apart),)
