"""What the document page's script sends and asks for while somebody corrects."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.errors import UsageError
from pipeline.review.apart import Apart, apart_of
from pipeline.review.context import Context, context_of
from pipeline.review.document.candidates import find_candidates, guess_labels
from pipeline.review.document.data import describe, describe_readings, show
from pipeline.review.document.lookup import decisions_of, look_up, look_up_document
from pipeline.review.document.page import GONE, window_asked_for
from pipeline.store.rows import now
from schemas.decision import Decision
from schemas.document import Document
from schemas.finding import Span

_MOST_AT_ONCE = 5_000
_MOST_CANDIDATES = 50
_LONGEST_SELECTION = 5_000
"""Characters in which numbers are looked for."""
_AHEAD, _BEHIND = timedelta(minutes=1), timedelta(days=30)
"""How far a page's clock may be off, and how long a decision may have waited in a page."""
_SENT = frozenset(
    ("decision_id", "kind", "span", "figure", "field", "value", "undoes", "reading_id")
)


async def decide(request: Request) -> Response:
    """Keep decisions; give the document's new state, and what was refused, each with why.

    `{"decisions": [...]}`: each with what `Decision` has, but for who decides, which is known
    here. What comes again is kept once; what could not be taken, the page can send again.
    """
    return await run_in_threadpool(_decide, request, await request.body())


def _decide(request: Request, body: bytes) -> Response:
    context, apart = context_of(request), apart_of(request)
    sent = _read_sent(body)
    document = look_up_document(context, request.path_params["document_id"])
    if document is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, GONE)
    recorded, refused = _record(context, document, sent, apart)
    looked = look_up(context, document.id, recorded, apart)
    state = looked and describe(looked, window_asked_for(request))
    return JSONResponse({"state": state, "refused": show(refused)})


def _read_sent(body: bytes) -> list[Mapping[str, Any]]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    sent = told.get("decisions") if isinstance(told, dict) else None
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise UsageError("this is no list of decisions")
    if len(sent) > _MOST_AT_ONCE:
        raise UsageError(f"more than {_MOST_AT_ONCE:,} decisions at once")
    return sent


def _record(
    context: Context, document: Document, sent: list[Mapping[str, Any]], apart: Apart | None
) -> tuple[list[Decision], list[dict[str, str]]]:
    """Record what can hold, and give it; and what was refused, which keeps nothing else back."""
    refused: list[dict[str, str]] = []
    made: list[Decision] = []
    for one in sent:
        try:
            made.append(_make_decision(one, document, context.who, apart))
        except ValidationError as error:
            refused.append({"decision_id": str(one.get("decision_id")), "error": _describe(error)})
    journal, recorded = decisions_of(context.db), list[Decision]()
    try:
        recorded = journal.record(made, [document])
    except UsageError:  # of one of them
        for decision in made:
            try:
                recorded += journal.record([decision], [document])
            except UsageError as error:
                refused.append({"decision_id": decision.decision_id, "error": str(error)})
    return recorded, refused


def _make_decision(
    one: Mapping[str, Any], document: Document, who: str, apart: Apart | None
) -> Decision:
    told = {name: value for name, value in one.items() if name in _SENT}
    if apart is not None:  # what a person began with is said by the page's address
        told |= {"apart": True, "reading_id": apart.reading_id}
    figure = told.get("figure")
    if isinstance(figure, dict):  # its quote was shown with unseen characters made visible
        start, end = figure.get("char_start"), figure.get("char_end")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
            told["figure"] = {**figure, "quote": document.text[start:end]}
    return Decision.model_validate(
        {
            **told,
            "document_id": document.id,
            "who": who,
            "decided_at": _moment(one.get("decided_at")),
        }
    )


def _moment(told: object) -> datetime:
    """Read when a page says that it was decided; now, where that cannot be."""
    present = now()
    if isinstance(told, str) and told.endswith("Z"):
        try:
            moment = datetime.fromisoformat(told.removesuffix("Z"))
        except ValueError:
            return present
        if moment.tzinfo is None and present - _BEHIND <= moment <= present + _AHEAD:
            return moment
    return present


def _describe(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def find_numbers(request: Request) -> Response:
    """Give the numbers in a stretch of the text, with their readings and a guess at their labels.

    `?start=&end=` count characters of the text.
    """
    apart = apart_of(request)
    looked = look_up(context_of(request), request.path_params["document_id"], apart=apart)
    if looked is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, GONE)
    selected = _selected(request, len(looked.document.text))
    text, figures = looked.document.text, looked.report.figures
    found = find_candidates(text, selected)[:_MOST_CANDIDATES]
    candidates = [
        {
            "span": one.span,
            "raw": text[slice(*one.span)],
            "readings": [
                {**reading, "words": text[slice(*reading["quote"])]}
                for reading in describe_readings(one.readings)
            ],
            "guess": guess_labels(
                looked.document, one, figures, by_rules=not (apart and apart.is_blind)
            ),
        }
        for one in found
    ]
    return JSONResponse(show({"candidates": candidates}))


def _selected(request: Request, length: int) -> Span:
    asked = [request.query_params.get(name, "") for name in ("start", "end")]
    if all(one.isascii() and one.isdecimal() for one in asked):
        start, end = (int(one[:12]) for one in asked)
        if 0 <= start < end <= length:
            return Span(start, min(end, start + _LONGEST_SELECTION))
    raise UsageError("there is no such stretch of the text")


ROUTES = (
    Route("/document/{document_id}/decisions", decide, methods=["POST"]),
    Route("/document/{document_id}/numbers", find_numbers),
)
