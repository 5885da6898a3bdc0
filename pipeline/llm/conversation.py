"""The conversation about one document: ask, judge, ask again, until an answer holds.

An answer that was kept takes the place of a call. As the same answer is always judged alike, a
conversation that was broken off goes on where it was.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from pipeline.calls.journal import OpenReading, Question
from pipeline.errors import ReaderError, ServerRefusal
from pipeline.forms.form import Form
from pipeline.forms.prompts import Message
from pipeline.llm import feedback
from pipeline.llm.context_loss import CHECK, describe_part, is_part
from pipeline.llm.draft import Draft, judge_answer
from pipeline.llm.request import count_text_tokens, count_tokens, hash_question
from pipeline.llm.transport import Reply
from pipeline.settings import LlmSettings
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.reading import Attempt, AttemptOutcome

Ask = Callable[[list[Message], int, Question, int], Awaitable[Reply]]
"""Sends messages, with so much room for the answer, which is kept as that to the question. What is
left of the room has to be more than the last number."""
Judge = Callable[[Attempt, Draft], Awaitable[None]]


class Server(NamedTuple):
    """Whom a conversation asks; `judge` hears of each answer, and what was made of it."""

    ask: Ask
    judge: Judge


class NoMoreRoom(ReaderError):  # noqa: N818 - what the model has
    """An answer was cut off, and the model writes no more than it did."""

    def __init__(self, room: int) -> None:
        super().__init__(f"its answers are cut off: the model writes {room:,} tokens at most")


class Conversation:
    """What is said about one document: `attempts` are all calls, `drafts` their answers, judged."""

    def __init__(
        self,
        document: Document,
        opened: OpenReading,
        opening: list[Message],
        form: Form[Any],
        limits: LlmSettings,
        reader_key: str,
        server: Server,
    ) -> None:
        self.findings: list[Finding] = []
        self.attempts: list[Attempt] = []
        self.drafts: list[Draft] = []
        self._document = document
        self._reading_id = opened.reading_id
        self._kept = list(opened.answers)
        self._asked = len(opened.answers)
        self._opening = opening
        self._form = form
        self._limits = limits
        self._reader_key = reader_key
        self._server = server
        self._hashes: set[str] = set()
        self._room = 0

    async def run(self) -> None:
        """Ask until an answer holds, or no further answer may be asked for.

        Raises `ReaderError` where not even one may be, or where a call ends the conversation.
        """
        messages, room, had = self._opening, self._limits.room, 0
        reasks = self._limits.reasks
        while self._affordable(messages, room):
            asked = hash_question(messages, room)
            if self._is_vain(asked):
                return
            draft = await self._answer(messages, room, had, asked)
            self.drafts.append(draft)
            self._look_for_loss(messages, draft)
            if not draft.faults:
                return
            if draft.cut:
                # A model that fills twice the room has lost its way: more would be paid for naught.
                if room > self._limits.room:
                    self._look_for_thoughts(draft)
                    return
                had, room = self._room, room * 2
            elif reasks > 0:
                messages, reasks = [*self._opening, *reask(draft)], reasks - 1
            else:
                return

    def add_unused(self) -> None:
        """Put answers on record that were kept and not asked for again.

        Whatever judges answers has changed since, or the limits have.
        """
        for answer in self._kept:
            self._add(answer.attempt.model_copy(update={"outcome": AttemptOutcome.UNUSED}))

    def _affordable(self, messages: list[Message], room: int) -> bool:
        """Tell whether one more answer fits the token budget; not even one is an error."""
        due = count_tokens(messages) + room
        affordable = self._spent() + due <= self._limits.token_budget
        if not affordable and not self.attempts:
            raise ReaderError(
                f"the bulletin takes about {due} tokens to read, and a document may take "
                f"{self._limits.token_budget}"
            )
        return affordable

    def _spent(self) -> int:
        """Tokens that the answers so far have taken, estimated where the server does not say."""
        return sum(
            (attempt.input_tokens or count_tokens(self._opening))
            + (attempt.output_tokens or count_text_tokens(attempt.raw_answer or ""))
            for attempt in self.attempts
            if attempt.outcome.is_paid
        )

    def _is_vain(self, asked: str) -> bool:
        """Tell whether the same question was asked before of a model that answers it alike."""
        is_vain = asked in self._hashes and self._limits.params.get("temperature") == 0
        self._hashes.add(asked)
        return is_vain

    def _look_for_loss(self, messages: list[Message], draft: Draft) -> None:
        """Notice a server that read a part only of what it was sent, and says nothing of it."""
        read = self.attempts[-1].input_tokens
        if not is_part(messages, read):
            return
        told = describe_part(messages, read or 0)
        severity = Severity.ERROR if draft.faults else Severity.WARNING
        self.findings.append(Finding(check=CHECK, severity=severity, field="text", message=told))
        if draft.faults:
            raise ReaderError(told, "the server reads a part of what it is sent")

    def _look_for_thoughts(self, draft: Draft) -> None:
        """Say so where nothing was written, as all the room went into thoughts."""
        if not draft.raw.strip():
            raise ReaderError(
                "all the room of its answers went into the model's thoughts: give it more with "
                "--max-output-tokens, or have it think less with --param reasoning_effort=low",
                "the room goes into thoughts",
            )

    async def _answer(self, messages: list[Message], room: int, had: int, asked: str) -> Draft:
        """Get one answer, judge it, and note the verdict on its attempt."""
        await self._get(messages, room, had, asked)
        attempt = self.attempts[-1]
        if attempt.outcome is AttemptOutcome.REFUSED:
            raise ServerRefusal(f"the model refused to answer: {'; '.join(attempt.errors)}")
        cut = attempt.outcome is AttemptOutcome.CUT_OFF
        draft = judge_answer(
            self._form,
            self._document,
            attempt.raw_answer or "",
            cut_after=(attempt.output_tokens or room) if cut else None,
        )
        self.attempts[-1] = _with_verdict(attempt, draft)
        await self._server.judge(attempt, draft)
        return draft

    async def _get(self, messages: list[Message], room: int, had: int, asked: str) -> None:
        """Add an attempt with an answer: one that was kept, or a new one."""
        for place, kept in enumerate(self._kept):
            if kept.question.hash == asked:
                self._add(self._kept.pop(place).attempt)
                self._room = room
                return
        number = self._asked + 1
        ids = (self._document.id, self._reader_key, self._reading_id)
        reply = await self._server.ask(messages, room, Question(*ids, number, asked), had)
        for attempt in reply.attempts:
            self._add(attempt)
        if reply.error is not None:
            raise reply.error
        self._asked, self._room = number, reply.room or room

    def _add(self, attempt: Attempt) -> None:
        number = len(self.attempts) + 1
        self.attempts.append(attempt.model_copy(update={"number": number}))


def number_attempts(attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """Give attempts the numbers of their order."""
    numbered = enumerate(attempts, start=1)
    return tuple(attempt.model_copy(update={"number": number}) for number, attempt in numbered)


def reask(draft: Draft) -> list[Message]:
    """Give the messages that send an answer back, behind those that it was asked for with."""
    answered = [{"role": "assistant", "content": draft.raw}] if draft.raw.strip() else []
    return [
        *answered,
        {"role": "user", "content": feedback.write_correction(draft.breaks or draft.faults)},
    ]


def _with_verdict(attempt: Attempt, draft: Draft) -> Attempt:
    judged_as = AttemptOutcome.INVALID if draft.faults else AttemptOutcome.OK
    outcome = AttemptOutcome.CUT_OFF if draft.cut else judged_as
    errors = tuple(f"{fault.field}: {fault.message}" for fault in draft.faults)
    return attempt.model_copy(update={"outcome": outcome, "errors": errors})
