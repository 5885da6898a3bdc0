import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.labels.gold import load_gold
from eval.labels.tie import tie_folder, with_document_id
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


KEYS = st.sampled_from(["id", "source", "title", "figures", "note", "document_id", "a\\b"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(KEYS, VALUES, min_size=1),
    st.sampled_from([None, 0, 1, 4, "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_an_id_is_written_in_and_nothing_else_changes(
    labels: dict[str, Any], indent: int | str | None, newline: str
) -> None:
    written = json.dumps(labels, indent=indent, ensure_ascii=False).replace("\n", newline)
    known = "0" * 64
    changed = with_document_id(written, known)
    assert json.loads(changed) == {**labels, "document_id": known}
    rest = [key for key in json.loads(changed) if key != "document_id"]
    assert rest == [key for key in labels if key != "document_id"]
    if "document_id" not in labels and indent is not None:
        kept = [line for line in changed.split(newline) if known not in line]
        was = written.split(newline)
        assert [line.rstrip(",") for line in kept] == [line.rstrip(",") for line in was]


def test_an_id_stands_behind_id_and_source_or_first() -> None:
    both = with_document_id('{\n "id": "a",\n "source": "b",\n "title": null\n}\n', "x")
    assert both == '{\n "id": "a",\n "source": "b",\n "document_id": "x",\n "title": null\n}\n'
    neither = with_document_id('{\n "title": null\n}\n', "x")
    assert neither == '{\n "document_id": "x",\n "title": null\n}\n'
    assert with_document_id('{"id": "a"}', "x") == '{"id": "a", "document_id": "x"}'
