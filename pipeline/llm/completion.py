"""What a server sends for a chat completion, read: the same for a call and for a line of a batch.

Pure. Follows the chat completion object of OpenAI's public API reference, and takes nothing of it
for granted: servers differ in where the answer stands, and in what they call its end. Whatever was
answered is read where it is, as another answer would have to be paid for.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.llm.server_error import WITHOUT_CHOICE, ServerError, read_error
from pipeline.llm.token_counts import read_counts
from pipeline.plain_text import storable
from pipeline.redaction import IsPublic, Secrets, redact

CUTS = frozenset(
    {
        *("length", "max_length", "max_tokens", "max_new_tokens", "max_output_tokens"),
        *("max_completion_tokens", "max_output", "model_length", "token_limit"),
        *("context_length", "context_length_exceeded", "model_context_window_exceeded"),
    }
)
"""What servers call the end of an answer for which there was no more room."""

REFUSALS = frozenset(
    {
        *("content_filter", "content_filtered", "contentfilter", "content_policy"),
        *("content_policy_violation", "guardrail_intervened", "guardrails", "moderation"),
        *("safety", "image_safety", "recitation", "language", "blocklist", "blocked"),
        *("prohibited_content", "spii", "model_armor", "sensitive", "refusal", "error_toxic"),
    }
)
"""What servers call the end of an answer that the model or a filter did not give."""

ERRORS = frozenset(
    {
        *("error", "engine_error", "network_error", "insufficient_system_resource"),
        *("abort", "aborted", "cancelled", "timeout", "error_limit", "malformed_response"),
    }
)
"""What servers call the end of an answer during which they failed."""

_ENVELOPES = ("data", "result", "response", "body", "completion", "output")
_TEXTS = ("text", "content", "output_text", "value")
_CALLS = ("arguments", "input", "parameters", "args")
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")


class Completion(NamedTuple):
    """One completion; `content` is None where the server sent no message at all.

    Tokens are None where the server does not count them. `output_tokens` holds the thoughts;
    `cached_tokens` and `cache_written_tokens` are those of the input that came out of its prompt
    cache, and that were written into it.
    """

    content: str | None
    cut: bool = False
    refusal: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    thought_tokens: int | None = None
    cache_written_tokens: int | None = None


def completion(body: object) -> Completion | ServerError | None:
    """Read the body of an answer: a completion, or the error in its place; None if it is neither.

    Anything that the server wrote is read, unless it says that it failed meanwhile.
    """
    answer = _unwrap(body)
    if answer is None:
        return read_error(body) or (
            ServerError(WITHOUT_CHOICE) if _is_of_a_completion(body) else None
        )
    choice, error = _choice(answer), read_error(answer)
    if choice is None:
        counts = read_counts(answer.get("usage"))
        return (error or ServerError(WITHOUT_CHOICE))._replace(counts=counts)
    read = _read(choice)
    counts = read_counts(_usage(answer, choice), read.content)
    if (failed := read_error({"error": choice.get("error")})) is not None:
        return failed._replace(counts=counts)
    if _reason(choice) in ERRORS:
        words = f"the answer ended with {_reason(choice)!r}"
        return (error or ServerError(words))._replace(counts=counts)
    if error is not None and not (read.content or "").strip():
        return error._replace(counts=counts)
    return read._replace(**counts._asdict())


def hide_secrets(read: Completion, secrets: Secrets, is_public: IsPublic) -> Completion:
    """Leave out what a server has echoed of secrets, but for what `is_public`."""
    content, refusal = (
        None if said is None else redact(said, secrets, is_public)
        for said in (read.content, read.refusal)
    )
    return read._replace(content=content, refusal=refusal)


def _unwrap(body: object) -> Mapping[str, Any] | None:
    """Find the object that has the choices, which may stand in an envelope or a list of one."""
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, dict):
        return None
    if "choices" in body:
        return body
    wrapped = (body.get(name) for name in _ENVELOPES)
    return next((one for one in wrapped if isinstance(one, dict) and "choices" in one), None)


def _is_of_a_completion(body: object) -> bool:
    if not isinstance(body, dict):
        return False
    return "usage" in body or str(body.get("object")).startswith("chat.completion")


def _choice(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    choices = answer["choices"]
    listed = choices if isinstance(choices, list) else [choices]
    return next((choice for choice in listed if isinstance(choice, dict) and choice), None)


def _usage(answer: Mapping[str, Any], choice: Mapping[str, Any]) -> object:
    told = (answer.get("usage"), _object(answer.get("x_groq")).get("usage"), choice.get("usage"))
    return next((usage for usage in told if isinstance(usage, dict)), None)


def _read(choice: Mapping[str, Any]) -> Completion:
    message = choice.get("message") or choice.get("delta") or choice.get("content")
    if not isinstance(message, dict):
        message = {"content": message} if message else {}
    content = _content(message, choice)
    reason = _reason(choice)
    cut = reason in CUTS
    if not (content or "").strip() and not cut:
        content = _answer_in_thoughts(message) or content
    return Completion(
        None if content is None else storable(content),
        cut=cut,
        refusal=_refusal(message, choice, reason),
    )


def _content(message: Mapping[str, Any], choice: Mapping[str, Any]) -> str | None:
    """Give what was written; None where nothing says that anything was."""
    written = _text(message.get("content"))
    if "{" not in written:
        called = next(_calls(message), "")
        if "{" in called:
            return called
    if not written.strip() and isinstance(choice.get("text"), str):
        return str(choice["text"])
    is_message = message and isinstance(message.get("content"), str | list | dict | None)
    return written if is_message else None


def _text(content: object) -> str:
    """Write out content that is a text, an object, or a list of parts, thoughts left out."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text_of_part(part) for part in content)
    return _text_of_part(content) if isinstance(content, dict) else ""


def _text_of_part(part: object) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or not part or part.get("thought") is True:
        return ""
    kind = str(part.get("type", "")).lower()
    if any(word in kind for word in ("think", "reason", "thought", "refusal")):
        return ""
    if isinstance(part.get("parts"), list):
        return _text(part["parts"])
    if not kind or "text" in kind:
        written = (part[name] for name in _TEXTS if isinstance(part.get(name), str | list | dict))
        if (text := next(written, None)) is not None:
            return _text(text)
    if "json" in part and "json" in kind:
        return _as_text(part["json"])
    if kind in ("tool_use", "tool_call", "function_call", "function"):
        return next(_arguments(part), "")
    return _as_text(part)


def _calls(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was written as the arguments of tools."""
    calls = message.get("tool_calls")
    listed = calls if isinstance(calls, list) else [calls]
    for call in (*listed, message.get("function_call")):
        if isinstance(call, dict):
            yield from _arguments(call)


def _arguments(call: Mapping[str, Any]) -> Iterator[str]:
    for place in (_object(call.get("function")), _object(call.get("custom")), call):
        for name in _CALLS:
            if text := _as_text(place.get(name)):
                yield text


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else ""


def _answer_in_thoughts(message: Mapping[str, Any]) -> str | None:
    """Give thoughts that end in JSON: some servers take all that was written for thoughts."""
    for name in _THOUGHTS:
        text = _text(message.get(name))
        if "{" in text and text.rstrip().rstrip("`").rstrip().endswith(("}", "]")):
            return text
    return None


def _refusal(
    message: Mapping[str, Any], choice: Mapping[str, Any], reason: str | None
) -> str | None:
    said = message.get("refusal")
    content = message.get("content")
    for part in content if isinstance(content, list) and not said else ():
        if isinstance(part, dict) and part.get("refusal"):
            said = part["refusal"]
    if said:
        return storable(str(said))
    if reason not in REFUSALS:
        return None
    raw = str(choice.get("finish_reason") or reason)
    named = "" if raw == "content_filter" else f" ({storable(raw)[:100]})"
    return f"its content filter stepped in{named}"


def _reason(choice: Mapping[str, Any]) -> str | None:
    """Give the reason why an answer ended in the words of `CUTS`, `REFUSALS` and `ERRORS`."""
    for name in ("finish_reason", "native_finish_reason", "stop_reason", "finishReason"):
        told = choice.get(name)
        if isinstance(told, dict):
            told = told.get("type") or told.get("reason")
        if not isinstance(told, str):
            continue
        # As in "content_filter: SAFETY" or "FinishReason.MAX_TOKENS".
        for word in reversed(told.lower().replace("-", "_").replace(".", ":").split(":")):
            if (reason := word.strip().replace(" ", "_")) in CUTS | REFUSALS | ERRORS:
                return reason
    return None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
