"""The queue: documents, the worst first."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.review.templates import render


def show_queue(request: Request) -> Response:
    """Show the queue."""
    return render(request, "queue.html")


ROUTES = (Route("/", show_queue),)
