"""What a gate may be held against: earlier runs, scored again, that had enough of the bulletins."""

import shutil
from pathlib import Path

import duckdb
import pytest

from eval.gates.judging import judge_gates
from eval.gates.parsing import parse_gate
from eval.gates.reference import Reference, find_references
from eval.labels.gold import GoldBulletin
from eval.runs.history import fetch_eval_runs
from pipeline.errors import UsageError
from pipeline.runs.forgetting import find_known, forget_all
from pipeline.store import Store
from tests.eval.gates.gated import BULLETINS, keep, score
from tests.eval.runs.test_summary import bulletin, copied, with_figures

MORE = (*BULLETINS, *(bulletin(number, figures=4) for number in range(12, 14)))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("read") / "a.duckdb"
    keep(made, "old", {2: 2}, BULLETINS)
    return made


@pytest.fixture
def db(read: Path, tmp_path: Path) -> Path:
    """Give a database with what the prompt `old` has read of twelve bulletins, and no run."""
    return Path(shutil.copyfile(read, tmp_path / "a.duckdb"))


@pytest.fixture(scope="module")
def _scored(read: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Path(shutil.copyfile(read, tmp_path_factory.mktemp("scored") / "a.duckdb"))
    score(made, "old")
    return made


@pytest.fixture
def scored(_scored: Path, tmp_path: Path) -> Path:
    """Give such a database with a run of all twelve."""
    return Path(shutil.copyfile(_scored, tmp_path / "a.duckdb"))


def find(
    db: Path,
    run: str = "old",
    *variants: tuple[str, ...],
    bulletins: tuple[GoldBulletin, ...] = BULLETINS,
    stored: Path | None = None,
) -> Reference:
    gates = [parse_gate(f"no worse than {run} by 0.05")]
    found = find_references(gates, variants or [("new",)], bulletins, db, stored)
    return found[run]


def run_ids(db: Path) -> list[str]:
    return [run.eval_run_id for run in fetch_eval_runs(Store(db))]


@pytest.mark.parametrize("gate", ["no worse than old by 0.05", "better than old"])
def test_a_run_of_few_of_the_bulletins_is_no_reference(db: Path, gate: str) -> None:
    score(db, "old", bulletins=BULLETINS[:2])
    with pytest.raises(UsageError, match=r"has read 2 of these 12 texts: .* nine in ten"):
        find_references([parse_gate(gate)], [("new",)], BULLETINS, db)


@pytest.mark.parametrize(("had", "enough"), [(9, False), (10, False), (11, True), (12, True)])
def test_nine_in_ten_are_enough_and_ten_at_least(db: Path, had: int, *, enough: bool) -> None:
    score(db, "old", bulletins=BULLETINS[:had])
    if enough:
        reference = find(db)
        assert reference.earlier
        assert len(reference.earlier.reads) == had
    else:
        with pytest.raises(UsageError, match=f"has read {had} of these 12 texts"):
            find(db)


def test_a_text_that_has_changed_is_another_bulletin(scored: Path) -> None:
    edited = (*BULLETINS[:10], *MORE[12:])
    with pytest.raises(UsageError, match="has read 10 of these 12 texts"):
        find(scored, bulletins=edited)


def test_a_run_of_more_bulletins_is_held_to_those_that_are_scored(scored: Path) -> None:
    reference = find(scored, bulletins=BULLETINS[:10])
    assert reference.earlier
    assert [read.bulletin.stem for read in reference.earlier.reads] == [
        each.stem for each in BULLETINS[:10]
    ]


def test_another_run_of_the_name_that_has_enough_is_proposed(scored: Path) -> None:
    (enough,) = run_ids(scored)
    score(scored, "old", bulletins=BULLETINS[:3])
    with pytest.raises(UsageError, match=f"; {enough[:8]} of the same name has enough"):
        find(scored)
    assert find(scored, "old~1").name == f"old~1 (run {enough[:8]})"


def test_fewer_than_ten_bulletins_are_too_few_for_any_reference(scored: Path) -> None:
    for variants in ([("new",)], [("old · m", "old"), ("new",)]):
        with pytest.raises(UsageError, match="says nothing on 9 bulletins: it takes 10"):
            find(scored, "old", *variants, bulletins=BULLETINS[:9])


def test_bulletins_without_figures_and_reposts_hold_nobody_to_anything(db: Path) -> None:
    """Of twelve of which two have figures, ten are the same for whoever reads nothing at all."""
    empty = [each._replace(gold=with_figures(each, 0)) for each in BULLETINS[2:]]
    with pytest.raises(UsageError, match=r"says nothing on 12 bulletins \(2 of them"):
        find(db, bulletins=(*BULLETINS[:2], *empty))
    reposts = [copied(BULLETINS[1], number) for number in range(9)]
    with pytest.raises(UsageError, match=r"says nothing on 11 bulletins \(2 of them"):
        find(db, bulletins=(*BULLETINS[:2], *reposts))


def test_gates_that_name_no_run_ask_for_none(tmp_path: Path) -> None:
    gates = [parse_gate("strict_f1>=0.5")]
    assert find_references(gates, [("new",)], BULLETINS[:2], tmp_path / "none.duckdb") == {}


def test_a_relabelling_is_nobodys_gain(scored: Path) -> None:
    """On the labels of then the old prompt missed two figures, on those of today it has them all.

    A prompt that reads the same is neither better nor worse, whatever was scored then.
    """
    before = find(scored)
    assert before.remark == ""
    relabelled = list(BULLETINS)
    gold = BULLETINS[2].gold
    fewer = gold.model_copy(update={"figures": gold.figures[:2]})
    relabelled[2] = BULLETINS[2]._replace(gold=fewer)
    reference = find(scored, bulletins=tuple(relabelled))
    assert reference.earlier
    assert all(read.scores.measures["strict"].f1 == 1 for read in reference.earlier.reads)
    assert reference.remark == (
        "on the labels of today that run's readings score 1.000, and 0.979 when it was run"
    )
    gates = [parse_gate("better than old"), parse_gate("no worse than old by 0.01")]
    keep(scored, "new", {2: 2}, BULLETINS)
    references = find_references(gates, [("new",)], relabelled, scored)
    better, no_worse = judge_gates(gates, score(scored, "new", bulletins=relabelled), references)
    assert not better.passed
    assert no_worse.passed
    assert "identical on all 12" in no_worse.why
    assert "score 1.000, and 0.979 when it was run" in no_worse.why


def test_what_was_read_after_the_run_is_none_of_its_own(db: Path) -> None:
    keep(db, "late", {0: None}, BULLETINS[:11])
    score(db, "late")
    keep(db, "late", {}, BULLETINS)
    reference = find(db, "late")
    assert reference.earlier
    assert not reference.gone
    (failed,) = [read for read in reference.earlier.reads if read.report is None]
    assert (failed.bulletin.stem, failed.error) == ("b0", "no answer")
    assert "b11" not in {read.bulletin.stem for read in reference.earlier.reads}


def test_what_a_run_counted_as_missed_unread_is_not_what_it_had(db: Path) -> None:
    """As where a run's stored readings are scored, and it has read a part of the gold."""
    keep(db, "begun", {}, BULLETINS[:5])
    score(db, "begun")
    with pytest.raises(UsageError, match="has read 5 of these 12 texts"):
        find(db, "begun")


def test_calls_without_an_answer_are_no_reading_to_compare_with(db: Path) -> None:
    keep(db, "down", dict.fromkeys(range(5)), BULLETINS)
    score(db, "down")
    assert find(db, "down").earlier  # a model gave useless answers
    with duckdb.connect(db) as con:
        con.execute(
            "UPDATE attempts SET outcome = 'unanswered' WHERE reading_id IN "
            "(SELECT reading_id FROM readings WHERE prompt = 'down' AND status = 'failed')"
        )
    with pytest.raises(UsageError, match="has read 7 of these 12 texts"):
        find(db, "down")


def test_readings_that_are_gone_fail_the_gate_and_are_named(scored: Path) -> None:
    with duckdb.connect(scored) as con:
        ids = [each.document.id for each in BULLETINS[4:6]]
        con.execute("DELETE FROM readings WHERE document_id IN (SELECT unnest(?))", [ids])
    gates = [parse_gate("no worse than old by 0.9")]
    keep(scored, "new", {}, BULLETINS)
    references = find_references(gates, [("new",)], BULLETINS, scored)
    (told,) = references["old"].lines
    (result,) = judge_gates(gates, score(scored, "new"), references)
    assert not result.passed
    assert "its readings of b4, b5 are forgotten or no longer there" in result.why
    assert result.why == told


def test_other_readings_do_not_stand_in_for_those_that_are_gone(db: Path) -> None:
    keep(db, "twice", {0: 1}, BULLETINS)
    keep(db, "twice", {}, BULLETINS)
    score(db, "twice")
    assert not find(db, "twice").gone
    with duckdb.connect(db) as con:
        con.execute(
            "DELETE FROM readings WHERE prompt = 'twice' AND document_id = ? AND read_at = "
            "(SELECT min(read_at) FROM readings WHERE prompt = 'twice')",
            [BULLETINS[0].document.id],
        )
    assert find(db, "twice").gone == ("b0",)


def test_readings_of_nothing_are_missed_where_they_are_gone(db: Path) -> None:
    """Their bulletins were lost then: left out, they would make the reference another."""
    keep(db, "blind", {0: None, 1: 0}, BULLETINS)
    score(db, "blind")
    assert not find(db, "blind").gone
    with duckdb.connect(db) as con:
        ids = [each.document.id for each in BULLETINS[:2]]
        con.execute(
            "DELETE FROM readings WHERE prompt = 'blind' AND document_id IN (SELECT unnest(?))",
            [ids],
        )
    assert find(db, "blind").gone == ("b0", "b1")


def test_forgotten_bulletins_count_as_gone(scored: Path) -> None:
    store = Store(scored)
    forget_all(store, find_known(store, [BULLETINS[7].document.id]))
    assert find(scored).gone == ("b7",)


def test_readings_that_were_scored_out_of_another_database_are_found_there(
    db: Path, tmp_path: Path
) -> None:
    evals = tmp_path / "evals.duckdb"
    score(db, "old")
    Store(evals).prepare()
    with duckdb.connect(evals) as con:
        con.execute(f"ATTACH '{db}' AS other (READ_ONLY)")
        for table in ("eval_runs", "eval_scores", "eval_verdicts"):
            con.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")  # noqa: S608
    assert len(find(evals).gone) == len(BULLETINS)
    reference = find(evals, stored=db)
    assert not reference.gone
    assert reference.earlier


@pytest.mark.parametrize("others", [0, 1])
def test_runs_of_before_parameters_were_on_record_are_scored_again(
    scored: Path, others: int
) -> None:
    with duckdb.connect(scored) as con:
        con.execute("""UPDATE readings SET parameters = '{"most_attempts": 3}'""")
        if others:  # of two sets of parameters nobody knows which was scored
            con.execute(
                """UPDATE readings SET parameters = '{"most_attempts": 4}' WHERE document_id = ?""",
                [BULLETINS[0].document.id],
            )
    assert bool(find(scored).gone) == bool(others)


# Which run a name stands for


def test_a_name_of_several_runs_says_which_was_taken(scored: Path) -> None:
    assert find(scored).lines == ()
    score(scored, "old")
    newest, oldest = run_ids(scored)
    assert find(scored).name == f"old (run {newest[:8]})"
    (line,) = find(scored).lines
    assert line.startswith(f"old: of 2 runs of that name {newest[:8]} is meant, old · m of ")
    assert find(scored, "old~1").name == f"old~1 (run {oldest[:8]})"
    assert find(scored, oldest[:8]).lines == ()


def test_of_several_variants_of_that_name_the_first_is_the_reference(db: Path) -> None:
    reference = find(db, "old", ("new",), ("old · m", "old"), ("old · n", "old"))
    assert reference.place == 1
    assert reference.lines == ("old stands for 2 variants: taken is the first",)


def test_steps_back_from_a_variant_of_this_eval_lead_to_its_newest_run(db: Path) -> None:
    for _ in range(2):
        score(db, "old")
    newest, oldest = run_ids(db)
    both = (("old · m", "old"), ("new",))
    assert newest[:8] in find(db, "old~1", *both).name
    assert oldest[:8] in find(db, "old~2", *both).name
    assert oldest[:8] in find(db, "old~1", ("old · m", "old")).name


def test_a_run_that_is_not_there_is_told_before_anything_is_read(db: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no eval run 'other'"):
        find(db, "other")
    with pytest.raises(UsageError, match="there is no such database"):
        find(tmp_path / "none.duckdb")
