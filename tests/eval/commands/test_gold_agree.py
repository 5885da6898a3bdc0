import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.labels import gold
from pipeline.documents import read_all
from tests.command import Jornada, jornada_here
from tests.eval.labels.gold_folder import STUDIES, SURGERIES, TEXT, put


@pytest.fixture(autouse=True, scope="module")
def _texts_are_read_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as change:
        change.setattr(gold, "read_all", read_all)
        yield


@pytest.fixture
def jornada(tmp_path: Path) -> Jornada:
    """Give two folders of labels: texts of both, of the first and of the second alone."""
    for folder, alone in (("ana", "b"), ("luis", "c")):
        (tmp_path / folder).mkdir()
        put(tmp_path / folder, STUDIES | {"quote": f"90 {alone}"}, name=alone)
        (tmp_path / folder / f"{alone}.txt").write_text(f"90 {alone}", "utf-8")
    (tmp_path / "ana" / "a.txt").write_text(TEXT, "utf-8")
    put(tmp_path / "ana", SURGERIES, STUDIES)
    put(tmp_path / "luis", SURGERIES | {"period": "cumulative"}, STUDIES)
    return jornada_here(tmp_path)


def test_two_folders_are_compared_and_fit_a_screen(jornada: Jornada) -> None:
    ran = jornada("gold", "agree", "ana", "luis")
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0] == "A = ana, B = luis: 1 bulletins in both."
    assert lines[1:3] == ["In A alone, and left out: b", "In B alone, and left out: c"]
    assert any(line.split() == ["strict", "0.500", "1", "2", "2"] for line in lines)
    assert any(line.split() == ["period", "2", "1", "0.000"] for line in lines)
    assert any("58 mil 610 cirugías" in line and "cumulative" in line for line in lines)
    assert lines[-1] == "1 differences in 1 bulletins."
    assert max(map(len, lines)) <= 80


def test_json_has_all_of_it(jornada: Jornada) -> None:
    told = json.loads(jornada("gold", "agree", "ana", "luis", "--json").stdout)
    assert told["scores"]["strict"] == {"f1": 0.5, "alike": 1, "first": 2, "second": 2}
    assert told["labels"]["status"] == {"figures": 2, "same": 2, "kappa": None}
    assert [one["label"] for one in told["differences"]] == ["period"]
    assert (told["bulletins"], told["first_alone"], told["second_alone"]) == (1, ["b"], ["c"])


def test_what_is_finished_is_compared_beside_what_is_not(tmp_path: Path, jornada: Jornada) -> None:
    put(tmp_path / "luis", STUDIES | {"quote": "90 c"}, name="c", unfinished="begun")
    refused = jornada("gold", "agree", "ana", "luis")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "unfinished" in refused.stderr
    ran = jornada("gold", "agree", "ana", "luis", "--only", "a")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("A = ana, B = luis: 1 bulletins in both.\n\n")
    none = jornada("gold", "agree", "ana", "luis", "--only", "x")
    assert "label no text in common of these names" in none.stderr


def test_what_cannot_be_compared_is_one_line(tmp_path: Path, jornada: Jornada) -> None:
    for path in (tmp_path / "luis").glob("a.*"):
        path.unlink()
    for folder, said in (("luis", "label no text in common"), ("gone", "no such folder")):
        ran = jornada("gold", "agree", "ana", folder)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
        assert len(ran.stderr.splitlines()) == 1
