"""Batches told as other providers of the API tell them."""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_json

from examples.fault_server.options import BatchManner

SHORT_ENDPOINT = "/chat/completions"
_SHAPES = 5


def batch_in(manners: tuple[BatchManner, ...], told: dict[str, Any]) -> dict[str, Any]:
    """Tell of a batch."""
    told = dict(told)
    if "capitals" in manners:
        told["status"] = str(told["status"]).upper()
    if "unnamed" in manners:
        del told["metadata"]
    if "empty" in manners:
        told |= {name: "" for name, value in told.items() if name.endswith("_id") and not value}
    if "text" in manners:
        told["created_at"] = datetime.fromtimestamp(told["created_at"], UTC).isoformat()
        counts = told["request_counts"]
        told["request_counts"] = {name: str(count) for name, count in counts.items()}
    return told


def answer_in(manners: tuple[BatchManner, ...], told: dict[str, Any]) -> dict[str, Any]:
    """Answer with one batch."""
    told = batch_in(manners, told)
    return {"job": told, "warning": ""} if "envelope" in manners else told


def list_in(manners: tuple[BatchManner, ...], page: dict[str, Any]) -> object:
    """Answer with a page of batches."""
    listed = [batch_in(manners, one) for one in page["data"]]
    return listed if "bare" in manners else {**page, "data": listed}


def lines_in(manners: tuple[BatchManner, ...], lines: list[bytes]) -> bytes:
    """Write the lines of a file of results."""
    if "odd-lines" not in manners:
        return b"".join(lines)
    odd = [_write_oddly(number, json.loads(line)) for number, line in enumerate(lines)]
    return b"\xef\xbb\xbf" + b"\r\n\r\n".join(odd) + b"\r\n"


def _write_oddly(number: int, line: dict[str, Any]) -> bytes:
    """Write a line in one of the ways that were seen; which one goes by its number."""
    response = line["response"]
    if number % _SHAPES in (1, 4):
        line["custom_id"] = f"{line['custom_id']}-0"
    if number % _SHAPES == 2:  # noqa: PLR2004
        line["custom_id"] = f"request-{line['custom_id']}"
    if isinstance(response, dict) and response["status_code"] == 200:  # noqa: PLR2004
        match number % _SHAPES:
            case 0 | 4:
                response["body"] = json.dumps(response["body"])
            case 1:
                del response["status_code"]
            case 3:
                response["status_code"] = "200"
    return to_json(line)
