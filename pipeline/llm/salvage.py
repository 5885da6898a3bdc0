"""What can be kept of an answer that is cut off or partly wrong. Pure."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from pipeline.forms.form import A, Form
from pipeline.llm.answer_text import read_answer


def salvage(form: Form[A], content: str) -> A | None:
    """Keep every part of the answer that is whole and well formed; None if that says nothing.

    A part that was cut off lacks one of its keys, all of which are required, and so falls away.
    """
    found = read_answer(content, form.blank)
    if found is None:
        return None
    data = found.data
    if form.by_marks:
        data = form.by_marks.gather(data)
    parts = {name: data.get(name, blank) for name, blank in form.blank.items()}
    try:
        answer = form.answer.model_validate(parts)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        whole = _without(parts, (fault["loc"] for fault in faults), form)
        answer = form.answer.model_validate(whole)
    return answer if form.says_something(answer) else None


def _without(
    parts: dict[str, Any], places: Iterable[tuple[int | str, ...]], form: Form[A]
) -> dict[str, Any]:
    """Leave out the innermost list item around each place, or blank the key where there is none."""
    items = {tuple(_item(place)) for place in places}
    return {
        name: form.blank[name] if (name,) in items else _prune(part, (name,), items)
        for name, part in parts.items()
    }


def _item(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    last = max((i for i, step in enumerate(place) if isinstance(step, int)), default=0)
    return place[: last + 1]


def _prune(part: Any, place: tuple[int | str, ...], gone: set[tuple[int | str, ...]]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(part, list):
        return [
            _prune(item, (*place, i), gone)
            for i, item in enumerate(part)
            if (*place, i) not in gone
        ]
    if isinstance(part, dict):
        return {key: _prune(item, (*place, key), gone) for key, item in part.items()}
    return part
