"""What bulletins that were seen leave open of those that were not: exact bounds of a share."""

from typing import TYPE_CHECKING

from pipeline.lazy import lazy

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = lazy("scipy.stats")

LEVEL = 0.95


def most_share(found: int, of: int, level: float = LEVEL) -> float | None:
    """Give the largest share of all bulletins that may be so, where `found` of these are.

    One-sided Clopper-Pearson bound: of none in n it is 1 - (1 - level)^(1/n). None of nothing.
    """
    if not 0 <= found <= of:
        raise ValueError(f"{found} of {of}")
    if not of:
        return None
    return 1.0 if found == of else float(stats.beta.ppf(level, found + 1, of - found))
