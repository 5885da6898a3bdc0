"""What a server is sent: what all requests of a reader share, and a question's own messages."""

import functools
import hashlib
import json
import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

import instructor
from instructor.processing import handle_response_model

from pipeline.calls.journal import Question
from pipeline.forms.prompts import Message
from pipeline.llm.dialect import JSON, MARKS, NONE, PLAIN, STRICT, Dialect
from pipeline.llm.schema import loosen
from pipeline.llm.transport import Request
from pipeline.settings import LlmSettings
from schemas.answer import Part

_CHARACTERS_PER_TOKEN = 3  # Spanish, on the safe side; used where a server reports no usage


class _Template(NamedTuple):
    """What every request has in common; `tokens` is about how many the schema takes."""

    system: Message
    body: dict[str, Any]
    tokens: int


class RequestBuilder:
    """Builds the requests of one reader: `answer` is the model of what comes back."""

    def __init__(self, answer: type[Part], settings: LlmSettings, model: str) -> None:
        self._answer = answer
        self._model = model
        self._params = settings.params
        # What goes wrong is in the reading; instructor would print it a second time.
        logging.getLogger("instructor").setLevel(logging.CRITICAL)

    def build(
        self,
        messages: list[Message],
        room: int,
        question: Question,
        dialect: Dialect,
        schema: dict[str, Any] | None = None,
    ) -> Request:
        """Build a request; `schema` is the bulletin's own, where the dialect wants one."""
        template = _template(self._answer, dialect.mode, messages[0]["content"], self._model)
        tokens = count_tokens(messages) + template.tokens
        body = {**template.body, **self._params}
        if dialect.mode == MARKS and schema is not None:
            name = self._answer.__name__
            wanted = {"type": "json_schema", "json_schema": {"name": name, "schema": schema}}
            body["response_format"] = wanted
            tokens += len(json.dumps(schema)) // _CHARACTERS_PER_TOKEN
        fitting = dialect.fit(room, tokens)
        sent = [template.system, *messages[1:]]
        body["messages"] = _join_turns(sent if dialect.takes_system else _without_system(sent))
        body[dialect.room_name] = fitting
        return Request(body, tokens, fitting, question, dialect.mode)


@functools.lru_cache(maxsize=32)
def _template(answer: type[Part], mode: str, system: str, model: str) -> _Template:
    """Have instructor turn the answer's model into what a server has to be sent.

    Once for all documents, and for all readers of a process: it takes as long as all the rest of a
    call. Whoever has it changes nothing in it.
    """
    in_prompt = mode in (JSON, NONE)
    how = instructor.Mode.JSON if in_prompt else instructor.Mode.JSON_SCHEMA
    asked: Message = {"role": "system", "content": system}
    _, body = handle_response_model(answer, how, messages=[dict(asked)], model=model)
    (prepared,) = body.pop("messages")
    wanted = body.get("response_format", {})
    if mode == STRICT:
        # A server that can shall keep to the schema.
        wanted["json_schema"]["strict"] = True
    elif mode == PLAIN:
        wanted["json_schema"]["schema"] = loosen(wanted["json_schema"]["schema"])
        wanted["json_schema"].pop("strict", None)
    elif mode != JSON:  # by marks, each request brings its own
        body.pop("response_format", None)
    # Where no schema is sent, instructor writes it into the system message.
    added = len(str(prepared["content"])) - len(system) + len(json.dumps(body))
    return _Template(prepared, body, added // _CHARACTERS_PER_TOKEN)


def _without_system(messages: list[Message]) -> list[Message]:
    """Put the system message before the first question, for servers that know none."""
    system, first, *others = messages
    return [{**first, "content": f"{system['content']}\n\n{first['content']}"}, *others]


def _join_turns(messages: list[Message]) -> list[Message]:
    """Make one of several messages of one side: some servers want the sides to take turns."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1]["role"] == message["role"]:
            content = f"{joined[-1]['content']}\n\n{message['content']}"
            joined[-1] = {**joined[-1], "content": content}
        else:
            joined.append(message)
    return joined


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
