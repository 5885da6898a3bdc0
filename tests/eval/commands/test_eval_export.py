"""Eval runs as files for other tools: the rows say what the scores say."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest

from examples.scripted_server import Scripted, known_gold, running
from pipeline.store import Store
from tests.command import Jornada, jornada_here

ROOT = Path(__file__).parents[3]
HARD = ROOT / "eval" / "hard"
STARTS = ("07-", "14-", "16-")  # the second has no figure
ODD = '=HYPERLINK("http://x")\n\nEl 3 de mayo de 2024 el IMSS Colima dio 12 consultas.\n'
pytestmark = pytest.mark.slow


class Evaluated(NamedTuple):
    """A folder with two eval runs: the baseline, and a model that read each bulletin twice."""

    folder: Path

    @property
    def jornada(self) -> Jornada:
        return jornada_here(self.folder)

    def rows(self, *runs: str) -> list[dict[str, Any]]:
        ran = self.jornada("eval", "export", *runs, "--to", "rows.jsonl", "--force")
        assert ran.returncode == 0, ran.stderr
        lines = (self.folder / "rows.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def read(self, sql: str, *parameters: object) -> list[Any]:
        return list(Store(self.folder / "eval.duckdb").read(sql, parameters).rows)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    folder = tmp_path_factory.mktemp("export")
    (folder / "gold").mkdir()
    for file in HARD.iterdir():
        if file.name.startswith(STARTS):
            shutil.copy(file, folder / "gold")
    (folder / "gold" / "=odd.txt").write_text(ODD, "utf-8")
    labels = json.loads(next(HARD.glob("14-*.gold.json")).read_text("utf-8"))
    kept = {name: it for name, it in labels.items() if name != "document_id"}
    nothing = kept | {"title": None, "published_on": None, "jornadas": [], "figures": []}
    (folder / "gold" / "=odd.gold.json").write_text(json.dumps(nothing), "utf-8")
    with running(Scripted(known_gold(folder / "gold"), mistakes=0.3)) as server:
        asked = ("--base-url", server.base_url, "--model", "scripted", "--prompt", "quoted-v1")
        ran = jornada_here(folder)("eval", "--gold", "gold", *asked, "--repeat", "2")
        assert ran.returncode == 0, ran.stderr
    ran = jornada_here(folder)("eval", "--gold", "gold", "--reader", "baseline")
    assert ran.returncode == 0, ran.stderr
    return Evaluated(folder)


SCORE = """
SELECT correct, "read", gold FROM eval_scores
WHERE eval_run_id = ? AND slice = 'all' AND part = 'all' AND measure = ?
"""


@pytest.mark.parametrize(("run", "repeats"), [("quoted-v1", 2), ("baseline", 1)])
def test_rows_add_up_to_the_scores(evaluated: Evaluated, run: str, repeats: int) -> None:
    rows = evaluated.rows(run)
    assert len(rows) == 4 * repeats
    assert sorted({row["repeat"] for row in rows}) == list(range(1, repeats + 1))
    counts = tuple(
        sum(row[name] for row in rows)
        for name in ("figures_right", "figures_read", "figures_in_gold")
    )
    assert evaluated.read(SCORE, rows[0]["eval_run_id"], "strict") == [counts]
    for measure in ("value", "place"):
        ((right, *_),) = evaluated.read(SCORE, rows[0]["eval_run_id"], measure)
        each = [row[f"{measure}_f1"] for row in rows]
        whole = [row["figures_read"] + row["figures_in_gold"] for row in rows]
        assert right == pytest.approx(
            sum((f1 or 0) * n / 2 for f1, n in zip(each, whole, strict=True))
        )


def test_a_row_has_what_went_in_and_what_came_out(evaluated: Evaluated) -> None:
    row = next(row for row in evaluated.rows("quoted-v1") if row["bulletin"].startswith("07-"))
    text = next((evaluated.folder / "gold").glob("07-*.txt")).read_text("utf-8")
    assert row["input"].split() == text.split()
    gold = json.loads(next((evaluated.folder / "gold").glob("07-*.json")).read_text("utf-8"))
    expected, output = (json.loads(row[name])["figures"] for name in ("expected_output", "output"))
    assert [each["quote"] for each in expected] == [each["quote"] for each in gold["figures"]]
    assert len(output) == row["figures_read"]
    assert (row["model"], row["prompt"], row["status"]) == ("scripted", "quoted-v1", "ok")
    assert row["input_tokens"] > 0
    assert row["cost_usd"] is None


def test_two_readings_of_a_bulletin_have_their_own_tokens_and_output(evaluated: Evaluated) -> None:
    stored = evaluated.read(
        "SELECT document_id, list(input_tokens ORDER BY read_at, reading_id) FROM readings "
        "WHERE reader = 'llm' GROUP BY document_id"
    )
    rows = evaluated.rows("quoted-v1")
    for document_id, tokens in stored:
        own = [row["input_tokens"] for row in rows if row["document_id"] == document_id]
        assert own == tokens


def test_a_bulletin_without_figures_has_no_score_that_is_a_number(evaluated: Evaluated) -> None:
    row = next(row for row in evaluated.rows("baseline") if row["bulletin"].startswith("14-"))
    assert (row["figures_in_gold"], row["figures_read"]) == (0, 0)
    assert row["strict_f1"] is None
    assert json.loads(row["expected_output"]) == json.loads(row["output"]) == {"figures": []}


def test_several_runs_stand_one_after_the_other(evaluated: Evaluated) -> None:
    rows = evaluated.rows("baseline", "quoted-v1", "baseline")
    assert [row["reader"] for row in rows] == ["baseline"] * 4 + ["llm"] * 8


def test_a_spreadsheet_gets_no_formula(evaluated: Evaluated) -> None:
    ran = evaluated.jornada("eval", "export", "baseline", "--to", "rows.csv")
    assert ran.stdout == "4 rows written to rows.csv\n"
    with (evaluated.folder / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["bulletin"]: row for row in csv.DictReader(file)}
    assert rows["'=odd"]["input"].startswith("'=HYPERLINK")


def test_no_file_is_overwritten_unasked(evaluated: Evaluated) -> None:
    export = ("eval", "export", "baseline", "--to", "rows.parquet")
    assert evaluated.jornada(*export).returncode == 0
    again = evaluated.jornada(*export)
    assert again.returncode == 2
    assert "rows.parquet: exists already; --force overwrites it" in again.stderr
    assert evaluated.jornada(*export, "--force").returncode == 0
    assert pq.read_table(evaluated.folder / "rows.parquet").num_rows == 4
    own = evaluated.jornada("eval", "export", "baseline", "--to", "eval.duckdb", "--format", "csv")
    assert "is a file of the database" in own.stderr


def test_readings_of_another_database_leave_their_columns_empty(evaluated: Evaluated) -> None:
    shutil.copy(evaluated.folder / "eval.duckdb", evaluated.folder / "backlog.duckdb")
    there = ("--stored", "backlog.duckdb", "--gold", "gold", "--db", "scores.duckdb")
    assert evaluated.jornada("eval", *there).returncode == 0
    rows = evaluated.rows("baseline", "--db", "scores.duckdb")
    assert len(rows) == 4
    assert {row["input"] for row in rows} == {row["status"] for row in rows} == {None}
    before = {row["document_id"]: row["strict_f1"] for row in evaluated.rows("baseline")}
    assert {row["document_id"]: row["strict_f1"] for row in rows} == before


def test_a_run_that_is_not_there_is_one_line(evaluated: Evaluated, tmp_path: Path) -> None:
    ran = evaluated.jornada("eval", "export", "nobody", "--to", "x.csv")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "has no eval run 'nobody'" in ran.stderr
    none = jornada_here(tmp_path)("eval", "export", "nobody", "--to", "x.csv")
    assert "there is no such database" in none.stderr
