"""Whether one variant of an eval is better than another, measure by measure."""

from collections.abc import Sequence
from typing import NamedTuple

from eval.runs.summary import count_by_document
from eval.runs.variant import VariantResult
from eval.scoring.bootstrap import Difference, difference, holm
from eval.scoring.score import MEASURES

_ALPHA = 0.05


class Comparison(NamedTuple):
    """One variant against the reference, measure by measure; differences are variant - reference.

    `p_holm` is that of the strict measure, corrected for the number of variants compared.
    """

    name: str
    reference: str
    measures: dict[str, Difference]
    p_holm: float | None

    @property
    def is_distinct(self) -> bool:
        """Whether the strict difference is shown, all comparisons of the eval considered."""
        p = self.p_holm
        return self.measures["strict"].more == 0 and p is not None and p <= _ALPHA


def compare_variants(results: Sequence[VariantResult]) -> tuple[Comparison, ...]:
    """Compare every further variant with the first, on the same bulletins."""
    if not results:
        return ()
    reference, *others = results
    differences = [_compare(reference, other) for other in others]
    corrected = holm([measures["strict"].p for measures in differences])
    return tuple(
        Comparison(other.name, reference.name, measures, p)
        for other, measures, p in zip(others, differences, corrected, strict=True)
    )


def _compare(reference: VariantResult, other: VariantResult) -> dict[str, Difference]:
    return {
        name: difference(
            count_by_document(reference.reads, name), count_by_document(other.reads, name)
        )
        for name in ("strict", *(name for name in MEASURES if name != "strict"))
    }
