import sys
from pathlib import Path

import pytest

from eval.strict import main, read_bulletins, read_figures
from schemas.report import JornadaReport

TEXT = "En la 4ª Jornada Nacional se hicieron 90 cirugías y 340 consultas."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def label(folder: Path, stem: str, *, wrong: bool = False) -> JornadaReport:
    """Write what the reader reads as gold; `wrong` gives the last figure another value."""
    report = read_figures(read_bulletins(folder)["one"])
    figures = report.figures
    if wrong:
        figures = (*figures[:-1], figures[-1].model_copy(update={"value": 341}))
    gold = report.model_copy(update={"figures": figures})
    (folder / f"{stem}.gold.json").write_text(gold.model_dump_json(), encoding="utf-8")
    return gold


def printed(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *options: str,
) -> tuple[str, str]:
    monkeypatch.setattr(sys, "argv", ["strict", str(folder), *options])
    assert main() == 0
    return capsys.readouterr()


def test_bulletins_go_by_the_stem_of_their_file_and_the_id_of_their_record(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "lot.jsonl").write_text(
        f'{{"id": "a1", "text": "{TEXT} Uno."}}\n{{"id": "a2", "text": "{TEXT} Dos."}}\n',
        encoding="utf-8",
    )
    assert set(read_bulletins(tmp_path)) == {"one", "lot__a1", "lot__a2"}


def test_bulletins_that_cannot_be_read_are_left_out(folder: Path) -> None:
    (folder / "two.txt").write_bytes(b"")
    assert set(read_bulletins(folder)) == {"one"}


def test_the_score_of_each_bulletin_and_of_all_is_printed_with_its_n(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    label(folder, "one", wrong=True)
    out, _ = printed(folder, monkeypatch, capsys)
    assert "0.500  right   1  read   2  gold   2  one" in out
    assert "strict F1 0.500 precision 0.500 recall 0.500 n=2 figures in 1 bulletins" in out
    assert "341" not in out


def test_what_differs_is_shown_on_request(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    label(folder, "one", wrong=True)
    out, _ = printed(folder, monkeypatch, capsys, "--errors")
    signs = {line.split()[0]: line.split()[1] for line in out.splitlines() if line[:2] == "  "}
    assert signs == {"+": "340", "-": "341"}


def test_gold_can_lie_in_a_folder_of_its_own(
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    apart = tmp_path_factory.mktemp("gold")
    label(folder, "one")
    (folder / "one.gold.json").rename(apart / "one.json")
    out, _ = printed(folder, monkeypatch, capsys, "--gold", str(apart))
    assert "strict F1 1.000 precision 1.000 recall 1.000 n=2" in out


def test_gold_without_its_bulletin_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    label(folder, "other")
    out, err = printed(folder, monkeypatch, capsys)
    assert err == "other: no bulletin of this name\n"
    assert "strict F1 - precision - recall - n=0 figures in 0 bulletins" in out
