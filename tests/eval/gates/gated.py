"""Variants that read bulletins more or less well, stored as an eval stores them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.labels.gold import GoldBulletin
from eval.runs.evaluation import evaluate_variants
from eval.runs.plan import GoldSelection
from eval.runs.variant import Variant, VariantResult
from pipeline.store import Store, new_run
from schemas.reading import ReaderKey, ReadingStatus
from tests.eval.runs.test_summary import bulletin, with_figures
from tests.readings import KEY, a_reading, put

FIGURES = 4
BULLETINS = tuple(bulletin(number, figures=FIGURES) for number in range(12))


def key_of(prompt: str) -> ReaderKey:
    return KEY.model_copy(update={"prompt": prompt})


def keep(
    db: Path, prompt: str, right: Mapping[int, int | None], bulletins: Sequence[GoldBulletin]
) -> None:
    """Store what a prompt has read: all figures, or so many of those of a bulletin; None failed."""
    store = Store(db)
    if not db.exists():
        store.prepare()
    readings = []
    for number, each in enumerate(bulletins):
        found = right.get(number, FIGURES)
        status = ReadingStatus.FAILED if found is None else ReadingStatus.OK
        report = None if found is None else with_figures(each, found)
        reading = a_reading(each.document, status, report=report, key=key_of(prompt))
        readings.append((each.document, reading))
    put(store, new_run(key_of(prompt)), *readings)


def score(
    db: Path, *prompts: str, bulletins: Sequence[GoldBulletin] = BULLETINS, repeats: int = 1
) -> tuple[VariantResult, ...]:
    """Score what prompts have read as an eval does, each by itself: no two are compared."""
    selection = GoldSelection(tuple(bulletins), ())
    variants = [Variant(key_of(prompt), f"{prompt} · m", None) for prompt in prompts]
    return tuple(
        evaluate_variants([variant], selection, db, repeats, "gold").results[0]
        for variant in variants
    )
