"""One eval: every variant scored on what is stored, compared, and stored in its turn."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.comparison import Comparison, compare_variants
from eval.runs.db_rows import make_rows
from eval.runs.plan import GoldSelection
from eval.runs.summary import VariantSummary, summarise
from eval.runs.variant import Variant, VariantResult, score_variant
from pipeline.store import Store


class Evaluation(NamedTuple):
    """All that one `jornada eval` found; `gold` names the folder of the labels."""

    results: tuple[VariantResult, ...]
    summaries: tuple[VariantSummary, ...]
    comparisons: tuple[Comparison, ...]
    bulletins: tuple[GoldBulletin, ...]
    gold: str
    left_out: tuple[str, ...]
    store: Store

    @property
    def figures(self) -> int:
        """How many figures the gold has."""
        return sum(len(bulletin.gold.figures) for bulletin in self.bulletins)


def evaluate_variants(
    variants: Sequence[Variant],
    selection: GoldSelection,
    db: Path,
    repeats: int,
    gold: str,
    *,
    stored: Path | None = None,
) -> Evaluation:
    """Score all variants on what is stored, compare them, and store scores and verdicts in `db`.

    The readings are in `db` too, or in `stored`.
    """
    store = Store(db)
    readings = store if stored is None else Store(stored)
    if stored is not None:
        store.prepare()
    bulletins, left_out = selection
    results = tuple(
        score_variant(bulletins, variant, readings, repeats, uuid.uuid4().hex)
        for variant in _tell_names_apart(variants)
    )
    summaries = tuple(summarise(result) for result in results)
    for result, summary in zip(results, summaries, strict=True):
        store.insert(make_rows(result, summary, gold, bulletins))
    return Evaluation(
        results, summaries, compare_variants(results), bulletins, gold, left_out, store
    )


def _tell_names_apart(variants: Sequence[Variant]) -> list[Variant]:
    """Add the beginning of the prompt's hash to names that several variants have."""
    names = [variant.name for variant in variants]
    return [
        variant._replace(name=f"{variant.name} ({(variant.key.prompt_hash or '')[:8]})")
        if names.count(variant.name) > 1
        else variant
        for variant in variants
    ]
