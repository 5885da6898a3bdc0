"""The page of labels in doubt: what readers agree on against the gold, the worst first."""

import shlex
import threading
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from eval.labels.gold import GoldBulletin, load_usable
from eval.report.doubt_list import tell_gold, tell_read
from eval.review.going import go_to
from eval.runs.doubt_changes import accept, keep, pick_doubts
from eval.runs.doubts import LEAST, Doubt, find_doubts
from eval.runs.opinions import fetch_opinions
from pipeline.errors import GoldError, UsageError
from pipeline.quotes import locate_figure
from pipeline.review.context import Context, context_of
from pipeline.review.templates import render

_AROUND = 120
"""Characters of the text on each side of a quote."""
_MOST = 100
"""Rows on the page: when these are settled, the next come."""

_changing = threading.Lock()
"""Two windows may settle doubts of one file at once."""


class _Found(NamedTuple):
    """The doubts of a folder of gold; `missing` says what has to be there first."""

    doubts: tuple[Doubt, ...] = ()
    bulletins: tuple[GoldBulletin, ...] = ()
    left_out: tuple[str, ...] = ()
    missing: str | None = None
    command: str | None = None


class _Row(NamedTuple):
    doubt: Doubt
    before: str
    words: str
    after: str
    gold: str
    read: str


def show_doubts(request: Request) -> Response:
    """Show labels in doubt."""
    return _show(request, _find(context_of(request)))


def settle_doubt(request: Request) -> Response:
    """Label one as its readers have it, or keep the gold's: `?accept=MARK` or `?keep=MARK`."""
    context, asked = context_of(request), request.query_params
    with _changing:
        found = _find(context)
        try:
            accept(pick_doubts(found.doubts, asked.getlist("accept")))
            keep(pick_doubts(found.doubts, asked.getlist("keep")))
        except (UsageError, GoldError) as error:
            return _show(request, found, f"Nothing was changed: {error}")
    marks = [one.mark for one in found.doubts if not one.is_seen]
    done = asked.get("accept") or asked.get("keep") or ""
    behind = marks[marks.index(done) + 1 :] if done in marks else []
    return go_to(request, f"/doubts#{behind[0]}" if behind else "/doubts")


def _find(context: Context) -> _Found:
    folder = context.gold
    try:
        bulletins, faults = load_usable(folder)
    except GoldError:
        return _Found(
            missing=f"{folder} holds no gold yet: decide a document's figures, then save it as "
            "gold; or give another folder, and start the page again:",
            command="jornada review --gold DIR",
        )
    left_out = tuple(map(str, faults))
    if not bulletins:
        return _Found(
            left_out=left_out,
            missing=f"No gold file in {folder} can be used:",
            command=f"jornada gold check --gold {_quote(folder)}",
        )
    reads = fetch_opinions(context.store, [one.document.id for one in bulletins])
    most = max(map(len, reads.values()), default=0)
    if most < LEAST:
        return _Found(
            (),
            bulletins,
            left_out,
            f"{'One reader' if most else 'No reader'} in {context.db.name} has read this gold, and "
            "doubts need two that agree. Have another prompt, model or reader read it:",
            f"jornada eval --gold {_quote(folder)} --db {_quote(context.db)} --reader baseline "
            "--prompt anchored-v2 --model MODEL",
        )
    return _Found(find_doubts(bulletins, reads), bulletins, left_out)


def _quote(path: object) -> str:
    return shlex.quote(str(path))


def _show(request: Request, found: _Found, line: str | None = None) -> Response:
    context = context_of(request)
    open_ones = [one for one in found.doubts if not one.is_seen]
    ids = list({one.bulletin.document.id for one in open_ones[:_MOST]})
    stored = {
        document_id
        for (document_id,) in context.store.read(
            "SELECT document_id FROM documents WHERE document_id IN (SELECT unnest(?::VARCHAR[]))",
            [ids],
        ).rows
    }
    return render(
        request,
        "page.html",
        package=__package__,
        status=HTTPStatus.CONFLICT if line else HTTPStatus.OK,
        rows=[_make_row(one) for one in open_ones[:_MOST]],
        number=len(open_ones),
        kept=len(found.doubts) - len(open_ones),
        bulletins=len(found.bulletins),
        left_out=found.left_out,
        missing=found.missing,
        command=found.command,
        folder=str(context.gold),
        check=f"jornada gold check --gold {_quote(context.gold)}",
        stored=stored,
        line=line,
    )


def _make_row(doubt: Doubt) -> _Row:
    text, figure = doubt.bulletin.document.text, doubt.figure
    spans = locate_figure(text, figure) if figure else ()
    told = tell_gold(doubt), tell_read(doubt)
    if not spans:
        return _Row(doubt, "", figure.quote if figure else "", "", *told)
    start, end = spans[0]
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return _Row(doubt, before, text[start:end], after, *told)


ROUTES = (
    Route("/doubts", show_doubts, methods=["GET"]),
    Route("/doubts", settle_doubt, methods=["POST"]),
)
