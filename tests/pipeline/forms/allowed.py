"""What a JSON schema allows, written in the order in which a grammar has it."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Strategy = st.SearchStrategy[Any]

DAYS = st.dates().map(lambda day: day.isoformat())
"""Days as an answer has them."""


def definitions(schema: dict[str, Any]) -> dict[str, Strategy]:
    """Give a strategy for each definition of a schema."""
    made: dict[str, Strategy] = {}

    def later(part: dict[str, Any]) -> Strategy:
        return st.deferred(lambda: written_by(part, made))

    made |= {name: later(part) for name, part in schema["$defs"].items()}
    return made


def written_by(part: dict[str, Any], defined: Mapping[str, Strategy]) -> Strategy:
    """Write what a part of a schema allows, lists and texts never longer than a few."""
    if "$ref" in part:
        return defined[part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        return st.one_of(*(written_by(each, defined) for each in part["anyOf"]))
    if "const" in part:
        return st.just(part["const"])
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if part["type"] == "object":
        assert part["required"] == list(part["properties"])
        assert part["additionalProperties"] is False
        keys = {key: written_by(each, defined) for key, each in part["properties"].items()}
        return st.fixed_dictionaries(keys)
    if part["type"] == "array":
        return st.lists(written_by(part["items"], defined), max_size=min(part["maxItems"], 3))
    return _written_alone(part)


def _written_alone(part: dict[str, Any]) -> Strategy:
    if part["type"] == "integer":
        return st.integers(part["minimum"], part["maximum"])
    if part["type"] == "string":
        if part.get("format") == "date":
            return DAYS
        least = part.get("minLength", 0)
        # No server knows blanks from letters.
        return st.text(min_size=least, max_size=9).filter(lambda text: not least or text.strip())
    return {"boolean": st.booleans(), "null": st.none()}[part["type"]]
