"""Whether one variant of an eval is better than another, measure by measure."""

from collections.abc import Sequence
from typing import NamedTuple

from eval.runs.releases import label_releases
from eval.runs.summary import count_by_document, count_by_repeat
from eval.runs.variant import VariantResult
from eval.scoring.paired import Difference, difference, differences
from eval.scoring.ratio import join_releases
from eval.scoring.repeats import Variances, part_variances
from eval.scoring.score import MEASURES


class Comparison(NamedTuple):
    """One variant against the reference, measure by measure; differences are variant - reference.

    Interval and p of the strict measure hold for all `compared` variants together, those of the
    others for each by itself. `variances` are those of the strict difference, None without repeats.
    """

    name: str
    reference: str
    measures: dict[str, Difference]
    compared: int = 1
    variances: Variances | None = None

    @property
    def is_distinct(self) -> bool:
        """Whether the strict difference is shown, all comparisons of the eval considered."""
        return self.measures["strict"].more == 0


def compare_variants(results: Sequence[VariantResult]) -> tuple[Comparison, ...]:
    """Compare every further variant with the first, on the same bulletins."""
    if len(results) < 2:  # noqa: PLR2004 - nothing to compare
        return ()
    reference, *others = results
    releases = label_releases(reference.reads)
    strict = differences(
        count_by_document(reference.reads),
        [count_by_document(other.reads) for other in others],
        releases,
    )
    return tuple(
        Comparison(
            other.name,
            reference.name,
            {"strict": found, **_compare_others(reference, other, releases)},
            len(others),
            _part_variances(reference, other, releases),
        )
        for other, found in zip(others, strict, strict=True)
    )


def _compare_others(
    reference: VariantResult, other: VariantResult, releases: Sequence[int]
) -> dict[str, Difference]:
    return {
        name: difference(
            count_by_document(reference.reads, name), count_by_document(other.reads, name), releases
        )
        for name in MEASURES
        if name != "strict"
    }


def _part_variances(
    reference: VariantResult, other: VariantResult, releases: Sequence[int]
) -> Variances | None:
    return part_variances(
        *(
            [join_releases(counts, releases) for counts in count_by_repeat(result)]
            for result in (reference, other)
        )
    )
