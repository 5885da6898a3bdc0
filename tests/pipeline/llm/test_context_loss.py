"""Servers that read a part of what they are sent show it in the tokens that they count."""

import pytest

from pipeline.llm.context_loss import describe_part, is_part

MESSAGES = [{"role": "user", "content": "x" * 24_000}]


@pytest.mark.parametrize("read", [2048, 2047, 4096, 1500, 2300])
def test_far_fewer_tokens_than_were_sent_are_a_part(read: int) -> None:
    assert is_part(MESSAGES, read)


@pytest.mark.parametrize("read", [None, 0, 300, 3000, 5000, 8000])
def test_no_count_a_strange_one_and_a_plausible_one_are_none(read: int | None) -> None:
    assert not is_part(MESSAGES, read)


def test_it_is_said_what_was_lost_and_what_to_set() -> None:
    told = describe_part(MESSAGES, 2048)
    assert "2,048 tokens of some 6,000" in told
    assert "num_ctx" in told
