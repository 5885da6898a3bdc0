"""What servers send for a completion, well formed or not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.llm.completion import Completion, completion, storable
from pipeline.llm.server_error import ServerError
from tests.llm_server import choice
from tests.llm_server import completion as body

_NAMES = (
    *("choices", "message", "content", "usage", "prompt_tokens", "refusal", "error", "code"),
    *("finish_reason", "tool_calls", "type", "text", "delta", "data", "detail", "total_tokens"),
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
)
ANSWER = '{"figures": [], "title": "Jornada"}'
PARTS = json.loads(ANSWER)


def read(odd: object) -> Completion:
    found = completion(odd)
    assert isinstance(found, Completion)
    return found


def message(content: object = None, **more: object) -> dict[str, Any]:
    """Give the body of a completion whose message has more keys than content alone."""
    told = {"role": "assistant", "content": content, **more}
    return body(choices=[{"index": 0, "finish_reason": "stop", "message": told}])


def test_content_and_tokens_are_read() -> None:
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    assert completion(body(choices=[choice("{}")], usage=usage)) == Completion(
        "{}", input_tokens=9, output_tokens=5, cached_tokens=4
    )


@pytest.mark.parametrize("odd", [None, [], "x", {}, {"object": "list", "data": []}, 7])
def test_what_is_no_completion_is_none(odd: object) -> None:
    assert completion(odd) is None


@pytest.mark.parametrize("choices", [None, [], {}, [None], [{}], "x"])
def test_a_completion_without_a_choice_is_an_error_of_the_server(choices: object) -> None:
    found = completion(body(choices=choices))
    assert isinstance(found, ServerError)
    assert (found.message, found.status) == ("answered without a choice", None)
    assert found.counts.input_tokens == 100


@pytest.mark.parametrize("odd", [{"object": "chat.completion", "id": "x"}, {"usage": {}}])
def test_a_completion_that_lacks_even_the_key_is_such_an_error_too(odd: object) -> None:
    assert completion(odd) == ServerError("answered without a choice")


@pytest.mark.parametrize("odd", [{"message": None, "index": 0}, {"message": {"content": 7}}])
def test_a_choice_without_a_message_has_no_content(odd: object) -> None:
    found = read(body(choices=[odd]))
    assert (found.content, found.input_tokens) == (None, 100)


@pytest.mark.parametrize("content", [None, "", []])
def test_an_empty_message_is_an_empty_answer(content: object) -> None:
    assert read(message(content)).content == ""


@pytest.mark.parametrize(
    "odd",
    [
        message(ANSWER),
        message([{"type": "text", "text": ANSWER}]),
        message([ANSWER]),
        message([{"type": "output_text", "text": ANSWER, "annotations": []}]),
        message([{"type": "text", "text": {"value": ANSWER}}]),
        message([{"type": "text", "text": ANSWER[:9]}, {"type": "text", "text": ANSWER[9:]}]),
        message(
            [{"type": "thinking", "thinking": [{"text": "{?}"}]}, {"type": "text", "text": ANSWER}]
        ),
        message([{"text": "{?}", "thought": True}, {"text": ANSWER}]),
        message([{"type": "tool_use", "name": "answer", "input": PARTS}]),
        message({"type": "text", "text": ANSWER}),
        message({"parts": [{"text": ANSWER}]}),
        message(PARTS),
        message(None, tool_calls=[{"type": "function", "function": {"arguments": ANSWER}}]),
        message("", tool_calls=[{"function": {"name": "answer", "arguments": PARTS}}]),
        message("Here it is.", tool_calls=[{"function": {"arguments": ANSWER}}]),
        message(None, function_call={"name": "answer", "arguments": ANSWER}),
        message(None, function_call={"name": "answer", "arguments": PARTS}),
        message(None, reasoning_content=ANSWER),
        message("", reasoning=ANSWER),
        message("  ", thinking=ANSWER),
        body(choices=[{"text": ANSWER, "finish_reason": "stop"}]),
        body(choices=[{"message": ANSWER, "finish_reason": "stop"}]),
        body(choices=[{"delta": {"content": ANSWER}}]),
        body(choices=choice(ANSWER)),
        body(choices=[None, choice(ANSWER)]),
        {"data": body(choices=[choice(ANSWER)])},
        {"success": True, "errors": [], "result": body(choices=[choice(ANSWER)])},
        [body(choices=[choice(ANSWER)])],
        body(choices=[choice(ANSWER)], error=None),
        body(choices=[choice(ANSWER)], base_resp={"status_code": 0, "status_msg": "success"}),
    ],
)
def test_the_answer_is_read_wherever_it_stands(odd: object) -> None:
    content = read(odd).content
    assert content is not None
    assert json.loads(content) == PARTS


def test_thoughts_that_end_in_no_answer_are_none() -> None:
    assert read(message("", reasoning_content="I need {braces}, then a list.")).content == ""
    cut = message("", reasoning_content="{}")
    cut["choices"][0]["finish_reason"] = "length"
    assert read(cut).content == "", "what was thought when the room was full is no answer"


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
    found = read(body(choices=[made]))
    assert (found.cut, found.refusal) == (cut, refusal)


@pytest.mark.parametrize(
    "reason",
    [
        *("length", "max_tokens", "MAX_TOKENS", "model_length", "max_output_tokens", "LENGTH"),
        *("FinishReason.MAX_TOKENS", "model_context_window_exceeded", "max-tokens", "token_limit"),
    ],
)
def test_a_cut_is_known_by_every_name(reason: str) -> None:
    found = read(body(choices=[choice("{", finish_reason=reason)]))
    assert (found.cut, found.refusal) == (True, None)


def test_a_cut_is_known_by_the_name_of_the_provider_behind() -> None:
    made = choice("{") | {"native_finish_reason": "MAX_TOKENS"}
    assert read(body(choices=[made])).cut


@pytest.mark.parametrize(
    "reason",
    [
        *("content_filter: PROHIBITED_CONTENT", "SAFETY", "RECITATION", "refusal", "BLOCKLIST"),
        *("guardrail_intervened", "content_filtered", "SPII", "sensitive", "FinishReason.SAFETY"),
    ],
)
def test_a_refusal_is_known_by_every_name(reason: str) -> None:
    without = {"index": 0, "finish_reason": reason, "message": {"role": "assistant"}}
    for made in (without, choice("{", finish_reason=reason)):
        found = read(body(choices=[made]))
        assert found.refusal == f"its content filter stepped in ({reason})"
        assert not found.cut


def test_a_refusal_in_a_part_is_one() -> None:
    found = read(message([{"type": "refusal", "refusal": "I cannot"}]))
    assert (found.content, found.refusal) == ("", "I cannot")


@pytest.mark.parametrize("reason", ["stop", "STOP", "eos_token", "tool_calls", "end_turn", None, 7])
def test_any_other_end_is_that_of_an_answer(reason: Any) -> None:  # noqa: ANN401 - any JSON
    found = read(body(choices=[choice("{}") | {"finish_reason": reason}]))
    assert found == Completion("{}", input_tokens=100, output_tokens=50)


@given(JSON)
def test_nothing_that_json_can_hold_is_an_error(odd: object) -> None:
    completion(odd)
    completion({"error": odd})
    for each in (odd, [odd], [{"message": odd}], [{"message": {"content": odd}}]):
        assert completion({"choices": each}) is not None
    assert isinstance(completion({"choices": [], "usage": odd}), ServerError)


@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_whatever_is_kept_can_be_encoded(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    kept.encode()
