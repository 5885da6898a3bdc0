"""Tokens as servers count them: none that is billed is left out, none is made up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.llm.token_counts import UNCOUNTED, TokenCounts, read_counts

ANSWER = '{"figures": []}'


def usage(sent: object, received: object, total: object = None, **more: object) -> dict[str, Any]:
    return {
        "prompt_tokens": sent,
        "completion_tokens": received,
        **({} if total is None else {"total_tokens": total}),
        **more,
    }


def thought(count: int) -> dict[str, int]:
    return {"reasoning_tokens": count}


@pytest.mark.parametrize("count", [-1, "x", "", 2.5, None, [], True, 10**30, float("nan"), "1e99"])
def test_a_count_that_is_none_is_unknown(count: object) -> None:
    found = read_counts(usage(count, 7), ANSWER)
    assert found == TokenCounts(None, 7)


@pytest.mark.parametrize("count", [30, 30.0, "30", "30.0"])
def test_a_whole_number_is_a_count_however_it_is_written(count: object) -> None:
    assert read_counts(usage(count, count), ANSWER) == TokenCounts(30, 30)
    assert read_counts({"input_tokens": count, "output_tokens": count}) == TokenCounts(30, 30)


@pytest.mark.parametrize("odd", [None, [], "many", {}, usage(0, 0, 0), usage(0, 0)])
def test_zeros_for_an_answer_that_is_there_are_unknown(odd: object) -> None:
    assert read_counts(odd, ANSWER) == UNCOUNTED


def test_an_answer_that_is_empty_may_have_taken_nothing() -> None:
    assert read_counts(usage(9, 0), "") == TokenCounts(9, 0)


@pytest.mark.parametrize(
    ("told", "output", "thoughts"),
    [
        (usage(3000, 500, 3500), 500, None),
        (usage(3000, 500, 3500, completion_tokens_details=thought(300)), 500, 300),
        (usage(3000, 500, 8500, completion_tokens_details=thought(5000)), 5500, 5000),
        (usage(3000, 500, 8500), 5500, None),
        (usage(3000, 500, 3500, completion_tokens_details=thought(5000)), 5500, 5000),
        (usage(3000, 500, completion_tokens_details=thought(5000)), 5500, 5000),
        (usage(3000, 500, completion_tokens_details=thought(400)), 500, 400),
        (usage(3000, 500, reasoning_tokens=400), 500, 400),
        (usage(3000, 500, 2000), 500, None),
        (usage(3000, None, 3500), 500, None),
        (usage(None, 500, 3500), 500, None),
    ],
)
def test_thoughts_outside_of_the_answers_tokens_are_counted(
    told: object, output: int, thoughts: int | None
) -> None:
    found = read_counts(told, ANSWER)
    assert (found.input_tokens, found.output_tokens) == (3000, output)
    assert found.thought_tokens == thoughts


def test_thoughts_that_leave_no_token_for_the_answer_are_outside() -> None:
    told = usage(3000, 500, completion_tokens_details=thought(500))
    assert read_counts(told, ANSWER).output_tokens == 1000
    assert read_counts(told, "").output_tokens == 500


@pytest.mark.parametrize(
    "more",
    [
        {"prompt_tokens_details": {"cached_tokens": 40}},
        {"prompt_cache_hit_tokens": 40, "prompt_cache_miss_tokens": 60},
        {"cached_tokens": 40},
        {"cache_read_input_tokens": 40},
        {"cache_read_input_tokens": 40, "prompt_tokens_details": {"cached_tokens": 40}},
    ],
)
def test_input_out_of_the_cache_is_known_by_every_name(more: dict[str, Any]) -> None:
    assert read_counts(usage(100, 5, **more)) == TokenCounts(100, 5, cached_tokens=40)


@pytest.mark.parametrize(
    "more",
    [
        {"cache_creation_input_tokens": 30},
        {"prompt_tokens_details": {"cache_creation_tokens": 30}},
        {"prompt_tokens_details": {"cache_write_tokens": 30}},
    ],
)
def test_input_into_the_cache_is_known_by_every_name(more: dict[str, Any]) -> None:
    assert read_counts(usage(100, 5, **more)) == TokenCounts(100, 5, cache_written_tokens=30)


def test_what_is_counted_beside_the_input_is_part_of_it() -> None:
    cache = {"cache_read_input_tokens": 40, "cache_creation_input_tokens": 30}
    of_anthropic = {"input_tokens": 10, "output_tokens": 5, **cache}
    whole = TokenCounts(80, 5, cached_tokens=40, cache_written_tokens=30)
    assert read_counts(of_anthropic) == whole
    assert read_counts(usage(10, 5, **cache)) == whole, "10 do not hold 70"
    assert read_counts(usage(80, 5, 85, **cache)) == whole
    assert read_counts(usage(80, 5, 155, **cache)).input_tokens == 150
    assert read_counts({**of_anthropic, "input_tokens": 80, "total_tokens": 85}) == whole
    both = usage(10, 5, 10 + 70 + 5 + 50, **cache, completion_tokens_details=thought(50))
    assert read_counts(both) == whole._replace(output_tokens=55, thought_tokens=50)
    of_openai = {"input_tokens": 80, "output_tokens": 5, "input_tokens_details": thought(0)}
    of_openai["input_tokens_details"] = {"cached_tokens": 40}
    assert read_counts(of_openai) == TokenCounts(80, 5, cached_tokens=40)


_COUNT = st.none() | st.integers(0, 10**6) | st.floats() | st.text(max_size=3)


@given(
    st.dictionaries(st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens"]), _COUNT)
)
def test_no_usage_makes_an_exception_or_a_negative_count(told: dict[str, Any]) -> None:
    assert all(count is None or count >= 0 for count in read_counts(told, ANSWER))


@given(sent=st.integers(1, 10**5), written=st.integers(10, 10**4), thoughts=st.integers(0, 10**5))
def test_every_way_to_count_gives_what_was_billed(sent: int, written: int, thoughts: int) -> None:
    billed, details = written + thoughts, {"completion_tokens_details": thought(thoughts)}
    inside = usage(sent, billed, sent + billed, **details)
    outside = usage(sent, written, sent + billed, **details)
    untold = usage(sent, written, sent + billed)
    for told in (inside, outside, untold):
        assert read_counts(told, ANSWER)[:2] == (sent, billed)
