"""What room an answer may have, out of the words in which servers refuse a larger one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.llm.room import LEAST_ROOM, RoomLeft, is_about_room, read_room


@pytest.mark.parametrize(
    ("said", "asked", "left"),
    [
        (
            (
                "max_tokens=9000 is too large: the context length is 10,000 tokens and the request "
                "has "
                "3,500 input tokens (9000 > 10000 - 3500)."
            ),
            9000,
            RoomLeft(6500, 10000, 3500),
        ),
        (
            (
                "The maximum context length is 4100 tokens, but you requested 9500 tokens (500 in "
                "the "
                "messages, 9000 in the completion)."
            ),
            9000,
            RoomLeft(3600, 4100, 500),
        ),
        (
            "input length and `max_tokens` exceed the limit: 195000 + 9000 > 200000",
            9000,
            RoomLeft(5000, 200_000, 195_000),
        ),
        (
            "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 1000 `inputs` tokens",
            9000,
            RoomLeft(3096, 4096, 1000),
        ),
        ("max_tokens: 9000 > 4096, which is the most that it writes", 9000, RoomLeft(4096)),
        ("This model supports at most 4,096 completion tokens", 9000, RoomLeft(4096)),
        ("`max_tokens` must be less than or equal to `8192`", 9000, RoomLeft(8192)),
        ("the valid range of max_tokens is [1, 8192]", 9000, RoomLeft(8192)),
        (
            "maxOutputTokens is 9000 but must be between 1 (inclusive) and 8193 (exclusive)",
            9000,
            RoomLeft(8192),
        ),
        ("max_tokens is too large", 9000, RoomLeft(4500)),
        (
            (
                "context length is 8000 tokens, and max_tokens is too large: there are at least 1 "
                "input tokens"
            ),
            9000,
            RoomLeft(4500),
        ),
    ],
)
def test_what_a_message_leaves(said: str, asked: int, left: RoomLeft) -> None:
    assert is_about_room(said)
    assert read_room(said, asked) == left


@pytest.mark.parametrize(
    "said",
    [
        "the context size of 4096 tokens is exceeded",
        (
            "The maximum context length is 4100 tokens, and your messages have 4050 tokens: "
            "max_tokens "
            "is too large"
        ),
        (
            "max_tokens is too large: the maximum context length is 2048 tokens and the prompt has "
            "at least 2049 input tokens"
        ),
        "the prompt is too long",
        "no such model",
    ],
)
def test_what_leaves_none(said: str) -> None:
    assert read_room(said, 9000) is None


@given(st.text(alphabet="max_tokens input context 0123456789,+->[]()", max_size=80), st.integers(1))
def test_whatever_is_said_the_room_shrinks_and_an_answer_fits(said: str, asked: int) -> None:
    left = read_room(f"max_tokens is too large {said}", asked)
    assert left is None or LEAST_ROOM <= left.room < asked
