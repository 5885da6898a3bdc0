"""The pages that settle where two people who labelled apart differ."""

import secrets
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import combinations
from typing import NamedTuple
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from eval.review.apart.documents import LabelledApart, fetch_apart, list_documents
from eval.review.going import go_to
from eval.review.gold.decided_state import LookedAt, look_at
from eval.review.settle.differences import (
    Act,
    FieldPair,
    Pair,
    Side,
    list_decisions,
    list_neither,
    pair_fields,
    pair_figures,
    take_alike,
    take_field,
    take_figure,
)
from eval.review.settle.rows import Row, key_of, list_rows, next_open
from eval.scoring.agreement import TwiceLabelled, compare_labels
from pipeline.decisions.apply import apply_decisions
from pipeline.errors import UsageError
from pipeline.review.context import context_of
from pipeline.review.document.lookup import decisions_of
from pipeline.review.templates import render
from pipeline.store.rows import now
from schemas.decision import Decision, DecisionKind
from schemas.report import JornadaReport

_TWO = 2


class _Settling(NamedTuple):
    """One document, the two people whose labels are compared, and what holds so far."""

    looked: LookedAt
    people: tuple[str, ...]
    first: str
    second: str
    pairs: tuple[Pair, ...]
    fields: tuple[FieldPair, ...]
    report: JornadaReport
    both: TwiceLabelled
    who: str

    @property
    def query(self) -> str:
        """Give what of the address says whose labels they are."""
        return urlencode({"first": self.first, "second": self.second, "who": self.who})


def show_list(request: Request) -> Response:
    """List the documents that people labelled apart, and how far each two of them agree."""
    context = context_of(request)
    with context.store.keep_open(read_only=True):
        found = fetch_apart(context, list_documents(context))
    both: dict[tuple[str, str], list[TwiceLabelled]] = {}
    rows = []
    for one in found:
        compared = []
        for first, second in combinations(sorted(one.labels), _TWO):
            twice = _twice(one, first, second)
            both.setdefault((first, second), []).append(twice)
            compared.append((first, second, _count_differences(twice)))
        rows.append((one, _name(one), compared))
    rows.sort(key=lambda row: -sum(count for _, _, count in row[2]))
    agreements = [
        (first, second, len(twice), compare_labels(twice))
        for (first, second), twice in sorted(both.items())
    ]
    return render(
        request, "page.html", package=__package__, rows=rows, agreements=agreements, told=_told
    )


def show_document(request: Request) -> Response:
    """Show where two people's labels of one document differ, side by side."""
    return _show(request, _find(request))


def decide(request: Request) -> Response:
    """Decide one thing as one of the two says it, or all that both say alike; or take it back."""
    settling, asked = _find(request), request.query_params
    context = context_of(request)
    key = asked.get("row", "")
    decisions = list(_make(settling, _list_acts(settling, asked.get("take", ""), key)))
    if asked.get("take") == "undo":
        decisions = list(_take_back(settling, key))
    try:
        decisions_of(context.db).record(_with_ids(decisions, asked), [settling.looked.document])
    except UsageError as error:
        return _show(request, settling, f"Not decided: {error}")
    is_taken = asked.get("take") in ("first", "second")
    anchor = next_open(_rows(settling), key) if is_taken else key
    where = f"/settle/{settling.looked.document.id}?{settling.query}"
    return go_to(request, f"{where}#{anchor}" if anchor else where)


def _find(request: Request) -> _Settling:
    context, document_id = context_of(request), request.path_params["document_id"]
    with context.store.keep_open(read_only=True):
        found = fetch_apart(context, [document_id])
        looked = look_at(context, document_id)
    people = tuple(sorted(found[0].labels)) if found else ()
    if len(people) < _TWO:
        who = f"{people[0]} alone has" if people else "Nobody has"
        line = f"{who} labelled this document apart; to settle anything takes two."
        raise HTTPException(404, line)
    asked = request.query_params
    first = asked.get("first", people[0])
    second = asked.get("second") or next(who for who in people if who != first)
    for who in (first, second):
        if who not in people:
            raise HTTPException(404, f"{who} has not labelled this document apart.")
    labels, text = found[0].labels, looked.document.text
    return _Settling(
        looked,
        people,
        first,
        second,
        pair_figures(text, labels[first], labels[second]),
        pair_fields(labels[first], labels[second]),
        apply_decisions(looked.document, looked.read, looked.common).report,
        _twice(found[0], first, second),
        context.who,
    )


def _twice(one: LabelledApart, first: str, second: str) -> TwiceLabelled:
    return TwiceLabelled(_name(one), one.document.text, one.labels[first], one.labels[second])


def _name(one: LabelledApart) -> str:
    titles = [one.document.metadata.title, *(each.title for each in one.labels.values())]
    return next(filter(None, titles), None) or one.document.text.strip().partition("\n")[0][:100]


def _count_differences(both: TwiceLabelled) -> int:
    pairs: list[Pair | FieldPair] = [
        *pair_figures(both.text, both.first, both.second),
        *pair_fields(both.first, both.second),
    ]
    return sum(not pair.is_alike for pair in pairs)


def _rows(settling: _Settling) -> tuple[Row, ...]:
    looked = settling.looked
    return list_rows(
        settling.pairs, settling.fields, looked.document.text, settling.report, looked.common
    )


def _show(request: Request, settling: _Settling, line: str | None = None) -> Response:
    rows = _rows(settling)
    text, common = settling.looked.document.text, settling.looked.common
    alike = take_alike(settling.pairs, settling.fields, text, settling.report, common)
    return render(
        request,
        "document.html",
        package=__package__,
        status=409 if line else 200,
        settling=settling,
        document=settling.looked.document,
        title=settling.both.stem,
        rows=rows,
        open=sum(row.settled is None for row in rows),
        same=sum(pair.is_alike for pair in settling.pairs),
        alike=len(alike),
        neither=[
            figure.quote
            for _, figure in list_neither(settling.pairs, text, settling.report.figures, common)
        ],
        agreement=compare_labels([settling.both]),
        seed=secrets.token_hex(16),
        line=line,
        told=_told,
    )


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _list_acts(settling: _Settling, take: str, key: str) -> Sequence[Act]:
    text, common = settling.looked.document.text, settling.looked.common
    if take == "alike":
        return take_alike(settling.pairs, settling.fields, text, settling.report, common)
    if take not in ("first", "second"):
        return ()
    side: Side = "first" if take == "first" else "second"
    for pair in settling.pairs:
        if key_of(pair) == key:
            return take_figure(pair, side, text, settling.report.figures, common)
    for field in settling.fields:
        if key_of(field) == key and side in field.said:
            return take_field(field, side, settling.report)
    raise HTTPException(404, "This difference is not there any more. Load the page again.")


def _make(settling: _Settling, acts: Iterable[Act]) -> Iterable[Decision]:
    reading, moment = settling.looked.reading, now()
    for act in acts:
        try:
            yield Decision(
                decision_id=secrets.token_hex(16),
                document_id=settling.looked.document.id,
                reading_id=reading.reading_id if reading else None,
                who=settling.who,
                decided_at=moment,
                **act._asdict(),
            )
        except ValidationError as error:
            raise UsageError(str(error.errors()[0]["msg"])) from error


def _take_back(settling: _Settling, key: str) -> Iterable[Decision]:
    """Take back what was decided of one thing: the last decision of it counts no more."""
    pairs: list[Pair | FieldPair] = [*settling.pairs, *settling.fields]
    for pair in pairs:
        if key_of(pair) == key:
            for one in list_decisions(pair, settling.looked.common):
                yield Decision(
                    decision_id=secrets.token_hex(16),
                    document_id=one.document_id,
                    kind=DecisionKind.UNDO,
                    undoes=one.decision_id,
                    who=settling.who,
                    decided_at=now(),
                )


def _with_ids(decisions: Sequence[Decision], asked: QueryParams) -> tuple[Decision, ...]:
    """Give decisions IDs that follow from what the page sent, so that twice is once."""
    if "id" not in asked:
        return tuple(decisions)
    sent = " ".join(asked.get(name, "") for name in ("id", "row", "take"))
    return tuple(
        one.model_copy(update={"decision_id": sha256(f"{sent} {at}".encode()).hexdigest()[:32]})
        for at, one in enumerate(decisions)
    )


ROUTES = (
    Route("/settle", show_list),
    Route("/settle/{document_id}", show_document, methods=["GET"]),
    Route("/settle/{document_id}", decide, methods=["POST"]),
)
