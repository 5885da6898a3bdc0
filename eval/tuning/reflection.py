"""The model that reflects: asked for a better text until one can be used."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from eval.tuning.allowance import Allowance
from eval.tuning.ending import Ended
from eval.tuning.gold_reading import Role
from eval.tuning.kept_answers import KeptAnswers
from eval.tuning.prompt_parts import Parts, PromptFile, find_faults, list_passages
from eval.tuning.question import Case, find_text, write_correction, write_question
from pipeline.calls.budget import Budget, BudgetReached
from pipeline.calls.gateway import LocalGateway
from pipeline.errors import AccountRefused, ReaderError
from pipeline.forms.prompts import Message
from pipeline.llm.text_question import ask_for_text
from schemas.reading import AttemptOutcome

_NO_BLOCK = "the new text must stand between a line ``` and a line ```"
_CUT = "it was empty, or cut off: write a shorter text"
_UNANSWERED = 3
"""So many questions in a row without an answer end the search."""


class Reflection:
    """Asks one model for better texts of one prompt; `say` tells a person what came of it.

    `bulletins` are the texts of all that it may be shown.
    """

    def __init__(
        self,
        role: Role,
        allowance: Allowance,
        file: PromptFile,
        bulletins: Iterable[str],
        kept: KeptAnswers,
        say: Callable[[str], None],
    ) -> None:
        self._role = role
        self._allowance = allowance
        self._file = file
        self._passages = list_passages(file, bulletins)
        self._kept = kept
        self._say = say
        self._unanswered = 0

    def improve(self, parts: Parts, name: str, cases: Sequence[Case]) -> str | None:
        """Give a better text for the part of this name, None where none could be had.

        A text that cannot be used is sent back as often as an answer of a reader is. Raises `Ended`
        once no call may go out any more, or nobody answers.
        """
        asked = messages = write_question(name, parts[name], cases)
        faults: list[str] = []
        for _ in range(1 + self._role.settings.llm.reasks):
            answer = self._answer(messages)
            if answer is None:
                return None
            text = find_text(answer)
            faults = [_NO_BLOCK if answer else _CUT]
            if text is not None:
                changed = {**parts, name: text}
                faults = list(find_faults(self._file, changed, self._passages))
                if not faults:
                    return text
            messages = [*asked, *write_correction(answer, faults)]
        self._say(f"no new text could be used: {faults[0]}")
        return None

    def _answer(self, messages: list[Message]) -> str | None:
        """Give the answer to a question; nothing for one that was cut off, None for none."""
        key, kept = self._kept.find(messages)
        if kept is not None:
            return kept
        try:
            answer = asyncio.run(self._ask(messages))
        except BudgetReached:
            raise Ended("budget", self._allowance.describe()) from None
        except AccountRefused as error:
            raise Ended("refused", str(error)) from error
        except ReaderError as error:
            self._unanswered += 1
            if self._unanswered == _UNANSWERED:
                raise Ended(
                    "refused", f"no new text in {_UNANSWERED} questions: {error}"
                ) from error
            self._say(f"no new text: {error}")
            return None
        self._unanswered = 0
        self._kept.keep(key, answer)
        return answer

    async def _ask(self, messages: list[Message]) -> str:
        budget = Budget(self._allowance.left)
        gateway = LocalGateway(None, self._role.rate_limiter, budget)
        try:
            attempt = await ask_for_text(self._role.settings.llm, gateway, messages)
        finally:
            self._allowance.spent += budget.spent_at_most
        return "" if attempt.outcome is AttemptOutcome.CUT_OFF else attempt.raw_answer or ""
