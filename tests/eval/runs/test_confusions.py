"""What went wrong, counted: of a variant that was just scored, and of a stored run."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.report.confusion_table import show_confusions, show_confusions_json, show_most_frequent
from eval.runs import history
from eval.runs.confusions import (
    MOST_QUOTES,
    Confusions,
    ErrorKind,
    Example,
    JudgedFigure,
    count_by_value,
    count_confusions,
    fetch_judged,
    judged_figures,
)
from eval.runs.db_rows import make_rows
from eval.runs.summary import summarise
from eval.scoring.align import FigureOutcome
from pipeline.store import Store
from tests.eval.report.report_samples import bulletin, result, right, spoilt
from tests.eval.runs.stored_runs import BEFORE, old_store, run, verdict


def judged(
    outcome: str, *wrong: str, at: str = "b", quote: str = "40 cirugías", **labels: tuple[str, str]
) -> JudgedFigure:
    """Make a figure with labels of the gold and of what was read."""
    common = {"quote": quote, "service": "surgery"}
    gold = {**common, **{name: pair[0] for name, pair in labels.items()}}
    read = {**common, **{name: pair[1] for name, pair in labels.items()}}
    outcome = FigureOutcome(outcome)
    return JudgedFigure(
        at,
        outcome,
        wrong,
        None if outcome in (FigureOutcome.INVENTED, FigureOutcome.UNGROUNDED) else gold,
        None if outcome is FigureOutcome.OMITTED else read,
    )


def test_a_label_that_was_read_for_another_is_counted_with_where() -> None:
    many = [
        judged("wrong_label", "detail", at=f"b{number}", detail=("hip", "knee"))
        for number in range(MOST_QUOTES + 2)
    ]
    one = judged("wrong_label", "detail", "period", detail=("hip", "hernia"), period=("a", "b"))
    found = count_confusions([*many, one, judged("right")])
    assert [each[:4] for each in found.confusions] == [
        ("detail", "hip", "knee", MOST_QUOTES + 2),
        ("detail", "hip", "hernia", 1),
        ("period", "a", "b", 1),
    ]
    assert found.confusions[0].examples == tuple(
        Example(f"b{number}", "40 cirugías") for number in range(MOST_QUOTES)
    )
    assert [each.label for each in found.of("period")] == ["period"]
    assert found.figures == MOST_QUOTES + 4


def test_repeats_of_one_mistake_are_one_example() -> None:
    twice = [judged("wrong_label", "detail", detail=("hip", "knee"))] * 2
    (found,) = count_confusions(twice).confusions
    assert (found.figures, len(found.examples)) == (2, 1)


def test_kinds_of_error_are_whole_figures_then_labels_as_they_are_compared() -> None:
    found = count_confusions(
        [
            judged("wrong_label", "place", "unit", place=("A", "B"), unit=("count", "percent")),
            judged("wrong_value", "value"),
            judged("invented"),
            judged("omitted"),
            judged("omitted"),
            judged("right"),
        ]
    )
    assert found.kinds == (
        ErrorKind(FigureOutcome.WRONG_VALUE, None, 1, strict=True),
        ErrorKind(FigureOutcome.OMITTED, None, 2, strict=True),
        ErrorKind(FigureOutcome.INVENTED, None, 1, strict=True),
        ErrorKind(FigureOutcome.WRONG_LABEL, "unit", 1, strict=True),
        ErrorKind(FigureOutcome.WRONG_LABEL, "place", 1, strict=False),
    )
    assert [kind.order for kind in found.kinds] == sorted(kind.order for kind in found.kinds)


def test_outcomes_are_counted_by_the_value_of_a_label() -> None:
    figures = [
        judged("wrong_label", "service", service=("surgery", "total")),
        judged("wrong_label", "place", place=("A", "B")),
        judged("omitted"),
        judged("right", service=("total", "total")),
        judged("invented", service=("", "dialysis")),
    ]
    surgery, dialysis, total = count_by_value(figures, "service")
    assert (surgery.value, surgery.figures, surgery.mistaken, surgery.errors) == (
        "surgery",
        3,
        1,
        3,
    )
    assert surgery.outcomes[FigureOutcome.WRONG_LABEL] == 2
    assert (dialysis.value, dialysis.outcomes[FigureOutcome.INVENTED]) == ("dialysis", 1)
    assert (total.value, total.errors) == ("total", 0)


def test_days_are_the_first_and_the_last() -> None:
    known, unknown = ("2022-07-02", None), (None, None)
    wrong = judged("wrong_label", "days", starts_on=("2022-07-02", None))  # type: ignore[arg-type]
    (found,) = count_confusions([wrong]).confusions
    assert (found.gold, found.read) == (known, unknown)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def test_a_stored_run_says_the_same_as_when_it_was_scored(store: Store) -> None:
    bulletins = [bulletin(4), bulletin(7)]
    scored = result("mine", spoilt(bulletins[0]), right(bulletins[1]))
    store.insert(make_rows(scored, summarise(scored), "gold", tuple(bulletins)))
    stored = fetch_judged(store, history.find_run(store, scored.run_id))
    assert sorted(map(str, stored)) == sorted(map(str, judged_figures(scored)))
    found = count_confusions(stored)
    assert found == count_confusions(judged_figures(scored))
    assert [each[:3] for each in found.of("period")] == [("period", "jornada", "other")]
    assert {kind.outcome.value for kind in found.kinds} > {"omitted", "invented", "ungrounded"}


def test_a_run_of_an_older_version_is_counted_too(tmp_path: Path) -> None:
    store = old_store(tmp_path / "old.duckdb")
    wrong = verdict(BEFORE, "wrong_label", gold=1, read=1, wrong=("period", "of before"))
    wrong["read"] = json.dumps({**json.loads(wrong["read"]), "period": ["other"]})
    store.insert({"eval_runs": [run(BEFORE)], "eval_verdicts": [wrong]})
    (found,) = count_confusions(fetch_judged(store, history.find_run(store, BEFORE))).confusions
    assert found[:4] == ("period", "jornada", ("other",), 1)


def test_tables_show_what_is_wrong_and_how_much_is_left_out(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    store.insert({"eval_runs": [run(BEFORE)]})
    of = history.find_run(store, BEFORE)
    figures = [
        judged("wrong_label", "place", place=(f"{number}", "\x1b[31mB\nC"), quote="a\n\x1b[31mb")
        for number in range(45)
    ]
    found = count_confusions([*figures, judged("right", place=("D", "D"))])
    show_confusions(of, found, None, ())
    told = capsys.readouterr().out
    assert "wrong place       45  no" in told
    assert "... and 5 rarer ones" in told
    assert "\x1b" not in told
    show_confusions(of, found, "place", count_by_value(figures, "place"))
    whole = capsys.readouterr().out
    assert "rarer" not in whole
    assert whole.count("place: ") == 45
    show_most_frequent(["mine", "other"], [found, count_confusions([])], 3)
    short = capsys.readouterr().out
    assert "figures in 3 repeats" in short
    assert "... and 37 rarer ones: jornada eval confusions RUN" in short
    assert "\x1b" not in short


def test_of_many_variants_the_first_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = count_confusions([judged("wrong_label", "place", place=("A", "B"))])
    names = [f"v{number}" for number in range(9)]
    show_most_frequent(names, [found] * 9, 1)
    told = capsys.readouterr().out
    assert "v3" in told
    assert "v4" not in told
    assert "What went wrong in 5 other variants: jornada eval confusions RUN." in told
    show_most_frequent(names[:4], [found] * 4, 1)
    assert "other variant" not in capsys.readouterr().out


def test_nothing_is_printed_where_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    show_most_frequent(["mine"], [count_confusions([judged("right")])], 1)
    assert capsys.readouterr().out == ""


def test_json_is_of_one_label_where_one_is_asked_for(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    store.insert({"eval_runs": [run(BEFORE)]})
    of = history.find_run(store, BEFORE)
    figures = [
        judged("wrong_label", "place", "detail", place=("A", "B"), detail=("hip", "knee")),
        judged("omitted", place=("A", "")),
    ]
    found: Confusions = count_confusions(figures)
    show_confusions_json(of, found, None, ())
    whole = json.loads(capsys.readouterr().out)
    assert [one["label"] for one in whole["confusions"]] == ["detail", "place"]
    assert [one["label"] for one in whole["kinds"]] == [None, "detail", "place"]
    assert whole["by_value"] is None
    show_confusions_json(of, found, "place", count_by_value(figures, "place"))
    one = json.loads(capsys.readouterr().out)
    assert [each["gold"] for each in one["confusions"]] == ["A"]
    assert [each["label"] for each in one["kinds"]] == ["place"]
    assert one["by_value"][0]["outcomes"]["omitted"] == 1
    assert one["confusions"][0]["examples"] == [{"bulletin": "b", "quote": "40 cirugías"}]
