"""Gold read with one prompt, as an eval does: same path, same store, nothing asked twice."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.plan import PlannedVariant, plan_variants
from eval.runs.stored_readings import fetch_readings
from eval.runs.variant import ScoredReading, Variant, VariantResult, read_gold, score_variant
from eval.tuning.allowance import Allowance
from eval.tuning.ending import Ended
from pipeline import runs
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.forms import FORMS
from pipeline.forms.form import Fault, Form
from pipeline.llm.draft import judge_answer
from pipeline.runs.readers import at_once
from pipeline.runs.set_up import set_up
from pipeline.settings import Settings
from pipeline.store import Store
from schemas.document import Document
from schemas.reading import ReaderKey, ReadingStatus


class Role(NamedTuple):
    """One of the two models, and what its calls pass."""

    settings: Settings
    rate_limiter: RateLimiter


class GoldReading:
    """Reads bulletins with one prompt after another; `allowance` is what that may cost."""

    def __init__(self, role: Role, allowance: Allowance, watch: runs.Watch) -> None:
        self._role = role
        self._allowance = allowance
        self._watch = watch
        self._forms: dict[str, Form[Any]] = {}

    def read(self, prompt: str, bulletins: Sequence[GoldBulletin]) -> VariantResult:
        """Read what is not read yet, and score all of it. Raises `Ended` where that is cut short.

        `prompt` is a name or the path of a file.
        """
        settings = self._role.settings
        (planned,) = plan_variants([settings], ["llm"], [prompt], [])
        assert planned.prompt is not None  # noqa: S101 - the llm reader has one
        limited = planned.settings.model_copy(update={"budget": self._allowance.left})
        summary = asyncio.run(self._read(planned._replace(settings=limited), bulletins))
        self._require_whole(summary)
        form = self._forms[planned.prompt.hash] = FORMS[planned.prompt.form]
        variant = Variant(summary.reader, planned.name, form)
        result = score_variant(bulletins, variant, Store(settings.db), 1, "")
        if all(_is_unanswered(read) for read in result.reads):
            raise Ended("refused", f"{planned.name}: no answer: {result.reads[0].error}")
        return result

    def find_faults(self, key: ReaderKey, document: Document) -> tuple[Fault, ...]:
        """Say what the checks find in the first answer that a reader of this key gave."""
        store = Store(self._role.settings.db)
        (stored,) = fetch_readings(store, [document.id], key, 1)[document.id]
        form = self._forms[key.prompt_hash or ""]
        for raw, cut_after in stored.answers[:1]:
            return judge_answer(form, document, raw, cut_after=cut_after).faults
        return ()

    async def _read(
        self, planned: PlannedVariant, bulletins: Sequence[GoldBulletin]
    ) -> runs.Summary:
        settings, choice = planned.settings, planned.choice
        total, limiter = len(bulletins), self._role.rate_limiter
        async with set_up(settings, choice, lambda: total, limiter) as (reader, setup):
            options = runs.RunOptions(at_once(settings, choice))
            try:
                return await read_gold(
                    bulletins, reader, Store(settings.db), options, self._watch, setup
                )
            finally:
                self._allowance.spent += setup.usd

    def _require_whole(self, summary: runs.Summary) -> None:
        if summary.outcome == "interrupted":
            raise Ended("interrupted", "stopped")
        if summary.outcome == "budget":
            raise Ended("budget", self._allowance.describe())
        if summary.outcome != "finished":
            raise Ended("refused", summary.reason or "the server refuses")


def _is_unanswered(read: ScoredReading) -> bool:
    """Tell whether nobody answered; an answer of no use is one, and tells of its prompt."""
    failed = read.status is ReadingStatus.FAILED
    return failed and not read.answers and read.input_tokens is None
