import json
from pathlib import Path

import pytest

from pipeline.store import Store, new_run
from tests.command import Jornada, jornada_here
from tests.readings import KEY, a_document, a_reading, put

ONE, TWO = (a_document(f"Se otorgaron 58 mil 610 consultas {more}") for more in ("uno", "dos"))


@pytest.fixture
def jornada(tmp_path: Path) -> Jornada:
    """Give a command in a folder with a backlog that one reader has read, with findings."""
    store = Store(tmp_path / "backlog.duckdb")
    store.prepare()
    put(store, new_run(KEY), (ONE, a_reading(ONE)), (TWO, a_reading(TWO)))
    return jornada_here(tmp_path)


def test_bulletins_are_listed_with_why(jornada: Jornada) -> None:
    ran = jornada("gold", "next", "--db", "backlog.duckdb", "--limit", "1")
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("1. ")
    assert "0 errors and 1 warnings of p · m" in ran.stdout
    assert lines[-1] == "2 bulletins are read differently or have findings; 1 more by --limit."


@pytest.mark.parametrize("ending", [".gold.json", ".json"])
def test_what_is_labelled_is_left_out(jornada: Jornada, tmp_path: Path, ending: str) -> None:
    (tmp_path / "labels").mkdir()
    labels = {"document_id": ONE.id, "unfinished": "begun"}
    (tmp_path / "labels" / f"a{ending}").write_text(json.dumps(labels), "utf-8")
    (tmp_path / "labels" / f"b{ending}").write_text("broken", "utf-8")
    ran = jornada("gold", "next", "--db", "backlog.duckdb", "--gold", "labels", "--json")
    assert [one["document_id"] for one in json.loads(ran.stdout)] == [TWO.id]


def test_nothing_to_label_is_said(jornada: Jornada, tmp_path: Path) -> None:
    Store(tmp_path / "empty.duckdb").prepare()
    assert jornada("gold", "next", "--db", "empty.duckdb", "--json").stdout == "[]\n"
    ran = jornada("gold", "next", "--db", "empty.duckdb")
    assert (ran.returncode, ran.stdout.count("\n")) == (0, 1)
    assert "by a second reader" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--db", "gone.duckdb"), "gone.duckdb"),
        (("--db", "backlog.duckdb", "--gold", "gone"), "no such folder"),
    ],
)
def test_what_is_not_there_is_one_line(
    jornada: Jornada, arguments: tuple[str, ...], said: str
) -> None:
    ran = jornada("gold", "next", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
