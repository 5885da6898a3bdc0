"""The bytes of a server's answer, read as the JSON that they hold. Pure.

JSON as it comes (with a byte order mark, in another charset, after white space that kept the
connection alive), or an event stream that nobody asked for, whose pieces are put together to the
completion that they are pieces of.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from email.message import Message
from typing import Any

from pipeline.llm.lenient_json import read_integer

_DONE = "[DONE]"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def read_body(content: bytes, content_type: str) -> Any:  # noqa: ANN401 - any JSON
    """Read the JSON of a body of this content type; None if it holds none."""
    text = _decode(content, content_type).lstrip("\ufeff \t\r\n")
    try:
        body = parse_json(text)
    except (ValueError, RecursionError):
        return _read_events(text)
    if isinstance(body, str):  # JSON that was written as JSON once more
        try:
            return parse_json(body)
        except (ValueError, RecursionError):
            return None
    return body


def parse_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Parse JSON, whose integers may be of any length. Raises `ValueError`, `RecursionError`."""
    return json.loads(text, parse_int=read_integer)


def _decode(content: bytes, content_type: str) -> str:
    """Decode as UTF-8, else in the charset that is declared, else in what it looks like."""
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        pass
    header = Message()
    header["content-type"] = content_type
    declared = header.get_content_charset("utf-8")
    try:
        if codecs.lookup(declared).name != "utf-8":
            return content.decode(declared)
    except (LookupError, ValueError):
        pass
    # A letter of several bytes is hardly ever there by chance: then a few bytes were damaged.
    replaced = content.decode("utf-8", "replace")
    is_utf8 = any(letter > "\x7f" and letter != "\ufffd" for letter in replaced)
    return replaced if is_utf8 else content.decode("cp1252", "replace")


def _read_events(text: str) -> object | None:
    """Put an event stream together; None if it is none, or one with a hole."""
    try:
        chunks = [parse_json(data) for data in _data_of_events(text)]
    except (ValueError, RecursionError):
        return None
    objects = [chunk for chunk in chunks if isinstance(chunk, dict)]
    return _join(objects) if objects and len(objects) == len(chunks) else None


def _data_of_events(text: str) -> Iterator[str]:
    """Yield the data of each event, whose lines begin with "data:"; or of each line without."""
    data: list[str] = []
    for line in (*_LINE_ENDS.split(text), ""):
        field, colon, value = line.partition(":")
        if not line.strip():
            if data and "".join(data).strip() != _DONE:
                yield "\n".join(data)
            data = []
        elif colon and field == "data":
            # Some servers leave out the empty line between events.
            if data and _is_whole("\n".join(data)):
                yield "\n".join(data)
                data = []
            data.append(value)
            if value.strip() == _DONE:
                data = []
        elif line.startswith("{"):
            yield line


def _is_whole(data: str) -> bool:
    try:
        parse_json(data)
    except (ValueError, RecursionError):
        return False
    return True


def _join(chunks: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Join the chunks of one completion; what later ones say of the whole counts."""
    whole: dict[str, Any] = {}
    choice: dict[str, Any] = {}
    message: dict[str, Any] = {}
    for chunk in chunks:
        whole |= {name: value for name, value in chunk.items() if value and name != "choices"}
        listed = chunk.get("choices")
        for one in listed if isinstance(listed, list) else ():
            if not isinstance(one, dict) or one.get("index") not in (None, 0):
                continue
            choice |= {name: value for name, value in one.items() if value is not None}
            if isinstance(full := one.get("message"), dict):
                message |= {name: value for name, value in full.items() if value}
            elif isinstance(delta := one.get("delta"), dict):
                _add(message, delta)
            if isinstance(text := one.get("text"), str):
                _add(message, {"content": text})
    for name in ("delta", "text", "message"):
        choice.pop(name, None)
    if choice or message:
        whole["choices"] = [{**choice, "message": message}]
    return whole


def _add(message: dict[str, Any], delta: dict[str, Any]) -> None:
    """Add what a delta holds: texts grow, lists get their parts, tool calls go by their index."""
    for name, piece in delta.items():
        stood = message.get(name)
        if name in ("tool_calls", "function_call"):
            message[name] = _add_calls(stood, piece)
        elif isinstance(piece, str) and isinstance(stood, str) and name != "role":
            message[name] = stood + piece
        elif isinstance(piece, list) and isinstance(stood, list):
            message[name] = [*stood, *piece]
        elif piece is not None:
            message[name] = piece


def _add_calls(stood: object, piece: object) -> object:
    if isinstance(piece, list):
        calls: list[Any] = list(stood) if isinstance(stood, list) else []
        for call in piece:
            index = call.get("index", 0) if isinstance(call, dict) else None
            if isinstance(index, int) and 0 <= index < len(calls):
                calls[index] = _add_calls(calls[index], call)
            else:
                calls.append(call)
        return calls
    if not isinstance(piece, dict) or not isinstance(stood, dict):
        return stood if piece is None else piece
    joined = dict(stood)
    for name, value in piece.items():
        old = joined.get(name)
        if isinstance(value, dict):
            joined[name] = _add_calls(old, value)
        elif name == "arguments" and isinstance(value, str) and isinstance(old, str):
            joined[name] = old + value
        elif value is not None:
            joined[name] = value
    return joined
