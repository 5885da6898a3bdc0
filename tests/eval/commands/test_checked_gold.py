"""Gold with errors is scored by nobody: each error is told, by its file, and nothing is read."""

import json
import time
from pathlib import Path

import pytest

from eval.labels.gold import load_gold, locate_gold
from eval.labels.label_check import check_bulletins
from tests.command import Jornada, jornada_here
from tests.eval.labels.gold_folder import STUDIES, SURGERIES, TEXT, put

pytestmark = pytest.mark.slow
MISPLACED = SURGERIES | {"place": "edo. mex."}
ABSENT = STUDIES | {"quote": "91 estudios"}


@pytest.fixture
def jornada(tmp_path: Path) -> Jornada:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"Boletín {name}. {TEXT}", "utf-8")
    return jornada_here(tmp_path)


def test_each_error_is_told_by_its_file_and_nothing_is_read(
    jornada: Jornada, tmp_path: Path
) -> None:
    put(tmp_path, SURGERIES, MISPLACED | STUDIES | {"place": "edo. mex."})
    put(tmp_path, SURGERIES, ABSENT, name="b")
    put(tmp_path, SURGERIES, STUDIES, name="c")
    ran = jornada("eval", "--gold", ".", "--reader", "baseline", "--html", "report.html")
    assert ran.returncode == 2
    assert ran.stdout == ""
    first, second, last = ran.stderr.splitlines()
    assert first.startswith("a.gold.json: figures[1].place: 'edo. mex.' is written ")
    assert second.startswith("b.gold.json: figures[1].quote: the quote '91 estudios' does not")
    assert last.startswith("Nothing is read or scored: errors in 2 of the gold files in .")
    assert not (tmp_path / "eval.duckdb").exists()
    assert not (tmp_path / "report.html").exists()


def test_a_machine_is_given_the_errors_as_json(jornada: Jornada, tmp_path: Path) -> None:
    put(tmp_path, SURGERIES, ABSENT)
    ran = jornada("eval", "--gold", ".", "--reader", "baseline", "--json")
    assert ran.returncode == 2
    (error,) = json.loads(ran.stdout)["gold_errors"]
    assert (error["file"], error["field"]) == ("a.gold.json", "figures[1].quote")


def test_files_that_are_no_gold_are_all_named(jornada: Jornada, tmp_path: Path) -> None:
    put(tmp_path, SURGERIES | {"service": "surgeries"})
    put(tmp_path, SURGERIES, STUDIES | {"unit": "pieces"}, name="b")
    put(tmp_path, SURGERIES, name="lost")
    ran = jornada("eval", "--gold", ".", "--reader", "baseline")
    assert ran.returncode == 2
    files = [line.partition(":")[0] for line in ran.stderr.splitlines()]
    assert files[:3] == ["a.gold.json", "b.gold.json", "lost.gold.json"]


def test_texts_that_are_elsewhere_are_one_fault(jornada: Jornada, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for name in "xyz":
        put(tmp_path, SURGERIES, name=name)
    ran = jornada("eval", "--gold", ".", "--texts", "elsewhere", "--reader", "baseline")
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert "say where: --texts" in line


def test_many_errors_are_counted(jornada: Jornada, tmp_path: Path) -> None:
    put(tmp_path, *(ABSENT | {"value": 100 + number} for number in range(25)))
    ran = jornada("eval", "--gold", ".", "--reader", "baseline")
    assert ran.returncode == 2
    told = ran.stderr.splitlines()
    assert len(told) == 22
    assert told[20].startswith("... and ")


def test_warnings_and_what_is_not_evaluated_stop_nothing(jornada: Jornada, tmp_path: Path) -> None:
    edition = SURGERIES | {"edition": 4}  # no jornada has it, which is a warning
    put(tmp_path, edition)
    put(tmp_path, ABSENT, name="b")
    ran = jornada("eval", "--gold", ".", "--reader", "baseline", "--only", "a", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["bulletins"] == 1


def test_the_projects_own_gold_passes_in_no_time() -> None:
    bulletins = load_gold(*locate_gold())
    before = time.process_time()
    findings = check_bulletins(bulletins)
    assert time.process_time() - before < 1
    assert len(bulletins) == 50
    assert not [one for one in findings if one.is_error]
