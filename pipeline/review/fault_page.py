"""What is shown where a page cannot be: what happened, and what to do."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.errors import JornadaError, StoreError
from pipeline.review.templates import render

_ADVICE = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address. Go back to the queue.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address takes no such request.",
}


def show_http_fault(request: Request, error: Exception) -> Response:
    """Show that there is no such page."""
    code = error.status_code if isinstance(error, HTTPException) else 500
    status = HTTPStatus(code)
    own = error.detail if isinstance(error, HTTPException) else ""
    told = own if own not in ("", status.phrase) else _ADVICE.get(status, status.phrase)
    return _show(request, status, told)


def show_known_fault(request: Request, error: Exception) -> Response:
    """Show an error of the project's own: 503 where the database cannot be had, else 400."""
    is_store = isinstance(error, StoreError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_store else HTTPStatus.BAD_REQUEST
    return _show(request, status, str(error))


def show_unexpected_fault(request: Request, error: Exception) -> Response:
    """Show that something went wrong that nobody foresaw; the guard says so on the terminal."""
    told = (
        f"Something went wrong that nobody foresaw ({type(error).__name__}). What was decided is "
        "kept. Load the page again; if that does not help, stop the command and start it again."
    )
    return _show(request, HTTPStatus.INTERNAL_SERVER_ERROR, told)


def _show(request: Request, status: HTTPStatus, told: str) -> Response:
    # Scripts ask for JSON, and can show a line.
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": told}, status_code=int(status))
    return render(request, "fault.html", status=int(status), heading=status.phrase, told=told)


HANDLERS = {
    HTTPException: show_http_fault,
    JornadaError: show_known_fault,
    Exception: show_unexpected_fault,
}
