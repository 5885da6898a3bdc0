"""The reader that asks a model, through instructor and openai, until the answer holds.

One document is a short conversation (`_converse`). Each round is one call of instructor with no
retries of its own: it sends the answer's JSON schema and parses what comes back. The loop around it
is ours, because instructor's appends every earlier answer to the prompt, ends where a server
reports no usage, fails on an answer without choices, and asks again after a refusal. What the
other files do: `transport.py` makes and records the calls, `pipeline.forms` judges what instructor
could read of an answer, `answers.py` what it could not, `feedback.py` words what is wrong.
"""

import functools
import hashlib
import json
import logging
import time
from collections.abc import Iterable, Sequence
from types import new_class
from typing import Any, TypeVar

import instructor
from instructor.core import IncompleteOutputException, InstructorRetryException
from openai.types.chat import ChatCompletion

from pipeline.errors import ReaderError, ServerRefusal, UsageError
from pipeline.forms import FORMS
from pipeline.prompts import Message, Prompt
from pipeline.readers import feedback
from pipeline.readers.answers import Draft, judged
from pipeline.readers.salvage import bare_json
from pipeline.readers.transport import UNPAID, ChatServer, SchemaNotSupported
from pipeline.settings import LlmSettings
from schemas.answer import Part
from schemas.document import Document
from schemas.reading import Attempt, ReaderKey, Reading, ReadingStatus

_Number = TypeVar("_Number", int, float)
_CHARACTERS_PER_TOKEN = 3  # Spanish, on the safe side; used where a server reports no usage


@functools.cache
def _response_model(answer: type[Part]) -> type[Part]:
    """Mix instructor's base into an answer's model once, so that no call has to do it.

    Instructor asks for the schema at every call; it gets it from memory.
    """
    schema = answer.model_json_schema()

    def model_json_schema(*_: object, **__: object) -> dict[str, Any]:
        return schema

    own: dict[str, Any] = {
        "__doc__": answer.__doc__,
        "model_json_schema": classmethod(model_json_schema),
    }
    bases = (answer, instructor.OpenAISchema)
    mixed: type[Part] = new_class("Answer", bases, exec_body=lambda body: body.update(own))
    return mixed


class LlmReader:
    """Reads bulletins through an OpenAI-compatible server. Call `aclose` when done.

    Raises `UsageError` if no model is named or the base URL is none.
    """

    def __init__(self, settings: LlmSettings, prompt: Prompt) -> None:
        if settings.model is None:
            raise UsageError("no model is named: set JORNADA_MODEL or give --model")
        self._settings = settings
        self._prompt = prompt
        self._model = settings.model
        self._server = ChatServer(settings, settings.model)
        self._mode = instructor.Mode.JSON_SCHEMA
        self._form = FORMS[prompt.form]
        answer: type[Part] = self._form.answer
        self._response_model = _response_model(answer)
        schema = json.dumps(answer.model_json_schema(), sort_keys=True)
        self._key = ReaderKey(
            reader="llm",
            model=settings.model,
            prompt=prompt.name,
            prompt_hash=prompt.hash,
            schema_hash=hashlib.sha256(schema.encode()).hexdigest(),
        )
        # What goes wrong is in the reading; instructor would print it a second time.
        logging.getLogger("instructor").setLevel(logging.CRITICAL)

    @property
    def key(self) -> ReaderKey:
        """Say what a reading depends on beside the text."""
        return self._key

    async def read(self, document: Document) -> Reading:
        """Read one document, asking again within the limits of the settings.

        Raises `ServerRefusal` only if every further document would be refused too.
        """
        started = time.perf_counter()
        attempts: list[Attempt] = []
        drafts: list[Draft] = []
        error = None
        try:
            await self._converse(document, attempts, drafts)
        except ReaderError as failure:
            if isinstance(failure, ServerRefusal) and failure.stops_run:
                raise
            error = str(failure)
        return self._reading(document, attempts, drafts, error, time.perf_counter() - started)

    async def aclose(self) -> None:
        """Close the connections to the server."""
        await self._server.aclose()

    async def _converse(
        self, document: Document, attempts: list[Attempt], drafts: list[Draft]
    ) -> None:
        """Ask until an answer holds, or no further answer may be asked for."""
        opening = self._prompt.messages(document)
        messages, room, reasks = opening, self._settings.max_output_tokens, self._settings.reasks
        while self._affordable(opening, messages, room, attempts):
            draft = await self._ask(document, messages, room, attempts)
            drafts.append(draft)
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

    async def _ask(
        self, document: Document, messages: list[Message], room: int, attempts: list[Attempt]
    ) -> Draft:
        """Get one answer, judge it, and note the verdict on its attempt."""
        try:
            answer = await self._answer(messages, room, attempts)
        except IncompleteOutputException:
            draft = judged(self._form, document, _raw(attempts), cut_after=room)
        except InstructorRetryException:
            draft = judged(self._form, document, _raw(attempts))
        else:
            draft = Draft(_raw(attempts), *self._form.judge(document, answer))
        attempts[-1] = _noted(attempts[-1], draft)
        return draft

    async def _answer(self, messages: list[Message], room: int, attempts: list[Attempt]) -> Part:
        """Have instructor make one call and parse what comes back.

        Raises instructor's errors for an answer that cannot be parsed, ours for a missing one.
        """
        mode = self._mode

        async def create(**request: object) -> ChatCompletion:
            completion = await self._server.complete(_strict(request), room, attempts)
            if completion.choices:
                completion.choices[0].message.content = bare_json(_raw(attempts))
            return completion

        one_call: Any = instructor.patch(create=create, mode=mode)
        try:
            answer: Part = await one_call(
                response_model=self._response_model,
                model=self._model,
                messages=messages,
                max_retries=0,
                strict=False,
            )
        except InstructorRetryException as error:
            cause = error.__cause__
            if isinstance(cause, SchemaNotSupported) and mode is instructor.Mode.JSON_SCHEMA:
                self._mode = instructor.Mode.JSON
                return await self._answer(messages, room, attempts)
            if isinstance(cause, ReaderError):
                raise cause from None
            if not error.failed_attempts:
                raise ReaderError(f"the answer cannot be read: {cause!r}") from error
            raise
        return answer

    def _reading(
        self,
        document: Document,
        attempts: Sequence[Attempt],
        drafts: Sequence[Draft],
        error: str | None,
        seconds: float,
    ) -> Reading:
        usable = [draft for draft in drafts if draft.report is not None]
        # The fewest faults win, and the latest of those: a model that is asked to correct one
        # figure sometimes drops the others.
        best = min(reversed(usable), key=lambda draft: len(draft.faults), default=None)
        if best is None:
            status = ReadingStatus.FAILED
            last = drafts[-1].faults[0] if drafts else None
            error = error or (f"no usable answer: {last.field} {last.message}" if last else None)
        else:
            status = ReadingStatus.PARTIAL if best.faults or error else ReadingStatus.OK
        return Reading(
            document_id=document.id,
            key=self._key,
            status=status,
            report=best.report if best else None,
            error=error,
            findings=feedback.findings(best.faults) if best else (),
            attempts=tuple(attempts),
            input_tokens=_sum(attempt.input_tokens for attempt in attempts),
            output_tokens=_sum(attempt.output_tokens for attempt in attempts),
            cost_usd=_sum(attempt.cost_usd for attempt in attempts),
            seconds=seconds,
        )


def _strict(request: dict[str, object]) -> dict[str, Any]:
    """Ask a server that can for an answer that keeps to the schema."""
    wanted: Any = request.get("response_format", {})
    if wanted.get("type") != "json_schema":
        return request
    schema = {**wanted["json_schema"], "strict": True}
    return {**request, "response_format": {"type": "json_schema", "json_schema": schema}}


def _reask(draft: Draft) -> list[Message]:
    answered = [{"role": "assistant", "content": draft.raw}] if draft.raw.strip() else []
    return [*answered, {"role": "user", "content": feedback.reask(draft.breaks or draft.faults)}]


def _raw(attempts: Sequence[Attempt]) -> str:
    return attempts[-1].raw_answer or ""


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
