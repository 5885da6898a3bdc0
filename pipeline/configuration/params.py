"""Parameters: further keys of a request's body, by name and JSON value."""

import json
import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from pipeline.configuration.headers import is_credential

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_OWN = {
    "messages": "the prompt says what is asked: use --prompt",
    "model": "use --model",
    "response_format": "use --schema-mode",
    "max_tokens": "use --max-output-tokens",
    "max_completion_tokens": "use --max-output-tokens",
    "max_output_tokens": "use --max-output-tokens",
    "stream": "answers are taken whole",
    "stream_options": "answers are taken whole",
    "n": "one answer is taken, so that no other is paid for",
    "best_of": "one answer is taken, so that no other is paid for",
    "tools": "a model has none here",
    "tool_choice": "a model has no tools here",
    "functions": "a model has none here",
    "function_call": "a model has no functions here",
    "extra_body": "give each key in it as a parameter of its own",
    "extra_headers": "use --header",
}
"""Keys of a body that no parameter may change, and what to do instead."""


def parse_params(given: Iterable[str]) -> dict[str, JsonValue]:
    """Read `NAME=VALUE` of the command line: a value is JSON, or else a text.

    Raises `ValueError`, in words for a person.
    """
    params: dict[str, JsonValue] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r} is no NAME=VALUE, such as temperature=0")
        params[name.strip()] = parse_value(value)
    return params


def check_params(params: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """Give them back if they can be sent. Raises `ValueError` for one that would break requests."""
    for name, value in params.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a parameter")
        if name in _OWN and not (name in ("n", "best_of") and value in (None, 1)):
            raise ValueError(f"{name} cannot be set: {_OWN[name]}")
        if is_credential(name):
            raise ValueError(f"{name} is no parameter: they are on record; use a header for a key")
        try:
            json.dumps(value, allow_nan=False).encode()
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{name} has a value that JSON cannot hold") from error
    return params


def parse_value(text: str) -> JsonValue:
    """Read a value of the command line: JSON if it can be read as JSON, and else a text."""
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
