"""Gates: one condition that a variant must meet, for CI, and the line that says whether it does."""

import difflib
import math
import operator
import re
from typing import NamedTuple

from eval.scoring.bootstrap import Difference, bulletins_needed
from eval.scoring.score import MEASURES, Score
from pipeline.errors import UsageError

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


class Ruling(NamedTuple):
    """Whether a gate is passed, and one line why."""

    passed: bool
    why: str


def parse(text: str) -> Gate:
    """Read a gate as written on the command line.

    Raises `UsageError` saying which forms and names there are.
    """
    if found := _NO_WORSE.fullmatch(text):
        run, number = found.groups()
        margin = _number(number, text)
        if not 0 < margin <= 1:
            raise UsageError(
                f"gate {text!r}: the margin must be above 0 and at most 1, not {number}; "
                "not even an equal run is shown to be no worse by 0"
            )
        return NoWorse(run, margin)
    if found := _BOUND.fullmatch(text):
        name, sign, number = found.groups()
        bound = _number(number, text)
        if name in AMOUNTS:
            return Limit(name, sign, bound)
        measure, _, statistic = name.rpartition("_")
        if measure not in MEASURES or statistic not in STATISTICS:
            raise UsageError(f"gate {text!r}: no such measure as {name}{_advice(name)}")
        if not 0 <= bound <= 1:
            raise UsageError(
                f"gate {text!r}: {name} lies between 0 and 1, so {number} says nothing"
            )
        return Threshold(measure, statistic, sign, bound)
    raise UsageError(f"gate {text!r} cannot be read; write {_FORMS}")


def judge_threshold(gate: Threshold, score: Score, subject: str) -> Ruling:
    """Hold one score of a variant against a bound; an undefined score never passes."""
    value: float | None = getattr(score, gate.statistic)
    name = f"{gate.measure} {gate.statistic.replace('f1', 'F1')} of {subject}"
    n = f"(n = {score.gold} in gold, {score.read} read)"
    if value is None:
        nothing = {"precision": "nothing was read", "recall": "gold has nothing to read"}
        why = nothing.get(gate.statistic, "gold has nothing to read and nothing was read")
        return Ruling(passed=False, why=f"{name} is undefined: {why} {n}")
    passed = _HOLDS[gate.operator](value, gate.bound)
    word = _WORDS[gate.operator][not passed]
    shown, bound = _apart(value, gate.bound)
    return Ruling(passed, f"{name} is {shown}, {word} {bound} {n}")


def judge_limit(gate: Limit, value: float | None, bulletins: int, subject: str) -> Ruling:
    """Hold an amount of a variant against a bound; an unknown amount (None) never passes."""
    words, places = AMOUNTS[gate.amount]
    n = f"(n = {bulletins} bulletins)"
    if value is None:
        return Ruling(passed=False, why=f"{words} of {subject}: not known {n}")
    passed = _HOLDS[gate.operator](value, gate.bound)
    word = _WORDS[gate.operator][not passed]
    shown, bound = _apart(value, gate.bound, places)
    return Ruling(passed, f"{words} of {subject}: {shown}, {word} {bound} {n}")


def judge_no_worse(gate: NoWorse, difference: Difference, subject: str) -> Ruling:
    """Judge `difference` (the subject's strict F1 minus that of the run) against the margin.

    Passes where the lower end of the 95 % interval lies above -margin (one-sided at 2.5 %).
    """
    versus = f"strict F1 of {subject} minus that of {gate.run}"
    n = f"(n = {difference.documents} bulletins)"
    if difference.estimate is None:
        return Ruling(passed=False, why=f"{versus} is undefined: one has no F1 {n}")
    estimate = f"{difference.estimate:+z.3f}"
    if difference.interval is None:
        why = "these bulletins give it no interval, so how sure it is cannot be said"
        return Ruling(passed=False, why=f"{versus} is {estimate}, but {why} {n}")
    low, high = difference.interval
    shown, bound = _apart(low, -gate.margin, sign="+z")
    what = f"{versus} is {estimate}, 95 % interval {shown} to {high:+z.3f}"
    if low > -gate.margin:
        return Ruling(passed=True, why=f"{what}, all above {bound} {n}")
    if difference.estimate <= -gate.margin:
        return Ruling(passed=False, why=f"{what}: not above {bound} {n}")
    more = bulletins_needed(
        difference.documents, difference.least, difference.estimate + gate.margin
    )
    enough = "" if more is None else f"; about {more} more would do if the difference stays"
    return Ruling(
        passed=False,
        why=f"{what}, not all above {bound}: too few bulletins to tell{enough} {n}",
    )


def _number(written: str, text: str) -> float:
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"gate {text!r}: {written} is not a number; write {_FORMS}")
    return number


def _advice(name: str) -> str:
    names = [f"{measure}_{statistic}" for measure in MEASURES for statistic in STATISTICS]
    near = difflib.get_close_matches(name, [*names, *AMOUNTS], n=1)
    meant = f"; did you mean {near[0]}?" if near else ";"
    return (
        f"{meant} There are {', '.join(AMOUNTS)}, and each of {', '.join(MEASURES)} "
        f"with {', '.join('_' + statistic for statistic in STATISTICS)}"
    )


def _apart(value: float, bound: float, places: int = 3, sign: str = "") -> tuple[str, str]:
    """Show two numbers to that many decimals, or as many as tell them apart where they differ."""
    for decimals in range(places, 17):
        shown = f"{value:{sign}.{decimals}f}", f"{bound:{sign}.{decimals}f}"
        if value == bound or shown[0] != shown[1]:
            break
    return shown
