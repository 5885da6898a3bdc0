"""Amounts that gates can bound: failures, money, tokens, time, and what re-asks were good for."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from eval.runs.stored_readings import WAS_NOT_READ
from eval.runs.summary import VariantSummary, list_paid, summarise
from eval.runs.variant import ScoredReading, VariantResult
from schemas.usage import Usage

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
    """Find an amount of `AMOUNTS` over all readings of a variant.

    Of what was never read nothing is known but that it failed: a part would pass for the whole.
    """
    unread = sum(read.error == WAS_NOT_READ for read in variant.reads)
    if unread and name != "failed":
        return FoundAmount(None, f"{unread} of {len(variant.reads)} readings were never made")
    return AMOUNTS[name].find(summarise(variant), variant.reads)


def _find_failed(summary: VariantSummary, _: _Reads) -> FoundAmount:
    return FoundAmount(summary.failed, f"{summary.bulletins} bulletins")


def _find_partial(summary: VariantSummary, _: _Reads) -> FoundAmount:
    return FoundAmount(summary.partial, f"{summary.bulletins} bulletins")


def _find_cost(summary: VariantSummary, _: _Reads) -> FoundAmount:
    return FoundAmount(summary.cost_usd, f"{summary.bulletins} bulletins")


def _find_tokens(summary: VariantSummary, reads: _Reads) -> FoundAmount:
    total = Usage(summary.input_tokens, summary.output_tokens).tokens
    paid = list_paid(reads)
    value = total / len(paid) if total is not None and paid else None
    return FoundAmount(value, f"{len(paid)} readings")


def _find_seconds(summary: VariantSummary, reads: _Reads) -> FoundAmount:
    return _of_all_timed(summary.seconds_each, reads)


def _find_slow_seconds(summary: VariantSummary, reads: _Reads) -> FoundAmount:
    return _of_all_timed(summary.p95_seconds, reads)


def _of_all_timed(seconds: float | None, reads: _Reads) -> FoundAmount:
    # For what came in a batch nobody waited: those few that were waited for say nothing of it.
    untimed = sum(not read.seconds for read in reads)
    if untimed:
        return FoundAmount(None, f"{untimed} of {len(reads)} readings were not timed")
    return FoundAmount(seconds, f"{len(reads)} readings")


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
    "seconds_p95": Amount("seconds that 95 % of readings take", 1, _find_slow_seconds),
    "reask_precision": Amount(
        "share of re-asks that bettered the answer", 3, _find_reask_precision, is_share=True
    ),
}
"""By the name that a gate has for it. The cost is that of all readings together; tokens (in and
out) and seconds are a reading's, re-asks included."""
