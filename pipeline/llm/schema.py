"""A JSON schema made plain, for servers that refuse some of its keywords. Pure."""

from collections.abc import Mapping
from typing import Any

_KEPT = frozenset(
    {"type", "properties", "required", "items", "enum", "const", "anyOf", "description"}
)
"""What every server that takes schemas knows. Limits, patterns and formats are checked afterwards
in any case."""


def loosen(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give the schema with its plainest keywords alone, and with what it refers to in its place.

    ValueError if it refers to itself, as no answer of ours does.
    """
    return _loosen(schema, schema.get("$defs", {}), ())


def _loosen(
    schema: Mapping[str, Any], known: Mapping[str, Any], within: tuple[str, ...]
) -> dict[str, Any]:
    if (reference := schema.get("$ref")) is not None:
        name = str(reference).removeprefix("#/$defs/")
        if name in within:
            raise ValueError(f"the schema of {name} refers to itself")
        beside = {key: value for key, value in schema.items() if key == "description"}
        return {**_loosen(known[name], known, (*within, name)), **beside}
    plain: dict[str, Any] = {}
    for key, value in schema.items():
        if key not in _KEPT:
            continue
        if key == "properties":
            plain[key] = {name: _loosen(each, known, within) for name, each in value.items()}
        elif key == "anyOf":
            plain[key] = [_loosen(each, known, within) for each in value]
        elif key == "items":
            plain[key] = _loosen(value, known, within)
        else:
            plain[key] = value
    return plain
