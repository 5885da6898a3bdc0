"""The end of an eval: scores, comparisons, tables or JSON, and the page to read."""

import importlib.metadata
import os
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import GoldBulletin
from eval.report import tables
from eval.report.page import About, page
from eval.runs.db_rows import rows_of
from eval.runs.plan import Guarded
from eval.runs.result import Comparison, Result
from eval.runs.summary import Summary, as_json, compare, comparison_json, summarise
from eval.runs.variant import Variant, scored
from eval.scoring.gate import Ruling
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError
from pipeline.plain_text import one_line, to_json
from pipeline.store import Store
from pipeline.store.rows import now


class Eval(NamedTuple):
    """All that one `jornada eval` found; `gold` names the folder of the labels."""

    results: tuple[Result, ...]
    summaries: tuple[Summary, ...]
    comparisons: tuple[Comparison, ...]
    bulletins: tuple[GoldBulletin, ...]
    gold: str
    left_out: tuple[str, ...]
    store: Store


def concluded(
    variants: Sequence[Variant], guarded: Guarded, db: Path, repeats: int, gold: str
) -> Eval:
    """Score all variants on what is stored, compare them, and store scores and verdicts."""
    store = Store(db)
    bulletins, left_out = guarded
    results = tuple(
        scored(bulletins, variant, store, repeats, uuid.uuid4().hex)
        for variant in _told_apart(variants)
    )
    summaries = tuple(summarise(result) for result in results)
    for result, summary in zip(results, summaries, strict=True):
        store.insert(rows_of(result, summary, gold, bulletins))
    return Eval(results, summaries, compare(results), bulletins, gold, left_out, store)


def _told_apart(variants: Sequence[Variant]) -> list[Variant]:
    """Add the beginning of the prompt's hash to names that several variants have."""
    names = [variant.name for variant in variants]
    return [
        variant._replace(name=f"{variant.name} ({(variant.key.prompt_hash or '')[:8]})")
        if names.count(variant.name) > 1
        else variant
        for variant in variants
    ]


def tell_all(found: Eval, rulings: Sequence[Ruling]) -> None:
    """Print tables for a person."""
    tables.show_scores(found.results, found.summaries)
    tables.show_measures(found.results, found.summaries)
    tables.show_comparisons(found.comparisons)
    for ruling in rulings:
        say(one_line(f"gate {'passed' if ruling.passed else 'NOT passed'}: {ruling.why}"))
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


def figures(bulletins: Iterable[GoldBulletin]) -> int:
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
        path.write_text(
            page(found.results, found.summaries, found.comparisons, about), encoding="utf-8"
        )
    except OSError as error:
        raise UsageError(f"{path}: the report cannot be written: {error.strerror}") from error
    tell(f"Report written to {path}")


def require_folder(page: Path | None) -> None:
    """See that a report can be written later, before anything is paid for."""
    if page is None:
        return
    if not page.parent.is_dir():
        raise UsageError(f"{page}: the report cannot be written: there is no such folder")
    if page.is_dir() or not os.access(page if page.exists() else page.parent, os.W_OK):
        raise UsageError(f"{page}: the report cannot be written there; name another file")
