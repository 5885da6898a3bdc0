"""The stored readings of an earlier run, scored again on the labels and by the scorer of today."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.history import EvalRun, fetch_document_scores
from eval.runs.stored_readings import fetch_readings
from eval.runs.variant import ScoredReading, VariantResult, score_reading
from eval.scoring.score import Score, add_scores
from pipeline.store import Store
from schemas.reading import ReaderKey

_COUNTING = """
SELECT document_id FROM current_documents WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
"""
_READ = """
SELECT DISTINCT document_id, reading_id FROM eval_verdicts
WHERE eval_run_id = ? AND reading_id IS NOT NULL
"""
_PARAMETERS = """
SELECT DISTINCT parameters FROM readings
WHERE (reader, model, prompt, prompt_hash, schema_hash)
    IS NOT DISTINCT FROM (?::VARCHAR, ?::VARCHAR, ?::VARCHAR, ?::VARCHAR, ?::VARCHAR)
AND parameters IS NOT NULL AND read_at <= ?
"""


class RescoredRun(NamedTuple):
    """A run on those bulletins that it read, in their order.

    What no call was answered for counts as missed in a score, and is nothing to compare with:
    `bulletins` counts those that are, each of their readings answered.
    `gone` names those of them whose readings are no longer there as they were scored then. `then`
    and `now` are the strict scores of all of them, on the labels of then and of today.
    """

    result: VariantResult
    bulletins: int
    gone: tuple[str, ...]
    then: Score
    now: Score


def rescore_run(
    evals: Store, run: EvalRun, bulletins: Sequence[GoldBulletin], readings: Store
) -> RescoredRun:
    """Score again what an eval run of the database `evals` has read of these bulletins.

    `readings` has what was read. What came after the run is none of its own.
    """
    then = fetch_document_scores(evals, run)
    was_read: dict[str, set[str]] = defaultdict(set)
    for document_id, reading_id in evals.read(_READ, [run.eval_run_id]).rows:
        was_read[document_id].add(reading_id)
    had = [bulletin for bulletin in bulletins if bulletin.document.id in then]
    ids = [bulletin.document.id for bulletin in had]
    with readings.keep_open(read_only=True):
        counting = {document_id for (document_id,) in readings.read(_COUNTING, [ids]).rows}
        key = _find_key(readings, run)
        stored = fetch_readings(readings, ids, key, run.repeats, until=run.created_at)
    reads: dict[str, list[ScoredReading]] = {}
    gone: list[str] = []
    answered = 0
    for bulletin in had:
        document_id = bulletin.document.id
        # Runs of older versions do not say which readings they scored.
        is_lost = not was_read[document_id] <= {one.reading_id for one in stored[document_id]}
        is_unread = all(one.is_unanswered for one in stored[document_id])
        if is_unread and not is_lost and not then[document_id].read:
            continue
        own = reads[document_id] = [
            score_reading(bulletin, number, reading, None)
            for number, reading in enumerate(stored[document_id], 1)
        ]
        # How many figures were read does not depend on the labels.
        figures = sum(read.scores.measures["strict"].read for read in own)
        if is_lost or document_id not in counting or figures != then[document_id].read:
            gone.append(bulletin.stem)
            answered += 1
        else:
            answered += not any(read.is_unanswered for read in own)
    every = tuple(read for own in reads.values() for read in own)
    return RescoredRun(
        VariantResult(run.eval_run_id, run.key, run.name, run.repeats, every),
        answered,
        tuple(gone),
        add_scores(then[document_id] for document_id in reads),
        add_scores(read.scores.measures["strict"] for read in every),
    )


def _find_key(readings: Store, run: EvalRun) -> ReaderKey:
    """Give the key of a run's reader; of an older run, with the one set of parameters there is."""
    if run.parameters is not None:
        return run.key
    *columns, _ = run.key.model_dump().values()
    found = readings.read(_PARAMETERS, [*columns, run.created_at]).rows
    return run.key.model_copy(update={"parameters": found[0][0] if len(found) == 1 else None})
