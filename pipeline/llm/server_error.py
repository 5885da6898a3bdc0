"""An error that a server puts where a completion belongs: inside a 200, or in its choice. Pure.

Servers agree neither on the fields nor on the codes of errors. What is looked for here are the ways
in which they are known to say one: `error` as OpenAI has it (an object, a text, or in a list),
`errors`, `detail`, `base_resp`, `error_msg`, or a bare message with a code.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.llm.token_counts import UNCOUNTED, TokenCounts, read_number
from pipeline.plain_text import storable

WITHOUT_CHOICE = "answered without a choice"
_NO_REASON = "no reason given"
_LONGEST_WAIT = 7 * 86_400.0
_STATUSES = range(400, 600)
_LARGEST_CODE = 10**9

_NAMED = {
    "invalid_argument": 400,
    "invalid_request_error": 400,
    "failed_precondition": 400,
    "unauthenticated": 401,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "billing_error": 402,
    "insufficient_balance": 402,
    "insufficient_credits": 402,
    "permission_denied": 403,
    "permission_error": 403,
    "not_found": 404,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "resource_exhausted": 429,
    "rate_limit": 429,
    "rate_limited": 429,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "too_many_requests": 429,
    "insufficient_quota": 429,
    "throttling": 429,
    "throttlingexception": 429,
    "internal": 500,
    "api_error": 500,
    "server_error": 500,
    "internal_error": 500,
    "internal_server_error": 500,
    "bad_gateway": 502,
    "unavailable": 503,
    "service_unavailable": 503,
    "unavailable_error": 503,
    "deadline_exceeded": 504,
    "timeout_error": 504,
    "overloaded": 529,
    "overloaded_error": 529,
}
"""The statuses that names of errors stand for: of gRPC, OpenAI, Anthropic and others."""

_CODES = ("status", "status_code", "statusCode", "http_status", "code", "error_code", "errorCode")
_NAMES = ("code", "type", "status", "error_type", "error_code", "errorCode", "status_code", "Code")
_MESSAGES = ("message", "msg", "detail", "error_msg", "errorMessage", "status_msg", "Message")
_DELAYS = ("retry_after", "retryAfter", "retry_after_seconds", "retryDelay", "retry_delay")
_DURATION = re.compile(
    r"(\d{1,9}(?:\.\d{1,9})?)\s?(ms|milliseconds?|[hms]|hours?|min(?:ute)?s?|sec(?:ond)?s?)(?![a-z])"
)
_IN_WORDS = re.compile(
    rf"(?:try again|retry|wait)\D{{0,20}}?((?:{_DURATION.pattern}\s?){{1,3}})", re.IGNORECASE
)
_SECONDS = {"ms": 0.001, "mi": 60.0, "h": 3600.0, "m": 60.0, "s": 1.0}


class ServerError(NamedTuple):
    """What went wrong in the server's words; `status` is the HTTP status that it would have had.

    `code` is the server's own name for it, `retry_after` the seconds after which it says to ask
    again; each is None where it says none. `counts` are the tokens that it took all the same.
    """

    message: str
    status: int | None = None
    code: str | None = None
    retry_after: float | None = None
    counts: TokenCounts = UNCOUNTED


def read_error(body: object) -> ServerError | None:
    """Read the error that a body tells; None if it tells none."""
    fields = _fields(body)
    return None if fields is None else _read(fields)


def _fields(body: object) -> Mapping[str, Any] | None:
    """Find what describes an error, however it is wrapped."""
    if isinstance(body, list):
        return next((found for each in body if (found := _fields(each)) is not None), None)
    if not isinstance(body, dict):
        return None
    for name in ("error", "errors", "Error"):
        if inner := body.get(name):
            return _described(inner, body)
    told = body.get("base_resp")
    if isinstance(told, dict) and read_number(told.get("status_code")):
        return told
    if isinstance(told := body.get("detail"), str | list) and told:
        return _described(told, body)
    return body if any(isinstance(body.get(name), str) for name in _MESSAGES) else None


def _described(inner: object, around: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the fields of an error that is an object, a text, a code or a list of such."""
    if isinstance(inner, list) and inner:
        return _described(inner[0], around)
    if isinstance(inner, dict):
        return inner
    if isinstance(inner, str):
        return {**around, "message": inner}
    return {**around, "code": inner} if type(inner) is int else around


def _read(fields: Mapping[str, Any]) -> ServerError:
    said = next(_texts(fields, _MESSAGES), "")
    # A proxy's own words say little; those of the provider behind it stand beside them.
    metadata = fields.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    if isinstance(raw, str) and raw.strip() and raw not in said:
        said = f"{said}: {raw}" if said else raw
    code = next(_codes(fields), None)
    return ServerError(
        storable(said or code or _NO_REASON),
        _status(fields),
        code,
        _delay(fields, said),
    )


def _texts(fields: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if isinstance(text := fields.get(name), str) and text.strip():
            yield text


def _codes(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in _NAMES:
        code = fields.get(name)
        if isinstance(code, str) and code.strip():
            yield storable(code)
        if type(code) is int and abs(code) < _LARGEST_CODE:
            yield storable(str(code))


def _status(fields: Mapping[str, Any]) -> int | None:
    for name in _CODES:
        number = read_number(fields.get(name))
        if number is not None and number in _STATUSES:
            return int(number)
    for name in _texts(fields, _NAMES):
        if (status := _NAMED.get(name.strip().lower())) is not None:
            return status
    return None


def _delay(fields: Mapping[str, Any], said: str) -> float | None:
    """Give the seconds to wait that an error names in a field, in a detail, or in words."""
    details = fields.get("details")
    listed = details if isinstance(details, list) else [details]
    for each in (fields, fields.get("metadata"), *listed):
        seconds = _told_delay(each) if isinstance(each, dict) else None
        if seconds is not None:
            return seconds
    if (worded := _IN_WORDS.search(said)) is None:
        return None
    return _duration(worded[1])


def _told_delay(fields: Mapping[str, Any]) -> float | None:
    for name in _DELAYS:
        told = fields.get(name)
        seconds = read_number(told)
        if seconds is None and isinstance(told, str):
            seconds = _duration(told)
        if seconds is not None and 0 <= seconds <= _LONGEST_WAIT:
            return float(seconds)
    return None


def _duration(text: str) -> float | None:
    """Read "1.5s", "20ms", "6m0s" or "7 seconds" as seconds."""
    parts = _DURATION.findall(text.lower())
    seconds = sum(
        float(number) * _SECONDS.get(unit[:2], _SECONDS.get(unit[0], 1.0)) for number, unit in parts
    )
    return seconds if parts and seconds <= _LONGEST_WAIT else None
