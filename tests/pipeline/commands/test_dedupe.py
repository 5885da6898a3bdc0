"""`jornada dedupe`, through the real command."""

import json
import shutil
from pathlib import Path

import pytest

from examples.make_backlog import bulletins
from pipeline.runs.lock import lock_database
from tests.command import Jornada, jornada_here

pytestmark = pytest.mark.slow
COUNT = 12


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where bulletins were read that nobody compares."""
    made = tmp_path_factory.mktemp("once")
    folder = made / "backlog"
    folder.mkdir()
    texts = [text for _, text in bulletins(COUNT, seed=5, near=0.0)]
    for number, text in enumerate([*texts, f"Redacción\n\n{texts[0]}", f"Portal\n\n{texts[3]}"]):
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    ran = jornada_here(made)("extract", "backlog", "--reader", "baseline", "--json")
    assert json.loads(ran.stdout)["near"] == 0
    return made


@pytest.fixture
def read(once: Path, tmp_path: Path) -> int:
    """Have them read; give how many are reposts of an earlier one."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return 2


def count(here: Jornada, what: str) -> int:
    ran = here("query", f"SELECT count(*) AS n FROM {what}", "--json")  # noqa: S608 - of this file
    return int(json.loads(ran.stdout)[0]["n"])


def test_a_plain_run_says_nothing_of_reposts_and_dedupe_finds_them(
    here: Jornada, read: int, tmp_path: Path
) -> None:
    assert count(here, "signatures") == count(here, "near_documents") == 0
    ran = here("dedupe")
    assert ran.returncode == 0, ran.stderr
    shown = " ".join(ran.stdout.split())
    assert "documents 14 compared now 14 nearly identical 2 to another" in shown
    assert count(here, "near_documents") == read
    assert json.loads(here("dedupe", "--json").stdout) == {
        "documents": 14, "compared_before": 14, "compared": 0, "near": 2,
    }  # fmt: skip
    assert not (tmp_path / "jornada.duckdb.journal").exists()
    runs = json.loads(here("runs", "--json").stdout)
    assert [(run["reader"], run["outcome"]) for run in runs] == [
        ("dedupe", "finished"),
        ("baseline", "finished"),
    ]


@pytest.mark.usefixtures("read")
def test_a_run_that_reuses_compares_what_was_read_before(here: Jornada, tmp_path: Path) -> None:
    text = (tmp_path / "backlog" / "05.txt").read_text("utf-8")
    (tmp_path / "new.txt").write_text(f"Redacción\n\n{text}", encoding="utf-8")
    ran = here("extract", "new.txt", "--reader", "baseline", "--reuse-near", "--json")
    told = json.loads(ran.stdout)
    assert (told["documents"], told["near"]) == (1, 1)
    assert "Comparing 14 stored documents that never were." in ran.stderr
    assert count(here, "near_documents") == 3


@pytest.mark.usefixtures("read")
def test_it_does_not_work_beside_a_run(here: Jornada, tmp_path: Path) -> None:
    with lock_database(tmp_path / "jornada.duckdb"):
        ran = here("dedupe")
    assert ran.returncode == 2
    assert "another run is working on it" in ran.stderr


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path, here: Jornada) -> None:
    ran = here("dedupe")
    assert ran.returncode == 2
    assert "no such database" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_its_help_has_examples(here: Jornada) -> None:
    ran = here("dedupe", "--help")
    assert ran.returncode == 0
    assert "jornada dedupe --db backlog.duckdb --json" in ran.stdout
