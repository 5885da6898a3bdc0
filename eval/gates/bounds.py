"""Whether a score or an amount of a variant lies on the right side of a bound."""

import operator
from collections.abc import Collection

import numpy as np

from eval.gates.amounts import AMOUNTS, FoundAmount, find_amount
from eval.gates.gate import GateResult, Limit, Threshold
from eval.gates.parts import FEWEST, describe_count, score_documents, take_part
from eval.runs.releases import label_releases
from eval.runs.variant import VariantResult
from eval.scoring.bootstrap import f1_interval
from eval.scoring.ratio import Interval
from eval.scoring.score import Score, add_scores

_HOLDS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
_WORDS = {  # when it holds, when it does not
    ">=": ("at least", "below"),
    ">": ("above", "not above"),
    "<=": ("at most", "above"),
    "<": ("below", "not below"),
}


def judge_bound(gate: Threshold | Limit, variant: VariantResult) -> GateResult:
    """Hold a variant against a bound; what is undefined or unknown never passes."""
    times = f" in {variant.repeats} readings of each bulletin" if variant.repeats > 1 else ""
    subject = f"{variant.name}{times}{f' on {gate.part}' if gate.part else ''}"
    if isinstance(gate, Limit):
        found = find_amount(gate.amount, take_part(variant, gate.part))
        return judge_limit(gate, found, subject)
    scores = score_documents(variant, gate.measure, gate.part)
    if scores is None:
        why = f"{gate.measure} of {subject} is not known: there are no first answers to judge"
        return GateResult(passed=False, why=why)
    if gate.statistic == "f1_low":
        counts = np.array([*scores.values()], dtype=np.int64).reshape(-1, 3)
        releases = label_releases(variant.reads, scores)
        interval = f1_interval(counts, releases)
        pairs = zip(releases, scores.values(), strict=True)
        telling = {release for release, score in pairs if score.f1 is not None}
        return judge_low(gate, scores.values(), interval, subject, len(telling))
    return judge_threshold(gate, add_scores(scores.values()), subject)


def judge_threshold(gate: Threshold, score: Score, subject: str) -> GateResult:
    """Hold one score of a variant against a bound; an undefined score never passes."""
    value: float | None = getattr(score, gate.statistic)
    name = f"{gate.measure} {gate.statistic.replace('f1', 'F1')} of {subject}"
    n = f"(n = {score.gold} in gold, {score.read} read)"
    if value is None:
        nothing = {"precision": "nothing was read", "recall": "gold has nothing to read"}
        why = nothing.get(gate.statistic, "gold has nothing to read and nothing was read")
        return GateResult(passed=False, why=f"{name} is undefined: {why} {n}")
    passed = _HOLDS[gate.operator](value, gate.bound)
    word = _WORDS[gate.operator][not passed]
    amount, bound = format_apart(value, gate.bound)
    return GateResult(passed, f"{name} is {amount}, {word} {bound} {n}")


def judge_low(
    gate: Threshold,
    scores: Collection[Score],
    interval: Interval | None,
    subject: str,
    telling: int,
) -> GateResult:
    """Hold the lower end of the 95 % interval of an F1 against a bound; `scores` by bulletin.

    `telling` counts the releases among them that have an F1.
    """
    name = f"lower end of the 95 % interval of {gate.measure} F1 of {subject}"
    f1 = add_scores(scores).f1
    shown = "undefined" if f1 is None else f"{f1:.3f}"
    n = f"(F1 {shown}, n = {describe_count(len(scores), telling)})"
    if telling < FEWEST:
        why = f"fewer than {FEWEST} bulletins say too little of others"
        return GateResult(passed=False, why=f"{name} is not told: {why} {n}")
    if interval is None:
        why = "no bulletin is scored otherwise than another, so how sure it is cannot be said"
        return GateResult(passed=False, why=f"{name} is undefined: {why} {n}")
    passed = _HOLDS[gate.operator](interval.low, gate.bound)
    word = _WORDS[gate.operator][not passed]
    low, bound = format_apart(interval.low, gate.bound)
    return GateResult(passed, f"{name} is {low}, {word} {bound} {n}")


def judge_limit(gate: Limit, found: FoundAmount, subject: str) -> GateResult:
    """Hold an amount of a variant against a bound; an unknown amount (None) never passes."""
    amount = AMOUNTS[gate.amount]
    if found.value is None:
        why = f"{amount.words} of {subject}: not known (n = {found.n})"
        return GateResult(passed=False, why=why)
    passed = _HOLDS[gate.operator](found.value, gate.bound)
    word = _WORDS[gate.operator][not passed]
    value, bound = format_apart(found.value, gate.bound, amount.places)
    why = f"{amount.words} of {subject}: {value}, {word} {bound} (n = {found.n})"
    return GateResult(passed, why)


def format_apart(value: float, bound: float, places: int = 3, sign: str = "") -> tuple[str, str]:
    """Show two numbers to that many decimals, or as many as tell them apart where they differ."""
    for decimals in range(places, 17):
        texts = f"{value:{sign}.{decimals}f}", f"{bound:{sign}.{decimals}f}"
        if value == bound or texts[0] != texts[1]:
            break
    return texts
