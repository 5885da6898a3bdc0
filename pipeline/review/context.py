"""What the pages of one review work on."""

from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request

from pipeline.store import Store


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
    """Give the context of the app that a request came to."""
    context: Context = request.app.state.context
    return context
