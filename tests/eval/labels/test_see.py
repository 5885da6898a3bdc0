import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from eval.labels import gold
from eval.labels.label_check import LabelFinding, check_folder
from eval.labels.see import see
from eval.labels.tie import tie_folder
from pipeline.documents import read_all
from pipeline.errors import GoldError, UsageError
from tests.eval.labels import gold_folder
from tests.eval.labels.gold_folder import STUDIES, SURGERIES, TEXT

UNDATED: dict[str, Any] = SURGERIES | {"edition": 4}  # of a jornada that the file does not have
put = partial(gold_folder.put, jornadas=[])


@pytest.fixture(autouse=True)
def _texts_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read texts in this process: to start another takes longer than the test."""
    monkeypatch.setattr(gold, "read_all", read_all)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def told(folder: Path) -> list[tuple[str, str | None]]:
    """List the check and the field of all that was not seen before."""
    found = [one for one in check_folder(folder) if not one.is_seen]
    return [(one.finding.check, one.finding.field) for one in found if one.finding.check != "tie"]


def find(folder: Path, check: str) -> LabelFinding:
    return next(one for one in check_folder(folder) if one.finding.check == check)


def mark(folder: Path, check: str) -> str:
    found = find(folder, check).mark
    assert found
    return found


def test_what_was_seen_is_told_no_more_and_the_file_stays_as_it_was_written(folder: Path) -> None:
    path = put(folder, UNDATED)
    before = path.read_text("utf-8")
    assert told(folder) == [
        ("edition", "figures[0].edition"),
        ("second look", "figures"),
        ("second look", "figures"),
    ]
    assert list(see(folder, (), [mark(folder, "edition")[:8]])) == [(path, 1)]
    assert told(folder) == [("second look", "figures")] * 2
    assert find(folder, "edition").is_seen
    written = json.loads(path.read_text("utf-8"))
    assert list(written.pop("seen").values()) == ["edition: no jornada has the edition 4"]
    assert written == json.loads(before)
    was, now = (
        {line.rstrip(",") for line in text.splitlines()}
        for text in (before, path.read_text("utf-8"))
    )
    assert was <= now


def test_the_name_of_a_file_stands_for_all_that_it_has(folder: Path) -> None:
    path = put(folder, UNDATED)
    assert list(see(folder, (), ["a"])) == [(path, 3)]
    assert told(folder) == []
    assert list(see(folder, (), ["a"])) == []


@pytest.mark.parametrize("change", [{"place": "Puebla"}, {"edition": 5}, {"detail": "hernia"}])
def test_a_label_that_changes_brings_back_what_is_said_of_its_figure_alone(
    folder: Path, change: dict[str, object]
) -> None:
    path = put(folder, UNDATED, STUDIES | {"edition": 4})
    list(see(folder, (), ["a"]))
    seen = json.loads(path.read_text("utf-8"))["seen"]
    put(folder, UNDATED | change, STUDIES | {"edition": 4}, seen=seen)
    assert told(folder) == [("edition", "figures[0].edition")]


def test_a_figure_that_moves_stays_seen(folder: Path) -> None:
    path = put(folder, UNDATED, STUDIES)
    list(see(folder, (), ["a"]))
    seen = json.loads(path.read_text("utf-8"))["seen"]
    put(folder, STUDIES, UNDATED, seen=seen)
    assert told(folder) == []


def test_a_text_that_changes_brings_all_back(folder: Path) -> None:
    put(folder, UNDATED)
    list(see(folder, (), ["a"]))
    (folder / "a.txt").write_text(TEXT.replace("En la", "En  la"), encoding="utf-8")
    assert len(told(folder)) == 3


def test_two_equal_numbers_are_looked_at_each(folder: Path) -> None:
    (folder / "a.txt").write_text(f"{TEXT} Y 35 comités en 35 estados.", encoding="utf-8")
    put(folder, SURGERIES, STUDIES)
    looks = [one for one in check_folder(folder) if one.finding.check == "second look"]
    assert len({one.mark for one in looks}) == len(looks) == 3


def test_errors_and_what_a_command_mends_have_no_mark(folder: Path) -> None:
    put(folder, SURGERIES | {"value": 3}, STUDIES)
    put(folder, SURGERIES, name="b")
    unmarked = {one.finding.check for one in check_folder(folder) if one.mark is None}
    assert unmarked == {"value", "tie", "text"}


@pytest.mark.parametrize("name", ["ffff0000", "", "b", "\x1b[31m"])
def test_what_names_no_finding_is_refused_before_anything_is_written(
    folder: Path, name: str
) -> None:
    path = put(folder, UNDATED)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is no mark of a finding") as caught:
        list(see(folder, (), ["a", name]))
    assert "\x1b" not in str(caught.value)
    assert path.read_bytes() == before


def test_a_tie_is_no_change(folder: Path) -> None:
    put(folder, UNDATED)
    list(see(folder, (), ["a"]))
    list(tie_folder(folder))
    assert told(folder) == []


@pytest.mark.parametrize("seen", [["a"], {"xyz": "a"}, {"0123456789ab": 3}, "a"])
def test_marks_that_are_none_are_an_error(folder: Path, seen: object) -> None:
    put(folder, SURGERIES, seen=seen)
    assert ("form", "seen") in told(folder)
    with pytest.raises((GoldError, UsageError)):
        list(see(folder, (), ["a"]))


def test_names_of_files_without_findings_and_patterns_mark_what_there_is(folder: Path) -> None:
    path = put(folder, UNDATED)
    assert list(see(folder, (), ["[a-c]"])) == [(path, 3)]
    assert told(folder) == []
    assert list(see(folder, (), ["a"])) == []
    with pytest.raises(UsageError, match="nor the name of a gold file"):
        list(see(folder, (), ["nota-*"]))
