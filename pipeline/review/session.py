"""One review: the pages over a database, served, and what goes on behind them meanwhile."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from starlette.routing import BaseRoute

from pipeline.errors import UsageError
from pipeline.review.app import make_app
from pipeline.review.background import work_behind
from pipeline.review.context import Context
from pipeline.review.server import listen, serve
from pipeline.store import Store


def open_context(db: Path, who: str, gold: Path) -> Context:
    """Open a database for a review, and give its tables what an older version lacks.

    Raises `UsageError` or `StoreError`, in one line, where it is none or cannot be written.
    """
    store = Store.for_questions(db)
    store.upgrade_older()
    _require_writable(db)
    return Context(store, db, who, secrets.token_urlsafe(24), gold)


def _require_writable(db: Path) -> None:
    for path, what in ((db, db), (db.parent, f"the folder {db.parent}")):
        if not os.access(path, os.W_OK):
            raise UsageError(
                f"{db}: {what} cannot be written, and decisions could not be kept; "
                "review a copy, or have it opened for you"
            )


@contextmanager
def hold_review(
    context: Context, port: int | None, more: Sequence[BaseRoute], packages: Sequence[str]
) -> Iterator[str]:
    """Serve a review while the block runs; give its address."""
    with (
        listen(port) as listener,
        work_behind(context),
        serve(make_app(context, more, packages), context.token, listener) as address,
    ):
        yield address
