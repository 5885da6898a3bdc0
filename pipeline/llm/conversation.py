"""The conversation about one document: ask, judge, ask again, until an answer holds.

An answer that was kept takes the place of a call. As the same answer is always judged alike, a
conversation that was broken off goes on where it was.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from pipeline.calls.journal import OpenReading, Question
from pipeline.errors import ReaderError, ServerRefusal
from pipeline.forms.form import Form
from pipeline.forms.prompts import Message
from pipeline.llm import feedback
from pipeline.llm.draft import Draft, judge_answer
from pipeline.llm.request import count_text_tokens, count_tokens, hash_question
from pipeline.llm.transport import Reply
from pipeline.settings import LlmSettings
from schemas.document import Document
from schemas.reading import Attempt, AttemptOutcome

Ask = Callable[[list[Message], int, Question], Awaitable[Reply]]
"""Sends messages, with so much room for the answer, which is kept as that to the question."""


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
        ask: Ask,
    ) -> None:
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
        self._ask = ask

    async def run(self) -> None:
        """Ask until an answer holds, or no further answer may be asked for.

        Raises `ReaderError` where not even one may be, or where a call ends the conversation.
        """
        messages, room = self._opening, self._limits.room
        reasks = self._limits.reasks
        while self._affordable(messages, room):
            draft = await self._answer(messages, room)
            self.drafts.append(draft)
            if not draft.faults:
                return
            if draft.cut:
                # A model that fills twice the room has lost its way: more would be paid for naught.
                if room > self._limits.room:
                    return
                room *= 2
            elif reasks > 0:
                messages, reasks = [*self._opening, *_reask(draft)], reasks - 1
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

    async def _answer(self, messages: list[Message], room: int) -> Draft:
        """Get one answer, judge it, and note the verdict on its attempt."""
        await self._get(messages, room)
        attempt = self.attempts[-1]
        if attempt.outcome is AttemptOutcome.REFUSED:
            raise ServerRefusal(f"the model refused to answer: {'; '.join(attempt.errors)}")
        cut = attempt.outcome is AttemptOutcome.CUT_OFF
        draft = judge_answer(
            self._form,
            self._document,
            attempt.raw_answer or "",
            cut_after=room if cut else None,
        )
        self.attempts[-1] = _with_verdict(attempt, draft)
        return draft

    async def _get(self, messages: list[Message], room: int) -> None:
        """Add an attempt with an answer: one that was kept, or a new one."""
        asked = hash_question(messages, room)
        for place, kept in enumerate(self._kept):
            if kept.question.hash == asked:
                self._add(self._kept.pop(place).attempt)
                return
        number = self._asked + 1
        ids = (self._document.id, self._reader_key, self._reading_id)
        reply = await self._ask(messages, room, Question(*ids, number, asked))
        for attempt in reply.attempts:
            self._add(attempt)
        if reply.error is not None:
            raise reply.error
        self._asked = number

    def _add(self, attempt: Attempt) -> None:
        number = len(self.attempts) + 1
        self.attempts.append(attempt.model_copy(update={"number": number}))


def _reask(draft: Draft) -> list[Message]:
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
