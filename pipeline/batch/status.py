"""What a provider says of its batches, read from JSON of which nothing is taken for granted. Pure.

Whatever is not as OpenAI's public API reference has it is a `TransportError`, in one line.
"""

import json
from typing import Any, NamedTuple

from pipeline.batch.ledger import CLOSED, OURS
from pipeline.errors import TransportError

_FAR = 1e11  # seconds; the year 5138


class BatchStatus(NamedTuple):
    """What the provider says of a batch; `done` and `failed` count requests."""

    id: str
    state: str
    total: int
    done: int
    failed: int
    output_file: str | None
    error_file: str | None
    errors: tuple[dict[str, Any], ...]
    expires_at: float | None

    @property
    def facts(self) -> dict[str, Any]:
        """What is to be recorded of it."""
        return {
            "id": self.id,
            "counts": [self.total, self.done, self.failed],
            "output_file": self.output_file,
            "error_file": self.error_file,
            "expires_at": self.expires_at,
        }


def read_status(batch: dict[str, Any], where: str) -> BatchStatus:
    """Read a batch; `where` is the server, to be named."""
    counts, errors = batch.get("request_counts"), batch.get("errors")
    expires = batch.get("expires_at")
    counts = counts if isinstance(counts, dict) else {}
    errors = errors.get("data") if isinstance(errors, dict) else None
    errors = errors if isinstance(errors, list) else []
    return BatchStatus(
        id=read_id(batch, "id", where),
        state=_read_state(batch, where),
        total=_read_count(counts.get("total")),
        done=_read_count(counts.get("completed")),
        failed=_read_count(counts.get("failed")),
        output_file=_read_file(batch, "output_file_id", where),
        error_file=_read_file(batch, "error_file_id", where),
        errors=tuple(one for one in errors if isinstance(one, dict)),
        expires_at=expires if isinstance(expires, int | float) and 0 < expires < _FAR else None,
    )


def parse_object(content: bytes, where: str) -> dict[str, Any]:
    """Parse an answer that is to be an object."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise unreadable_answer(where) from error
    if not isinstance(answer, dict):
        raise unreadable_answer(where)
    return answer


def require(answer: dict[str, Any], name: str, kind: Any, where: str) -> Any:  # noqa: ANN401 - of `kind`
    """Read what has to be there."""
    value = answer.get(name)
    if not isinstance(value, kind):
        raise unreadable_answer(where)
    return value


def read_id(answer: dict[str, Any], name: str, where: str) -> str:
    """Read what is to stand in URLs, and on terminals."""
    value = str(require(answer, name, str, where))
    if not value.isascii() or not value.isprintable() or not value or " " in value:
        raise unreadable_answer(where)
    return value


def unreadable_answer(where: str) -> TransportError:
    """Say that an answer is none of the Batch API."""
    return TransportError(
        f"{where} answered with something else than JSON of the Batch API; is it the base URL of a "
        "server that has it, with its /v1?",
        lost=True,
    )


def _read_state(batch: dict[str, Any], where: str) -> str:
    """Read a state, which must be none that means something else here."""
    state = read_id(batch, "status", where)
    if state in (*OURS, *CLOSED):
        raise unreadable_answer(where)
    return state


def _read_file(batch: dict[str, Any], name: str, where: str) -> str | None:
    return read_id(batch, name, where) if batch.get(name) else None


def _read_count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
