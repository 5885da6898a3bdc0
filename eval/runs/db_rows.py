"""What an eval leaves in the database: rows of the tables `eval_...`."""

from collections.abc import Iterable

from eval.labels.gold import GoldBulletin, hash_gold
from eval.runs.reasks import ReaskSummary
from eval.runs.slices import score_slices
from eval.runs.summary import VariantSummary, score_by_document
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.score import MEASURES, QUOTE, Score
from pipeline.store.database import version
from pipeline.store.rows import Row, Rows, now
from schemas.report import Figure


def make_rows(
    result: VariantResult, summary: VariantSummary, gold: str, bulletins: tuple[GoldBulletin, ...]
) -> Rows:
    """Make all rows of one variant; `gold` names the folder of the labels."""
    return {
        "eval_runs": [_run_row(result, summary, gold, bulletins)],
        "eval_scores": [
            {"eval_run_id": result.run_id, **row} for row in _score_rows(result, summary)
        ],
        "eval_verdicts": [
            {"eval_run_id": result.run_id, **row}
            for read in result.reads
            for row in _verdict_rows(read)
        ],
        "eval_reasks": [
            {"eval_run_id": result.run_id, **row} for row in _reask_rows(summary.reasks)
        ],
    }


def _run_row(
    result: VariantResult, summary: VariantSummary, gold: str, bulletins: tuple[GoldBulletin, ...]
) -> Row:
    interval = summary.interval
    return {
        "eval_run_id": result.run_id,
        "created_at": now(),
        "name": result.name,
        **result.key.model_dump(),
        "gold": gold,
        "gold_hash": hash_gold(bulletins),
        "bulletins": summary.bulletins,
        "repeats": result.repeats,
        "partial": summary.partial,
        "failed": summary.failed,
        "strict_f1": summary.strict.f1,
        "strict_f1_low": interval and interval.low,
        "strict_f1_high": interval and interval.high,
        "first_try_f1": summary.first_try and summary.first_try.f1,
        "first_answers": summary.reasks and summary.reasks.first,
        "sent_back": summary.reasks and summary.reasks.sent_back,
        "sent_back_needlessly": summary.reasks and summary.reasks.needless,
        "input_tokens": summary.input_tokens,
        "output_tokens": summary.output_tokens,
        "cost_usd": summary.cost_usd,
        "seconds": summary.seconds or 0.0,  # that somebody waited for
        "software": version(),
    }


def _score_rows(result: VariantResult, summary: VariantSummary) -> Iterable[Row]:
    for measure, score in summary.measures.items():
        yield _score_row("all", "all", measure, score)
    if summary.first_try is not None:
        yield _score_row("first_try", "all", "strict", summary.first_try)
    for name, parts in score_slices(result).items():
        for part, score in parts.items():
            yield _score_row(name, part, "strict", score)
    yield _score_row("quotes", "characters", QUOTE, _count_characters(result.reads))
    for measure in MEASURES:
        for document_id, score in score_by_document(result.reads, measure).items():
            yield _score_row("document", document_id, measure, score)


def _count_characters(reads: Iterable[ScoredReading]) -> Score:
    """Count characters of quotes instead of figures: those in common, read and in the gold."""
    fits = [fit for read in reads for fit in read.scores.quotes]
    return Score(
        sum(fit.shared for fit in fits),
        sum(fit.read for fit in fits),
        sum(fit.gold for fit in fits),
    )


def _score_row(name: str, part: str, measure: str, score: Score) -> Row:
    return {
        "slice": name,
        "part": part,
        "measure": measure,
        "correct": score.right,
        "read": score.read,
        "gold": score.gold,
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
    }


def _reask_rows(summary: ReaskSummary | None) -> Iterable[Row]:
    if summary is None:
        return
    for kind, reasks in summary.rows.items():
        yield {
            "fault_kind": kind,
            "better": reasks.better,
            "worse": reasks.worse,
            "same": reasks.same,
            "precision": reasks.precision,
        }


def _verdict_rows(read: ScoredReading) -> Iterable[Row]:
    for number, verdict in enumerate(read.scores.verdicts, 1):
        yield {
            "document_id": read.bulletin.document.id,
            "reading_id": read.reading_id,
            "bulletin": read.bulletin.stem,
            "repeat": read.repeat,
            "number": number,
            "outcome": verdict.outcome.value,
            "wrong": list(verdict.wrong),
            "gold_number": verdict.gold_number,
            "read_number": verdict.read_number,
            **_figure_columns("gold", verdict.gold),
            **_figure_columns("read", verdict.read),
        }


def _figure_columns(side: str, figure: Figure | None) -> Row:
    return {
        f"{side}_value": figure and figure.value,
        f"{side}_quote": figure and figure.quote,
        side: figure and figure.model_dump_json(),
    }
