"""Whether one variant beats another, in one sentence. Pure."""

import math

from eval.report.number_format import format_difference, format_difference_interval, format_p_value
from eval.runs.comparison import Comparison
from eval.scoring.bootstrap import Difference


def describe_comparison(comparison: Comparison) -> str:
    """Say in one sentence whether a variant beats the reference."""
    strict = comparison.measures["strict"]
    one, other = comparison.name, comparison.reference
    if strict.estimate is None:
        return f"{one} and {other} cannot be compared: strict F1 is undefined for one of them."
    n = _count_bulletins(strict.documents)
    if strict.estimate == 0 and strict.interval == (0, 0):
        return f"{one} and {other} have the same strict score on all {n}."
    by = format_difference(strict.estimate)
    alike = f"{one} and {other} are not told apart: strict F1 differs by {by}"
    if strict.interval is None or strict.p is None:
        return f"{alike} on {n}, too few or too like to say how sure that is."
    interval = format_difference_interval(strict.interval)
    corrected = "" if comparison.p_holm == strict.p else " corrected for the number of variants"
    p = f"p {format_p_value(comparison.p_holm)}{corrected}"
    facts = f"(95 % interval {interval}, {p}, {n})"
    if comparison.is_distinct:
        verb = "beats" if strict.estimate > 0 else "is worse than"
        return f"{one} {verb} {other} by {abs(strict.estimate):.3f} strict F1 {facts}."
    return f"{alike} {facts}{_say_how_many_more(strict)}."


def _say_how_many_more(difference: Difference) -> str:
    if not difference.more:
        return ""
    # Two digits: the estimate that it follows from is no surer.
    size = 10 ** max(0, len(str(difference.more)) - 2)
    more = math.ceil(difference.more / size) * size
    return f"; about {_count_bulletins(more, 'more gold ')} would show a difference of this size"


def _count_bulletins(number: int, kind: str = "") -> str:
    return f"{number:,} {kind}{'bulletin' if number == 1 else 'bulletins'}"
