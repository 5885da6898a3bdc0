"""Whether one variant beats another, in one sentence. Pure."""

from eval.report.number_format import (
    format_difference,
    format_difference_interval,
    format_p_value,
    format_share,
)
from eval.runs.comparison import Comparison
from eval.scoring.bounds import most_share
from eval.scoring.paired import Difference


def describe_comparison(comparison: Comparison) -> str:
    """Say in one sentence whether a variant beats the reference."""
    strict = comparison.measures["strict"]
    one, other = comparison.name, comparison.reference
    if strict.estimate is None:
        return f"{one} and {other} cannot be compared: strict F1 is undefined for one of them."
    n = count_bulletins(strict.documents)
    if strict.is_identical:
        drawn = f"{strict.drawn:,} releases of {n}" if strict.reposts else n
        hides = _say_what_hides(strict)
        return f"{one} and {other} have the same strict score on all {drawn}{hides}."
    if strict.reposts:
        n = f"{n} of {strict.drawn:,} releases"
    by = format_difference(strict.estimate)
    alike = f"{one} and {other} are not told apart: strict F1 differs by {by}"
    if strict.interval is None or strict.p is None:
        return f"{alike} on {n}, too few or too like to say how sure that is."
    interval = format_difference_interval(strict.interval)
    together = (
        f", both for {comparison.compared} variants at once" if comparison.compared > 1 else ""
    )
    facts = f"(95 % interval {interval}, p {format_p_value(strict.p)}{together}, {n})"
    if comparison.is_distinct:
        verb = "beats" if strict.estimate > 0 else "is worse than"
        return f"{one} {verb} {other} by {abs(strict.estimate):.3f} strict F1 {facts}."
    return f"{alike} {facts}{_say_how_many_more(strict)}."


def _say_what_hides(difference: Difference) -> str:
    share = most_share(0, difference.drawn)
    if share is None:
        return ""
    return f": up to {format_share(share)} of such bulletins may still differ (95 % sure)"


def _say_how_many_more(difference: Difference) -> str:
    needed = difference.needed(difference.estimate or 0.0)
    if needed is None or difference.least is None:
        return ""
    noun = "bulletin" if needed.most == 1 else "bulletins"
    return (
        f"; about {needed} more gold {noun} would show a difference of this size, "
        f"these show one of {difference.least:.3f}"
    )


def count_bulletins(number: int) -> str:
    """Write a number of bulletins out."""
    return f"{number:,} {'bulletin' if number == 1 else 'bulletins'}"
