"""The end of an eval: tables or JSON, the page to read, and what the gates say."""

import importlib.metadata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from eval import past, tables
from eval.compare import difference
from eval.gate import (
    Gate,
    Limit,
    NoWorse,
    Ruling,
    Threshold,
    judge_limit,
    judge_no_worse,
    judge_threshold,
)
from eval.gold import Bulletin
from eval.report import About, page
from eval.result import Comparison, Result
from eval.summary import Summary, as_json, comparison_json, counts
from pipeline.errors import UsageError
from pipeline.prompts import Prompt
from pipeline.rows import now
from pipeline.store import Store
from pipeline.terminal import say, tell, to_json


class Eval(NamedTuple):
    """All that one `jornada eval` found; `gold` names the folder of the labels."""

    results: tuple[Result, ...]
    summaries: tuple[Summary, ...]
    comparisons: tuple[Comparison, ...]
    bulletins: tuple[Bulletin, ...]
    gold: str
    left_out: tuple[str, ...]
    store: Store


def tell_all(found: Eval, rulings: Sequence[Ruling]) -> None:
    """Print tables for a person."""
    tables.show_scores(found.results, found.summaries)
    tables.show_measures(found.results, found.summaries)
    tables.show_comparisons(found.comparisons)
    for ruling in rulings:
        say(f"gate {'passed' if ruling.passed else 'NOT passed'}: {ruling.why}")
    tell(f"Scores and verdicts are in {found.store.path}: tables eval_runs, eval_scores, ...")


def tell_json(found: Eval, rulings: Sequence[Ruling]) -> None:
    """Print one object for machines."""
    told = {
        "db": str(found.store.path),
        "gold": found.gold,
        "bulletins": len(found.bulletins),
        "figures": figures(found.bulletins),
        "left_out": found.left_out,
        "variants": [
            as_json(result, summary)
            for result, summary in zip(found.results, found.summaries, strict=True)
        ],
        "comparisons": [comparison_json(comparison) for comparison in found.comparisons],
        "gates": [ruling._asdict() for ruling in rulings],
    }
    say(to_json(told))


def figures(bulletins: Iterable[Bulletin]) -> int:
    """Count the figures of the gold."""
    return sum(len(bulletin.gold.figures) for bulletin in bulletins)


def write_page(found: Eval, path: Path) -> None:
    """Write the report. Raises `UsageError` if the file cannot be written."""
    about = About(
        created=now(),
        gold=found.gold,
        bulletins=len(found.bulletins),
        figures=figures(found.bulletins),
        software=importlib.metadata.version("jornada"),
        excluded=found.left_out,
    )
    try:
        path.write_text(page(found.results, found.comparisons, about), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: the report cannot be written: {error.strerror}") from error
    tell(f"Report written to {path}")


def require_folder(page: Path | None) -> None:
    """See that a report can be written later, before anything is paid for."""
    if page is not None and not page.parent.is_dir():
        raise UsageError(f"{page}: the report cannot be written: there is no such folder")


def require_runs(gates: Iterable[Gate], db: Path, prompts: Iterable[Prompt | None]) -> None:
    """See that the runs which gates name are there, before anything is paid for.

    A prompt of this very eval may be named too. Raises `UsageError` otherwise.
    """
    own = {prompt.name for prompt in prompts if prompt is not None} | {"baseline"}
    for gate in gates:
        if isinstance(gate, NoWorse) and gate.run not in own:
            past.find(past.opened(db), gate.run)


def judged(found: Eval, gates: Iterable[Gate]) -> tuple[Ruling, ...]:
    """Hold every variant against every gate."""
    return tuple(
        _ruling(found, gate, result, summary)
        for gate in gates
        for result, summary in zip(found.results, found.summaries, strict=True)
        if not (isinstance(gate, NoWorse) and _run(found, gate).eval_run_id == result.run_id)
    )


def _ruling(found: Eval, gate: Gate, result: Result, summary: Summary) -> Ruling:
    match gate:
        case Threshold():
            return judge_threshold(gate, summary.measures[gate.measure], result.name)
        case Limit():
            amounts: dict[str, float | None] = {
                "failed": summary.failed,
                "partial": summary.partial,
                "cost_usd": summary.cost_usd,
            }
            return judge_limit(gate, amounts[gate.amount], summary.bulletins, result.name)
        case NoWorse():
            run = _run(found, gate)
            ids = dict.fromkeys(read.bulletin.document.id for read in result.reads)
            mine = dict(zip(ids, counts(result.reads).tolist(), strict=True))
            before, after = past.paired(past.document_counts(found.store, run), mine)
            return judge_no_worse(gate, difference(before, after), result.name)


def _run(found: Eval, gate: NoWorse) -> past.Past:
    """Find the run that a gate names: not one of this very eval by the same name, but an older."""
    own = {result.run_id for result in found.results}
    runs = past.runs(found.store)
    older = [run for run in runs if run.eval_run_id not in own]
    try:
        return past.among(older, gate.run, str(found.store.path))
    except UsageError:
        return past.among(runs, gate.run, str(found.store.path))
