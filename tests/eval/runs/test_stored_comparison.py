"""Stored runs are compared as they were when they were scored, and nobody is asked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.labels.gold import GoldBulletin
from eval.report.run_comparison import show_run_comparison, show_run_comparison_json
from eval.runs import history
from eval.runs.comparison import compare_variants
from eval.runs.db_rows import make_rows
from eval.runs.stored_comparison import compare_again, compare_stored
from eval.runs.summary import summarise
from eval.runs.variant import ScoredReading, VariantResult
from pipeline.errors import UsageError
from pipeline.store import Store
from tests.eval.report.report_samples import bulletin, mistaken, result, right, spoilt
from tests.eval.runs.stored_runs import AFTER, BEFORE, document_score, run

BULLETINS = [bulletin(number) for number in range(3, 9)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def keep(
    store: Store, name: str, *reads: ScoredReading, repeats: int = 1, run_id: str = ""
) -> VariantResult:
    """Store what a variant scored, and give it."""
    scored = result(name, *reads, repeats=repeats)._replace(run_id=run_id or name)
    bulletins = tuple({read.bulletin.document.id: read.bulletin for read in reads}.values())
    store.insert(make_rows(scored, summarise(scored), "gold", bulletins))
    return scored


def runs(store: Store, *names: str) -> list[history.EvalRun]:
    return [history.find_run(store, name) for name in names]


def test_stored_scores_compare_as_they_did(store: Store) -> None:
    scored = [
        keep(store, "good", *map(right, BULLETINS[:4]), *map(mistaken, BULLETINS[4:])),
        keep(store, "bad", *map(spoilt, BULLETINS[:3]), *map(right, BULLETINS[3:])),
        keep(store, "odd", *map(mistaken, BULLETINS)),
    ]
    found = compare_stored(store, runs(store, "good", "bad", "odd"))
    assert found.comparisons == compare_variants(scored)
    assert (found.bulletins, found.left_out) == (len(BULLETINS), 0)
    for stored, once in zip(found.results, scored, strict=True):
        assert summarise(stored).measures == summarise(once).measures
        assert summarise(stored).interval == summarise(once).interval


def test_runs_are_compared_on_what_all_have(store: Store) -> None:
    scored = [
        keep(store, "good", *map(right, BULLETINS)),
        keep(store, "bad", *map(spoilt, BULLETINS[2:])),
    ]
    found = compare_stored(store, runs(store, "good", "bad"))
    assert (found.bulletins, found.left_out) == (len(BULLETINS) - 2, 2)
    both = scored[0]._replace(reads=scored[0].reads[2:])
    assert found.comparisons == compare_variants([both, scored[1]])


def relabelled(one: GoldBulletin) -> GoldBulletin:
    first, *others = one.gold.figures
    figures = (first.model_copy(update={"place": "Sonora"}), *others)
    return one._replace(gold=one.gold.model_copy(update={"figures": figures}))


def test_runs_on_other_labels_are_not_compared_by_what_is_stored(store: Store) -> None:
    keep(store, "good", *map(right, BULLETINS))
    keep(store, "bad", spoilt(relabelled(BULLETINS[0])), *map(spoilt, BULLETINS[1:]))
    with pytest.raises(UsageError, match=r"the gold of 1 of 6 bulletins .* give --gold DIR"):
        compare_stored(store, runs(store, "good", "bad"))


@pytest.mark.parametrize("names", [("good", "good"), ("good", "bad", "good")])
def test_a_run_is_not_compared_with_itself(store: Store, names: tuple[str, ...]) -> None:
    keep(store, "good", *map(right, BULLETINS))
    keep(store, "bad", *map(spoilt, BULLETINS))
    with pytest.raises(UsageError, match=r"good .* is given twice"):
        compare_stored(store, runs(store, *names))


def test_runs_without_a_bulletin_in_common_are_not_compared(store: Store) -> None:
    keep(store, "good", *map(right, BULLETINS[:2]))
    keep(store, "bad", *map(spoilt, BULLETINS[2:]))
    with pytest.raises(UsageError, match="no bulletin in common"):
        compare_stored(store, runs(store, "good", "bad"))


def test_what_an_older_run_did_not_measure_is_undefined_and_not_zero(store: Store) -> None:
    scores = [document_score(each, "d1", 1, 2, 3) for each in (BEFORE, AFTER)]
    store.insert({"eval_runs": [run(BEFORE), run(AFTER, 2)], "eval_scores": scores})
    found = compare_stored(store, runs(store, BEFORE, AFTER))
    measures = summarise(found.results[0]).measures
    assert measures["strict"] == (1, 2, 3)
    assert measures["place"].f1 is None


def test_readings_that_are_elsewhere_are_not_scored_as_missed(store: Store) -> None:
    keep(store, "good", *map(right, BULLETINS))
    keep(store, "bad", *map(spoilt, BULLETINS))
    with pytest.raises(UsageError, match=r"has no reading of good.*--stored"):
        compare_again(store, store, runs(store, "good", "bad"), BULLETINS)
    with pytest.raises(UsageError, match="not one of the 1 bulletins given"):
        compare_again(store, store, runs(store, "good", "bad"), [bulletin(99)])


def test_runs_of_one_name_are_told_apart_and_repeats_not_added_to_n(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    reads = [right(one, repeat) for one in BULLETINS for repeat in (1, 2)]
    ids = BEFORE, AFTER
    keep(store, "same", *reads, repeats=2, run_id=BEFORE)
    keep(store, "same", *map(spoilt, BULLETINS[1:]), run_id=AFTER)
    found = compare_stored(store, runs(store, *ids))
    show_run_comparison(found, "stored scores")
    told = capsys.readouterr()
    assert f"same ({ids[0]})" in told.out
    assert f"same ({ids[1]})" in told.out
    figures = 3 * (len(BULLETINS) - 1)
    assert f"strict         {figures} " in told.out
    assert "on 5 bulletins; 1 bulletin was not scored by all, and left out." in told.err
    show_run_comparison_json(found)
    data = json.loads(capsys.readouterr().out)
    assert [one["run"] for one in data["runs"]] == [*ids]
    assert data["runs"][0]["scores"]["strict"]["f1"] == 1.0
    assert data["comparisons"][0]["reference"] == f"same ({ids[0]})"
