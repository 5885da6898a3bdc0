"""What can be kept of an answer that is cut off, wrapped in something else, or partly wrong."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from schemas.answer import QuotedAnswer

_BLANK: dict[str, Any] = {
    "title": None,
    "published_on": None,
    "bulletin_kind": "results",
    "programme": None,
    "jornadas": [],
    "figures": [],
    "set_aside": [],
    "specialties": [],
    "places": [],
}


def bare_json(content: str) -> str:
    """Take the JSON object out of a code fence, thoughts or a sentence around it."""
    start, end = content.find("{"), content.rfind("}")
    if start <= 0 and content.rstrip().endswith("}"):
        return content
    if start < 0:
        return content
    return content[start : end + 1] if end > start else content[start:]


def salvage(content: str) -> QuotedAnswer | None:
    """Keep every part of the answer that is whole and well formed; None if no figure or jornada is.

    A part that was cut off lacks one of its keys, all of which are required, and so falls away.
    """
    start = content.find("{")
    try:
        data = from_json(content[max(start, 0) :], allow_partial=True)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    parts = {name: data.get(name, blank) for name, blank in _BLANK.items()}
    try:
        answer = QuotedAnswer.model_validate(parts)
    except ValidationError as error:
        answer = QuotedAnswer.model_validate(_without_faults(parts, error))
    return answer if answer.figures or answer.jornadas else None


def _without_faults(parts: dict[str, Any], error: ValidationError) -> dict[str, Any]:
    faulty: dict[Any, set[Any]] = {}
    for fault in error.errors(include_url=False, include_input=False):
        name, index = (*fault["loc"], None)[:2]
        faulty.setdefault(name, set()).add(index)
    return {
        name: [item for i, item in enumerate(part) if i not in faulty[name]]
        if name in faulty and isinstance(part, list)
        else _BLANK[name]
        if name in faulty
        else part
        for name, part in parts.items()
    }
