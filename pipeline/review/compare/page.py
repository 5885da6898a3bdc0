"""Two readings of a document side by side: what differs, in the text and figure by figure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.pages.text import visible
from pipeline.plain_text import format_dollars
from pipeline.review.compare.diff import Pair, Placed, count, differing_fields, pair_figures
from pipeline.review.compare.labels import Label, describe, describe_field, name_label
from pipeline.review.compare.readings import (
    DECIDED,
    Side,
    StoredReading,
    choose_two,
    fetch_chosen,
    fetch_stored_readings,
    make_sides,
)
from pipeline.review.compare.takes import takes_of
from pipeline.review.compare.text import KINDS, LONGEST, Kind, cut_text, kind_of
from pipeline.review.context import context_of
from pipeline.review.templates import render
from pipeline.store.fetch import fetch_documents
from schemas.document import Document

_MOST_ROWS = 500
"""Of those that differ, and of those that are the same: more take a browser long."""


class _Row(NamedTuple):
    """A line of the comparison: a pair by its number in the text, and what each side says."""

    number: int
    kind: Kind
    pair: Pair
    one: tuple[Label, ...]
    other: tuple[Label, ...]
    differing: tuple[str, ...]
    words: str


class _Compared(NamedTuple):
    document: Document
    readings: tuple[StoredReading, ...]
    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]


def show_comparison(request: Request) -> Response:
    """Show two readings of a document, those that are asked for or the newest of two readers."""
    compared = _compare(request)
    document, sides, pairs = compared.document, compared.sides, compared.pairs
    rows = [_row(number, pair) for number, pair in enumerate(pairs, 1)]
    apart = [row for row in rows if not row.pair.is_same]
    same = [row for row in rows if row.pair.is_same]
    reports = [side.report for side in sides if side.report is not None]
    fields = differing_fields(*reports) if len(reports) == 2 else ()  # noqa: PLR2004 - both
    values: dict[str, Any] = {
        "document": document,
        "choices": [(each.reading_id, each.name) for each in compared.readings],
        "sides": sides,
        "counts": count(pairs),
        "apart": apart[:_MOST_ROWS],
        "same": same[:_MOST_ROWS],
        "left_out": max(0, len(apart) - _MOST_ROWS) + max(0, len(same) - _MOST_ROWS),
        "fields": [describe_field(pair) for pair in fields],
        "stretches": cut_text(document.text, pairs) if len(document.text) <= LONGEST else None,
        "kinds": KINDS,
        "name_label": name_label,
        "format_dollars": format_dollars,
        "decided": DECIDED,
    }
    return render(request, "page.html", package=__package__, **values)


def give_takes(request: Request) -> Response:
    """Give for each pair that differs what to decide so that one or the other reading's holds.

    JSON: `{"takes": {"3": {"one": {...}, "other": {...}}}}`, each a decision without who and when.
    """
    compared = _compare(request, DECIDED)
    if not compared.sides:
        return JSONResponse({"takes": {}})
    decided = compared.sides[-1]
    takes = takes_of(compared.document.text, compared.pairs, decided.report)
    for each in takes.values():
        for decision in each.values():
            decision["reading_id"] = decided.stored.reading_id
    return JSONResponse(_visible({"takes": takes}))


def _compare(request: Request, *more: str) -> _Compared:
    """Compare what is asked for; sides of `more` choices come behind the two."""
    context = context_of(request)
    with context.store.keep_open(read_only=True):
        documents = fetch_documents(context.store, [request.path_params["document_id"]])
        if not documents:
            raise HTTPException(404, "There is no such document in this database.")
        document = documents[0]
        readings = fetch_stored_readings(context.store, document.id)
        asked = (request.query_params.get(name) for name in ("one", "other"))
        chosen = choose_two(readings, *asked)
        if chosen is None:
            return _Compared(document, (), (), ())
        choices = (*chosen, *more)
        found = fetch_chosen(context.store, readings, choices)
    sides = make_sides(context.db, document, readings, found, choices)
    one, other = (side.report.figures if side.report else () for side in sides[:2])
    return _Compared(document, readings, sides, pair_figures(document.text, one, other))


def _row(number: int, pair: Pair) -> _Row:
    return _Row(
        number,
        kind_of(pair),
        pair,
        _labels(pair.one, pair.differing),
        _labels(pair.other, pair.differing),
        tuple(map(name_label, pair.differing)),
        pair.either.figure.quote,
    )


def _labels(side: Placed | None, differing: Sequence[str]) -> tuple[Label, ...]:
    return describe(side.figure, differing) if side else ()


def _visible(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {name: _visible(each) for name, each in value.items()}
    return [_visible(each) for each in value] if isinstance(value, list) else value


ROUTES = (
    Route("/compare/{document_id}", show_comparison),
    Route("/compare/{document_id}/takes", give_takes),
)
