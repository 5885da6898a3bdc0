"""One eval: every variant scored on what is stored, compared, and stored in its turn."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.comparison import Comparison, compare_variants
from eval.runs.db_rows import make_rows
from eval.runs.names import tell_apart
from eval.runs.plan import GoldSelection
from eval.runs.summary import VariantSummary, summarise
from eval.runs.variant import Variant, VariantResult, score_variant
from pipeline.store import Store
from pipeline.store.kept_prompts import fetch_prompts, keep_prompts


class Evaluation(NamedTuple):
    """All that one `jornada eval` found; `gold` names the folder of the labels.

    `store` has its scores, and those of earlier evals; `readings` has what was read.
    """

    results: tuple[VariantResult, ...]
    summaries: tuple[VariantSummary, ...]
    comparisons: tuple[Comparison, ...]
    bulletins: tuple[GoldBulletin, ...]
    gold: str
    left_out: tuple[str, ...]
    store: Store
    readings: Store

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
        hashes = {one.key.prompt_hash for one in variants if one.key.prompt_hash}
        keep_prompts(store, fetch_prompts(readings, hashes).values())
    bulletins, left_out = selection
    names = tell_apart([one.name for one in variants], [one.key for one in variants])
    results = tuple(
        score_variant(bulletins, variant._replace(name=name), readings, repeats, uuid.uuid4().hex)
        for name, variant in zip(names, variants, strict=True)
    )
    summaries = tuple(summarise(result) for result in results)
    with store.keep_open():
        for result, summary in zip(results, summaries, strict=True):
            store.insert(make_rows(result, summary, gold, bulletins))
    return Evaluation(
        results, summaries, compare_variants(results), bulletins, gold, left_out, store, readings
    )
