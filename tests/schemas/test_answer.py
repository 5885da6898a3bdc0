"""The quoted answer's schema, and what is read by it."""

from typing import Any

import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import ValidationError

from schemas.answer import QuotedAnswer, QuotedFigure
from schemas.codebook import codebook
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
    text = str(QuotedAnswer.model_json_schema())
    assert "'pattern'" not in text
    assert "'maxItems'" not in text


def test_the_schema_lists_the_codes_of_the_codebook() -> None:
    detail = QuotedFigure.model_json_schema()["properties"]["detail"]
    assert detail["items"]["enum"] == list(codebook().all_kinds())


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
        (["diabetes", "hypertension"], ("diabetes", "hypertension")),
        ("hypertension+diabetes", ("hypertension", "diabetes")),
        ("riñón", ("riñón",)),
        ([], ()),
        (None, ()),
    ],
)
def test_a_detail_is_a_list_or_a_text(written: object, read: tuple[str, ...]) -> None:
    assert QuotedFigure.model_validate(figure(detail=written)).detail == read


@pytest.mark.parametrize(
    "wrong",
    [
        {"detail": 5},
        {"detail": [None]},
        {"basis": "year"},
        {"starts_on": "July"},
        {"service": "surgeries"},
        {"value": -1},
        {"value": float("nan")},
        {"value": "many"},
        {"value": 10**25},
        {"value": 10**400},
        {"value": 2**53 + 2},
        {"value": float("inf")},
        {"edition": 10**20},
        {"edition": 2**31},
        {"service": "surgery room"},
        {"quote": "  "},
        {"place": ""},
        {"edition": 0},
        {"approximate": None},
    ],
)
def test_a_figure_out_of_shape_is_an_error_at_its_field(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        answer(figure(), figure(**wrong))
    (error,) = caught.value.errors()
    assert error["loc"][:3] == ("figures", 1, next(iter(wrong)))
    assert "0" * 20 not in error["msg"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"service": "SURGERY"}, {"service": "surgery"}),
        ({"service": " Family Planning "}, {"service": "family_planning"}),
        ({"service": "FAMILY-PLANNING"}, {"service": "family_planning"}),
        ({"status": "Performed"}, {"status": "performed"}),
        ({"period": "JORNADA"}, {"period": "jornada"}),
        ({"unit": "Percent", "basis": "Above goal"}, {"unit": "percent", "basis": "above_goal"}),
        ({"edition": "null"}, {"edition": None}),
        ({"edition": "4"}, {"edition": 4}),
        ({"starts_on": "", "ends_on": "None"}, {"starts_on": None, "ends_on": None}),
        ({"basis": "none"}, {"basis": None}),
        ({"value": "30", "approximate": "false"}, {"value": 30, "approximate": False}),
        ({"value": 30.0}, {"value": 30}),
    ],
)
def test_what_is_written_otherwise_and_means_the_same_is_read(
    written: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert answer(figure(**written)) == answer(figure(**meant))


def test_words_and_days_may_be_a_text_that_says_nothing() -> None:
    for nothing in ("", " ", "null", "None", "N/A"):
        read = answer(title=nothing, programme=nothing, published_on=nothing)
        assert (read.title, read.programme, read.published_on) == (None, None, None)
    assert answer(title="None of it").title == "None of it"


def test_keys_that_were_not_asked_for_are_ignored() -> None:
    assert answer(figure(char_start=5), note="x").figures[0].value == 30


def test_only_keys_that_say_nothing_may_be_missing() -> None:
    for key in QuotedFigure.model_fields:
        partial = {name: value for name, value in figure().items() if name != key}
        if key in ("starts_on", "ends_on", "basis"):
            assert getattr(answer(partial).figures[0], key) is None
        else:
            with pytest.raises(ValidationError):
                answer(partial)
