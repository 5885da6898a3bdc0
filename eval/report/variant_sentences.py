"""What a table of means does not show of a variant, in sentences. Pure."""

from collections.abc import Iterable

from eval.report.comparison_sentence import count_bulletins
from eval.report.number_format import format_share
from eval.runs.summary import VariantSummary
from eval.runs.total_failures import TotalFailure
from eval.scoring.needed import FEWEST_TO_SHOW
from eval.scoring.ratio import FEWEST_DRAWN
from eval.scoring.repeats import Variances

_NAMED = 5


def describe_few(bulletins: int, reposts: int) -> Iterable[str]:
    """Warn where there are too few bulletins, or releases of them, to tell anything apart."""
    drawn = bulletins - reposts
    if drawn < FEWEST_TO_SHOW:
        none = " and give no interval" if drawn < FEWEST_DRAWN else ""
        of = f", {reposts:,} of them reposts" if reposts else ""
        yield (
            f"Only {count_bulletins(bulletins)}{of}: fewer than {FEWEST_TO_SHOW} cannot show any "
            f"difference{none}, whatever the scores."
        )


def describe_total_failures(name: str, summary: VariantSummary) -> Iterable[str]:
    """Name the bulletins that a variant failed on, and say how common that may be."""
    failures = summary.total_failures
    if not failures or summary.most_failing is None:
        return
    named = ", ".join(map(_name, failures[:_NAMED]))
    rest = f" and {len(failures) - _NAMED:,} more" if len(failures) > _NAMED else ""
    of = count_bulletins(summary.bulletins)
    yield (
        f"{name} failed on {len(failures):,} of {of}: {named}{rest}. "
        f"Of all such bulletins it may be up to {format_share(summary.most_failing)} (95 % sure)."
    )


def _name(failure: TotalFailure) -> str:
    if not failure.failed:
        return f"{failure.bulletin} (nothing right)"
    times = f" {failure.failed} of {failure.readings} times" if failure.readings > 1 else ""
    return f"{failure.bulletin} (no reading{times})"


def describe_repeats(subject: str, variances: Variances | None) -> Iterable[str]:
    """Say what repeats were worth, and whether more of them or more bulletins tell more.

    Of a reader whose answers never change there is nothing to say.
    """
    if variances is None or not variances.within:
        return
    endless = (
        "" if variances.most_worth is None else f", endless repeats {variances.most_worth:,.0f}"
    )
    share = variances.repeats_share
    if share >= 0.5:  # noqa: PLR2004 - half
        advice = "comes from answers that change: more repeats tell more, and need no labels"
    else:
        share = 1 - share
        advice = "is between bulletins: label more of them"
    part = "all that" if share == 1 else f"{format_share(share)} of what"
    yield (
        f"{subject}: {variances.repeats} repeats of {variances.bulletins:,} are worth "
        f"{variances.worth:,.0f} bulletins read once{endless}; {part} is open {advice}."
    )
