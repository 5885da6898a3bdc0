import json
from pathlib import Path

import pytest

from eval.labels.label_check import check_folder
from eval.labels.see import see
from eval.report.label_findings import show_label_findings
from tests.eval.labels.gold_folder import SURGERIES, TEXT, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_findings_are_shown_the_gravest_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(
        folder,
        SURGERIES,
        SURGERIES | {"edition": 4, "value": 58601, "quote": "58 mil 610"},
        jornadas=(),
    )
    found = check_folder(folder)
    show_label_findings(found, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    starts = [line.split(maxsplit=1)[0] for line in lines if line.strip()]
    ranks = [start for start in starts if start in ("error", "warning", "info")]
    assert ranks == ["error", "warning", "info", "info", "info"]
    assert lines[-1] == "1 errors, 1 warnings, 3 to look at again."
    show_label_findings(found, as_json=True)
    first = json.loads(capsys.readouterr().out)[0]
    assert first["file"] == str(folder / "a.gold.json")
    assert (first["severity"], first["check"], first["field"]) == (
        "error",
        "value",
        "figures[1].value",
    )
    assert TEXT[first["char_start"] : first["char_end"]] == "58 mil 610"


def test_no_findings_are_said_and_are_an_empty_array(capsys: pytest.CaptureFixture[str]) -> None:
    show_label_findings((), as_json=False)
    assert capsys.readouterr().out == "0 errors, 0 warnings, 0 to look at again.\n"
    show_label_findings((), as_json=True)
    assert json.loads(capsys.readouterr().out) == []


def test_nothing_in_a_text_acts_on_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.txt").write_text("Hubo \x9b31m 90 cirugías \u202e y 7 más.", encoding="utf-8")
    put(folder, SURGERIES | {"quote": "\x1b[31m90"}, name="a")
    show_label_findings(check_folder(folder), as_json=False)
    assert not set("\x1b\x9b\u202e") & set(capsys.readouterr().out)


def test_what_was_seen_is_counted_and_shown_on_demand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, SURGERIES)
    list(see(folder, (), ["a"]))
    found = check_folder(folder)
    show_label_findings(found, as_json=False)
    out = capsys.readouterr().out
    assert "second look" not in out
    assert out.endswith("1 to look at again; 2 seen before (--all shows them).\n")
    show_label_findings(found, as_json=False, with_seen=True)
    assert capsys.readouterr().out.count("second look") == 2
    show_label_findings(found, as_json=True, with_seen=True)
    assert [one["seen"] for one in json.loads(capsys.readouterr().out)] == [False, True, True]


def test_files_that_were_begun_take_a_line_each(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        put(folder, unfinished="begun", name=name)
    show_label_findings(check_folder(folder), as_json=False)
    said = "unfinished: no gold until every label is seen to and this line deleted"
    assert capsys.readouterr().out.splitlines() == [
        f"a.gold.json: {said}",
        f"b.gold.json: {said}",
        "2 errors, 0 warnings, 0 to look at again.",
    ]
