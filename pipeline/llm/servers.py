"""What servers mean by an error: an answer without a completion -> an error of ours, in one line.

Each comes out without the key. What a message says of schemas, length, roles or filters is told by
its words alone, as servers have no codes for it in common. What can be mended by asking in another
way has a class of its own, which `dialect.py` goes by.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from pipeline import plain_text
from pipeline.calls.pauses import asked_pause
from pipeline.errors import AccountRefused, ReaderError, ServerRefusal, TransportError
from pipeline.llm.retry import WORTH_REPEATING
from pipeline.llm.room import RoomLeft, is_about_room, read_room
from pipeline.llm.server_error import read_error
from pipeline.plain_text import storable
from pipeline.redaction import NO_SECRETS, Secrets, redact

if TYPE_CHECKING:
    import openai

NO_SCHEMA = re.compile(
    r"response_?format|json[ _]?schema|\bschema\b|grammar|\bgbnf\b|structured[ _]output|guided"
    r"|unknown name|output_config|json[ _](?:mode|object)|additional_?properties|\bstrict\b",
    re.IGNORECASE,
)
TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window|limit)|too (?:long|many tokens)|(?:prompt|input|request)"
    r".{0,40}(?:exceed|too large)",
    re.IGNORECASE,
)
FILTERED = re.compile(
    r"content.{0,3}(?:filter|policy|management)|moderation|flagged|safety (?:system|filter|polic)",
    re.IGNORECASE,
)
NO_CREDIT = re.compile(
    r"insufficient.{0,10}(?:quota|balance|credit|fund)|credit balance|out of credit|no credit"
    r"|billing.{0,20}(?:limit|not active)|payment required",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(
    r"(?:system|developer).{0,20}(?:role|message|prompt|instruction)s?.{0,60}"
    r"(?:not|n't|unsupported|only|invalid)"
    r"|(?:not|n't|unsupported|invalid|unknown|unexpected).{0,40}(?:role|message).{0,30}system",
    re.IGNORECASE | re.DOTALL,
)
_UNKNOWN_NAME = re.compile(
    r"not supported|unsupported|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed"
    r"|extra|deprecated|invalid (?:parameter|argument|field)|instead",
    re.IGNORECASE,
)
_ROOM_NAME = re.compile(r"\bmax_(?:completion_)?tokens\b")
_LONGEST_MESSAGE = 300
_TAG = re.compile(r"<[^>]*>")
_DIGITS = re.compile(r"\d+")
_BILLED_PERHAPS = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT, 524)
"""A gateway that gave up waiting does not know what became of the call."""


class RequestRefused(ServerRefusal):
    """The server does not take the request, in words that say nothing of what to change."""


class SchemaNotSupported(ServerRefusal):
    """The server does not take the schema, or the way it was sent."""


class RoomNameRefused(ServerRefusal):
    """The server has another name for the room of an answer."""


class SystemRoleRefused(ServerRefusal):
    """The server knows no system message."""


class RoomTooLarge(ServerRefusal):
    """The model writes less than it was asked for; `left` is what the message says of that."""

    def __init__(self, message: str, cause: str | None, left: RoomLeft) -> None:
        super().__init__(message, cause)
        self.left = left


class BulletinTooLong(ServerRefusal):
    """The bulletin does not fit into what the model reads."""


class ErrorAnswer(NamedTuple):
    """What a server said instead of a completion; `status` is that of HTTP, or stands inside."""

    status: int
    message: str
    code: str | None = None
    headers: Mapping[str, str] = {}
    pause: float | None = None
    """Seconds that the body asks to wait."""
    inside: bool = False
    """Whether it stood in an answer of status 200."""


class Asked(NamedTuple):
    """What was asked, and of whom: what an error message is read with.

    `room` is how many tokens the answer might have, 0 where none was sent; `params` are the names
    that the user has put into the body.
    """

    where: str
    model: str
    secrets: Secrets = NO_SECRETS
    room: int = 0
    params: tuple[str, ...] = ()


def translate_error(error: ErrorAnswer, asked: Asked) -> ReaderError:
    """Say what an error means, in a `TransportError` or a `ServerRefusal`."""
    status, said = error.status, fold_message(error.message, asked.secrets)
    how = "with an error" if error.inside else status
    answer = f"{asked.where} answered {how}: {said}"
    pause = asked_pause(error.headers)
    pause = error.pause if pause is None else pause
    if (hint := _account_hint(error, waits=pause is not None)) is not None:
        return AccountRefused(f"{answer}; {hint}", f"{status}: {hint}")
    if status == HTTPStatus.NOT_FOUND:
        hint = _model_hint(error, asked)
        return ServerRefusal(f"{answer}; {hint}", f"{status}: {hint}")
    is_ours = status == HTTPStatus.INTERNAL_SERVER_ERROR and NO_SCHEMA.search(said)
    if status in WORTH_REPEATING and not is_ours:
        return TransportError(
            answer,
            str(status),
            retry_after=pause,
            throttled=status == HTTPStatus.TOO_MANY_REQUESTS,
            lost=status in _BILLED_PERHAPS,
        )
    return _refusal(status, said, answer, asked)


def _refusal(status: int, said: str, answer: str, asked: Asked) -> ServerRefusal:
    """Tell by its words what a request is refused for."""
    cause = f"{status}: {_DIGITS.sub('#', said)}"
    set_by_user = [name for name in asked.params if re.search(rf"\b{re.escape(name)}\b", said)]
    if set_by_user:
        return ServerRefusal(f"{answer}; it is set by --param {set_by_user[0]}=...", cause)
    if is_about_room(said) or TOO_LONG.search(said):
        left = read_room(said, asked.room)
        if left is not None:
            return RoomTooLarge(answer, cause, left)
        if TOO_LONG.search(said) or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return BulletinTooLong(f"{answer}; the bulletin is too long for the model")
    if FILTERED.search(said):
        return ServerRefusal(answer)
    return _class_of(status, said)(answer, cause)


def _class_of(status: int, said: str) -> type[ServerRefusal]:
    if _ROOM_NAME.search(said) and _UNKNOWN_NAME.search(said):
        return RoomNameRefused
    if _NO_SYSTEM.search(said):
        return SystemRoleRefused
    if NO_SCHEMA.search(said):
        return SchemaNotSupported
    in_words = status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
    return RequestRefused if in_words else ServerRefusal


def read_error_status(error: "openai.APIStatusError") -> ErrorAnswer:
    """Read what a server said with an error status, without the SDK's words around it."""
    response, headers = error.response, dict(error.response.headers)
    told = read_error(error.body)
    message = told.message if told else str(error.body or response.reason_phrase or "no reason")
    if response.has_redirect_location:
        place = headers.get("location", "another place")
        message = f"it has moved to {place}; set the base URL to where it is now"
    code, pause = (told.code, told.retry_after) if told else (error.code, None)
    return ErrorAnswer(error.status_code, message, code, headers, pause)


def fold_message(message: str, secrets: Secrets = NO_SECRETS) -> str:
    """Fold what a server says into one line of bearable length, fit to be shown, without secrets.

    Tags go, as some servers answer with a page.
    """
    plain = plain_text.one_line(_TAG.sub(" ", storable(redact(message, secrets))))
    return plain if len(plain) <= _LONGEST_MESSAGE else f"{plain[:_LONGEST_MESSAGE]}..."


def _account_hint(error: ErrorAnswer, *, waits: bool) -> str | None:
    """Say what to do about a key that is refused, or an account without money; None for others."""
    status = error.status
    is_client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.PAYMENT_REQUIRED or error.code == "insufficient_quota":
        return "the account has no credit left"
    if is_client_error and not waits and NO_CREDIT.search(error.message):
        return "the account has no credit left"
    if status == HTTPStatus.FORBIDDEN and FILTERED.search(error.message):
        return None
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "set OPENAI_API_KEY to a key that it takes"
    return None


def _model_hint(error: ErrorAnswer, asked: Asked) -> str:
    if "deployment" in error.message.lower():
        return f"is {asked.model!r} the name of a deployment there, as --model has to be?"
    return f"does it have the model {asked.model!r}, and does the base URL end in /v1?"
