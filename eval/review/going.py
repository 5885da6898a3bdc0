"""Where a browser goes after something was done, so that to load the page again does it no more."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.review.context import context_of


def go_to(request: Request, address: str) -> Response:
    """Have the browser look at another page of the review."""
    return RedirectResponse(f"/{context_of(request).token}{address}", HTTPStatus.SEE_OTHER)
