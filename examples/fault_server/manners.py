"""The manners of servers in use.

Right answers in odd shapes, requests that are not taken as they are put, and errors that pass: a
client with patience gets every answer right.
"""

import itertools
import json
import time
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic_core import to_json

from examples.fault_server.options import Manner

_JSON = "application/json"


class Said(NamedTuple):
    """What goes back: a body, and how."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = _JSON


def refuse(manner: Manner, request: Mapping[str, Any]) -> Said | None:
    """Refuse a request that this server does not take as it is put; None if it takes it."""
    rule = _REFUSALS.get(manner)
    told = rule(request) if rule else None
    if told is None:
        return None
    status, message = told if isinstance(told, tuple) else (400, told)
    return Said(to_json({"error": {"message": message, "code": status}}), status)


def pass_by(manner: Manner) -> Said | None:
    """Give the error of a manner that has one for a moment; None of another."""
    made = _PASSING.get(manner)
    return made() if made else None


def dress(manner: Manner, told: dict[str, Any]) -> Said:
    """Give a completion in the shape that this manner has it in; `told` is changed."""
    choice = told["choices"][0]
    content = choice["message"]["content"]
    if manner in _CONTENTS:
        choice["message"]["content"] = _CONTENTS[manner](content)
    elif manner in _MESSAGES:
        told["choices"][0] = {"index": 0, "finish_reason": "stop", **_MESSAGES[manner](content)}
    elif manner in _USAGES:
        told["usage"] = _USAGES[manner](told["usage"])
    match manner:
        case "stream":
            pieces = [{"choices": [{"delta": {"content": content[at : at + 200]}}]}
                      for at in range(0, len(content), 200)]  # fmt: skip
            pieces.append({"choices": [], "usage": told["usage"]})
            lines = [f"data: {json.dumps(piece, ensure_ascii=False)}\n\n" for piece in pieces]
            body = "".join([*lines, "data: [DONE]\n\n"]).encode()
            return Said(body, content_type="text/event-stream")
        case "byte order mark":
            return Said(b"\xef\xbb\xbf" + to_json(told))
        case "latin-1":
            body = json.dumps(told, ensure_ascii=False).encode("latin-1", "backslashreplace")
            return Said(body, content_type=f"{_JSON}; charset=iso-8859-1")
        case "keep-alive":
            return Said(b"\n \n" + to_json(told))
        case "used-up limit":
            used_up = (
                ("x-ratelimit-remaining-requests", "0"),
                ("x-ratelimit-reset-requests", str(int(time.time()) + 1)),
            )
            return Said(to_json(told), headers=used_up)
    return Said(to_json(told))


def charge(usage: Mapping[str, Any]) -> int:
    """Tell how many tokens of output are charged: thoughts as well, wherever they are counted."""
    return round(float(usage["total_tokens"]) - float(usage["prompt_tokens"]))


# Requests that are not taken


def _wants_no_schema(request: Mapping[str, Any]) -> str | None:
    kind = request.get("response_format", {}).get("type")
    return "no grammar can be made of this" if kind == "json_schema" else None


def _wants_plain_schema(request: Mapping[str, Any]) -> str | None:
    schema = json.dumps(request.get("response_format", {}))
    odd = [word for word in ("minimum", "format", "additionalProperties") if f'"{word}"' in schema]
    return f'Unknown name "{odd[0]}" in the schema of the answer' if odd else None


def _wants_no_strictness(request: Mapping[str, Any]) -> str | None:
    wanted = request.get("response_format", {}).get("json_schema", {})
    return "what is strict?" if "strict" in wanted else None


def _wants_text(request: Mapping[str, Any]) -> tuple[int, str] | None:
    return (422, "nothing but text can be had here") if "response_format" in request else None


def _breaks_at_schemas(request: Mapping[str, Any]) -> tuple[int, str] | None:
    kind = request.get("response_format", {}).get("type")
    return (500, "cannot translate the grammar") if kind == "json_schema" else None


def _wants_new_name(request: Mapping[str, Any]) -> str | None:
    if "max_tokens" not in request:
        return None
    return "max_tokens is unsupported: set max_completion_tokens instead"


def _wants_old_name(request: Mapping[str, Any]) -> tuple[int, str] | None:
    if "max_completion_tokens" not in request:
        return None
    return 422, "max_completion_tokens: extra keys are not permitted"


def _room(request: Mapping[str, Any]) -> int:
    return int(request.get("max_tokens") or request.get("max_completion_tokens") or 0)


def _writes_little(request: Mapping[str, Any]) -> str | None:
    if _room(request) <= 4000:  # noqa: PLR2004 - what this one writes
        return None
    return f"max_tokens: {_room(request)} > 4000, which is the most that this model writes"


def _has_small_context(request: Mapping[str, Any]) -> str | None:
    read = sum(len(one["content"]) for one in request["messages"]) // 4
    if read + _room(request) <= 12_000:  # noqa: PLR2004 - the context of this one
        return None
    return (
        f"the context length is 12000 tokens, but {read} of the prompt and {_room(request)} for "
        "the completion are more than that"
    )


def _knows_no_system(request: Mapping[str, Any]) -> str | None:
    is_there = request["messages"][0]["role"] == "system"
    return "system messages are not supported" if is_there else None


def _wants_turns(request: Mapping[str, Any]) -> str | None:
    roles = [one["role"] for one in request["messages"] if one["role"] != "system"]
    same = any(one == other for one, other in itertools.pairwise(roles))
    return "user and assistant have to alternate" if same else None


_REFUSALS: Mapping[Manner, Callable[[Mapping[str, Any]], str | tuple[int, str] | None]] = {
    "no schema": _wants_no_schema,
    "plain schema": _wants_plain_schema,
    "not strict": _wants_no_strictness,
    "text only": _wants_text,
    "breaks at schemas": _breaks_at_schemas,
    "new name of room": _wants_new_name,
    "old name of room": _wants_old_name,
    "little room": _writes_little,
    "small context": _has_small_context,
    "no system": _knows_no_system,
    "turns": _wants_turns,
}

# Errors that pass


def _inside(error: object) -> Said:
    return Said(to_json({"error": error}))


def _in_choice() -> Said:
    failed = {"message": "the connection to the model broke", "code": 502}
    choice = {"index": 0, "finish_reason": "error", "message": {"content": ""}, "error": failed}
    return Said(to_json({"choices": [choice]}))


def _too_many_until() -> Said:
    body = to_json({"error": {"message": "slow down", "code": 429}})
    return Said(body, 429, (("Retry-After", str(int(time.time()) + 1)),))


def _too_many_in_details() -> Said:
    error = {"code": 429, "message": "used up", "details": [{"retryDelay": "0.2s"}]}
    return Said(to_json([{"error": error}]), 429)


_PASSING: Mapping[Manner, Callable[[], Said]] = {
    "error inside": lambda: _inside({"message": "the provider is overloaded", "code": 502}),
    "too many inside": lambda: _inside({"message": "slow down", "code": 429, "retry_after": 0.2}),
    "error in choice": _in_choice,
    "no choice": lambda: Said(to_json({"object": "chat.completion", "choices": None})),
    "overloaded": lambda: Said(to_json({"error": {"message": "overloaded"}}), 529),
    "edge": lambda: Said(b"error code: 520", 520, content_type="text/plain"),
    "dependency": lambda: Said(to_json({"error": {"message": "the model behind failed"}}), 424),
    "loading": lambda: Said(to_json({"error": {"message": "loading"}}), 503),
    "too many until": _too_many_until,
    "too many in details": _too_many_in_details,
}

# Answers in odd shapes


def _numbers_in_words(content: str) -> str:
    answer = json.loads(content)
    for one in answer.get("figures", ()):
        one["value"] = str(one["value"])
    for scope in answer.get("scopes", ()):
        for one in scope["figures"]:
            one["n"] = str(one["n"])
    return json.dumps(answer, ensure_ascii=False)


def _capitals(content: str) -> str:
    answer = json.loads(content)
    for one in (*answer.get("figures", ()), *answer.get("scopes", ())):
        one["status"] = one["status"].upper()
    return json.dumps(answer, ensure_ascii=False)


_CONTENTS: Mapping[Manner, Callable[[str], Any]] = {
    "thoughts": lambda content: f"<think>\nWhat is it about?\n</think>\n{content}",
    "thoughts with braces": lambda content: (
        f'<think>I am to write {{"title": ..., "figures": [...]}} now.</think>{content}'
    ),
    "thoughts that only end": lambda content: f"Let me see {{1}}.\n</think>\n\n{content}",
    "prose around": lambda content: f"Here it is:\n```json\n{content}\n```\nMay it {{help}}!",
    "wrapped": lambda content: f'{{"answer": {content}}}',
    "listed": lambda content: f"[{content}]",
    "escaped": lambda content: json.dumps(json.loads(content)),
    "JSON in a string": json.dumps,
    "comma too many": lambda content: f"{content[:-1]},}}",
    "python": lambda content: repr(json.loads(content)),
    "decomposed": lambda content: unicodedata.normalize("NFD", content),
    "numbers in words": _numbers_in_words,
    "capitals": _capitals,
    "parts": lambda content: [
        {"type": "thinking", "thinking": [{"type": "text", "text": "well"}]},
        {"type": "text", "text": content},
    ],
    "object": json.loads,
}
_MESSAGES: Mapping[Manner, Callable[[str], dict[str, Any]]] = {
    "tool call": lambda content: {
        "message": {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"type": "function", "function": {"name": "a", "arguments": content}}],
        }
    },
    "function call": lambda content: {
        "message": {"content": None, "function_call": {"name": "a", "arguments": content}}
    },
    "in the thoughts": lambda content: {"message": {"content": "", "reasoning_content": content}},
    "text of choice": lambda content: {"text": content},
}


def _thoughts_outside(usage: dict[str, int]) -> dict[str, Any]:
    return {
        **usage,
        "total_tokens": usage["total_tokens"] + 900,
        "completion_tokens_details": {"reasoning_tokens": 900},
    }


_USAGES: Mapping[Manner, Callable[[dict[str, int]], dict[str, Any]]] = {
    "thoughts outside": _thoughts_outside,
    "usage in words": lambda usage: {name: str(count) for name, count in usage.items()},
    "usage in fractions": lambda usage: {name: float(count) for name, count in usage.items()},
}
