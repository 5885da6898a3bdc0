"""JSON Schema 2020-12: what is none of its keywords has no place in a schema that is sent."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY

_DIALECT = "https://json-schema.org/draft/2020-12/"
KEYWORDS = frozenset(
    keyword
    for uri in REGISTRY
    if uri.startswith(_DIALECT)
    for keyword in REGISTRY.contents(uri).get("properties", ())
)
_OF_NAMES = ("properties", "patternProperties", "$defs", "dependentSchemas")
_OF_SCHEMAS = ("anyOf", "allOf", "oneOf", "prefixItems")


def assert_is_json_schema(schema: Any) -> None:  # noqa: ANN401 - any JSON
    """Assert that a schema and all within it are valid, and have no keyword of any other make."""
    Draft202012Validator.check_schema(schema)
    assert {*keywords(schema)} <= KEYWORDS


def keywords(schema: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield each keyword of a schema and of those within it; names of properties are none."""
    for keyword, value in schema.items() if isinstance(schema, dict) else ():
        yield keyword
        if keyword in _OF_NAMES:
            inner = list(value.values())
        elif keyword in _OF_SCHEMAS:
            inner = value
        else:
            inner = [value] if isinstance(value, dict) else []
        for each in inner:
            yield from keywords(each)
