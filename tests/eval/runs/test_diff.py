"""Two stored eval runs, found again and set against each other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eval.report.diff_table import show_diff
from eval.runs import history
from eval.runs.diff import DiffFilter, FigureChange, RunDiff, count_changes, diff
from pipeline.errors import UsageError
from pipeline.store import MIGRATIONS, Store
from tests.eval.runs.stored_runs import AFTER, BEFORE, document_score, run, verdict


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def keep(store: Store, *verdicts: dict[str, Any], documents: tuple[str, ...] = ("d1",)) -> None:
    store.insert(
        {
            "eval_runs": [run(BEFORE), run(AFTER, 2)],
            "eval_scores": [
                document_score(each, document, 1, 2, 3)
                for each in (BEFORE, AFTER)
                for document in documents
            ],
            "eval_verdicts": list(verdicts),
        }
    )


def changes(store: Store) -> list[FigureChange]:
    return list(
        diff(store, history.find_run(store, BEFORE), history.find_run(store, AFTER)).changes
    )


@pytest.mark.parametrize(
    ("before", "after", "verdict_of_both"),
    [
        ("omitted", "right", "better"),
        ("right", "omitted", "worse"),
        ("omitted", "wrong_value", "other"),
    ],
)
def test_a_gold_figure_that_is_judged_differently_is_a_change(
    store: Store, before: str, after: str, verdict_of_both: str
) -> None:
    keep(store, verdict(BEFORE, before, gold=1, read=1), verdict(AFTER, after, gold=1, read=1))
    (change,) = changes(store)
    assert (change.verdict, change.quote) == (verdict_of_both, "1 words")


def test_other_wrong_labels_are_a_change_and_the_same_ones_none(store: Store) -> None:
    keep(
        store,
        verdict(BEFORE, "wrong_label", gold=1, read=1, wrong=("period",)),
        verdict(AFTER, "wrong_label", gold=1, read=1, wrong=("period",)),
        verdict(BEFORE, "wrong_label", gold=2, read=2, wrong=("period",)),
        verdict(AFTER, "wrong_label", gold=2, read=2, wrong=("status",)),
    )
    assert [(change.verdict, change.quote) for change in changes(store)] == [("other", "2 words")]


def test_an_invented_figure_that_is_gone_is_better_and_a_new_one_worse(store: Store) -> None:
    keep(
        store,
        verdict(BEFORE, "invented", read=5),
        verdict(BEFORE, "invented", read=6),
        verdict(AFTER, "invented", read=6),
        verdict(AFTER, "invented", read=6),
    )
    found = changes(store)
    assert {(change.verdict, change.quote) for change in found} == {
        ("better", "5 words"),
        ("worse", "6 words"),
    }
    assert count_changes(found) == {"better": 1, "worse": 1, "other": 0}


@pytest.mark.parametrize(
    ("labels", "same"),
    [
        ({"quote": "the 5 of them"}, True),
        ({"place": "Puebla "}, True),
        ({"place": "Sonora"}, False),
        ({"period": "other"}, False),
        ({"edition": 4}, False),
        ({"approximate": True}, False),
    ],
)
def test_an_invented_figure_is_the_same_if_all_labels_are(
    store: Store, labels: dict[str, object], *, same: bool
) -> None:
    keep(
        store,
        verdict(BEFORE, "invented", read=5, place="puebla"),
        verdict(AFTER, "invented", read=5, **{"place": "puebla"} | labels),
    )
    assert [change.verdict for change in changes(store)] == ([] if same else ["worse", "better"])


def test_invented_figures_of_an_older_schema_are_compared_as_stored(store: Store) -> None:
    old = [verdict(run_id, "invented", read=5, period=None) for run_id in (BEFORE, AFTER)]
    keep(store, *old, verdict(AFTER, "invented", read=6, period=None))
    assert [(change.verdict, change.quote) for change in changes(store)] == [("worse", "6 words")]


def test_bulletins_that_only_one_run_scored_are_left_out(store: Store) -> None:
    keep(store, verdict(AFTER, "invented", read=5, document="d2"))
    found = diff(store, history.find_run(store, BEFORE), history.find_run(store, AFTER))
    assert (found.changes, found.common) == ((), 1)


def test_only_other_labels_of_the_common_bulletins_are_told_of(store: Store) -> None:
    keep(
        store,
        verdict(BEFORE, "right", gold=1, read=1),
        verdict(AFTER, "right", gold=1, read=1),
        verdict(AFTER, "right", gold=5, read=5, document="d2"),
    )
    assert diff(store, history.find_run(store, BEFORE), history.find_run(store, AFTER)).same_gold
    store.insert(
        {
            "eval_runs": [run("cccc3333", 3)],
            "eval_scores": [document_score("cccc3333", "d1", 1, 2, 3)],
            "eval_verdicts": [verdict("cccc3333", "right", gold=2, read=2)],
        }
    )
    assert not diff(
        store, history.find_run(store, BEFORE), history.find_run(store, "cccc")
    ).same_gold


def test_a_figure_that_is_wrong_in_its_place_alone_is_strictly_right(store: Store) -> None:
    keep(
        store,
        verdict(BEFORE, "right", gold=1, read=1),
        verdict(AFTER, "wrong_label", gold=1, read=1, wrong=("place",)),
        verdict(BEFORE, "wrong_label", gold=2, read=2, wrong=("period", "place")),
        verdict(AFTER, "wrong_label", gold=2, read=2, wrong=("place",)),
    )
    assert [change.verdict for change in changes(store)] == ["better", "other"]


def test_days_that_became_wrong_are_another_change_and_shown(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    days = {"starts_on": "2022-07-02", "ends_on": "2022-07-03"}
    keep(
        store,
        verdict(BEFORE, "right", gold=1, read=1, **days),
        verdict(AFTER, "wrong_label", gold=1, read=1, wrong=("days",), **days),
    )
    runs = [history.find_run(store, name) for name in (BEFORE, AFTER)]
    found = diff(store, *runs)
    assert [change.verdict for change in found.changes] == ["other"]
    show_diff(found, *runs, as_json=False)
    assert "wrong label: 2022-07-02 to 2022-07-03" in capsys.readouterr().out


def filtered(store: Store, **only: Any) -> RunDiff:  # noqa: ANN401 - fields of a filter
    runs = [history.find_run(store, name) for name in (BEFORE, AFTER)]
    return diff(store, *runs, DiffFilter(**only))


def quotes(found: RunDiff) -> list[tuple[str, str]]:
    return [(change.verdict, change.quote) for change in found.changes]


def test_changes_of_one_label_are_better_or_worse_by_that_label(store: Store) -> None:
    wrong = "wrong_label"
    keep(
        store,
        verdict(BEFORE, "right", gold=1, read=1),
        verdict(AFTER, wrong, gold=1, read=1, wrong=("place",)),
        verdict(BEFORE, wrong, gold=2, read=2, wrong=("period", "place")),
        verdict(AFTER, wrong, gold=2, read=2, wrong=("place",)),
        verdict(BEFORE, wrong, gold=3, read=3, wrong=("place",)),
        verdict(AFTER, "right", gold=3, read=3),
        verdict(BEFORE, "omitted", gold=4),
        verdict(AFTER, "right", gold=4, read=4),
    )
    assert quotes(filtered(store, label="place")) == [("worse", "1 words"), ("better", "3 words")]
    assert quotes(filtered(store, label="place", directions=("worse",))) == [("worse", "1 words")]
    assert quotes(filtered(store, label="period")) == [("better", "2 words")]
    assert quotes(filtered(store, directions=("better",))) == [
        ("better", "2 words"),
        ("better", "4 words"),
    ]
    with pytest.raises(UsageError, match=r"--label kind: is no label; one of value, unit"):
        filtered(store, label="kind")


def test_changes_are_of_the_bulletins_that_are_asked_for(store: Store) -> None:
    keep(
        store,
        verdict(AFTER, "invented", read=5),
        verdict(AFTER, "invented", read=6, document="d2"),
        documents=("d1", "d2"),
    )
    found = filtered(store, bulletins=("*-d2", "nothing"))
    assert quotes(found) == [("worse", "6 words")]
    assert list(found.scores) == ["bulletin-d2"]
    with pytest.raises(UsageError, match="--bulletin d2: no bulletin of both runs"):
        filtered(store, bulletins=("d2",))


def test_a_gold_file_of_another_name_is_the_same_bulletin(store: Store) -> None:
    renamed = verdict(AFTER, "right", gold=1, read=1) | {"bulletin": "renamed"}
    keep(store, verdict(BEFORE, "right", gold=1, read=1), renamed)
    assert filtered(store).changes == ()


def test_stable_is_what_each_run_judges_alike_in_all_its_repeats(store: Store) -> None:
    """Figure 1 changes for good, 2 wavers before and 3 after; 5 is invented thrice, 6 once."""
    right, omitted = ("right", "right"), ("omitted", "omitted")
    before = {1: right, 2: ("right", "omitted"), 3: right}
    after = {1: (*omitted, "omitted"), 2: (*omitted, "omitted"), 3: (*omitted, "right")}
    rows = [
        verdict(run_id, outcome, gold=gold, read=gold) | {"repeat": repeat}
        for run_id, judged in ((BEFORE, before), (AFTER, after))
        for gold, outcomes in judged.items()
        for repeat, outcome in enumerate(outcomes, 1)
    ]
    rows += [verdict(AFTER, "invented", read=5) | {"repeat": repeat} for repeat in (1, 2, 3)]
    rows += [verdict(AFTER, "invented", read=6)]
    scores = [document_score(each, "d1", 1, 2, 3) for each in (BEFORE, AFTER)]
    runs = [run(BEFORE, repeats=2), run(AFTER, 2, repeats=3)]
    store.insert({"eval_runs": runs, "eval_scores": scores, "eval_verdicts": rows})
    assert quotes(filtered(store, stable=True)) == [("worse", "1 words"), ("worse", "5 words")]
    assert len(filtered(store).changes) > 2


def test_of_one_reading_nobody_knows_what_is_stable(store: Store) -> None:
    keep(store)
    with pytest.raises(UsageError, match="--stable: both runs have read each bulletin once"):
        filtered(store, stable=True)


def test_what_is_left_out_is_counted(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    keep(
        store,
        *(verdict(AFTER, "invented", read=value) for value in range(5, 9)),
        *(verdict(AFTER, "invented", read=value, document="d2") for value in (5, 6)),
        documents=("d1", "d2"),
    )
    runs = [history.find_run(store, name) for name in (BEFORE, AFTER)]
    found = diff(store, *runs)
    show_diff(found, *runs, 5, as_json=False)
    told = capsys.readouterr().out
    assert sum(line.split()[:1] == ["worse"] for line in told.splitlines()) == 5
    assert "... and 1 more: --limit 6 shows all" in told
    assert "0 figures better, 6 worse, 0 changed, in 2 of 2 bulletins." in told
    show_diff(found, *runs, 6, as_json=False)
    assert "more:" not in capsys.readouterr().out
    show_diff(found, *runs, 3, as_json=True)
    assert len(json.loads(capsys.readouterr().out)) == 3


def test_runs_are_listed_with_the_scores_of_place_and_days(store: Store) -> None:
    scores = [
        document_score(BEFORE, "all", 1, 2, 3) | {"slice": "all", "measure": measure, "f1": f1}
        for measure, f1 in (("strict", 0.1), ("place", 0.2), ("days", 0.3))
    ]
    store.insert({"eval_runs": [run(BEFORE), run(AFTER, 2)], "eval_scores": scores})
    newest, oldest = history.fetch_eval_runs(store)
    assert (oldest.place_f1, oldest.days_f1) == (0.2, 0.3)
    assert (newest.place_f1, newest.days_f1) == (None, None)


def test_a_run_is_found_by_the_beginning_of_its_id_or_the_newest_by_name(store: Store) -> None:
    store.insert({"eval_runs": [run(BEFORE), run("aaaa9999", 3), run(AFTER, 2)]})
    assert history.find_run(store, "aaaa1").eval_run_id == BEFORE
    assert history.find_run(store, "prompt-a").eval_run_id == "aaaa9999"
    assert history.find_run(store, "prompt-a · m").eval_run_id == "aaaa9999"
    with pytest.raises(UsageError, match="several eval runs begin with aaaa"):
        history.find_run(store, "aaaa")
    with pytest.raises(UsageError, match=r"no eval run 'zzzz'.*jornada eval runs"):
        history.find_run(store, "zzzz")


def test_runs_of_several_servers_are_not_taken_for_one_another(store: Store) -> None:
    servers = {BEFORE: "http://one.example/v1", AFTER: "http://two.example/v1"}
    for day, (run_id, server) in enumerate(servers.items(), 1):
        told = json.dumps({"server": server})
        store.insert({"eval_runs": [run(run_id, day, name="p · m", prompt="p", parameters=told)]})
    store.insert({"eval_runs": [run("cccc", 3, name="p · n", prompt="p", model="n")]})
    with pytest.raises(UsageError, match=r"p · m @ two\.example, p · m @ one\.example"):
        history.find_run(store, "p · m")
    assert history.find_run(store, "p · m @ one.example").eval_run_id == BEFORE
    assert history.find_run(store, AFTER).server == servers[AFTER]
    assert history.find_run(store, "p").eval_run_id == "cccc"
    names = history.name_runs(history.fetch_eval_runs(store))
    assert names == ["p · n", "p · m @ two.example", "p · m @ one.example"]


def test_a_run_of_before_servers_were_on_record_is_in_nobodys_way(store: Store) -> None:
    told = json.dumps({"server": "http://one.example/v1"})
    store.insert({"eval_runs": [run(BEFORE, 1, name="p · m", prompt="p", parameters=None)]})
    store.insert({"eval_runs": [run(AFTER, 2, name="p · m", prompt="p", parameters=told)]})
    assert history.find_run(store, "p · m").eval_run_id == AFTER
    assert history.name_runs(history.fetch_eval_runs(store)) == ["p · m", "p · m"]


def three_runs(store: Store) -> None:
    for day, run_id in enumerate(("1111aaaa", "2222bbbb", "3333cccc"), 1):
        other = run(f"other{day}", day, name="other · m", prompt="other")
        store.insert({"eval_runs": [run(run_id, day, name="p · m", prompt="p"), other]})


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("p", "3333cccc"),
        ("p~0", "3333cccc"),
        ("p~1", "2222bbbb"),
        ("p · m~2", "1111aaaa"),
        ("3333cc~1", "2222bbbb"),
        ("2222bbbb~1", "1111aaaa"),
    ],
)
def test_steps_back_lead_to_the_runs_before_of_that_name(
    store: Store, wanted: str, meant: str
) -> None:
    three_runs(store)
    assert history.find_run(store, wanted).eval_run_id == meant


def test_steps_back_stay_with_the_variant_whose_newest_run_it_is(store: Store) -> None:
    three_runs(store)
    store.insert({"eval_runs": [run("4444", 4, name="p · n", prompt="p", model="n")]})
    store.insert({"eval_runs": [run("5555", 5, name="p · m", prompt="p")]})
    assert history.find_run(store, "p~1").eval_run_id == "3333cccc"


def test_more_steps_than_there_are_runs_are_told_of_the_oldest(store: Store) -> None:
    three_runs(store)
    with pytest.raises(UsageError, match=r"no eval run 'p~3': the oldest of p · m is p~2"):
        history.find_run(store, "p~3")
    with pytest.raises(UsageError, match="no eval run 'q': `jornada eval runs`"):
        history.find_run(store, "q~1")


def test_a_run_that_is_called_as_steps_are_written_is_found_by_its_name(store: Store) -> None:
    three_runs(store)
    store.insert({"eval_runs": [run("4444dddd", 4, name="p~1 · m", prompt="p~1")]})
    assert history.find_run(store, "p~1").eval_run_id == "4444dddd"


def test_a_name_that_is_the_beginning_of_an_id_too_is_a_name(store: Store) -> None:
    three_runs(store)
    store.insert({"eval_runs": [run("decade99", 1), run("4444", 2, name="x", prompt="decade")]})
    assert history.find_run(store, "decade").eval_run_id == "4444"
    assert history.find_run(store, "decade9").eval_run_id == "decade99"


def test_a_name_of_several_runs_is_told_which_is_meant(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    three_runs(store)
    history.find_run(store, "p")
    line = "p: of 3 runs of that name 3333cccc is meant, p · m of 2026-01-03 00:00 UTC\n"
    assert capsys.readouterr().err == line
    history.find_run(store, "p~2")
    assert capsys.readouterr().err.startswith("p~2: of 3 runs of that name 1111aaaa is meant")
    history.find_run(store, "2222")
    store.insert({"eval_runs": [run("9999", 9, name="alone", prompt="alone")]})
    history.find_run(store, "alone")
    assert capsys.readouterr().err == ""


def test_a_database_of_before_evals_has_no_runs(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    with duckdb.connect(path) as con:
        con.execute(MIGRATIONS[0].read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (1, now()::TIMESTAMP)")
    assert history.fetch_eval_runs(Store(path)) == ()


def test_runs_of_an_older_database_are_found_once_it_is_opened_for_evals(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    old = run(BEFORE)
    with duckdb.connect(path) as con:
        for migration in MIGRATIONS[:2]:
            con.execute(migration.read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (2, now()::TIMESTAMP)")
        con.execute(
            f"INSERT INTO eval_runs ({', '.join(old)}) VALUES ({', '.join('?' * len(old))})",  # noqa: S608
            [*old.values()],
        )
    (found,) = history.fetch_eval_runs(history.open_eval_store(path))
    assert found.eval_run_id == BEFORE
    assert found.key.model_dump() == {
        "reader": "llm", "model": "m", "prompt": "prompt-a", "prompt_hash": "h",
        "schema_hash": "s", "parameters": None,
    }  # fmt: skip
