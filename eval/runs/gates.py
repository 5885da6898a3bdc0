"""Every variant of an eval held against every gate."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from eval.labels.gold import hash_gold
from eval.runs import history
from eval.runs.plan import Asked
from eval.runs.result import Result
from eval.runs.summary import Summary, by_document
from eval.scoring.bootstrap import difference
from eval.scoring.gate import (
    Gate,
    Limit,
    NoWorse,
    Ruling,
    Threshold,
    judge_limit,
    judge_no_worse,
    judge_threshold,
)
from eval.scoring.score import Score
from pipeline.store import Store


def require_runs(gates: Iterable[Gate], db: Path, asked: Sequence[Asked]) -> None:
    """See that the runs which gates name are there, before anything is paid for.

    Another variant of this very eval may be named too. Raises `UsageError` otherwise.
    """
    for gate in gates:
        if isinstance(gate, NoWorse):
            named = [gate.run in _names(variant) for variant in asked]
            if len(named) == 1 or not any(named):
                history.find(history.opened(db), gate.run)


def _names(asked: Asked) -> tuple[str, ...]:
    return (asked.name,) if asked.prompt is None else (asked.name, asked.prompt.name)


def judged(
    gates: Iterable[Gate], results: Sequence[Result], summaries: Sequence[Summary], store: Store
) -> tuple[Ruling, ...]:
    """Hold every variant against every gate; the runs that gates name must be there.

    A gate that names a variant of this eval is about all others. One that names the only variant,
    or none of these, is about an earlier run.
    """
    rulings: list[Ruling] = []
    for gate in gates:
        if isinstance(gate, NoWorse):
            rulings += _no_worse(gate, results, store)
        else:
            rulings += [
                _ruling(gate, result, summary)
                for result, summary in zip(results, summaries, strict=True)
            ]
    return tuple(rulings)


def _ruling(gate: Threshold | Limit, result: Result, summary: Summary) -> Ruling:
    times = f" in {result.repeats} readings of each bulletin" if result.repeats > 1 else ""
    subject = f"{result.name}{times}"
    if isinstance(gate, Threshold):
        return judge_threshold(gate, summary.measures[gate.measure], subject)
    amounts: dict[str, float | None] = {
        "failed": summary.failed,
        "partial": summary.partial,
        "cost_usd": summary.cost_usd,
    }
    return judge_limit(gate, amounts[gate.amount], summary.bulletins, subject)


def _no_worse(gate: NoWorse, results: Sequence[Result], store: Store) -> Iterable[Ruling]:
    # Of several variants of that name, the first is meant: no gate may hold for want of a variant.
    named = next((one for one in results if gate.run in (one.name, one.key.prompt)), None)
    if named and len(results) > 1:
        before, remark = by_document(named.reads), ""
        judged_ones = [one for one in results if one is not named]
    else:
        own = {one.run_id for one in results}
        earlier = [run for run in history.runs(store) if run.eval_run_id not in own]
        run = history.among(earlier, gate.run, str(store.path))
        before = history.document_scores(store, run)
        judged_ones = list(results)
        remark = _relabelled(run, before, results)
    for result in judged_ones:
        after = by_document(result.reads)
        ruling = judge_no_worse(gate, difference(*history.paired(before, after)), result.name)
        common = len(before.keys() & after.keys())
        if common < len(after):
            lack = f"; the other {len(after) - common} bulletins were not scored in {gate.run}"
            ruling = ruling._replace(why=f"{ruling.why}{lack}")
        yield ruling._replace(why=f"{ruling.why}{remark}")


def _relabelled(run: history.Past, before: dict[str, Score], results: Sequence[Result]) -> str:
    """Remark that the labels are not those of an earlier run, as far as that can be known."""
    now = {read.bulletin.document.id: read.bulletin for read in results[0].reads}
    if before.keys() == now.keys():
        changed = run.gold_hash != hash_gold(now.values())
    else:
        changed = any(
            before[each].gold != len(now[each].gold.figures) * run.repeats
            for each in before.keys() & now.keys()
        )
    return "; the labels have changed since that run" if changed else ""
