"""The pages of the review, each at its address. No logic."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from pipeline.review import compare_page, decide_page, document_page, queue_page, source_page
from pipeline.review.context import Context
from pipeline.review.fault_page import HANDLERS
from pipeline.review.static_files import static_route


def make_app(
    context: Context, more: Sequence[BaseRoute] = (), packages: Sequence[str] = ("pipeline.review",)
) -> Starlette:
    """Make the app; `more` routes are of other packages. Every address begins with the token.

    `packages` are those whose folders `static` are served.
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
