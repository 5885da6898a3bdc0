"""Parts of the gold that a gate may be about: which there are, and how a variant scores on one."""

from collections.abc import Iterable, Sequence

from eval.gates.gate import Gate, Limit, Part, Threshold
from eval.labels.gold import GoldBulletin
from eval.runs.slices import LABELS, list_parts
from eval.runs.summary import score_by_document
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.align import COMPARED, comparable_fields
from eval.scoring.score import Score, add_scores, score_by_label
from pipeline.errors import UsageError

FIRST_TRY = "first_try"
"""The strict score of first answers alone, beside the measures."""


def require_parts(gates: Iterable[Gate], bulletins: Sequence[GoldBulletin]) -> None:
    """See that the gold has the parts that gates are about, before anything is paid for.

    Raises `UsageError`, which lists those that it has.
    """
    for gate in gates:
        if isinstance(gate, Threshold | Limit) and gate.part is not None:
            there = _list_names(gate.part.slice, bulletins)
            if gate.part.name not in there:
                raise UsageError(
                    f"a gate is about {gate.part}, of which these {len(bulletins)} bulletins have "
                    f"none; of {gate.part.slice} they have {', '.join(there)}"
                )


def _list_names(name: str, bulletins: Iterable[GoldBulletin]) -> list[str]:
    if name not in LABELS:
        return sorted({part for one in bulletins for of, part in list_parts(one) if of == name})
    at = COMPARED.index(name)
    values = {comparable_fields(figure)[at] for one in bulletins for figure in one.gold.figures}
    return sorted("none" if value is None else str(value) for value in values)


def take_part(variant: VariantResult, part: Part | None) -> VariantResult:
    """Leave only the readings of bulletins that are in this part; of labels, all have some."""
    if part is None or part.slice in LABELS:
        return variant
    reads = tuple(read for read in variant.reads if part in tuple(list_parts(read.bulletin)))
    return variant._replace(reads=reads)


def score_documents(
    variant: VariantResult, measure: str, part: Part | None
) -> dict[str, Score] | None:
    """Score each document by a measure, or by first tries, in a part of the gold or in all of it.

    Repeats are added up. None for the first try of a reader that makes none.
    """
    reads = take_part(variant, part).reads
    if part is not None and part.slice in LABELS:
        return _score_label(reads, part)
    if measure != FIRST_TRY:
        return score_by_document(reads, measure)
    if any(read.first_try is None for read in reads):
        return None
    first = [read._replace(scores=read.first_try) for read in reads if read.first_try]
    return score_by_document(first, "strict")


def _score_label(reads: Iterable[ScoredReading], part: Part) -> dict[str, Score]:
    scores: dict[str, list[Score]] = {}
    for read in reads:
        by_value = score_by_label([read.scores], part.slice)
        if part.name in by_value:
            scores.setdefault(read.bulletin.document.id, []).append(by_value[part.name])
    return {document_id: add_scores(several) for document_id, several in scores.items()}
