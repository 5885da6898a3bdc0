"""The pages of the review, each at its address. No logic."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from pipeline.review import queue_page
from pipeline.review.context import Context


def make_app(context: Context, more: Sequence[BaseRoute] = ()) -> Starlette:
    """Make the app; `more` routes are of other rooms. Every address begins with the token."""
    routes = [*queue_page.ROUTES, *more]
    app = Starlette(routes=[Mount(f"/{context.token}", routes=routes)])
    app.state.context = context
    return app
