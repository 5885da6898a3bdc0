"""Servers that read a part only of what they are sent, and do not say so. Pure.

Some cut what does not fit into the context that they were set up with, from the front, where the
instructions stand. It shows in the tokens that they count: far fewer than were sent.
"""

from collections.abc import Iterable, Mapping

CHECK = "context"
"""The name of the findings about it."""
_FEWEST = 1000
"""Tokens; a server that counts fewer counts something else, such as what its cache did not hold."""
_NEVER = 10.0
"""Characters of Spanish and JSON that no tokenizer puts into one token on average."""
_SELDOM = 5.0
"""Characters that few do: it takes a round number of tokens, as contexts have, to be believed."""
_ROUND = 1024


def is_part(messages: Iterable[Mapping[str, str]], read: int | None) -> bool:
    """Tell whether so many tokens, as the server counts, are a part only of messages."""
    if read is None or read < _FEWEST:
        return False
    density = _count_characters(messages) / read
    return density > _NEVER or (density > _SELDOM and read % _ROUND in (0, 1, _ROUND - 1))


def describe_part(messages: Iterable[Mapping[str, str]], read: int) -> str:
    """Say what was lost, and what to set."""
    sent = round(_count_characters(messages) / 4, -2)
    return (
        f"the server read {read:,} tokens of some {sent:,.0f} that it was sent: give it a larger "
        "context (Ollama: OLLAMA_CONTEXT_LENGTH or num_ctx; llama.cpp: -c)"
    )


def _count_characters(messages: Iterable[Mapping[str, str]]) -> int:
    return sum(len(message["content"]) for message in messages)
