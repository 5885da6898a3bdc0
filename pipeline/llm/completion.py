"""What a server sends for a chat completion, read: the same for a call and for a line of a batch.

Pure. Follows the chat completion object of OpenAI's public API reference, and takes nothing of it
for granted: servers differ.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.plain_text import storable

_MOST_TOKENS = 10**12


class Completion(NamedTuple):
    """One completion; `content` is None where the server sent no message at all.

    Tokens are None where the server does not count them; `cached_tokens` are those of the input
    that came out of its prompt cache.
    """

    content: str | None
    cut: bool = False
    refusal: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


def completion(body: object) -> Completion | None:
    """Read the body of an answer; None if it is no chat completion."""
    if not isinstance(body, dict) or "choices" not in body:
        return None
    choices, usage = body.get("choices"), _object(body.get("usage"))
    choice = _object(choices[0]) if isinstance(choices, list) and choices else {}
    message = _object(choice.get("message"))
    content = message.get("content")
    if not message or not isinstance(content, str | None):
        return _count_tokens(Completion(None), usage)
    reason = choice.get("finish_reason")
    refusal = message.get("refusal")
    if not refusal and reason == "content_filter":
        refusal = "its content filter stepped in"
    read = Completion(
        storable(content or ""),
        cut=reason == "length",
        refusal=storable(str(refusal)) if refusal else None,
    )
    return _count_tokens(read, usage)


def _count_tokens(read: Completion, usage: Mapping[str, Any]) -> Completion:
    return read._replace(
        input_tokens=_count(usage, "prompt_tokens"),
        output_tokens=_count(usage, "completion_tokens"),
        cached_tokens=_count(_object(usage.get("prompt_tokens_details")), "cached_tokens"),
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(usage: Mapping[str, Any], name: str) -> int | None:
    count = usage.get(name)
    # No bool, and nothing that no database can hold.
    return count if type(count) is int and 0 <= count <= _MOST_TOKENS else None
