"""The pages of the review, each at its address. No logic."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from pipeline.review.compare import page as compare_page
from pipeline.review.context import Context
from pipeline.review.document import decide_page
from pipeline.review.document import page as document_page
from pipeline.review.fault_page import HANDLERS
from pipeline.review.queue import page as queue_page
from pipeline.review.source import page as source_page
from pipeline.review.static_files import static_route


def make_app(
    context: Context, more: Sequence[BaseRoute] = (), packages: Sequence[str] = ("pipeline.review",)
) -> Starlette:
    """Make the app; `more` routes are of other packages. Every address begins with the token.

    `packages` are those whose folders `static`, and those of their rooms, are served.
    """
    routes = [
        *queue_page.ROUTES,
        *document_page.ROUTES,
        *decide_page.ROUTES,
        *compare_page.ROUTES,
        *source_page.ROUTES,
        *more,
        static_route(packages),
    ]
    app = Starlette(routes=[Mount(f"/{context.token}", routes=routes)], exception_handlers=HANDLERS)
    app.state.context = context
    return app
