"""Which bulletins are read, what they are called, and which are never named."""

from pathlib import Path

import pytest

from eval.ablation import sets
from eval.ablation.sets import load_cases
from pipeline.errors import GoldError
from tests.eval.labels.gold_folder import SURGERIES, TEXT, put


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "eval"
    monkeypatch.setattr(sets, "locate_gold", lambda: (own / "gold", ()))
    for name in ("gold", "hard", "unseen"):
        lay(own / name)
    return own


def lay(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    put(folder, SURGERIES)
    return folder


def test_bulletins_are_called_by_their_folder_and_the_unseen_are_not_named(own: Path) -> None:
    more = lay(own / "more")
    same = lay(own / "elsewhere" / "gold")
    named = {case.name: case.is_named for case in load_cases((more, same, own / "unseen"))}
    assert named == {
        "gold/a": True,
        "hard/a": True,
        "unseen/a": False,
        "more/a": True,
        f"{same}/a": True,
        f"{own / 'unseen'}/a": False,
    }


@pytest.mark.usefixtures("own")
def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="no such folder"):
        load_cases((tmp_path / "nowhere",))
