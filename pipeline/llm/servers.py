"""What servers differ in when they refuse: an openai error -> `TransportError` or `ServerRefusal`.

Each comes out in one line, without the key. What a message says of schemas, length or filters is
told by its words alone, as servers have no codes for it in common.
"""

import re
from http import HTTPStatus

import openai

from pipeline import plain_text
from pipeline.errors import ServerRefusal, TransportError
from pipeline.llm.retry import WORTH_REPEATING, retry_after
from pipeline.plain_text import storable

NO_SCHEMA = re.compile(r"response_format|json_schema", re.IGNORECASE)
TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|too (?:long|many tokens)", re.IGNORECASE
)
FILTERED = re.compile(r"content.{0,3}(?:filter|policy|management)", re.IGNORECASE)
_LONGEST_MESSAGE = 300
_TAG = re.compile(r"<[^>]*>")


class SchemaNotSupported(ServerRefusal):
    """The server does not know `response_format: json_schema`."""


def translate_status(
    error: openai.APIStatusError, where: str, model: str, secret: str
) -> TransportError | ServerRefusal:
    """Say what an error status means; `where` names the server, `secret` is left out."""
    status, said = error.status_code, fold_message(message_of(error), secret)
    answer = f"{where} answered {status}: {said}"
    if (hint := _hopeless(error, model)) is not None:
        return ServerRefusal(f"{answer}; {hint}", f"{status}: {hint}")
    if status in WORTH_REPEATING:
        return TransportError(
            answer,
            str(status),
            retry_after=retry_after(error.response.headers.get("retry-after")),
            throttled=status == HTTPStatus.TOO_MANY_REQUESTS,
        )
    if NO_SCHEMA.search(said):
        return SchemaNotSupported(answer, f"{status}: {said}")
    if TOO_LONG.search(said):
        return ServerRefusal(f"{answer}; the bulletin is too long for the model")
    if FILTERED.search(said):
        return ServerRefusal(answer)
    return ServerRefusal(answer, f"{status}: {said}")


def message_of(error: openai.APIStatusError) -> str:
    """Give what the server said, without the SDK's words around it."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return str(body or error.response.reason_phrase or "no reason given")


def fold_message(message: str, secret: str) -> str:
    """Fold what a server says into one line of bearable length, fit to be shown, without the key.

    Tags go, as some servers answer with a page.
    """
    hidden = storable(message.replace(secret, "***") if secret else message)
    plain = plain_text.one_line(_TAG.sub(" ", hidden))
    return plain if len(plain) <= _LONGEST_MESSAGE else f"{plain[:_LONGEST_MESSAGE]}..."


def _hopeless(error: openai.APIStatusError, model: str) -> str | None:
    """Say what to do about an answer that every further call would get too."""
    if error.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "set OPENAI_API_KEY to a key that it takes"
    if error.status_code == HTTPStatus.NOT_FOUND:
        return f"does it have the model {model!r}, and does the base URL end in /v1?"
    if error.code == "insufficient_quota":
        return "the account has no credit left"
    return None
