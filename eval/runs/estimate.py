"""What an eval would cost, told without asking anyone.

Where an equal reader has read enough before, each reading to come is expected to take what those
did. Else it is told from what would be sent and from the gold, written as the answer that the
prompt asks for: one answer each, with no thoughts before it and none sent back.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.plan import PlannedVariant
from pipeline.batch import ledger
from pipeline.calls.cost import cost_usd
from pipeline.calls.estimate import FEWEST, estimate
from pipeline.forms import FORMS
from pipeline.forms.prompts import Prompt
from pipeline.llm.reader import reader_key
from pipeline.llm.request import count_text_tokens, count_tokens
from pipeline.settings import LlmSettings
from pipeline.store import SAME_KEY, Store, key_columns
from schemas.reading import ReaderKey
from schemas.usage import Usage, complete_usage

_PAST = f"""
SELECT input_tokens, output_tokens FROM readings
WHERE input_tokens IS NOT NULL AND output_tokens IS NOT NULL AND derived IS NULL AND {SAME_KEY}
ORDER BY read_at DESC LIMIT 500
"""  # noqa: S608 - a condition of ours


class Tokens(NamedTuple):
    """What a reading takes of tokens, in and out, all its answers together."""

    input: int
    output: int


class ExpectedCost(NamedTuple):
    """What the readings of one variant would take that there are not yet.

    `input_tokens`, `output_tokens` and `usd` are for all of them; `low` and `high` are the 95 %
    interval of `usd`. `past` counts the readings that this is told from, 0 where it is told from
    prompt and gold: then there is no interval, and `thoughts` says whether the model thinks, which
    is not counted. Money is None where no price is known.
    """

    name: str
    readings: int
    read_before: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    low: float | None = None
    high: float | None = None
    past: int = 0
    thoughts: bool = False

    @property
    def to_come(self) -> int:
        """How many readings would be made."""
        return self.readings - self.read_before


def expect_cost(
    variant: PlannedVariant,
    bulletins: Sequence[GoldBulletin],
    store: Store,
    repeats: int,
    *,
    batch: bool = False,
) -> ExpectedCost:
    """Tell what a variant would cost that reads each bulletin `repeats` times.

    What the store has of an equal reader is free. `batch`: prices are those of the Batch API, and
    what has been asked about there already is free too.
    """
    readings = len(bulletins) * repeats
    nothing = ExpectedCost(variant.name, readings, readings, 0, 0, 0.0)
    if variant.prompt is None:
        return nothing._replace(read_before=0)
    llm = variant.settings.llm
    key = reader_key(llm, variant.prompt)
    lacking, past = [*bulletins] * repeats, []
    if store.path.exists():
        store.prepare()  # an older database lacks columns that are asked for
        out = ledger.find_unread(store, key) if batch else set()
        lacking = [
            bulletin
            for bulletin in _list_lacking(bulletins, store, key, repeats)
            if bulletin.document.id not in out
        ]
        past = [Tokens(*row) for row in store.read(_PAST, [*key_columns(key)]).rows]
    if not lacking:
        return nothing
    expected = nothing._replace(read_before=readings - len(lacking))
    if len(past) >= FEWEST:
        return _tell_from_past(expected, past, [_price(llm, each, batch=batch) for each in past])
    due = [_count(variant.prompt, bulletin) for bulletin in lacking]
    prices = [_price(llm, each, batch=batch) for each in due]
    return expected._replace(
        input_tokens=sum(each.input for each in due),
        output_tokens=sum(each.output for each in due),
        usd=complete_usage(Usage(cost_usd=usd) for usd in prices).cost_usd,
        thoughts=llm.thinks,
    )


def _tell_from_past(
    expected: ExpectedCost, past: Sequence[Tokens], prices: Sequence[float | None]
) -> ExpectedCost:
    known = [usd for usd in prices if usd is not None]
    told = None
    if len(known) == len(past):
        told = estimate(known, remaining=expected.to_come)
    share = expected.to_come / len(past)
    return expected._replace(
        input_tokens=round(share * sum(each.input for each in past)),
        output_tokens=round(share * sum(each.output for each in past)),
        usd=told and told.mean,
        low=told and told.low,
        high=told and told.high,
        past=len(past),
    )


def _list_lacking(
    bulletins: Sequence[GoldBulletin], store: Store, key: ReaderKey, repeats: int
) -> list[GoldBulletin]:
    """List each bulletin as often as it would be read, as `read_gold` finds it."""
    ids = [bulletin.document.id for bulletin in bulletins]
    lacking: list[GoldBulletin] = []
    for times in range(1, repeats + 1):
        read = store.find_read(ids, key, times)
        lacking += [bulletin for bulletin in bulletins if bulletin.document.id not in read]
    return lacking


def _count(prompt: Prompt, bulletin: GoldBulletin) -> Tokens:
    form = FORMS[prompt.form]
    answer = form.answer_for(bulletin.document, bulletin.gold).model_dump(mode="json")
    schema = json.dumps(form.answer.model_json_schema())
    return Tokens(
        count_tokens(prompt.messages(bulletin.document)) + count_text_tokens(schema),
        count_text_tokens(json.dumps(answer, ensure_ascii=False)),
    )


def _price(llm: LlmSettings, tokens: Tokens, *, batch: bool) -> float | None:
    return cost_usd(
        llm.model or "",
        llm.url,
        llm.prices,
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        batch=batch,
    )
