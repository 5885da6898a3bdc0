"""The reader that asks a model, through instructor and openai, until the answer holds.

One document is a short conversation (`_converse`). instructor makes of the answer's Pydantic model
what a server has to be sent; the loop is ours, because instructor's appends every earlier answer to
the prompt, ends where a server reports no usage, fails on an answer without choices, and asks again
after a refusal. What the other files do: `transport.py` makes and records the calls, `answers.py`
judges what came back, `feedback.py` words what is wrong.

An answer that the desk has kept takes the place of a call. As the same answer is always judged
alike, a conversation that was broken off goes on where it was.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import instructor
from instructor.processing.response import handle_response_model

from pipeline.calls.gateway import Desk, OpenDesk
from pipeline.calls.journal import Answer, Kept
from pipeline.errors import ReaderError, ServerRefusal, UsageError
from pipeline.forms import FORMS
from pipeline.forms.prompts import Message, Prompt
from pipeline.llm import feedback
from pipeline.llm.conclusion import concluded
from pipeline.llm.draft import Draft, judged
from pipeline.llm.transport import UNPAID, ChatServer, SchemaNotSupported, Server
from pipeline.settings import LlmSettings
from schemas.answer import Part
from schemas.document import Document
from schemas.reading import Attempt, ReaderKey, Reading

_Number = TypeVar("_Number", int, float)
_CHARACTERS_PER_TOKEN = 3  # Spanish, on the safe side; used where a server reports no usage


class _Asking(NamedTuple):
    """What every request of a reader has in common, as instructor makes it of the answer's model.

    `tokens` is about how many the schema takes.
    """

    mode: instructor.Mode
    system: Message
    body: dict[str, Any]
    tokens: int


@dataclass
class _Conversation:
    """What was said about one document.

    `kept` are answers of a run that was broken off, `answers` counts all that the desk has.
    """

    document: Document
    reading_id: str
    kept: list[Kept]
    answers: int
    attempts: list[Attempt] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def answer_to(self, question: str) -> Attempt | None:
        """Take a kept answer."""
        for place, kept in enumerate(self.kept):
            if kept.question == question:
                return self.kept.pop(place).attempt
        return None

    def add(self, attempt: Attempt, **changes: object) -> None:
        """Add an attempt that was kept to those on record."""
        number = len(self.attempts) + 1
        self.attempts.append(attempt.model_copy(update={"number": number, **changes}))


class LlmReader:
    """Reads bulletins through an OpenAI-compatible server. Call `aclose` when done.

    `desk` is what its calls pass; `server` takes them, if it is not to be the one of the settings.

    Raises `UsageError` if no model is named or the base URL is none.
    """

    def __init__(
        self,
        settings: LlmSettings,
        prompt: Prompt,
        desk: Desk | None = None,
        server: Server | None = None,
    ) -> None:
        if settings.model is None:
            raise UsageError("no model is named: set JORNADA_MODEL or give --model")
        self._settings = settings
        self._prompt = prompt
        self._model = settings.model
        self._desk = desk or OpenDesk()
        self._server = server or ChatServer(settings, settings.model, self._desk)
        self._form = FORMS[prompt.form]
        self._asking: _Asking | None = None
        # Older compatible servers know only the first name, newer models of OpenAI only the second.
        self._room_name = "max_tokens" if settings.base_url else "max_completion_tokens"
        self._key = reader_key(settings, prompt)
        self._key_hash = hashlib.sha256(self._key.model_dump_json().encode()).hexdigest()
        # What goes wrong is in the reading; instructor would print it a second time.
        logging.getLogger("instructor").setLevel(logging.CRITICAL)

    @property
    def key(self) -> ReaderKey:
        """Say what a reading depends on beside the text."""
        return self._key

    async def read(self, document: Document) -> Reading:
        """Read one document, asking again within the limits of the settings.

        Raises `Halted` if a call is needed and none may go out any more.
        """
        started = time.perf_counter()
        opened = await self._desk.opened(document.id, self._key_hash)
        kept = list(opened.kept)
        said = _Conversation(document, opened.reading_id, kept, len(kept))
        failure = None
        try:
            await self._converse(said)
        except ReaderError as error:
            failure = error
        return self._reading(said, failure, time.perf_counter() - started)

    async def aclose(self) -> None:
        """Close the connections to the server."""
        await self._server.aclose()

    async def _converse(self, said: _Conversation) -> None:
        """Ask until an answer holds, or no further answer may be asked for."""
        opening = self._prompt.messages(said.document)
        messages, room, reasks = opening, self._settings.max_output_tokens, self._settings.reasks
        while self._affordable(opening, messages, room, said.attempts):
            draft = await self._ask(said, messages, room)
            said.drafts.append(draft)
            if not draft.faults:
                return
            if draft.cut:
                # A model that fills twice the room has lost its way: more would be paid for naught.
                if room > self._settings.max_output_tokens:
                    return
                room *= 2
            elif reasks > 0:
                messages, reasks = [*opening, *_reask(draft)], reasks - 1
            else:
                return

    def _affordable(
        self,
        opening: list[Message],
        messages: list[Message],
        room: int,
        attempts: Sequence[Attempt],
    ) -> bool:
        """Tell whether one more answer fits the budget; not even one is an error."""
        due = _tokens(messages) + room
        affordable = _spent(attempts, opening) + due <= self._settings.token_budget
        if not affordable and not attempts:
            raise ReaderError(
                f"the bulletin takes about {due} tokens to read, and a document may take "
                f"{self._settings.token_budget}"
            )
        return affordable

    async def _ask(self, said: _Conversation, messages: list[Message], room: int) -> Draft:
        """Get one answer, judge it, and note the verdict on its attempt."""
        await self._answer(said, messages, room)
        attempt = said.attempts[-1]
        if attempt.outcome == "refused":
            raise ServerRefusal(f"the model refused to answer: {'; '.join(attempt.errors)}")
        cut = attempt.outcome == "cut off"
        draft = judged(
            self._form,
            said.document,
            attempt.raw_answer or "",
            cut_after=room if cut else None,
        )
        said.attempts[-1] = _noted(attempt, draft)
        return draft

    async def _answer(self, said: _Conversation, messages: list[Message], room: int) -> None:
        """Add an attempt with an answer: one that was kept, or a new one."""
        question = _question(messages, room)
        if (attempt := said.answer_to(question)) is not None:
            said.add(attempt)
            return
        number = said.answers + 1

        def kept_as(attempt: Attempt) -> Answer:
            ids = (said.document.id, self._key_hash, said.reading_id)
            return Answer(*ids, number, question, attempt)

        try:
            await self._call(said, messages, room, kept_as)
        except SchemaNotSupported:
            await self._call(said, messages, room, kept_as, instructor.Mode.JSON)
        said.answers = number

    async def _call(
        self,
        said: _Conversation,
        messages: list[Message],
        room: int,
        kept_as: Callable[[Attempt], Answer],
        mode: instructor.Mode | None = None,
    ) -> None:
        """Make one call; a server that does not know schemas is asked without from then on."""
        asking = self._asking
        if asking is None or mode not in (None, asking.mode):
            mode = mode or instructor.Mode.JSON_SCHEMA
            asking = self._asking = _asking(self._form.answer, self._model, mode, messages[0])
        await self._server.complete(
            {
                **asking.body,
                "messages": [asking.system, *messages[1:]],
                self._room_name: room,
            },
            _tokens(messages) + asking.tokens,
            room,
            said.attempts,
            kept_as,
        )

    def _reading(self, said: _Conversation, failure: ReaderError | None, seconds: float) -> Reading:
        for kept in said.kept:  # whatever judges answers has changed since, or the limits have
            said.add(kept.attempt, outcome="unused")
        conclusion = concluded(said.drafts, str(failure) if failure else None)
        attempts = said.attempts
        return Reading(
            reading_id=said.reading_id,
            document_id=said.document.id,
            key=self._key,
            **conclusion._asdict(),
            cause=failure.cause if failure else None,
            attempts=tuple(attempts),
            input_tokens=_sum(attempt.input_tokens for attempt in attempts),
            output_tokens=_sum(attempt.output_tokens for attempt in attempts),
            cost_usd=_sum(attempt.cost_usd for attempt in attempts),
            seconds=seconds,
        )


def reader_key(settings: LlmSettings, prompt: Prompt) -> ReaderKey:
    """Give the key of the reader that these settings and this prompt make."""
    parameters = settings.model_dump(include={"max_output_tokens", "reasks", "token_budget"})
    return ReaderKey(
        reader="llm",
        model=settings.model,
        prompt=prompt.name,
        prompt_hash=prompt.hash,
        schema_hash=FORMS[prompt.form].schema_hash,
        parameters=json.dumps(parameters, sort_keys=True),
    )


def _asking(answer: type[Part], model: str, mode: instructor.Mode, system: Message) -> _Asking:
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
    return _Asking(mode, prepared, body, added // _CHARACTERS_PER_TOKEN)


def _question(messages: list[Message], room: int) -> str:
    """Tell by a hash what was asked; how a server wants it put makes no difference."""
    asked = hashlib.sha256(f"{room}".encode())
    for message in messages:
        said = f"\0{message['role']}\0{message['content']}"
        asked.update(said.encode("utf-8", "surrogatepass"))
    return asked.hexdigest()


def _reask(draft: Draft) -> list[Message]:
    answered = [{"role": "assistant", "content": draft.raw}] if draft.raw.strip() else []
    return [*answered, {"role": "user", "content": feedback.reask(draft.breaks or draft.faults)}]


def _noted(attempt: Attempt, draft: Draft) -> Attempt:
    outcome = "cut off" if draft.cut else "invalid" if draft.faults else "ok"
    errors = tuple(f"{fault.field}: {fault.message}" for fault in draft.faults)
    return attempt.model_copy(update={"outcome": outcome, "errors": errors})


def _spent(attempts: Iterable[Attempt], opening: list[Message]) -> int:
    """Tokens that the answers so far have taken, estimated where the server does not say."""
    return sum(
        (attempt.input_tokens or _tokens(opening))
        + (attempt.output_tokens or len(attempt.raw_answer or "") // _CHARACTERS_PER_TOKEN)
        for attempt in attempts
        if attempt.outcome not in UNPAID
    )


def _tokens(messages: Iterable[Message]) -> int:
    return sum(len(message["content"]) for message in messages) // _CHARACTERS_PER_TOKEN


def _sum(known: Iterable[_Number | None]) -> _Number | None:
    numbers = [number for number in known if number is not None]
    return sum(numbers) if numbers else None
