"""What a provider says of its batches and files, read from JSON. Pure.

Follows OpenAI's public API reference, and takes nothing of it for granted: others tell states in
words of their own, put an object into another, have "" for none, and write numbers as text.
Whatever cannot be read all the same is an `UnreadableAnswer`, in one line.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pipeline.errors import TransportError

METADATA_KEY = "jornada"
"""The name under which a batch of the provider has the ID that it has here."""
_FAR = 1e11  # seconds; the year 5138
_MILLISECONDS = 1000.0
_DEPTH = 3  # of envelopes
_COUNTS = (("total",), ("completed", "succeeded"), ("failed", "errored"))
_ID_NAMES = ("id", "batch_id", "job_id", "file_id")
_OF_A_BATCH = ("status", "state", "input_file_id")
_OF_A_FILE = ("filename", "bytes", "purpose")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PREFIX = re.compile(r"^(?:(?:batch|job|state|status)_)+")
_STATES = {
    "validating": ("validating",),
    "finalizing": ("finalizing",),
    "completed": (
        *("completed", "complete", "success", "succeeded", "successful", "done", "finished"),
        *("ended", "processed", "partially_completed", "partially_succeeded"),
        *("completed_with_errors", "completed_with_failures"),
    ),
    "failed": (
        *("failed", "failure", "error", "errored", "invalid", "rejected", "validation_failed"),
    ),
    "expired": ("expired", "timeout", "timed_out", "timeout_exceeded"),
    "cancelling": (
        *("cancelling", "canceling", "cancellation_requested", "cancel_requested", "stopping"),
    ),
    "cancelled": ("cancelled", "canceled", "aborted", "stopped", "terminated", "deleted"),
}
_STATE_OF_WORD = {word: state for state, words in _STATES.items() for word in words}
_UNDER_WAY = "in_progress"
_PENDING = frozenset(
    {
        *("pending", "queued", "waiting", "created", "running", "in_progress", "not_running"),
        *("uploading", "processing", "validating", "importing", "not_ready"),
    }
)
"""What providers call a file of which no batch can be made yet."""


class UnreadableAnswer(TransportError):  # noqa: N818 - an answer is what it is
    """The server answered with something that cannot be read."""


class BatchStatus(NamedTuple):
    """What the provider says of a batch; `done` and `failed` count requests.

    `state` is one of OpenAI's words, or `in_progress` for a word that nobody knows. `input_file`
    and `batch`, its ID here, say for what it was made, where the provider does.
    """

    id: str
    state: str
    total: int
    done: int
    failed: int
    output_file: str | None
    error_file: str | None
    errors: tuple[dict[str, Any], ...]
    expires_at: float | None
    input_file: str | None = None
    batch: str | None = None

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


class FileStatus(NamedTuple):
    """What the provider says of a file; `size` in bytes, None where it does not say."""

    id: str
    size: int | None
    is_pending: bool


def parse_json(content: bytes, where: str) -> Any:  # noqa: ANN401 - whatever it is
    """Parse an answer; `where` is the server, to be named."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise unreadable_answer(where) from error


def read_status(answer: object, where: str, name: str | None = None) -> BatchStatus:
    """Read a batch; `name` is its ID where that is known before."""
    batch = _find_object(answer, _OF_A_BATCH)
    if batch is None:
        raise unreadable_answer(where, answer)
    output_file = _read_file(batch, "output_file", where)
    total, done, failed = _read_counts(batch)
    state = _read_state(batch, where)
    if state is None:
        # By a word that is unknown here: what has all its answers is done.
        is_whole = output_file is not None and 0 < total <= done + failed
        state = "completed" if is_whole else _UNDER_WAY
    return BatchStatus(
        id=name or _read_id(batch, where),
        state=state,
        total=total,
        done=done,
        failed=failed,
        output_file=output_file,
        error_file=_read_file(batch, "error_file", where),
        errors=_read_errors(batch),
        expires_at=read_moment(batch.get("expires_at")),
        input_file=input_file_of(batch),
        batch=_name_here(batch),
    )


def read_file(answer: object, where: str) -> FileStatus:
    """Read a file."""
    file = _find_object(answer, _OF_A_FILE)
    if file is None:
        raise unreadable_answer(where, answer)
    size = _read_count(file.get("bytes"))
    is_pending = _fold_word(file.get("status")) in _PENDING
    return FileStatus(_read_id(file, where), size or None, is_pending)


def id_of(item: Mapping[str, Any]) -> str | None:
    """Give the ID of an item of a list, None where it has none."""
    for name in _ID_NAMES:
        value = item.get(name)
        if type(value) in (str, int) and str(value).strip():
            return str(value).strip()
    return None


def input_file_of(batch: Mapping[str, Any]) -> str | None:
    """Tell of what file a batch was made, None where that is not said."""
    for name in ("input_file_id", "input_file", "input_files"):
        value = batch.get(name)
        if isinstance(value, list) and len(value) == 1:
            (value,) = value
        if isinstance(value, dict):
            value = id_of(value)
        if isinstance(value, str) and value:
            return value
    return None


def is_made_of(batch: Mapping[str, Any], file: str, name: str) -> bool:
    """Tell whether a batch was made of a file, or for one of ours."""
    return input_file_of(batch) == file or _name_here(batch) == name


def says_whose(batch: Mapping[str, Any]) -> bool:
    """Tell whether an item of a list says for what it was made."""
    return input_file_of(batch) is not None or _name_here(batch) is not None


def read_moment(value: object) -> float | None:
    """Read a moment, a number or text, in Unix seconds; None if it is none."""
    if isinstance(value, str):
        try:
            seconds = float(value)
        except ValueError:
            return _read_iso(value)
    elif type(value) in (int, float):
        seconds = float(value)  # type: ignore[arg-type]
    else:
        return None
    if _FAR <= seconds < _FAR * _MILLISECONDS:
        seconds /= _MILLISECONDS
    return seconds if 0 < seconds < _FAR else None


def unreadable_answer(where: str, answer: object = None) -> UnreadableAnswer:
    """Say that an answer is none of the Batch API, or what error stands in its place."""
    error = answer.get("error") if isinstance(answer, dict) else None
    words = error.get("message") or error.get("code") if isinstance(error, dict) else error
    if words:
        said = " ".join(str(words).split())[:300]
        return UnreadableAnswer(f"{where} answered with an error: {said}", lost=True)
    return UnreadableAnswer(
        f"{where} answered with something else than JSON of the Batch API; is it the base URL of a "
        "server that has it, with its /v1?",
        lost=True,
    )


def _find_object(answer: object, marks: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Find what is meant, in as many envelopes as it may be."""
    found = _find_marked(answer, marks, _DEPTH)
    if found is None and isinstance(answer, dict) and not answer.get("error"):
        return answer if id_of(answer) is not None else None
    return found


def _find_marked(answer: object, marks: tuple[str, ...], depth: int) -> Mapping[str, Any] | None:
    if isinstance(answer, list) and len(answer) == 1:
        (answer,) = answer
    if not isinstance(answer, dict) or not depth:
        return None
    if any(mark in answer for mark in marks) and (
        id_of(answer) is not None or not any(isinstance(each, dict) for each in answer.values())
    ):
        return answer
    inside = [
        found
        for name, value in answer.items()
        if name not in ("error", "errors", "metadata")
        if (found := _find_marked(value, marks, depth - 1)) is not None
    ]
    if len(inside) == 1:
        return inside[0]
    return answer if any(mark in answer for mark in marks) else None


def _read_id(item: Mapping[str, Any], where: str) -> str:
    """Read what is to stand in URLs, and on terminals."""
    value = id_of(item)
    if value is None or not is_name(value):
        raise unreadable_answer(where, item)
    return value


def is_name(value: str) -> bool:
    """Tell whether a text can stand in URLs, and on terminals."""
    return value.isascii() and value.isprintable() and bool(value) and " " not in value


def _read_state(batch: Mapping[str, Any], where: str) -> str | None:
    """Read a state as one of OpenAI's; None for a word that is unknown here."""
    told = next((batch[name] for name in ("status", "state") if batch.get(name)), None)
    if told is None:
        return "validating"  # it was made, and that is all that is said of it
    if not isinstance(told, str) or not is_name(told.strip().replace(" ", "_")):
        raise unreadable_answer(where)
    return _STATE_OF_WORD.get(_fold_word(told))


def _fold_word(told: object) -> str:
    word = _CAMEL.sub("_", told.strip()) if isinstance(told, str) else ""
    return _PREFIX.sub("", re.sub(r"[\s-]+", "_", word).casefold())


def _read_file(batch: Mapping[str, Any], kind: str, where: str) -> str | None:
    value = batch.get(f"{kind}_id") or batch.get(kind)
    if isinstance(value, dict):
        value = id_of(value)
    if not value:
        return None
    if not isinstance(value, str) or not is_name(value):
        raise unreadable_answer(where)
    return value


def _read_counts(batch: Mapping[str, Any]) -> tuple[int, int, int]:
    counts = batch.get("request_counts")
    told = counts if isinstance(counts, dict) else batch
    total, done, failed = (
        max(_read_count(told.get(name)) for word in words for name in (word, f"{word}_requests"))
        for words in _COUNTS
    )
    return total, done, failed


def _read_count(value: object) -> int:
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 19:  # noqa: PLR2004
        value = int(value)
    return value if type(value) is int and value >= 0 else 0


def _read_errors(batch: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    errors = batch.get("errors") or batch.get("error")
    if isinstance(errors, dict):
        errors = errors.get("data", [errors])
    if isinstance(errors, str):
        errors = [errors]
    if not isinstance(errors, list):
        return ()
    told = ({"message": each} if isinstance(each, str) else each for each in errors)
    return tuple(each for each in told if isinstance(each, dict))


def _name_here(batch: Mapping[str, Any]) -> str | None:
    metadata = batch.get("metadata")
    name = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None


def _read_iso(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = moment.timestamp()
    return seconds if 0 < seconds < _FAR else None
