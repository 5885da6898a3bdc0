"""The lines of a batch: whether they can be taken, and what comes back for each.

The codes of a failed validation are those that Azure's reference of the same API lists, and
`token_limit_exceeded`, which OpenAI gives.
"""

import hashlib
import random
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from examples.fault_server.answers import Asked, error
from examples.fault_server.chat import Chat
from examples.fault_server.options import LINE_FAULTS, LineFault
from examples.scripted_server import Refused

ENDPOINT = "/v1/chat/completions"
_MOST_ERRORS = 100
_OF_BATCHES: frozenset[str] = frozenset({"429", "500", "expired", "missing"})
_EXPIRED = "This request could not be executed before the completion window expired."
_CANCELLED = "This request could not be executed before the batch was cancelled."
UNDONE = {"batch_expired": _EXPIRED, "batch_cancelled": _CANCELLED}


class Line(NamedTuple):
    """One request of a batch: its custom ID, and the body of a chat completion as JSON."""

    custom_id: str
    body: bytes
    model: str
    tokens: int


class Result(NamedTuple):
    """A line of the output file or, with `failed`, of the error file; None is missing.

    The tokens are those that are charged.
    """

    written: bytes | None
    failed: bool
    prompt_tokens: int = 0
    completion_tokens: int = 0


def read(
    content: bytes, most: int, endpoint: str = ENDPOINT
) -> tuple[list[Line], list[dict[str, Any]]]:
    """Read the input file: its lines, or what is wrong with it."""
    lines: list[Line] = []
    errors: list[dict[str, Any]] = []
    known: set[str] = set()
    for number, raw in enumerate(content.splitlines(), start=1):
        line = _line(raw, endpoint)
        if isinstance(line, Line) and line.custom_id in known:
            line = ("duplicate_custom_id", f"The custom_id {line.custom_id!r} was used before.")
        if isinstance(line, Line):
            known.add(line.custom_id)
            lines.append(line)
        elif len(errors) < _MOST_ERRORS:
            errors.append(problem(*line, line=number))
    if not lines and not errors:
        errors.append(problem("empty_batch", "The input file holds no requests."))
    if len(lines) + len(errors) > most:
        errors.append(problem("too_many_tasks", f"A batch may hold {most} requests at most."))
    if len({line.model for line in lines}) > 1:
        errors.append(problem("model_mismatch", "All requests of a batch must ask one model."))
    return lines, errors


def problem(code: str, message: str, line: int | None = None) -> dict[str, Any]:
    """Say what is wrong with a batch, as its `errors` have it."""
    return {"code": code, "message": message, "param": None, "line": line}


def _line(raw: bytes, endpoint: str) -> Line | tuple[str, str]:
    try:
        told = from_json(raw)
    except ValueError:
        return "invalid_json_line", "This line is not parseable as valid JSON."
    if not isinstance(told, dict) or not isinstance(told.get("body"), dict):
        return "invalid_request", "This line has no 'body'."
    if not isinstance(told.get("custom_id"), str) or not told["custom_id"]:
        return "invalid_request", "This line has no 'custom_id'."
    if told.get("method") != "POST":
        return "invalid_request", "The method of a request must be POST."
    if told.get("url") != endpoint:
        return "url_mismatch", f"The url of a request must be the batch's, {endpoint}."
    body = told["body"]
    messages = body.get("messages")
    said = [
        str(one.get("content", ""))
        for one in (messages if isinstance(messages, list) else [])
        if isinstance(one, dict)
    ]
    tokens = sum(map(len, said)) // 4
    return Line(told["custom_id"], to_json(body), str(body.get("model")), tokens)


class Lines:
    """Answers lines. `hit` counts how often in a row a document's lines have gone wrong."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._hit: dict[str, int] = {}
        self._asked: dict[str, int] = {}

    def result(self, line: Line) -> Result:
        """Answer one line."""
        try:
            question = self._chat.asked(line.body)
        except Refused as no:
            return _response(line, no.status, error(str(no)))
        fault, chance = self._draw(question)
        if fault is not None:
            self._chat.ledger.faults[f"batch {fault}"] += 1
        match fault:
            case "429" | "500":
                told = error("the server had an error", None, "server_error")
                return _response(line, int(fault), told)
            case "expired":
                return undone(line, "batch_expired")
            case "missing":
                self._chat.ledger.lost += 1
                return Result(None, failed=False)
        content = self._chat.answers.to(question.form, question.document)
        reply = self._chat.completion(question, content, fault, chance)
        self._chat.ledger.answered(question, reply.written or 0, fault, batch=True)
        result = _response(line, 200, reply.body)
        return result._replace(prompt_tokens=question.tokens, completion_tokens=reply.written or 0)

    def _draw(self, question: Asked) -> tuple[LineFault | None, random.Random]:
        options = self._chat.options
        document = question.document.id
        times = self._asked[question.key] = self._asked.get(question.key, 0) + 1
        known = f"{options.seed} batch {question.key} {times}"
        seed = hashlib.blake2b(known.encode(), digest_size=8).digest()
        chance = random.Random(seed)  # noqa: S311 - no secret
        row = self._hit.get(document, 0)
        if chance.random() >= options.batch_faults or row >= options.in_a_row:
            self._hit.pop(document, None)
            return None, chance
        self._hit[document] = row + 1
        possible = set(self._chat.faults.possible(question)) | _OF_BATCHES
        return chance.choice([kind for kind in LINE_FAULTS if kind in possible]), chance


def undone(line: Line, code: str) -> Result:
    """Write the line of a request that was never done."""
    told = {"code": code, "message": UNDONE[code]}
    return Result(_written(line, b"null", to_json(told)), failed=True)


def _response(line: Line, status: int, body: bytes) -> Result:
    identity = hashlib.blake2b(line.body, digest_size=8).hexdigest()
    response = b'{"status_code":%d,"request_id":"req-%s","body":%s}' % (
        status,
        identity.encode(),
        body,
    )
    return Result(_written(line, response, b"null"), failed=status != 200)  # noqa: PLR2004


def _written(line: Line, response: bytes, problem: bytes) -> bytes:
    identity = hashlib.blake2b(line.custom_id.encode(), digest_size=8).hexdigest()
    return b'{"id":"batch_req_%s","custom_id":%s,"response":%s,"error":%s}\n' % (
        identity.encode(),
        to_json(line.custom_id),
        response,
        problem,
    )
