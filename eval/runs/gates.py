"""Gates for CI: conditions that variants must meet, and one line each that says whether they do."""

import difflib
import math
import operator
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import hash_gold
from eval.runs import history
from eval.runs.releases import label_releases
from eval.runs.summary import VariantSummary, score_by_document
from eval.runs.variant import VariantResult
from eval.scoring.paired import Difference, difference
from eval.scoring.score import MEASURES, Score
from pipeline.errors import UsageError
from pipeline.store import Store

STATISTICS = ("f1", "precision", "recall")
AMOUNTS = {  # the words for each, and its decimals
    "failed": ("failed bulletins", 0),
    "partial": ("partial bulletins", 0),
    "cost_usd": ("total cost in USD", 3),
}

_HOLDS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
_WORDS = {  # when it holds, when it does not
    ">=": ("at least", "below"),
    ">": ("above", "not above"),
    "<=": ("at most", "above"),
    "<": ("below", "not below"),
}
_BOUND = re.compile(r"\s*([A-Za-z0-9_]+)\s*(>=|<=|>|<)\s*(\S+)\s*")
_NO_WORSE = re.compile(r"\s*no\s+worse\s+than\s+(\S.*?)\s+by\s+(\S+)\s*", re.IGNORECASE)
_FORMS = (
    '"MEASURE_STATISTIC>=NUMBER" such as "strict_f1>=0.9" (also >, <=, <), '
    '"failed<=0" (also partial, cost_usd) or "no worse than RUN by 0.01"'
)


class Threshold(NamedTuple):
    """A score on one side of a bound between 0 and 1."""

    measure: str
    statistic: str
    operator: str
    bound: float


class Limit(NamedTuple):
    """An amount on one side of a bound: `failed` and `partial` bulletins, `cost_usd` in all."""

    amount: str
    operator: str
    bound: float


class NoWorse(NamedTuple):
    """Non-inferiority: strict F1 is shown to lie less than `margin` below that of a run."""

    run: str
    margin: float


Gate = Threshold | Limit | NoWorse


class GateResult(NamedTuple):
    """Whether a gate is passed, and one line why."""

    passed: bool
    why: str


def parse_gate(text: str) -> Gate:
    """Read a gate as written on the command line.

    Raises `UsageError` saying which forms and names there are.
    """
    if match := _NO_WORSE.fullmatch(text):
        run, number = match.groups()
        margin = _parse_number(number, text)
        if not 0 < margin <= 1:
            raise UsageError(
                f"gate {text!r}: the margin must be above 0 and at most 1, not {number}; "
                "not even an equal run is shown to be no worse by 0"
            )
        return NoWorse(run, margin)
    if match := _BOUND.fullmatch(text):
        name, sign, number = match.groups()
        bound = _parse_number(number, text)
        if name in AMOUNTS:
            return Limit(name, sign, bound)
        measure, _, statistic = name.rpartition("_")
        if measure not in MEASURES or statistic not in STATISTICS:
            raise UsageError(f"gate {text!r}: no such measure as {name}{_suggest(name)}")
        if not 0 <= bound <= 1:
            raise UsageError(
                f"gate {text!r}: {name} lies between 0 and 1, so {number} says nothing"
            )
        return Threshold(measure, statistic, sign, bound)
    raise UsageError(f"gate {text!r} cannot be read; write {_FORMS}")


def _parse_number(written: str, text: str) -> float:
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"gate {text!r}: {written} is not a number; write {_FORMS}")
    return number


def _suggest(name: str) -> str:
    names = [f"{measure}_{statistic}" for measure in MEASURES for statistic in STATISTICS]
    near = difflib.get_close_matches(name, [*names, *AMOUNTS], n=1)
    meant = f"; did you mean {near[0]}?" if near else ";"
    return (
        f"{meant} There are {', '.join(AMOUNTS)}, and each of {', '.join(MEASURES)} "
        f"with {', '.join('_' + statistic for statistic in STATISTICS)}"
    )


# One gate and one variant


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
    amount, bound = _format_apart(value, gate.bound)
    return GateResult(passed, f"{name} is {amount}, {word} {bound} {n}")


def judge_limit(gate: Limit, value: float | None, bulletins: int, subject: str) -> GateResult:
    """Hold an amount of a variant against a bound; an unknown amount (None) never passes."""
    words, places = AMOUNTS[gate.amount]
    n = f"(n = {bulletins} bulletins)"
    if value is None:
        return GateResult(passed=False, why=f"{words} of {subject}: not known {n}")
    passed = _HOLDS[gate.operator](value, gate.bound)
    word = _WORDS[gate.operator][not passed]
    amount, bound = _format_apart(value, gate.bound, places)
    return GateResult(passed, f"{words} of {subject}: {amount}, {word} {bound} {n}")


def judge_no_worse(gate: NoWorse, found: Difference, subject: str) -> GateResult:
    """Hold a difference (the subject's strict F1 minus that of the run) against the margin.

    Passes where the lower end of the 95 % interval lies above -margin (one-sided at 2.5 %).
    """
    versus = f"strict F1 of {subject} minus that of {gate.run}"
    n = f"(n = {found.documents} bulletins)"
    if found.estimate is None:
        return GateResult(passed=False, why=f"{versus} is undefined: one has no F1 {n}")
    estimate = f"{found.estimate:+z.3f}"
    if found.interval is None:
        why = "these bulletins give it no interval, so how sure it is cannot be said"
        return GateResult(passed=False, why=f"{versus} is {estimate}, but {why} {n}")
    low, high = found.interval
    low_end, bound = _format_apart(low, -gate.margin, sign="+z")
    what = f"{versus} is {estimate}, 95 % interval {low_end} to {high:+z.3f}"
    if low > -gate.margin:
        return GateResult(passed=True, why=f"{what}, all above {bound} {n}")
    if found.estimate <= -gate.margin:
        return GateResult(passed=False, why=f"{what}: not above {bound} {n}")
    more = found.needed(found.estimate + gate.margin)
    enough = "" if more is None else f"; about {more} more would do if the difference stays"
    return GateResult(
        passed=False,
        why=f"{what}, not all above {bound}: too few bulletins to tell{enough} {n}",
    )


def _format_apart(value: float, bound: float, places: int = 3, sign: str = "") -> tuple[str, str]:
    """Show two numbers to that many decimals, or as many as tell them apart where they differ."""
    for decimals in range(places, 17):
        texts = f"{value:{sign}.{decimals}f}", f"{bound:{sign}.{decimals}f}"
        if value == bound or texts[0] != texts[1]:
            break
    return texts


# Every gate and every variant


def require_runs(gates: Iterable[Gate], db: Path, variants: Sequence[Collection[str]]) -> None:
    """See that the runs which gates name are there, before anything is paid for.

    Another variant of this very eval may be named too; `variants` are the names that each goes by.
    Raises `UsageError` otherwise.
    """
    for gate in gates:
        if isinstance(gate, NoWorse):
            named = [gate.run in names for names in variants]
            if len(named) == 1 or not any(named):
                history.find_run(history.open_eval_store(db), gate.run)


def judge_gates(
    gates: Iterable[Gate],
    variants: Sequence[VariantResult],
    summaries: Sequence[VariantSummary],
    store: Store,
) -> tuple[GateResult, ...]:
    """Hold every variant against every gate; the runs that gates name must be there.

    A gate that names a variant of this eval is about all others. One that names the only variant,
    or none of these, is about an earlier run.
    """
    results: list[GateResult] = []
    for gate in gates:
        if isinstance(gate, NoWorse):
            results += _judge_against_run(gate, variants, store)
        else:
            results += [
                _judge_bound(gate, variant, summary)
                for variant, summary in zip(variants, summaries, strict=True)
            ]
    return tuple(results)


def _judge_bound(
    gate: Threshold | Limit, variant: VariantResult, summary: VariantSummary
) -> GateResult:
    times = f" in {variant.repeats} readings of each bulletin" if variant.repeats > 1 else ""
    subject = f"{variant.name}{times}"
    if isinstance(gate, Threshold):
        return judge_threshold(gate, summary.measures[gate.measure], subject)
    amounts: dict[str, float | None] = {
        "failed": summary.failed,
        "partial": summary.partial,
        "cost_usd": summary.cost_usd,
    }
    return judge_limit(gate, amounts[gate.amount], summary.bulletins, subject)


def _judge_against_run(
    gate: NoWorse, variants: Sequence[VariantResult], store: Store
) -> Iterable[GateResult]:
    # Of several variants of that name, the first is meant: no gate may hold for want of a variant.
    named = next((one for one in variants if gate.run in (one.name, one.key.prompt)), None)
    if named and len(variants) > 1:
        before, remark = score_by_document(named.reads), ""
        subjects = [one for one in variants if one is not named]
    else:
        own = {one.run_id for one in variants}
        earlier = [run for run in history.fetch_eval_runs(store) if run.eval_run_id not in own]
        run = history.pick_run(earlier, gate.run, str(store.path))
        before = history.fetch_document_scores(store, run)
        subjects = list(variants)
        remark = _remark_on_labels(run, before, variants[0])
    for subject in subjects:
        after = score_by_document(subject.reads)
        releases = label_releases(subject.reads, [each for each in before if each in after])
        found = difference(*history.pair_counts(before, after), releases)
        result = judge_no_worse(gate, found, subject.name)
        common = len(before.keys() & after.keys())
        lack = (
            f"; the other {len(after) - common} bulletins were not scored in {gate.run}"
            if common < len(after)
            else ""
        )
        yield result._replace(why=f"{result.why}{lack}{remark}")


def _remark_on_labels(
    run: history.EvalRun, before: dict[str, Score], variant: VariantResult
) -> str:
    """Remark that the labels are not those of an earlier run, as far as that can be known."""
    now = {read.bulletin.document.id: read.bulletin for read in variant.reads}
    if before.keys() == now.keys():
        changed = run.gold_hash != hash_gold(now.values())
    else:
        changed = any(
            before[each].gold != len(now[each].gold.figures) * run.repeats
            for each in before.keys() & now.keys()
        )
    return "; the labels have changed since that run" if changed else ""
