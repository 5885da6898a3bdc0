"""What servers send for a completion, well formed or not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.llm.completion import Completion, completion, storable
from tests.llm_server import choice
from tests.llm_server import completion as body

_NAMES = ("choices", "message", "content", "usage", "prompt_tokens", "refusal", "x")
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
)


def test_content_and_tokens_are_read() -> None:
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    assert completion(body(choices=[choice("{}")], usage=usage)) == Completion(
        "{}", input_tokens=9, output_tokens=5, cached_tokens=4
    )


@pytest.mark.parametrize("odd", [None, [], "x", {}, {"error": "busy"}, 7])
def test_what_is_no_completion_is_none(odd: object) -> None:
    assert completion(odd) is None


@pytest.mark.parametrize(
    "choices", [None, [], {}, [None], [{}], [{"message": None}], [{"message": {"content": 7}}]]
)
def test_a_completion_without_a_message_has_no_content(choices: object) -> None:
    read = completion(body(choices=choices))
    assert read is not None
    assert (read.content, read.input_tokens) == (None, 100)


def test_an_empty_message_is_an_empty_answer() -> None:
    read = completion(body(choices=[choice(None)]))
    assert read is not None
    assert read.content == ""


@pytest.mark.parametrize(
    ("made", "cut", "refusal"),
    [
        (choice("{}"), False, None),
        (choice("{", finish_reason="length"), True, None),
        (choice(None, refusal="I cannot"), False, "I cannot"),
        (choice("", finish_reason="content_filter"), False, "its content filter stepped in"),
    ],
)
def test_an_answer_that_was_cut_off_or_refused_says_so(
    made: dict[str, Any], *, cut: bool, refusal: str | None
) -> None:
    read = completion(body(choices=[made]))
    assert read is not None
    assert (read.cut, read.refusal) == (cut, refusal)


@pytest.mark.parametrize("count", [-1, "5", 2.5, None, [], True, 10**30])
def test_a_count_that_is_none_is_unknown(count: object) -> None:
    read = completion(body(usage={"prompt_tokens": count, "completion_tokens": 7}))
    assert read is not None
    assert (read.input_tokens, read.output_tokens, read.cached_tokens) == (None, 7, None)


@given(JSON)
def test_nothing_that_json_can_hold_is_an_error(odd: object) -> None:
    completion(odd)
    for each in (odd, [odd], [{"message": odd}], [{"message": {"content": odd}}]):
        assert isinstance(completion({"choices": each}), Completion)
        assert isinstance(completion({"choices": [], "usage": odd}), Completion)


@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_whatever_is_kept_can_be_encoded(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    kept.encode()
