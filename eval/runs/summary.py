"""The figures of one variant that tables, JSON, the store and gates have in common."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from eval.runs.reasks import ReaskSummary, summarise_reasks
from eval.runs.releases import label_releases
from eval.runs.total_failures import TotalFailure, find_total_failures
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.bootstrap import f1_interval
from eval.scoring.bounds import most_share
from eval.scoring.quotes import QuoteSummary, summarise_quotes
from eval.scoring.ratio import Counts, Interval, join_releases
from eval.scoring.repeats import Spread, Variances, measure_spread, part_variances
from eval.scoring.score import MEASURES, Score, add_scores
from schemas.reading import ReadingStatus
from schemas.usage import complete_usage

N = TypeVar("N", int, float)


class VariantSummary(NamedTuple):
    """One variant over all its readings; what is unknown or undefined is None.

    `per_bulletin` is the mean of the bulletins' own strict F1, over the `scored` of them where that
    is defined. `seconds` are those of the readings that somebody waited for, added up, the mean of
    them, and what 95 of 100 keep to. `first_try` is the strict score of the first answers alone,
    and `reasks` is what sending answers back was good for; None where a reader makes no attempts.
    `changing` counts the bulletins whose strict score is not the same in every repeat. `reposts` of
    the bulletins are of one release with another, and drawn with it for the interval. `variances`
    part that of the strict F1 between bulletins and repeats; None without repeats. `most_failing`:
    the share of all bulletins that may be total failures, at most; reposts are counted once.
    """

    bulletins: int
    measures: dict[str, Score]
    interval: Interval | None
    per_bulletin: float | None
    scored: int
    first_try: Score | None
    reasks: ReaskSummary | None
    partial: int
    failed: int
    dropped: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float | None
    seconds_each: float | None
    p95_seconds: float | None
    readings: int
    spread: Spread
    changing: int
    quotes: QuoteSummary
    reposts: int
    variances: Variances | None
    total_failures: tuple[TotalFailure, ...]
    most_failing: float | None

    @property
    def strict(self) -> Score:
        """Score by value, unit, service, detail, status and period."""
        return self.measures["strict"]

    def each(self, amount: float | None) -> float | None:
        """Give an amount a reading; None where it is unknown."""
        return _ratio(amount, self.readings)

    @property
    def cost_per_right(self) -> float | None:
        """US dollars for each figure that is strictly right."""
        return _ratio(self.cost_usd, self.strict.right)

    @property
    def tokens_per_right(self) -> float | None:
        """Tokens, in and out, for each figure that is strictly right."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return _ratio(self.input_tokens + self.output_tokens, self.strict.right)


def summarise(result: VariantResult) -> VariantSummary:
    """Add up what was read and how it was scored."""
    reads = result.reads
    first = [read.first_try.measures["strict"] for read in reads if read.first_try is not None]
    documents = score_by_document(reads)
    defined = [score.f1 for score in documents.values() if score.f1 is not None]
    seconds = [read.seconds for read in reads if read.seconds is not None]
    by_repeat = count_by_repeat(result)
    releases = label_releases(reads)
    failures = find_total_failures(reads)
    return VariantSummary(
        bulletins=len(documents),
        measures=_add_measures(reads),
        interval=f1_interval(count_by_document(reads), releases),
        per_bulletin=sum(defined) / len(defined) if defined else None,
        scored=len(defined),
        first_try=add_scores(first) if first else None,
        reasks=summarise_reasks(read.answers for read in reads) if first else None,
        partial=sum(read.status is ReadingStatus.PARTIAL for read in reads),
        failed=sum(read.status is ReadingStatus.FAILED for read in reads),
        dropped=sum(read.dropped for read in reads),
        **vars(complete_usage(read.usage for read in list_paid(reads))),
        seconds=sum(seconds) if seconds else None,
        seconds_each=sum(seconds) / len(seconds) if seconds else None,
        p95_seconds=_find_p95(seconds),
        readings=len(reads),
        spread=measure_spread(by_repeat),
        changing=_count_changing(by_repeat),
        quotes=summarise_quotes(fit for read in reads for fit in read.scores.quotes),
        reposts=len(releases) - len(set(releases)),
        variances=part_variances([join_releases(counts, releases) for counts in by_repeat]),
        total_failures=failures,
        most_failing=_bound_failing(failures, reads, dict(zip(documents, releases, strict=True))),
    )


def count_by_document(reads: Iterable[ScoredReading], measure: str = "strict") -> Counts:
    """Give right, read and gold of each bulletin, in the order of the first readings.

    Shape (bulletins, 3); repeats of a bulletin are added up.
    """
    scores = list(score_by_document(reads, measure).values())
    return np.array(scores, dtype=np.int64).reshape(-1, 3)


def count_by_repeat(result: VariantResult) -> list[Counts]:
    """Give the strict counts of each bulletin apart for each repeat; see `count_by_document`."""
    return [
        count_by_document(read for read in result.reads if read.repeat == number)
        for number in range(1, result.repeats + 1)
    ]


def score_by_document(reads: Iterable[ScoredReading], measure: str = "strict") -> dict[str, Score]:
    """Score each document by its ID, in the order of the first readings, repeats added up."""
    scores: dict[str, list[Score]] = {}
    for read in reads:
        scores.setdefault(read.bulletin.document.id, []).append(read.scores.measures[measure])
    return {document_id: add_scores(several) for document_id, several in scores.items()}


def _add_measures(reads: Iterable[ScoredReading]) -> dict[str, Score]:
    """Add up every measure over the readings."""
    summed: dict[str, list[Score]] = {name: [] for name in MEASURES}
    for read in reads:
        for name, score in read.scores.measures.items():
            summed[name].append(score)
    return {name: add_scores(scores) for name, scores in summed.items()}


def list_paid(reads: Iterable[ScoredReading]) -> list[ScoredReading]:
    """List what was paid for, without calls that brought no answer: their cost is none."""
    return [read for read in reads if read.status is not ReadingStatus.FAILED or _was_paid(read)]


def _was_paid(read: ScoredReading) -> bool:
    return (read.input_tokens, read.output_tokens, read.cost_usd) != (None, None, None)


def _count_changing(by_repeat: Sequence[Counts]) -> int:
    if len(by_repeat) < 2:  # noqa: PLR2004 - one repeat cannot differ
        return 0
    return int((np.stack(by_repeat) != by_repeat[0]).any(axis=(0, 2)).sum())


def _bound_failing(
    failures: Sequence[TotalFailure], reads: Iterable[ScoredReading], releases: Mapping[str, int]
) -> float | None:
    failed = {failure.bulletin for failure in failures}
    ids = {read.bulletin.document.id for read in reads if read.bulletin.stem in failed}
    return most_share(len({releases[each] for each in ids}), len({*releases.values()}))


def _find_p95(seconds: Sequence[float]) -> float | None:
    """Give the least time within which at least 95 % of the readings were done."""
    return float(np.quantile(seconds, 0.95, method="inverted_cdf")) if seconds else None


def _ratio(amount: float | None, by: int) -> float | None:
    return amount / by if amount is not None and by else None
