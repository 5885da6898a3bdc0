"""`python -m eval.ablation`: what it prints, and the check that ends with 1."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.ablation import __main__ as command
from pipeline.errors import UsageError
from tests.eval.ablation.made import cases, vocabulary_data


@pytest.fixture
def floors(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    floors: dict[str, Any] = {"helping_in_one_bulletin": 9}
    monkeypatch.setattr(command, "_PROCESSES", 1)
    monkeypatch.setattr(command, "_vocabulary_data", vocabulary_data)
    monkeypatch.setattr(command, "load_cases", lambda _: cases())
    monkeypatch.setattr(command, "study_rules", lambda *_: ())
    monkeypatch.setattr(command, "read_floors", lambda: floors)
    return floors


def test_the_check_passes_or_says_in_one_line_what_is_too_low(
    floors: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(check=True) == 0
    assert "0.8000" in capsys.readouterr().out
    floors["gold"] = {"strict": 0.81}
    assert command.run(check=True) == 1
    assert capsys.readouterr().err == "gold: strict F1 left out 0.8000 is below 0.81\n"


@pytest.mark.usefixtures("floors")
def test_all_is_printed_and_written_and_the_unseen_are_not_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(json=tmp_path / "all.json") == 0
    printed = capsys.readouterr().out
    assert "services.surgery.named.hernia: hernia" in printed
    assert "Phrases that hurt more than they help (1)" in printed
    written = (tmp_path / "all.json").read_text(encoding="utf-8")
    (hernia,) = [p for p in json.loads(written)["phrases"] if p["phrase"] == "hernia"]
    assert [change["bulletin"] for change in hernia["changes"]] == ["gold/c"]
    assert "unseen/" not in printed + written
    with pytest.raises(UsageError, match=r"^--json .*: exists already; --force overwrites it$"):
        command.run(json=tmp_path / "all.json")
    assert command.run(json=tmp_path / "all.json", force=True) == 0
