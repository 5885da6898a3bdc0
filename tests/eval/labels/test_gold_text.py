import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from eval.labels.gold_text import delete_item, insert_item, set_labels, set_member


def set_id(written: str, known: str) -> str:
    return set_member(written, "document_id", known)


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
    changed = set_member(written, "document_id", known)
    assert json.loads(changed) == {**labels, "document_id": known}
    rest = [key for key in json.loads(changed) if key != "document_id"]
    assert rest == [key for key in labels if key != "document_id"]
    if "document_id" not in labels and indent is not None:
        kept = [line for line in changed.split(newline) if known not in line]
        was = written.split(newline)
        assert [line.rstrip(",") for line in kept] == [line.rstrip(",") for line in was]


def test_an_id_stands_behind_id_and_source_or_first() -> None:
    both = set_id('{\n "id": "a",\n "source": "b",\n "title": null\n}\n', "x")
    assert both == '{\n "id": "a",\n "source": "b",\n "document_id": "x",\n "title": null\n}\n'
    neither = set_id('{\n "title": null\n}\n', "x")
    assert neither == '{\n "document_id": "x",\n "title": null\n}\n'
    assert set_id('{"id": "a"}', "x") == '{"id": "a", "document_id": "x"}'


LAYOUTS = st.sampled_from([None, 0, 1, 2, 4, "\t"])
FIGURES = st.lists(st.dictionaries(st.sampled_from(["value", "detail", "b"]), VALUES), max_size=4)
LINE_ENDS = st.sampled_from(["\n", "\r\n"])


def lay_out(labels: object, indent: int | str | None, newline: str) -> str:
    return json.dumps(labels, indent=indent, ensure_ascii=False).replace("\n", newline)


@given(FIGURES, st.integers(0, 4), LAYOUTS, LINE_ENDS, VALUES)
def test_one_label_of_one_figure_is_changed(
    figures: list[dict[str, Any]], index: int, indent: int | str | None, newline: str, value: object
) -> None:
    if index >= len(figures):
        return
    written = lay_out({"title": "a", "figures": figures, "note": "z"}, indent, newline)
    changed = set_labels(written, "figures", index, {"detail": value, "b": None})
    figures[index] |= {"detail": value, "b": None}
    assert json.loads(changed) == {"title": "a", "figures": figures, "note": "z"}
    assert list(json.loads(changed)["figures"][index]) == list(figures[index])


@given(FIGURES, st.integers(0, 4), LAYOUTS, LINE_ENDS)
def test_a_figure_is_put_in_and_taken_out_again_as_if_nothing_had_been(
    figures: list[dict[str, Any]], index: int, indent: int | str | None, newline: str
) -> None:
    index = min(index, len(figures))
    written = lay_out({"title": "a", "figures": figures, "note": "z"}, indent, newline)
    figure = {"value": 3, "quote": "3 «é»"}
    changed = insert_item(written, "figures", index, figure)
    wanted = [*figures[:index], figure, *figures[index:]]
    assert json.loads(changed) == {"title": "a", "figures": wanted, "note": "z"}
    if all(figures):  # an empty object is never spread over lines
        assert changed == lay_out({"title": "a", "figures": wanted, "note": "z"}, indent, newline)
    assert delete_item(changed, "figures", index) == written


def test_figures_that_stand_in_a_line_each_get_another_such_line() -> None:
    written = '{\n "figures": [\n  {"value": 1,\n   "b": 2},\n  {"value": 3}\n ]\n}\n'
    changed = insert_item(written, "figures", 2, {"value": 4})
    assert changed == written.replace('{"value": 3}', '{"value": 3},\n  {"value": 4}')
    assert delete_item(changed, "figures", 2) == written
