"""The quoted answer's schema, and what is read by it."""

import re
from typing import Any

import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import ValidationError

from schemas.answer import QuotedAnswer, QuotedFigure
from tests.pipeline.forms.made import quoted as answer
from tests.pipeline.forms.made import quoted_figure as figure


def objects(schema: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    if isinstance(schema, list):
        return [found for part in schema for found in objects(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for part in schema.values() for found in objects(part)]


def test_the_schema_keeps_to_what_strict_servers_accept() -> None:
    schema = QuotedAnswer.model_json_schema()
    found = objects(schema)
    assert len(found) == 6
    for one in found:
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])
    assert "default" not in str(schema)
    assert to_strict_json_schema(QuotedAnswer)["required"] == schema["required"]


def test_the_schema_keeps_to_what_grammars_accept() -> None:
    text = QuotedAnswer.model_json_schema()
    patterns = re.findall(r"'pattern': '(.*?)'", str(text))
    assert patterns
    for pattern in patterns:
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert "\\" not in pattern


def test_a_fields_beside_a_reference_has_no_siblings_that_strict_servers_reject() -> None:
    def references(schema: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
        if isinstance(schema, list):
            return [found for part in schema for found in references(part)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if "$ref" in schema else []
        return own + [found for part in schema.values() for found in references(part)]

    found = references(QuotedAnswer.model_json_schema())
    assert found
    assert all(list(one) == ["$ref"] for one in found)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Family Medicine", "family_medicine"),
        ("family-medicine", "family_medicine"),
        ("hypertension+diabetes", "diabetes+hypertension"),
        ("diabetes + hypertension + diabetes", "diabetes+hypertension"),
        ("", None),
        (None, None),
    ],
)
def test_a_detail_is_brought_into_its_form(written: str | None, read: str | None) -> None:
    assert QuotedFigure.model_validate(figure(detail=written)).detail == read


@pytest.mark.parametrize(
    "wrong",
    [
        {"detail": "riñón"},
        {"service": "surgeries"},
        {"value": -1},
        {"value": float("nan")},
        {"value": "many"},
        {"quote": "  "},
        {"place": ""},
        {"edition": 0},
        {"approximate": None},
    ],
)
def test_a_figure_out_of_shape_is_an_error_at_its_field(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        answer(figure(), figure(**wrong))
    assert caught.value.errors()[0]["loc"][:3] == ("figures", 1, next(iter(wrong)))


def test_keys_that_were_not_asked_for_are_ignored() -> None:
    assert answer(figure(char_start=5), note="x").figures[0].value == 30


def test_every_key_must_be_there() -> None:
    for key in QuotedFigure.model_fields:
        partial = {name: value for name, value in figure().items() if name != key}
        with pytest.raises(ValidationError):
            answer(partial)
