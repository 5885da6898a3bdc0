"""The anchored answer's schema, and what is read by it."""

from typing import Any

import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import ValidationError

from schemas.anchored import AnchoredAnswer
from tests.pipeline.forms.made import anchored as answer
from tests.pipeline.forms.made import scope


def one(n: int, service: str = "transplant", detail: str | None = None) -> dict[str, Any]:
    return {"n": n, "service": service, "detail": detail}


def inside(schema: Any, key: str) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    if isinstance(schema, list):
        return [found for part in schema for found in inside(part, key)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if key in schema else []
    return own + [found for part in schema.values() for found in inside(part, key)]


def test_the_schema_keeps_to_what_strict_servers_accept() -> None:
    schema = AnchoredAnswer.model_json_schema()
    found = [part for part in inside(schema, "type") if part["type"] == "object"]
    assert len(found) == 6
    for part in found:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
    assert "default" not in str(schema)
    assert to_strict_json_schema(AnchoredAnswer) == schema
    assert all(list(part) == ["$ref"] for part in inside(schema, "$ref"))
    # Lists are of one kind of thing: tuples (prefixItems) are beyond strict servers.
    assert not inside(schema, "prefixItems")


def test_the_schema_keeps_to_what_grammars_accept() -> None:
    schema = AnchoredAnswer.model_json_schema()
    assert not inside(schema, "pattern")
    assert not inside(schema, "uniqueItems")
    bounded = [*inside(schema, "minimum"), *inside(schema, "maximum")]
    assert bounded
    assert {part["type"] for part in bounded} == {"integer"}


def test_only_keys_that_say_nothing_may_be_missing() -> None:
    whole = answer(scope(one(1))).model_dump(mode="json")
    for key in whole:
        partial = {k: v for k, v in whole.items() if k != key}
        if key in ("relevant", "above_goal", "productivity"):
            assert AnchoredAnswer.model_validate(partial) == AnchoredAnswer.model_validate(whole)
        else:
            with pytest.raises(ValidationError):
                AnchoredAnswer.model_validate(partial)


@pytest.mark.parametrize(
    "wrong",
    [
        scope({**one(1), "n": 0}),
        scope({**one(1), "n": "seven"}),
        scope(one(1, service="transplants")),
        scope({**one(1), "detail": 5}),
        scope(one(1), ends_on="July"),
        scope(one(1), place=" "),
        scope(one(1), period="year"),
    ],
)
def test_a_scope_out_of_shape_is_an_error_at_its_field(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        answer(scope(one(2)), wrong)
    assert caught.value.errors()[0]["loc"][:2] == ("scopes", 1)
