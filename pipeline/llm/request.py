"""What a server is sent: what all requests of a reader share, and a question's own messages."""

import hashlib
import json
import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

import instructor
from instructor.processing import handle_response_model

from pipeline.calls.journal import Question
from pipeline.forms.prompts import Message
from pipeline.llm.transport import Request
from pipeline.settings import LlmSettings
from schemas.answer import Part

_CHARACTERS_PER_TOKEN = 3  # Spanish, on the safe side; used where a server reports no usage


class _Template(NamedTuple):
    """What every request has in common; `tokens` is about how many the schema takes."""

    mode: instructor.Mode
    system: Message
    body: dict[str, Any]
    tokens: int


class RequestBuilder:
    """Builds the requests of one reader: `answer` is the model of what comes back."""

    def __init__(self, answer: type[Part], settings: LlmSettings, model: str) -> None:
        self._answer = answer
        self._model = model
        self._template: _Template | None = None
        # Older compatible servers know only the first name, newer models of OpenAI only the second.
        self._room_name = "max_tokens" if settings.base_url else "max_completion_tokens"
        # What goes wrong is in the reading; instructor would print it a second time.
        logging.getLogger("instructor").setLevel(logging.CRITICAL)

    def build(
        self,
        messages: list[Message],
        room: int,
        question: Question,
        mode: instructor.Mode | None = None,
    ) -> Request:
        """Build a request, in a mode that then holds for all that come after."""
        template = self._template
        if template is None or mode not in (None, template.mode):
            mode = mode or instructor.Mode.JSON_SCHEMA
            template = self._template = _build_template(
                self._answer, self._model, mode, messages[0]
            )
        body = {
            **template.body,
            "messages": [template.system, *messages[1:]],
            self._room_name: room,
        }
        kept_to = "strict" if template.mode is instructor.Mode.JSON_SCHEMA else "json"
        return Request(body, count_tokens(messages) + template.tokens, room, question, kept_to)


def _build_template(
    answer: type[Part], model: str, mode: instructor.Mode, system: Message
) -> _Template:
    """Have instructor turn the answer's model into what a server has to be sent.

    Once for all documents: it takes as long as all the rest of a call.
    """
    _, body = handle_response_model(answer, mode, messages=[dict(system)], model=model)
    (prepared,) = body.pop("messages")
    wanted = body.get("response_format", {})
    if wanted.get("type") == "json_schema":
        # A server that can shall keep to the schema.
        wanted["json_schema"]["strict"] = True
    # Where a server knows no schemas, instructor writes it into the system message.
    added = len(str(prepared["content"])) - len(system["content"]) + len(json.dumps(body))
    return _Template(mode, prepared, body, added // _CHARACTERS_PER_TOKEN)


def count_tokens(messages: Iterable[Message]) -> int:
    """Estimate the tokens of messages."""
    return sum(len(message["content"]) for message in messages) // _CHARACTERS_PER_TOKEN


def count_text_tokens(text: str) -> int:
    """Estimate the tokens of a text."""
    return len(text) // _CHARACTERS_PER_TOKEN


def hash_question(messages: list[Message], room: int) -> str:
    """Tell by a hash what was asked; how a server wants it put makes no difference."""
    asked = hashlib.sha256(f"{room}".encode())
    for message in messages:
        said = f"\0{message['role']}\0{message['content']}"
        asked.update(said.encode("utf-8", "surrogatepass"))
    return asked.hexdigest()
