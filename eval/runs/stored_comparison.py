"""Runs that are stored, set against each other on the bulletins that all of them scored.

Either by the scores that are stored, where the gold was the same, or by their readings, scored
again on gold that is given. Nobody is asked, and no prompt file is needed.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.comparison import Comparison, compare_variants
from eval.runs.history import EvalRun
from eval.runs.variant import ScoredReading, Variant, VariantResult, score_variant
from eval.scoring.score import MEASURES, BulletinScores, Score
from pipeline.errors import UsageError
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents
from schemas.document import Document, Metadata, Source
from schemas.reading import ReadingStatus
from schemas.report import BulletinKind, JornadaReport

_SCORES = """
SELECT part, measure, correct, "read", gold FROM eval_scores
WHERE eval_run_id = ? AND slice = 'document' ORDER BY rowid
"""
_GOLD = """
SELECT document_id, gold_number, gold::VARCHAR FROM eval_verdicts
WHERE eval_run_id = ? AND gold IS NOT NULL AND repeat = 1
"""

Measures = dict[str, Score]


class RunComparison(NamedTuple):
    """Runs on the bulletins that all have; the first is what the others are compared with.

    `left_out` counts the bulletins that one run or another lacks.
    """

    runs: tuple[EvalRun, ...]
    results: tuple[VariantResult, ...]
    comparisons: tuple[Comparison, ...]
    bulletins: int
    left_out: int


def compare_stored(store: Store, runs: Sequence[EvalRun]) -> RunComparison:
    """Compare runs by their stored scores.

    Raises `UsageError` where they have no bulletin in common, or other labels for one.
    """
    _require_different(runs)
    scores = [_fetch_scores(store, run) for run in runs]
    common = _find_common(scores)
    _require_same_gold(store, runs, common)
    documents = {one.id: one for one in fetch_documents(store, common)}
    # A measure that came later is not known of older runs.
    known = set.intersection(*(set(each[one]) for each in scores for one in common))
    results = []
    for run, name, each in zip(runs, name_apart(runs), scores, strict=True):
        reads = tuple(
            _as_reading(documents.get(one) or _unknown(one), each[one], known) for one in common
        )
        results.append(VariantResult(run.eval_run_id, run.key, name, 1, reads))
    return _compare(runs, results, common, scores)


def compare_again(
    store: Store, readings: Store, runs: Sequence[EvalRun], bulletins: Sequence[GoldBulletin]
) -> RunComparison:
    """Compare runs by their readings, which are scored again on the labels of these bulletins.

    Raises `UsageError` where none of the bulletins was scored by all, or a run has no reading in
    `readings`.
    """
    _require_different(runs)
    scores = [_fetch_scores(store, run) for run in runs]
    given = [one for one in bulletins if all(one.document.id in each for each in scores)]
    if not given:
        raise UsageError(f"not one of the {len(bulletins)} bulletins given was scored by all runs")
    results = []
    for run, name in zip(runs, name_apart(runs), strict=True):
        variant = Variant(run.key, name, None)
        result = score_variant(given, variant, readings, run.repeats, run.eval_run_id)
        if all(read.reading_id is None for read in result.reads):
            raise UsageError(
                f"{readings.path} has no reading of {name}: name the database that has with "
                "--stored"
            )
        results.append(result)
    return _compare(runs, results, {one.document.id for one in given}, scores)


def name_apart(runs: Sequence[EvalRun]) -> list[str]:
    """Name runs; where several have one name, with the beginning of their IDs."""
    counts = Counter(run.name for run in runs)
    return [run.name if counts[run.name] == 1 else run.name_with_id for run in runs]


def _require_different(runs: Sequence[EvalRun]) -> None:
    counts = Counter(run.eval_run_id for run in runs)
    if twice := [run for run in runs if counts[run.eval_run_id] > 1]:
        raise UsageError(
            f"{twice[0].name_with_id} is given twice: a name stands "
            "for the newest run, `jornada eval runs` lists the IDs of others"
        )


def _compare(
    runs: Sequence[EvalRun],
    results: Sequence[VariantResult],
    common: Collection[str],
    scores: Sequence[dict[str, Measures]],
) -> RunComparison:
    scored = set[str]().union(*scores)
    comparisons = compare_variants(results)
    left_out = len(scored) - len(common)
    return RunComparison(tuple(runs), tuple(results), comparisons, len(common), left_out)


def _find_common(scores: Sequence[dict[str, Measures]]) -> tuple[str, ...]:
    """Give the documents that all have, in the order in which they were scored.

    What is drawn at random depends on it: so what was found once is found again.
    """
    common = tuple(one for one in scores[0] if all(one in each for each in scores))
    if not common:
        raise UsageError("the runs have no bulletin in common")
    return common


def _fetch_scores(store: Store, run: EvalRun) -> dict[str, Measures]:
    scores: dict[str, Measures] = {}
    for document_id, measure, *counts in store.read(_SCORES, [run.eval_run_id]).rows:
        scores.setdefault(document_id, {})[measure] = Score(*counts)
    return scores


def _require_same_gold(store: Store, runs: Sequence[EvalRun], common: Collection[str]) -> None:
    if len({run.gold_hash for run in runs}) == 1:
        return
    golds = [
        {row for row in store.read(_GOLD, [run.eval_run_id]).rows if row[0] in common}
        for run in runs
    ]
    for run, gold in zip(runs[1:], golds[1:], strict=True):
        if changed := {document_id for document_id, *_ in gold ^ golds[0]}:
            raise UsageError(
                f"the gold of {len(changed)} of {len(common)} bulletins is not the same for "
                f"{name_apart([runs[0]])[0]} and {run.name}: give --gold DIR, and their readings "
                "are scored again on it"
            )


def _unknown(document_id: str) -> Document:
    """Stand for a document that is in another database: a text like no other."""
    return Document(id=document_id, text=document_id, metadata=Metadata(format="unknown"))


def _as_reading(document: Document, measures: Measures, known: Collection[str]) -> ScoredReading:
    """Give the stored scores of a bulletin, repeats added up, the shape of a scored reading.

    Of what was labelled and read nothing but the scores is in it.
    """
    labels = JornadaReport(bulletin_kind=BulletinKind.RESULTS)
    bulletin = GoldBulletin(document.id, Path(), document, labels, (), Source(path=document.id))
    scores = {name: measures[name] if name in known else Score(0, 0, 0) for name in MEASURES}
    return ScoredReading(
        bulletin=bulletin,
        repeat=1,
        status=ReadingStatus.OK,
        error=None,
        report=None,
        scores=BulletinScores((), scores),
        first_try=None,
        input_tokens=None,
        output_tokens=None,
        cost_usd=None,
        seconds=0.0,
        attempts=0,
    )
