"""The reader that asks a model, through instructor and openai, until the answer holds.

instructor makes of the answer's Pydantic model what a server has to be sent (`request.py`); the
loop (`conversation.py`) is ours, because instructor's appends every earlier answer to the prompt,
ends where a server reports no usage, fails on an answer without choices, and asks again after a
refusal. `transport.py` makes and records the calls, `dialect.py` knows what servers differ in,
`draft.py` judges what came back, `feedback.py` words what is wrong.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Iterable
from typing import Any

from pipeline.calls.gateway import Gateway, LocalGateway
from pipeline.calls.journal import OpenReading, Question
from pipeline.errors import AccountRefused, ReaderError, UsageError
from pipeline.forms import FORMS
from pipeline.forms.prompts import Message, Prompt
from pipeline.llm.conclusion import conclude
from pipeline.llm.conversation import Conversation, NoMoreRoom, Server, number_attempts
from pipeline.llm.dialect import COMPILE_AT_ONCE, MARKS, MOST_CHANGES, Sent, ServerFacts
from pipeline.llm.draft import Draft
from pipeline.llm.feedback import MISSING
from pipeline.llm.request import RequestBuilder
from pipeline.llm.servers import BulletinTooLong
from pipeline.llm.transport import HttpTransport, Reply, Transport
from pipeline.settings import LlmSettings
from schemas.document import Document
from schemas.reading import Attempt, ReaderKey, Reading
from schemas.usage import total_usage


class LlmReader:
    """Reads bulletins through an OpenAI-compatible server. Call `aclose` when done.

    `gateway` is what its calls pass; `transport` takes them, if not to the server of the settings.

    Raises `UsageError` if no model is named or the base URL is none.
    """

    def __init__(
        self,
        settings: LlmSettings,
        prompt: Prompt,
        gateway: Gateway | None = None,
        transport: Transport | None = None,
    ) -> None:
        if settings.model is None:
            raise UsageError("no model is named: set JORNADA_MODEL or give --model")
        self._settings = settings
        self._prompt = prompt
        self._form = FORMS[prompt.form]
        self._gateway = gateway or LocalGateway()
        self._transport = transport or HttpTransport(settings, settings.model, self._gateway)
        self._requests = RequestBuilder(self._form.answer, settings, settings.model)
        self._facts = ServerFacts(settings)
        self._meeting = asyncio.Lock()
        self._is_met = False
        self._key = reader_key(settings, prompt)
        self._key_hash = hashlib.sha256(self._key.model_dump_json().encode()).hexdigest()

    @property
    def key(self) -> ReaderKey:
        """Say what a reading depends on beside the text."""
        return self._key

    @property
    def server_facts(self) -> ServerFacts:
        """Say what is known of the server by now."""
        return self._facts

    async def read(self, document: Document) -> Reading:
        """Read one document, asking again within the limits of the settings.

        Raises `Halted` if a call is needed and none may go out any more.
        """
        started = time.perf_counter()
        await self._meet_server()
        opened = await self._gateway.open_reading(document.id, self._key_hash)
        conversation, failure = await self._converse(document, opened)
        attempts = tuple(conversation.attempts)
        if failure is not None and self._facts.drop_marks(failure):
            conversation, failure = await self._converse(document, opened)
            attempts = number_attempts((*attempts, *conversation.attempts))
        conclusion = conclude(conversation.drafts, str(failure) if failure else None)
        usage = total_usage(attempt.usage for attempt in attempts)
        findings = (*conclusion.findings, *conversation.findings)
        return Reading(
            reading_id=opened.reading_id,
            document_id=document.id,
            key=self._key,
            **conclusion._replace(findings=findings)._asdict(),
            cause=self._cause_of(failure),
            ends_run=isinstance(failure, AccountRefused),
            attempts=attempts,
            **vars(usage),
            seconds=time.perf_counter() - started,
        )

    async def aclose(self) -> None:
        """Close the connections to the server."""
        await self._transport.aclose()

    async def _meet_server(self) -> None:
        """Find out, once, whether the server takes a schema for each bulletin at no cost."""
        async with self._meeting:
            if self._is_met:
                return
            self._is_met = True
            if self._form.by_marks is not None and self._facts.may_take_marks:
                owner = self._settings.server_name or await self._transport.find_owner()
                if owner in COMPILE_AT_ONCE:
                    self._facts.take_marks()

    async def _converse(
        self, document: Document, opened: OpenReading
    ) -> tuple[Conversation, ReaderError | None]:
        """Talk about a document to the end; the error, if any, is what ended it early."""
        by_marks = self._facts.dialect.mode == MARKS
        shape = self._form.by_marks if by_marks else None
        schema = shape.schema(document) if shape else None

        async def ask(
            messages: list[Message], room: int, question: Question, more_than: int
        ) -> Reply:
            return await self._ask(messages, room, question, more_than, schema)

        conversation = Conversation(
            document,
            opened,
            self._prompt.messages(document, by_marks=by_marks),
            self._form,
            self._settings,
            self._key_hash,
            Server(ask, self._judge),
        )
        failure = None
        try:
            await conversation.run()
        except ReaderError as error:
            failure = error
        conversation.add_unused()
        return conversation, failure

    async def _ask(
        self,
        messages: list[Message],
        room: int,
        question: Question,
        more_than: int,
        schema: dict[str, Any] | None,
    ) -> Reply:
        """Send a question, in another way where the server does not take it as it is put.

        It is not sent where the answer could have no more room than `more_than`: `NoMoreRoom`.
        """
        begun = dialect = self._facts.dialect
        attempts: list[Attempt] = []
        refused: ReaderError | None = None
        for _ in range(MOST_CHANGES):
            request = self._requests.build(messages, room, question, dialect, schema)
            if request.room <= more_than:
                if refused is not None:
                    await self._note(self._facts.adopt(dialect, begun, refused))
                return Reply(tuple(attempts), NoMoreRoom(request.room))
            request = request._replace(is_proven=dialect.mode in self._facts.proven)
            reply = await self._transport.send(request)
            attempts += reply.attempts
            if reply.error is None:
                if refused is not None:
                    await self._note(self._facts.adopt(dialect, begun, refused))
                return Reply(tuple(attempts), room=request.room)
            refused = refused or reply.error
            sent = Sent(dialect, request.room, request.tokens, len(reply.attempts))
            other = self._facts.change(reply.error, sent)
            if other is None or other == dialect:
                break
            dialect = other
        return Reply(tuple(attempts), refused)

    async def _judge(self, attempt: Attempt, draft: Draft) -> None:
        """Learn from an answer whether the server keeps to the schema."""
        if draft.cut or not draft.raw.strip():
            return
        lacking = any(fault.field == "answer" or fault.message == MISSING for fault in draft.breaks)
        await self._note(self._facts.judge(attempt.schema_mode, is_shaped=not lacking))

    async def _note(self, notes: Iterable[str]) -> None:
        for note in notes:
            await self._gateway.note(note)

    def _cause_of(self, failure: ReaderError | None) -> str | None:
        """Name what stops each document alike.

        Where no answer has come yet, a bulletin that is too long may be the first of many: the
        model reads too little.
        """
        if isinstance(failure, BulletinTooLong) and not self._facts.proven:
            return "too long for the model"
        return failure.cause if failure else None


def reader_key(settings: LlmSettings, prompt: Prompt) -> ReaderKey:
    """Give the key of the reader that these settings and this prompt make."""
    parameters: dict[str, Any] = {
        "server": settings.server,
        "schema_mode": settings.schema_mode,
        "max_output_tokens": settings.room,
        "reasks": settings.reasks,
        "token_budget": settings.token_budget,
        "params": settings.params,
        "headers": settings.headers,
        "secret_headers": sorted(settings.secret_headers),
    }
    return ReaderKey(
        reader="llm",
        model=settings.model,
        prompt=prompt.name,
        prompt_hash=prompt.hash,
        schema_hash=FORMS[prompt.form].schema_hash,
        parameters=json.dumps({name: it for name, it in parameters.items() if it}, sort_keys=True),
    )
