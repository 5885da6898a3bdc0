"""Amounts that gates can bound: failures, money, tokens, time, and what re-asks were good for."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from eval.runs.summary import VariantSummary, summarise
from eval.runs.variant import ScoredReading, VariantResult

_SLOW = 95  # percent of the readings take at most as long
_Reads = Sequence[ScoredReading]


class FoundAmount(NamedTuple):
    """An amount of a variant, None where it is undefined or unknown; `n` is in words."""

    value: float | None
    n: str


class Amount(NamedTuple):
    """What a line calls an amount, its decimals, how it is found, and whether 1 is its most."""

    words: str
    places: int
    find: Callable[[VariantSummary, _Reads], FoundAmount]
    is_share: bool = False


def find_amount(name: str, variant: VariantResult) -> FoundAmount:
    """Find an amount of `AMOUNTS` over all readings of a variant."""
    return AMOUNTS[name].find(summarise(variant), variant.reads)


def _find_failed(summary: VariantSummary, _: _Reads) -> FoundAmount:
    return FoundAmount(summary.failed, f"{summary.bulletins} bulletins")


def _find_partial(summary: VariantSummary, _: _Reads) -> FoundAmount:
    return FoundAmount(summary.partial, f"{summary.bulletins} bulletins")


def _find_cost(summary: VariantSummary, _: _Reads) -> FoundAmount:
    return FoundAmount(summary.cost_usd, f"{summary.bulletins} bulletins")


def _find_tokens(_: VariantSummary, reads: _Reads) -> FoundAmount:
    usages = [read.usage for read in reads]
    paid = [usage for usage in usages if (usage.input_tokens, usage.output_tokens) != (None, None)]
    known = [usage.tokens for usage in paid if usage.tokens is not None]
    # A part would pass for the whole.
    value = sum(known) / len(known) if known and len(known) == len(paid) else None
    return FoundAmount(value, f"{len(paid)} readings")


def _find_seconds(_: VariantSummary, reads: _Reads) -> FoundAmount:
    taken = _list_seconds(reads)
    return FoundAmount(sum(taken) / len(taken) if taken else None, f"{len(taken)} readings")


def _find_slow_seconds(_: VariantSummary, reads: _Reads) -> FoundAmount:
    taken = _list_seconds(reads)
    value = float(np.percentile(taken, _SLOW)) if taken else None
    return FoundAmount(value, f"{len(taken)} readings")


def _list_seconds(reads: _Reads) -> list[float]:
    # What was never read took no time, and must not make the rest look quicker.
    return [read.seconds for read in reads if read.seconds]


def _find_reask_precision(summary: VariantSummary, _: _Reads) -> FoundAmount:
    if summary.reasks is None:
        return FoundAmount(None, "0 answers sent back")
    reasks = summary.reasks.reasks
    return FoundAmount(reasks.precision, f"{reasks.total} answers sent back")


_COST = Amount("total cost in USD", 3, _find_cost)
AMOUNTS = {
    "failed": Amount("failed bulletins", 0, _find_failed),
    "partial": Amount("partial bulletins", 0, _find_partial),
    "cost": _COST,
    "cost_usd": _COST,
    "tokens": Amount("tokens a reading", 0, _find_tokens),
    "seconds": Amount("mean seconds a reading", 1, _find_seconds),
    "seconds_p95": Amount(f"seconds that {_SLOW} % of readings take", 1, _find_slow_seconds),
    "reask_precision": Amount(
        "share of re-asks that bettered the answer", 3, _find_reask_precision, is_share=True
    ),
}
"""By the name that a gate has for it. The cost is that of all readings together; tokens (in and
out) and seconds are a reading's, re-asks included."""
