"""Which variants a gate is about, and which run they are held against."""

from pathlib import Path

import pytest

from eval.runs import history
from eval.runs.db_rows import rows_of
from eval.runs.gates import judged
from eval.runs.result import Result
from eval.runs.summary import summarise
from eval.scoring import gate
from pipeline.errors import UsageError
from pipeline.store import Store
from tests.eval.runs.test_summary import bulletin, reading
from tests.readings import KEY

BULLETINS = tuple(bulletin(number, figures=4) for number in range(8))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    return made


def variant(prompt: str, missing: int = 0, bulletins: int = 8, run: str = "") -> Result:
    """Make a variant that misses so many figures in every second bulletin."""
    reads = tuple(
        reading(each, 4 - missing * (number % 2))
        for number, each in enumerate(BULLETINS[:bulletins])
    )
    key = KEY.model_copy(update={"prompt": prompt})
    return Result(f"{run or prompt}-run", key, f"{prompt} · m", 1, reads)


def rule(store: Store, text: str, *results: Result) -> list[tuple[bool, str]]:
    for result in results:
        store.insert(rows_of(result, summarise(result), "gold", BULLETINS))
    summaries = [summarise(result) for result in results]
    return [tuple(ruling) for ruling in judged([gate.parse(text)], results, summaries, store)]


def test_a_threshold_is_about_every_variant(store: Store) -> None:
    found = rule(store, "strict_recall>=0.9", variant("good"), variant("poor", 2))
    assert [passed for passed, _ in found] == [True, False]


def test_a_variant_of_the_same_eval_is_what_the_others_are_held_against(store: Store) -> None:
    rule(store, "failed<=0", variant("good", 3, run="older"))
    ((passed, why),) = rule(
        store, "no worse than good by 0.01", variant("good"), variant("poor", 2)
    )
    assert not passed
    assert "poor · m minus that of good" in why


def test_the_only_variant_is_held_against_its_earlier_run(store: Store) -> None:
    with pytest.raises(UsageError, match="no eval run 'good'"):
        rule(store, "no worse than good by 0.01", variant("good", run="first"))
    ((passed, _),) = rule(store, "no worse than good by 0.01", variant("good", 2, run="second"))
    assert not passed


def test_bulletins_that_the_run_had_not_are_told_of(store: Store) -> None:
    rule(store, "failed<=0", variant("good", 1, bulletins=5))
    ((_, why),) = rule(store, "no worse than good by 0.5", variant("other"))
    assert "(n = 5 bulletins)" in why
    assert why.endswith("the other 3 bulletins were not scored in good")
    assert len(history.runs(store)) == 2


def test_of_several_variants_of_that_name_the_first_is_the_reference(store: Store) -> None:
    edited = variant("good", 3, run="edited")
    ((passed, why),) = rule(store, "no worse than good by 0.01", variant("good"), edited)
    assert not passed
    assert "(n = 8 bulletins)" in why


def test_labels_that_changed_since_the_run_are_told_of(store: Store) -> None:
    run = variant("good")
    rows = rows_of(run, summarise(run), "gold", BULLETINS)
    rows["eval_runs"][0]["gold_hash"] = "of other labels"
    store.insert(rows)
    ((_, why),) = rule(store, "no worse than good by 0.5", variant("other"))
    assert why.endswith("; the labels have changed since that run")
