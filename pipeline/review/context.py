"""What the pages of one review work on."""

from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request

from pipeline.plain_text import one_line
from pipeline.store import Store

LONGEST_NAME = 100
"""Of who decides, in characters."""


class Context(NamedTuple):
    """One database, and who looks at it."""

    store: Store
    db: Path
    who: str
    token: str
    """Every address begins with it: who does not know it gets nothing."""
    gold: Path
    """The folder that gold is saved in."""


def context_of(request: Request) -> Context:
    """Give the context of the app that a request came to; `?who=` is who looks instead."""
    context: Context = request.app.state.context
    asked = one_line(request.query_params.get("who", "")).strip()[:LONGEST_NAME]
    return context._replace(who=asked) if asked else context
