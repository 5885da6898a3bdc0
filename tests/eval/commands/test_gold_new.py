"""`jornada gold new` through the real command, with a database of an eval."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.commands import gold_new
from eval.labels import gold
from pipeline.documents import read_all
from tests.command import Jornada, jornada_here
from tests.eval.labels.gold_folder import SURGERIES, TEXT, put

OTHER = "Se otorgaron 120 consultas en la 5ª Jornada Nacional.\n"


@pytest.fixture(autouse=True, scope="module")
def _texts_are_read_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as change:
        change.setattr(gold, "read_all", read_all)
        change.setattr(gold_new, "read_all", read_all)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two texts, of which one is gold that the baseline has read."""
    folder = tmp_path_factory.mktemp("gold_new")
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text(TEXT, "utf-8")
    (folder / "texts" / "b.txt").write_text(OTHER, "utf-8")
    (folder / "gold").mkdir()
    (folder / "gold" / "a.txt").write_text(TEXT, "utf-8")
    put(folder / "gold", SURGERIES)
    ran = jornada_here(folder)("eval", "--gold", "gold", "--reader", "baseline")
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def jornada(folder: Path) -> Jornada:
    return jornada_here(folder)


def labels_of(path: Path) -> dict[str, Any]:
    labels: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return labels


def test_texts_are_begun_and_what_is_to_be_done_is_said(folder: Path, jornada: Jornada) -> None:
    ran = jornada("gold", "new", "texts", "gone.txt", "--to", "made/new")
    assert ran.returncode == 1
    assert ran.stdout == (
        "made/new/a.gold.json: 3 figures to see to\nmade/new/b.gold.json: 1 figures to see to\n"
    )
    assert "gone.txt: " in ran.stderr
    assert 'take the line "unfinished" away' in ran.stderr
    for command in (("gold", "check"), ("eval", "--reader", "baseline")):
        refused = jornada(*command, "--gold", "made/new")
        assert refused.returncode != 0
        assert "no gold until every label is seen to" in refused.stdout + refused.stderr
    assert labels_of(folder / "made" / "new" / "a.gold.json")["figures"][0]["service"] == "?"


@pytest.mark.parametrize("how", ["reader", "name", "eval", "run", "reading"])
def test_labels_come_from_a_reader_or_from_what_it_has_read(
    folder: Path, jornada: Jornada, how: str
) -> None:
    (run,) = json.loads(jornada("eval", "runs", "--json").stdout)
    sql = "SELECT run_id, reading_id FROM readings"
    (ids,) = json.loads(jornada("query", "--db", "eval.duckdb", "--json", sql).stdout)
    given = {
        "reader": ("--reader", "baseline"),
        "name": ("--from", "baseline"),
        "eval": ("--from", run["eval_run_id"][:8]),
        "run": ("--from", ids["run_id"][:8]),
        "reading": ("--from", ids["reading_id"]),
    }[how]
    ran = jornada("gold", "new", "texts/a.txt", "--to", how, *given)
    assert ran.returncode == 0, ran.stderr
    labels = labels_of(folder / how / "a.gold.json")
    assert labels["prelabelled_by"] == "baseline"
    assert "unfinished" in labels
    assert [(one["value"], one["service"]) for one in labels["figures"]] == [
        (58610, "surgery"),
        (90, "ancillary_study"),
    ]
    assert all(one["char_start"] is not None for one in labels["figures"])


def test_a_text_that_the_run_has_not_read_costs_a_line(folder: Path, jornada: Jornada) -> None:
    ran = jornada("gold", "new", "texts", "--to", "some", "--from", "baseline")
    assert ran.returncode == 1
    assert "texts/b.txt: baseline has no usable reading of it in eval.duckdb" in ran.stderr
    assert {path.name for path in (folder / "some").glob("*.json")} == {"a.gold.json"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "nobody"), "has no reading by 'nobody'"),
        (("--from", "baseline", "--db", "gone.duckdb"), "there is no such database"),
        (("--from", "baseline", "--reader", "baseline"), "give one"),
        (("--reader", "llm"), "only the baseline reads here"),
        (("--to", "texts/a.txt"), "cannot be made"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    folder: Path, jornada: Jornada, arguments: tuple[str, ...], said: str
) -> None:
    ran = jornada("gold", "new", "texts/a.txt", "--to", "unused", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert not list(folder.glob("unused/*"))


def test_an_eval_says_whose_labels_people_began_with(folder: Path, jornada: Jornada) -> None:
    assert jornada("gold", "new", "texts/a.txt", "--to", "own", "--reader", "baseline").stdout
    path = folder / "own" / "a.gold.json"
    labels = labels_of(path)
    del labels["unfinished"]
    path.write_text(json.dumps(labels), "utf-8")
    ran = jornada("eval", "--gold", "own", "--reader", "baseline", "--db", "own.duckdb")
    assert ran.returncode == 0, ran.stderr
    assert "1 of 1 bulletins were pre-labelled by baseline, which scores better" in ran.stderr
