"""The commands `jornada gold check`, `seen` and `schema`, from check to check."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.labels import gold
from eval.labels.label_schema import make_schema
from pipeline.documents import read_all
from tests.command import Jornada, jornada_here
from tests.eval.labels.gold_folder import SURGERIES, TEXT, put


@pytest.fixture(autouse=True, scope="module")
def _texts_are_read_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as change:
        change.setattr(gold, "read_all", read_all)
        yield


@pytest.fixture
def jornada(tmp_path: Path) -> Jornada:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(TEXT, encoding="utf-8")
    put(tmp_path / "labels", SURGERIES)
    return jornada_here(tmp_path)


def test_what_was_seen_is_silent_until_it_is_asked_for(jornada: Jornada) -> None:
    check = ("gold", "check", "--gold", "labels")
    found = json.loads(jornada(*check, "--json").stdout)
    marks = [one["mark"] for one in found if one["mark"]]
    assert len(marks) == 2
    ran = jornada("gold", "seen", "--gold", "labels", *(mark[:8] for mark in marks))
    assert (ran.returncode, ran.stdout) == (0, "labels/a.gold.json: 2 marked as seen\n")
    assert "2 seen before (--all shows them)" in jornada(*check).stdout
    assert [one["check"] for one in json.loads(jornada(*check, "--json").stdout)] == ["tie"]
    shown = json.loads(jornada(*check, "--all", "--json").stdout)
    assert {one["mark"] for one in shown if one["seen"]} == set(marks)


def test_what_was_seen_changes_no_score(jornada: Jornada, tmp_path: Path) -> None:
    before = gold.hash_gold(gold.load_gold(tmp_path / "labels"))
    assert jornada("gold", "seen", "--gold", "labels", "a").returncode == 0
    assert gold.hash_gold(gold.load_gold(tmp_path / "labels")) == before


def test_a_mark_that_is_none_is_one_line(jornada: Jornada) -> None:
    ran = jornada("gold", "seen", "--gold", "labels", "ffff0000")
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert "`jornada gold check` shows them" in ran.stderr


def test_the_schema_is_printed_as_it_is(jornada: Jornada) -> None:
    ran = jornada("gold", "schema")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == make_schema()
