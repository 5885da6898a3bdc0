"""What `jornada eval --json` prints: one object with all that an eval found."""

from collections.abc import Iterable
from typing import Any

from eval.gates.gate import GateResult
from eval.runs.comparison import Comparison
from eval.runs.evaluation import Evaluation
from eval.runs.names import server_in
from eval.runs.reasks import ReaskSummary
from eval.runs.summary import VariantSummary
from eval.runs.tradeoff import weigh_variants
from eval.runs.variant import VariantResult
from eval.scoring.repeats import Variances
from eval.scoring.score import Score
from pipeline.console.terminal import say
from pipeline.plain_text import to_json


def show_evaluation_json(evaluation: Evaluation, gate_results: Iterable[GateResult]) -> None:
    """Print all that an eval found, for machines."""
    scored = evaluation.results, evaluation.summaries
    whole = {
        "db": str(evaluation.store.path),
        "gold": evaluation.gold,
        "bulletins": len(evaluation.bulletins),
        "figures": evaluation.figures,
        "left_out": evaluation.left_out,
        "variants": [
            _variant_json(result, summary) for result, summary in zip(*scored, strict=True)
        ],
        "tradeoffs": [point._asdict() for point in weigh_variants(*scored)],
        "comparisons": [comparison_json(comparison) for comparison in evaluation.comparisons],
        "gates": [result._asdict() for result in gate_results],
    }
    say(to_json(whole))


def _variant_json(result: VariantResult, summary: VariantSummary) -> dict[str, Any]:
    return {
        "run": result.run_id,
        "name": result.name,
        **result.key.model_dump(),
        "server": server_in(result.key.parameters),
        "bulletins": summary.bulletins,
        "repeats": result.repeats,
        "partial": summary.partial,
        "failed": summary.failed,
        "strict_f1_interval": summary.interval,
        "mean_strict_f1_of_bulletins": summary.per_bulletin,
        "bulletins_with_a_score": summary.scored,
        "first_try_f1": summary.first_try.f1 if summary.first_try else None,
        "reasks": summary.reasks and _reasks_json(summary.reasks),
        "dropped_figures": summary.dropped,
        "readings": summary.readings,
        "input_tokens": summary.input_tokens,
        "output_tokens": summary.output_tokens,
        "cost_usd": summary.cost_usd,
        "seconds_a_reading": summary.seconds_each,
        "p95_seconds_a_reading": summary.p95_seconds,
        "cost_usd_per_right": summary.cost_per_right,
        "tokens_per_right": summary.tokens_per_right,
        "f1_of_repeats": summary.spread.f1,
        "deviation_over_repeats": summary.spread.deviation,
        "bulletins_that_change": summary.changing,
        "variances": _variances_json(summary.variances),
        "reposts": summary.reposts,
        "total_failures": [failure._asdict() for failure in summary.total_failures],
        "total_failures_at_most": summary.most_failing,
        "quotes": summary.quotes._asdict(),
        "scores": {name: score_json(score) for name, score in summary.measures.items()},
    }


def _reasks_json(summary: ReaskSummary) -> dict[str, Any]:
    return {
        "first_answers": summary.first,
        "sent_back": summary.sent_back,
        "sent_back_share": summary.share,
        "sent_back_needlessly": summary.needless,
        "by_fault": {
            kind: {**reasks._asdict(), "precision": reasks.precision}
            for kind, reasks in summary.rows.items()
        },
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Give a comparison of two variants as JSON data."""
    return {
        "name": comparison.name,
        "reference": comparison.reference,
        "variants_compared": comparison.compared,
        "variances": _variances_json(comparison.variances),
        "differences": {name: one._asdict() for name, one in comparison.measures.items()},
    }


def _variances_json(variances: Variances | None) -> dict[str, Any] | None:
    return variances and {
        **variances._asdict(),
        "repeats_share": variances.repeats_share,
        "worth_bulletins": variances.worth,
        "most_worth_bulletins": variances.most_worth,
    }


def score_json(score: Score) -> dict[str, Any]:
    """Give a score as JSON data, with what follows from its counts."""
    return {
        **score._asdict(),
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
    }
