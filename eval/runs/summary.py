"""The figures of one variant that tables, JSON, the store and gates have in common."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from eval.runs.result import Comparison, Read, Result
from eval.runs.slices import measures
from eval.scoring.bootstrap import (
    Counts,
    Interval,
    Spread,
    difference,
    f1_interval,
    holm,
    measure_spread,
)
from eval.scoring.score import MEASURES, Score, add_scores
from schemas.reading import ReadingStatus

N = TypeVar("N", int, float)


class Summary(NamedTuple):
    """One variant over all its readings; what is unknown or undefined is None.

    `per_bulletin` is the mean of the bulletins' own strict F1, over the `scored` of them where that
    is defined. `first_try` is the strict score of the first answers alone. `changing` counts the
    bulletins whose strict score is not the same in every repeat.
    """

    bulletins: int
    measures: dict[str, Score]
    interval: Interval | None
    per_bulletin: float | None
    scored: int
    first_try: Score | None
    partial: int
    failed: int
    dropped: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float
    readings: int
    spread: Spread
    changing: int

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


def summarise(result: Result) -> Summary:
    """Add up what was read and how it was scored."""
    reads = result.reads
    # A call that brought no answer was not paid for: that its cost is unknown hides nothing.
    paid = [read for read in reads if read.status is not ReadingStatus.FAILED or _was_paid(read)]
    first = [read.first_try.measures["strict"] for read in reads if read.first_try is not None]
    documents = by_document(reads)
    defined = [score.f1 for score in documents.values() if score.f1 is not None]
    by_repeat = [counts(_repeat(result, number)) for number in range(1, result.repeats + 1)]
    return Summary(
        bulletins=len(documents),
        measures=measures(reads),
        interval=f1_interval(counts(reads)),
        per_bulletin=sum(defined) / len(defined) if defined else None,
        scored=len(defined),
        first_try=add_scores(first) if first else None,
        partial=sum(read.status is ReadingStatus.PARTIAL for read in reads),
        failed=sum(read.status is ReadingStatus.FAILED for read in reads),
        dropped=sum(read.dropped for read in reads),
        input_tokens=_known(read.input_tokens for read in paid),
        output_tokens=_known(read.output_tokens for read in paid),
        cost_usd=_known(read.cost_usd for read in paid),
        seconds=sum(read.seconds for read in reads),
        readings=len(reads),
        spread=measure_spread(by_repeat),
        changing=_changing(by_repeat),
    )


def counts(reads: Iterable[Read], measure: str = "strict") -> Counts:
    """Give right, read and gold of each bulletin, in the order of the first readings.

    Shape (bulletins, 3); repeats of a bulletin are added up.
    """
    scores = list(by_document(reads, measure).values())
    return np.array(scores, dtype=np.int64).reshape(-1, 3)


def by_document(reads: Iterable[Read], measure: str = "strict") -> dict[str, Score]:
    """Score each document by its ID, in the order of the first readings, repeats added up."""
    scores: dict[str, list[Score]] = {}
    for read in reads:
        scores.setdefault(read.bulletin.document.id, []).append(read.scored.measures[measure])
    return {document_id: add_scores(several) for document_id, several in scores.items()}


def compare(results: Sequence[Result]) -> tuple[Comparison, ...]:
    """Compare every further variant with the first, on the same bulletins."""
    if not results:
        return ()
    reference, *others = results
    found = [
        {
            name: difference(counts(reference.reads, name), counts(other.reads, name))
            for name in ("strict", *(name for name in MEASURES if name != "strict"))
        }
        for other in others
    ]
    corrected = holm([differences["strict"].p for differences in found])
    return tuple(
        Comparison(other.name, reference.name, differences, p)
        for other, differences, p in zip(others, found, corrected, strict=True)
    )


def as_json(result: Result, summary: Summary) -> dict[str, Any]:
    """Give one variant as an object for machines."""
    return {
        "run": result.run_id,
        "name": result.name,
        **result.key.model_dump(),
        "bulletins": summary.bulletins,
        "repeats": result.repeats,
        "partial": summary.partial,
        "failed": summary.failed,
        "strict_f1_interval": summary.interval,
        "mean_strict_f1_of_bulletins": summary.per_bulletin,
        "bulletins_with_a_score": summary.scored,
        "first_try_f1": summary.first_try.f1 if summary.first_try else None,
        "dropped_figures": summary.dropped,
        "readings": summary.readings,
        "input_tokens": summary.input_tokens,
        "output_tokens": summary.output_tokens,
        "cost_usd": summary.cost_usd,
        "seconds_a_reading": summary.each(summary.seconds),
        "cost_usd_per_right": summary.cost_per_right,
        "tokens_per_right": summary.tokens_per_right,
        "f1_of_repeats": summary.spread.f1,
        "deviation_over_repeats": summary.spread.deviation,
        "bulletins_that_change": summary.changing,
        "scores": {name: score_json(score) for name, score in summary.measures.items()},
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Give one comparison as an object for machines."""
    return {
        "name": comparison.name,
        "reference": comparison.reference,
        "p_holm": comparison.p_holm,
        "differences": {name: found._asdict() for name, found in comparison.measures.items()},
    }


def score_json(score: Score) -> dict[str, Any]:
    """Give one score with what follows from it."""
    return {
        **score._asdict(),
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
    }


def _was_paid(read: Read) -> bool:
    return (read.input_tokens, read.output_tokens, read.cost_usd) != (None, None, None)


def _repeat(result: Result, number: int) -> tuple[Read, ...]:
    return tuple(read for read in result.reads if read.repeat == number)


def _changing(by_repeat: Sequence[Counts]) -> int:
    if len(by_repeat) < 2:  # noqa: PLR2004 - one repeat cannot differ
        return 0
    return int((np.stack(by_repeat) != by_repeat[0]).any(axis=(0, 2)).sum())


def _ratio(amount: float | None, by: int) -> float | None:
    return amount / by if amount is not None and by else None


def _known(values: Iterable[N | None]) -> N | None:
    """Add up; None where any is unknown, since a part would pass for the whole."""
    listed = list(values)
    numbers = [value for value in listed if value is not None]
    return sum(numbers) if numbers and len(numbers) == len(listed) else None
