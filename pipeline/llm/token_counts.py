"""The tokens of a call as its server counts them. Pure.

Servers name them differently, and differ in whether thoughts are part of the output, and what the
prompt cache holds part of the input. What they tell is cross-checked, so that nothing that is
billed is left out; a count that cannot be right is unknown.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

_MOST_TOKENS = 10**12
_LONGEST_TOKEN = 16
"""Characters, white space left out: no tokenizer writes JSON with fewer tokens than this says."""

_INPUT = ("prompt_tokens", "input_tokens")
_OUTPUT = ("completion_tokens", "output_tokens")
_INPUT_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_OUTPUT_DETAILS = ("completion_tokens_details", "output_tokens_details")
_THOUGHTS = ("reasoning_tokens", "thinking_tokens", "thoughts_tokens")
_CACHED = ("cached_tokens", "prompt_cache_hit_tokens", "cache_read_tokens")
_CACHED_BESIDE = ("cache_read_input_tokens",)
_WRITTEN = ("cache_creation_tokens", "cache_write_tokens")
_WRITTEN_BESIDE = ("cache_creation_input_tokens", "cache_write_input_tokens")


class TokenCounts(NamedTuple):
    """Tokens of one call; each is None where the server does not count it.

    `output_tokens` holds the thoughts, `input_tokens` what was read out of the prompt cache and
    what was written into it.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    thought_tokens: int | None = None
    cached_tokens: int | None = None
    cache_written_tokens: int | None = None


UNCOUNTED = TokenCounts()


def read_counts(usage: object, answer: str | None = None) -> TokenCounts:
    """Read the usage of an answer, whose text helps to tell what is counted; None if none came."""
    if not isinstance(usage, dict):
        return UNCOUNTED
    told_input, told_output = _first(usage, _INPUT), _first(usage, _OUTPUT)
    total = _count(usage.get("total_tokens"))
    thoughts = _most(_all(usage, _OUTPUT_DETAILS, _THOUGHTS))
    cached = _most(_all(usage, _INPUT_DETAILS, _CACHED + _CACHED_BESIDE))
    written = _most(_all(usage, _INPUT_DETAILS, _WRITTEN + _WRITTEN_BESIDE))
    if told_input is None and total is not None and told_output is not None:
        told_input = total - told_output if total > told_output else None
    # No question is empty.
    rests: set[int] = set()
    if total is not None and told_output is not None:
        rests = {total - told_output, total - told_output - (thoughts or 0)}
    sent = _input(usage, told_input, rests, (cached or 0) + (written or 0)) or None
    received = _output(told_output, sent, total, thoughts, answer or "")
    return TokenCounts(
        sent,
        received,
        thoughts if received is not None else None,
        cached if sent is not None else None,
        written if sent is not None else None,
    )


def read_number(value: object) -> int | float | None:
    """Read a finite number, also one that came as text."""
    if type(value) is int and abs(value) <= _MOST_TOKENS:
        return value
    if isinstance(value, str):
        try:
            value = float(value) if len(value) < 40 else None  # noqa: PLR2004 - no count is longer
        except ValueError:
            return None
    return value if isinstance(value, float) and math.isfinite(value) else None


def _input(
    usage: Mapping[str, Any], told: int | None, rests: Collection[int], cache: int
) -> int | None:
    """Give all that was sent, what the cache held among it; `rests` are totals less output."""
    if told is None or not cache or told in rests:
        return told
    # Anthropic counts the cache beside `input_tokens`, OpenAI in `input_tokens` by its details.
    is_apart = "prompt_tokens" not in usage and any(
        _count(usage.get(name)) for name in (*_CACHED_BESIDE, *_WRITTEN_BESIDE)
    )
    return told + cache if is_apart or cache > told or told + cache in rests else told


def _output(
    told: int | None, sent: int | None, total: int | None, thoughts: int | None, answer: str
) -> int | None:
    """Give all that was written, thoughts among it."""
    rest = total - sent if total is not None and sent is not None and total >= sent else None
    if told is None:
        received = rest
    else:
        received = max(told, rest or 0)
        left = told - (thoughts or 0)
        if thoughts and left * _LONGEST_TOKEN < len("".join(answer.split())):
            received = max(received, told + thoughts)
    return None if not received and answer.strip() else received


def _first(usage: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((count for name in names if (count := _count(usage.get(name))) is not None), None)


def _all(
    usage: Mapping[str, Any], details: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[int]:
    places = (usage, *(usage.get(name) for name in details))
    for place in (each for each in places if isinstance(each, dict)):
        for name in names:
            if (count := _count(place.get(name))) is not None:
                yield count


def _most(counts: Iterator[int]) -> int | None:
    return max(counts, default=None)


def _count(value: object) -> int | None:
    """Read a count, also one that came as text or as a whole float."""
    number = read_number(value)
    if number is None or number != int(number) or not 0 <= number <= _MOST_TOKENS:
        return None
    return int(number)
