"""What a provider tells of its batches, read from JSON of which nothing is taken for granted. Pure.

Whatever is not as OpenAI's public API reference has it is a `TransportError`, in one line.
"""

import json
from typing import Any, NamedTuple

from pipeline.batch.ledger import CLOSED, OURS
from pipeline.errors import TransportError

_FAR = 1e11  # seconds; the year 5138


class Told(NamedTuple):
    """What the provider says of a batch; `done` and `failed` count requests."""

    id: str
    status: str
    total: int
    done: int
    failed: int
    output_file: str | None
    error_file: str | None
    errors: tuple[dict[str, Any], ...]
    expires_at: float | None


def read(told: dict[str, Any], where: str) -> Told:
    """Read a batch; `where` is the server, to be named."""
    counts, errors, expires = told.get("request_counts"), told.get("errors"), told.get("expires_at")
    counted = counts if isinstance(counts, dict) else {}
    listed = errors.get("data") if isinstance(errors, dict) else None
    listed = listed if isinstance(listed, list) else []
    return Told(
        id=identity(told, "id", where),
        status=_status(told, where),
        total=_count(counted.get("total")),
        done=_count(counted.get("completed")),
        failed=_count(counted.get("failed")),
        output_file=identity(told, "output_file_id", where) if told.get("output_file_id") else None,
        error_file=identity(told, "error_file_id", where) if told.get("error_file_id") else None,
        errors=tuple(one for one in listed if isinstance(one, dict)),
        expires_at=expires if isinstance(expires, int | float) and 0 < expires < _FAR else None,
    )


def parsed(content: bytes, where: str) -> dict[str, Any]:
    """Read an answer that is to be an object."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise unreadable(where) from error
    if not isinstance(told, dict):
        raise unreadable(where)
    return told


def field(told: dict[str, Any], name: str, kind: Any, where: str) -> Any:  # noqa: ANN401 - of `kind`
    """Read what has to be there."""
    value = told.get(name)
    if not isinstance(value, kind):
        raise unreadable(where)
    return value


def identity(told: dict[str, Any], name: str, where: str) -> str:
    """Read what is to stand in URLs, and on terminals."""
    value = str(field(told, name, str, where))
    if not value.isascii() or not value.isprintable() or not value or " " in value:
        raise unreadable(where)
    return value


def _status(told: dict[str, Any], where: str) -> str:
    """Read a state, which must be none that means something else here."""
    status = identity(told, "status", where)
    if status in (*OURS, *CLOSED):
        raise unreadable(where)
    return status


def unreadable(where: str) -> TransportError:
    """Say that an answer is none of the Batch API."""
    return TransportError(
        f"{where} answered with something else than JSON of the Batch API; is it the base URL of a "
        "server that has it, with its /v1?",
        lost=True,
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
