"""The lines of a batch's output and error files, read. Pure.

Follows the request output object of OpenAI's public API reference: `custom_id`, and either a
`response` with `status_code` and `body`, or an `error` with `code` and `message`. Others leave the
status out, write the body as text, put the answer itself in the place of the response, or add
something to the name of a request.
"""

import json
import re
from collections.abc import Container
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from pipeline.llm.completion import Completion, completion
from pipeline.llm.retry import WORTH_REPEATING
from pipeline.llm.server_error import ServerError
from pipeline.llm.servers import FILTERED, NO_SCHEMA, TOO_LONG, fold_message

LineOutcome = Literal["answered", "refused", "no schema", "unanswered", "cancelled"]
_BOM = b"\xef\xbb\xbf"
_NAME = re.compile(r"([0-9]+)-([0-9a-f]{12})")
"""A `custom_id`, as `spool.py` makes it."""
_STATUSES = range(100, 600)


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


def read_line(line: bytes) -> LineResult | None:
    """Read a line; None where it is broken."""
    record = _parse(line)
    if record is None:
        return None
    custom_id, response = record["custom_id"], _parse_text(record.get("response"))
    if not isinstance(response, dict):
        return _read_error(custom_id, record.get("error"))
    status, body = _read_response(response)
    if status == HTTPStatus.OK:
        answer = completion(body)
        if isinstance(answer, ServerError):
            inside = {"message": answer.message, "code": answer.code}
            return _read_failure(custom_id, answer.status or status, inside)
        if answer is not None:
            return LineResult(custom_id, "answered", answer)
        error = "answered in a batch with something else than a chat completion"
        return LineResult(custom_id, "unanswered", error=error)
    return _read_failure(custom_id, status, body)


def has_results(line: bytes) -> bool:
    """Tell whether a line says what came of a request."""
    return _parse(line) is not None


def find_request(custom_id: str, requests: Container[str]) -> str | None:
    """Find the request that a line is about, whatever stands before or behind its name."""
    if custom_id in requests:
        return custom_id
    for number, document in _NAME.findall(custom_id.casefold()):
        for start in range(len(number)):
            if (name := f"{number[start:]}-{document}") in requests:
                return name
    return None


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line.strip().removeprefix(_BOM))
    except (ValueError, RecursionError):
        return None
    is_result = isinstance(record, dict) and isinstance(record.get("custom_id"), str)
    return record if is_result else None


def _parse_text(value: object) -> object:
    """Parse what is JSON written as text."""
    if not isinstance(value, str):
        return value
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return parsed if isinstance(parsed, dict) else value


def _read_response(response: dict[str, Any]) -> tuple[object, object]:
    """Read the status and the body of a response; 200 where only a body is there."""
    if "choices" in response:
        return HTTPStatus.OK, response
    told = next((response[name] for name in ("status_code", "status") if name in response), None)
    status = _read_code(told)
    body = _parse_text(response.get("body"))
    is_an_error = isinstance(body, dict) and body.get("error") and "choices" not in body
    if status is None and told is None and not is_an_error:
        status = HTTPStatus.OK
    is_well = status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return HTTPStatus.OK if is_well else status if status is not None else told, body


def _read_code(value: object) -> int | None:
    """Read an HTTP status, a number or text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:9])
    return value if type(value) is int and value in _STATUSES else None


def _read_error(custom_id: str, error: object) -> LineResult:
    """Read what stands in the place of a response."""
    fields = error if isinstance(error, dict) else {"message": error} if error else {}
    if (status := _read_code(fields.get("code"))) is not None:
        return _read_failure(custom_id, status, fields)
    code = str(fields.get("code") or "no response")
    outcome: LineOutcome = "cancelled" if code == "batch_cancelled" else "unanswered"
    message = fold_message(f"{code}: {fields.get('message') or 'no reason given'}")
    return LineResult(custom_id, outcome, error=message)


def _read_failure(custom_id: str, status: object, body: object) -> LineResult:
    """Read an error in the place of a completion, as a call of its own would be."""
    fields: dict[str, Any] = body if isinstance(body, dict) else {}
    inner = fields.get("error")
    error: dict[str, Any] = inner if isinstance(inner, dict) else fields
    message = fold_message(str(error.get("message") or body or "no reason given"))
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
