"""Parts of the gold that a gate may be about: which there are, and how a variant scores on one."""

from collections.abc import Iterable, Sequence

from eval.gates.gate import Gate, Limit, Part, Threshold
from eval.labels.gold import GoldBulletin
from eval.runs.releases import count_releases
from eval.runs.slices import LABELS, list_parts
from eval.runs.summary import score_by_document
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.align import COMPARED, comparable_fields
from eval.scoring.score import Score, add_scores, score_by_label
from pipeline.errors import UsageError

FEWEST = 10
"""Bulletins: what fewer of them say of others is nothing to stand a gate on."""
FIRST_TRY = "first_try"
"""The strict score of first answers alone, beside the measures."""


def require_parts(gates: Iterable[Gate], bulletins: Sequence[GoldBulletin]) -> None:
    """See that the gold has what gates are about, before anything is paid for.

    Raises `UsageError` for a part of which there is nothing, with those that there are, and for an
    interval of fewer than ten bulletins, which would say too little of others.
    """
    for gate in gates:
        if not isinstance(gate, Threshold | Limit):
            continue
        own = _list_own(gate.part, bulletins)
        if gate.part is not None and not own:
            there = {name for one in bulletins for name in _list_names(gate.part.slice, one)}
            raise UsageError(
                f"a gate is about {gate.part}, of which these {len(bulletins)} bulletins have "
                f"none; of {gate.part.slice} they have {', '.join(sorted(there))}"
            )
        if not isinstance(gate, Threshold) or gate.statistic != "f1_low":
            continue
        if (releases := count_releases(own)) < FEWEST:
            where = f" of {gate.part}" if gate.part else ""
            n = describe_count(len(own), releases)
            raise UsageError(
                f"a gate is about the interval of {gate.measure} F1 on {n}{where}, which "
                f"says too little of others: it takes {FEWEST} at least"
            )


def describe_count(bulletins: int, telling: int) -> str:
    """Say how many bulletins there are, and how many of them (or releases) say anything."""
    few = "" if telling == bulletins else f" ({telling} of them with anything new to score)"
    return f"{bulletins} bulletins{few}"


def _list_own(part: Part | None, bulletins: Sequence[GoldBulletin]) -> Sequence[GoldBulletin]:
    """List the bulletins that are in a part, all where there is none."""
    if part is None:
        return bulletins
    return [one for one in bulletins if part.name in _list_names(part.slice, one)]


def _list_names(name: str, bulletin: GoldBulletin) -> set[str]:
    if name not in LABELS:
        return {part for of, part in list_parts(bulletin) if of == name}
    at = COMPARED.index(name)
    values = {comparable_fields(figure)[at] for figure in bulletin.gold.figures}
    return {"none" if value is None else str(value) for value in values}


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
