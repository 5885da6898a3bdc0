import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from pipeline.configuration.params import check_params, parse_params

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(JSON_VALUES)
def test_whatever_json_says_is_the_value(value: JsonValue) -> None:
    assert parse_params([f"given={json.dumps(value)}"]) == {"given": value}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("low", "low"),
        ("", ""),
        ("a=b", "a=b"),
        ("NaN", "NaN"),
        ("0", 0),
        ("0.0", 0.0),
        ("true", True),
        ('"7"', "7"),
        ('{"type": "disabled"}', {"type": "disabled"}),
        ("{broken", "{broken"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_what_is_no_json_is_a_text(said: str, value: JsonValue) -> None:
    assert check_params(parse_params([f"given={said}"])) == {"given": value}


def test_the_last_of_a_name_counts() -> None:
    assert parse_params(["seed=1", "top_p=0.5", "seed=2"]) == {"seed": 2, "top_p": 0.5}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("messages", "--prompt"),
        ("model", "--model"),
        ("response_format", "--schema-mode"),
        ("max_tokens", "--max-output-tokens"),
        ("max_completion_tokens", "--max-output-tokens"),
        ("stream", "taken whole"),
        ("tools", "has none"),
        ("api_key", "on record"),
        ("a b", "no name"),
        ("", "no name"),
    ],
)
def test_what_would_break_requests_is_refused_with_what_to_do(name: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        check_params({name: 7})
    assert "\n" not in str(caught.value)


def test_one_answer_and_no_more_may_be_asked_for() -> None:
    assert check_params({"n": 1}) == {"n": 1}
    with pytest.raises(ValueError, match="one answer"):
        check_params({"n": 2})


@pytest.mark.parametrize("value", [float("inf"), float("nan"), [float("-inf")]])
def test_a_value_that_json_cannot_hold_is_refused(value: JsonValue) -> None:
    with pytest.raises(ValueError, match="JSON cannot hold"):
        check_params({"temperature": value})


def test_a_parameter_needs_a_value() -> None:
    with pytest.raises(ValueError, match="NAME=VALUE"):
        parse_params(["temperature"])
