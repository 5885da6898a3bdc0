"""The lines of a batch's output and error files, read. Pure.

Follows the request output object of OpenAI's public API reference: `custom_id`, and either a
`response` with `status_code` and `body`, or an `error` with `code` and `message`.
"""

import json
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from pipeline.llm.completion import Completion, completion
from pipeline.llm.retry import WORTH_REPEATING
from pipeline.llm.server_error import ServerError
from pipeline.llm.servers import FILTERED, NO_SCHEMA, TOO_LONG, fold_message

LineOutcome = Literal["answered", "refused", "no schema", "unanswered", "cancelled"]


class LineResult(NamedTuple):
    """What came of a request: an answer, or why there is none.

    `cause` is the same in words that fit each document it stops, None where the document itself is
    to blame.
    """

    custom_id: str
    outcome: LineOutcome
    answer: Completion | None = None
    error: str | None = None
    cause: str | None = None


def read_line(line: bytes, secret: str = "") -> LineResult | None:
    """Read a line; None where it is broken. `secret` is left out of messages."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    custom_id = record.get("custom_id") if isinstance(record, dict) else None
    if not isinstance(custom_id, str):
        return None
    response = record.get("response")
    if not isinstance(response, dict):
        return _read_error(custom_id, record.get("error"), secret)
    status, body = response.get("status_code"), response.get("body")
    if status == HTTPStatus.OK:
        answer = completion(body)
        if isinstance(answer, ServerError):
            inside = {"message": answer.message, "code": answer.code}
            return _read_failure(custom_id, answer.status or status, inside, secret)
        if answer is not None:
            return LineResult(custom_id, "answered", answer)
        error = "answered in a batch with something else than a chat completion"
        return LineResult(custom_id, "unanswered", error=error)
    return _read_failure(custom_id, status, body, secret)


def _read_error(custom_id: str, error: object, secret: str) -> LineResult:
    """Read what stands in the place of a response."""
    fields = error if isinstance(error, dict) else {}
    code = str(fields.get("code") or "no response")
    outcome: LineOutcome = "cancelled" if code == "batch_cancelled" else "unanswered"
    message = fold_message(f"{code}: {fields.get('message') or 'no reason given'}", secret)
    return LineResult(custom_id, outcome, error=message)


def _read_failure(custom_id: str, status: object, body: object, secret: str) -> LineResult:
    """Read an error in the place of a completion, as a call of its own would be."""
    fields: dict[str, Any] = body if isinstance(body, dict) else {}
    inner = fields.get("error")
    error: dict[str, Any] = inner if isinstance(inner, dict) else fields
    message = fold_message(str(error.get("message") or body or "no reason given"), secret)
    answer = f"answered {status} in a batch: {message}"
    if error.get("code") == "insufficient_quota":
        cause = f"{status}: the account has no credit left"
        return LineResult(custom_id, "refused", None, answer, cause)
    # An error without a status of its own stands in a 200.
    if not isinstance(status, int) or status in (HTTPStatus.OK, *WORTH_REPEATING) or status >= 500:  # noqa: PLR2004
        return LineResult(custom_id, "unanswered", error=answer)
    if NO_SCHEMA.search(message):
        return LineResult(custom_id, "no schema", None, answer, f"{status}: {message}")
    if TOO_LONG.search(message):
        return LineResult(
            custom_id, "refused", error=f"{answer}; the bulletin is too long for the model"
        )
    if FILTERED.search(message):
        return LineResult(custom_id, "refused", error=answer)
    return LineResult(custom_id, "refused", None, answer, f"{status}: {message}")
