from pathlib import Path

import pytest

from eval.labels.gold import load_gold
from eval.labels.tie import tie_folder
from pipeline.errors import GoldError
from tests.eval.labels.gold_folder import STUDIES, SURGERIES, TEXT, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_tying_is_done_once_and_leaves_the_rest_alone(folder: Path) -> None:
    path = put(folder, SURGERIES, id="x", source="y")
    before = path.read_text(encoding="utf-8")
    assert list(tie_folder(folder)) == [path]
    after = path.read_text(encoding="utf-8")
    (bulletin,) = load_gold(folder)
    line = f' "document_id": "{bulletin.document.id}",\n'
    assert line in after
    assert after.replace(line, "") == before
    assert list(tie_folder(folder)) == []
    assert path.read_text(encoding="utf-8") == after


def test_a_file_with_errors_is_not_tied_but_the_others_are(folder: Path) -> None:
    bad = put(folder, SURGERIES | {"value": 3}, STUDIES | {"value": 4})
    before = bad.read_bytes()
    (folder / "b.txt").write_text(TEXT.replace("90", "91"), encoding="utf-8")
    good = put(folder, SURGERIES, name="b")
    broken = put(folder, figurs=[], name="c")
    tying = tie_folder(folder)
    assert next(tying) == good
    with pytest.raises(GoldError) as caught:
        next(tying)
    message = str(caught.value)
    assert message.startswith(f"not tied: {bad}: figures[0].value: the quote ")
    assert message.endswith("(and 1 more) (and 1 more files: jornada gold check)")
    assert bad.read_bytes() == before
    assert "document_id" not in broken.read_text(encoding="utf-8")


def test_a_changed_text_is_tied_again_only_on_demand(folder: Path) -> None:
    path = put(folder, SURGERIES)
    assert list(tie_folder(folder)) == [path]
    was = path.read_bytes()
    (folder / "a.txt").write_text(TEXT.replace("35", "32"), encoding="utf-8")
    with pytest.raises(GoldError, match="has changed since it was labelled"):
        list(tie_folder(folder))
    assert path.read_bytes() == was
    assert list(tie_folder(folder, refresh=True)) == [path]
    assert load_gold(folder)[0].is_tied
    (folder / "a.txt").write_text(TEXT.replace("58 mil", "59 mil"), encoding="utf-8")
    with pytest.raises(GoldError, match="does not stand in the text"):
        list(tie_folder(folder, refresh=True))


def test_refreshing_leaves_labels_with_the_text_they_are_tied_to(folder: Path) -> None:
    put(folder, SURGERIES)
    list(tie_folder(folder))
    (folder / "a.txt").rename(folder / "renamed.txt")
    (folder / "a.txt").write_text("Otro texto.", encoding="utf-8")
    assert list(tie_folder(folder, refresh=True)) == []
