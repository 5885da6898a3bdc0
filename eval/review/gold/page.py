"""The page that saves a document's decided labels as gold."""

import shlex
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from eval.labels.gold_file import Labels, parse_gold_file
from eval.labels.label_check import LabelFinding
from eval.labels.saved_gold import GoldToSave, check_saved, check_to_save, plan_gold, save_gold
from eval.review.going import go_to
from eval.review.gold.decided_state import LookedAt, labels_decided, look_at, name_document
from eval.scoring.agreement import Difference, TwiceLabelled, compare_labels
from pipeline.errors import UsageError
from pipeline.review.context import Context, context_of
from pipeline.review.templates import render
from schemas.report import JornadaReport

_AROUND = 2  # lines shown on each side of a difference
_MOST_LINES = 400
_MOST_OPEN = 200


class _Plan(NamedTuple):
    gold: GoldToSave
    left: tuple[str, ...]
    findings: tuple[LabelFinding, ...]


def show_gold(request: Request) -> Response:
    """Show what would be saved, what is in the way, and whether it is saved already."""
    context, document_id = context_of(request), request.path_params["document_id"]
    return _show(request, look_at(context, document_id))


def save(request: Request) -> Response:
    """Save it; what is not to be saved as it is comes back with what is in the way."""
    context, document_id = context_of(request), request.path_params["document_id"]
    looked = look_at(context, document_id)
    asked = request.query_params
    plan = _plan(context, looked)
    if plan.left and "as_it_is" not in asked:
        line = f"Not saved: {len(plan.left)} left to be seen to."
        return _show(request, looked, line, HTTPStatus.CONFLICT)
    if plan.gold.is_saved:
        return go_to(request, f"/gold/{document_id}")
    if plan.gold.there is not None and "replacing" not in asked:
        line = "Not saved: a file is there that says otherwise. Look at the difference first."
        return _show(request, looked, line, HTTPStatus.CONFLICT)
    try:
        save_gold(plan.gold, replacing=asked.get("replacing"))
    except UsageError as error:
        return _show(request, looked, f"Not saved: {error}", HTTPStatus.CONFLICT)
    return go_to(request, f"/gold/{document_id}")


def _plan(context: Context, looked: LookedAt) -> _Plan:
    decided = labels_decided(looked)
    gold = plan_gold(context.gold, looked.document, looked.source, decided)
    findings = check_to_save(gold)
    errors = [_tell(one) for one in findings if one.is_error]
    if errors:
        decided = decided._replace(open=(*decided.open, *errors))
        gold = plan_gold(context.gold, looked.document, looked.source, decided)
    return _Plan(gold, decided.open, findings)


def _show(
    request: Request,
    looked: LookedAt,
    line: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    context = context_of(request)
    plan = _plan(context, looked)
    gold = plan.gold
    findings = check_saved(gold) if gold.is_saved and gold.is_finished else plan.findings
    new = JornadaReport.model_validate(gold.labels)
    return render(
        request,
        "page.html",
        package=__package__,
        status=status,
        gold=gold,
        path=str(gold.path),
        document=looked.document,
        title=name_document(looked),
        line=line,
        left=plan.left[:_MOST_OPEN],
        more_left=len(plan.left) - _MOST_OPEN,
        findings=[one for one in findings if not one.is_seen],
        seen=sum(one.is_seen for one in findings),
        not_labelled=[name for name in _FIELDS if name not in gold.labels],
        new=new,
        differences=_list_differences(gold, new),
        lines=list(_diff_lines(gold)),
        folder=shlex.quote(str(context.gold)),
        stem=shlex.quote(gold.path.name.removesuffix(".gold.json")),
    )


_FIELDS = [name for name in JornadaReport.model_fields if name not in ("figures", "set_aside")]


def _list_differences(gold: GoldToSave, new: JornadaReport) -> Sequence[Difference]:
    """List the labels in which a file that is there differs; none where it is no gold."""
    if gold.there is None or gold.is_saved:
        return ()
    known = parse_gold_file(gold.path)
    if not isinstance(known, Labels):
        return ()
    both = TwiceLabelled(gold.path.name, gold.document.text, known.report, new)
    return compare_labels([both]).differences


def _diff_lines(gold: GoldToSave) -> Iterator[tuple[str, str]]:
    """Yield the lines in which a file that is there differs, each with its sign."""
    if gold.there is None or gold.is_saved:
        return
    there, new = gold.there.splitlines(), gold.written.splitlines()
    lines = unified_diff(there, new, "", "", lineterm="", n=_AROUND)
    for number, line in enumerate(lines):
        if number == _MOST_LINES:
            yield "@", "… and more"
            return
        if not line.startswith(("---", "+++")):
            yield line[:1], line[1:]


def _tell(one: LabelFinding) -> str:
    field = f"{one.finding.field}: " if one.finding.field else ""
    return f"{field}{one.finding.message}"


ROUTES = (
    Route("/gold/{document_id}", show_gold, methods=["GET"]),
    Route("/gold/{document_id}", save, methods=["POST"]),
)
