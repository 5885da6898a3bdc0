import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from eval.labels.label_schema import make_schema
from eval.labels.skeleton import begin_labels
from pipeline.documents.text import document_from
from schemas.codebook import JOINT, codebook
from schemas.document import Metadata, Source
from schemas.report import Service
from tests.eval.labels.gold_folder import SURGERIES, TEXT
from tests.json_schema import KEYWORDS, keywords

ROOT = Path(__file__).parents[3]
SCHEMA = make_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def is_valid(figure: dict[str, Any] | None = None, **labels: object) -> bool:
    figures = [SURGERIES | (figure or {})]
    return VALIDATOR.is_valid({"bulletin_kind": "results", "figures": figures, **labels})


def test_it_is_a_schema_with_one_keyword_that_is_of_editors_alone() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert {*keywords(SCHEMA)} - KEYWORDS == {"enumDescriptions"}


@pytest.mark.parametrize("folder", ["gold", "hard", "unseen", "newsrooms"])
def test_all_gold_of_the_project_holds(folder: str) -> None:
    paths = [*(ROOT / "eval" / folder).glob("*.json")]
    assert paths
    for path in paths:
        assert not [*VALIDATOR.iter_errors(json.loads(path.read_text("utf-8")))], path.name


def test_each_code_has_its_spanish_words() -> None:
    shapes = SCHEMA["$defs"]
    for shape in shapes.values():
        if "enumDescriptions" in shape:
            assert len(shape["enumDescriptions"]) == len(shape["enum"])
    words = dict(zip(shapes["Service"]["enum"], shapes["Service"]["enumDescriptions"], strict=True))
    assert words["surgery"].startswith("cirugías: ")
    branches = shapes["Figure"]["allOf"]
    assert [branch["if"]["properties"]["service"]["const"] for branch in branches] == [*Service]
    (surgery,) = [b for b in branches if b["if"]["properties"]["service"]["const"] == "surgery"]
    details, _ = surgery["then"]["properties"]["detail"]["anyOf"]
    named = dict(zip(details["enum"], details["enumDescriptions"], strict=True))
    assert named["cataract"] == "catarata (lentes intraoculares colocados)"
    assert named.keys() == {None, *codebook().kinds_of("surgery")}


@given(st.sampled_from(Service), st.data())
def test_a_detail_is_let_pass_where_the_codebook_has_it(
    service: Service, data: st.DataObject
) -> None:
    kinds = st.sampled_from([*codebook().kinds_of(service), "hip", "x"])
    detail = JOINT.join(sorted(set(data.draw(st.lists(kinds, min_size=1, max_size=4)))))
    wanted = codebook().fault_of(service, detail) is None
    assert is_valid({"service": service, "detail": detail}) == wanted
    assert is_valid({"service": service, "detail": None})


@pytest.mark.parametrize(
    "figure",
    [
        {"service": "cirugía"},
        {"status": "done"},
        {"place": "?"},
        {"approximate": "?"},
        {"edition": "?"},
        {"starts_on": 3},
        {"unknown": 1},
    ],
)
def test_what_is_no_label_is_refused(figure: dict[str, Any]) -> None:
    assert is_valid()
    assert not is_valid(figure)


@pytest.mark.parametrize(
    "labels",
    [
        {"titel": "a"},
        {"title": "?"},
        {"noise": ["orc"]},
        {"document_id": "a"},
        {"seen": {"x": "a"}},
        {"bulletin_kind": "?"},
        {"relevant": "?"},
    ],
)
def test_what_is_no_label_of_a_bulletin_is_refused(labels: dict[str, Any]) -> None:
    assert is_valid(note="a", noise=["ocr"], seen={"0123456789ab": "a"}, prelabelled_by="x")
    assert not is_valid(**labels)


def test_every_label_that_is_left_to_be_said_is_underlined() -> None:
    document = document_from(f"{TEXT} 90% de la meta.", Metadata(format="txt"))
    labels = begin_labels(document, Source(path="a.txt"), "a")
    left = {tuple(path) for path in _list_blanks(labels, ())}
    found = {tuple(error.absolute_path) for error in VALIDATOR.iter_errors(labels)}
    assert left
    assert left <= found


def _list_blanks(value: object, path: tuple[object, ...]) -> list[tuple[object, ...]]:
    if value == "?":
        return [path]
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if isinstance(value, list) else ())
    )
    return [blank for key, inner in items for blank in _list_blanks(inner, (*path, key))]
