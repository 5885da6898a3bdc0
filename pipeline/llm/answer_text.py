"""The answer in what a model wrote: thoughts, prose, fences and wrappers around it left out. Pure.

What is the answer among several objects is told by its keys, those of the prompt form. Texts are
brought into one form of writing; nothing is added.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.llm.lenient_json import read_json, read_value
from pipeline.numerals import numerals
from pipeline.plain_text import storable
from schemas.document import QUANTITIES

_DEEPEST_WRAPPER = 3
_MOST_FAILURES = 100
"""Braces that begin nothing; each may take the time to read all that follows."""
_AROUND = "\ufeff \t\r\n"
_BEHIND = re.compile(r"[\s`\]})\"']*")
_OF_A_SCHEMA = frozenset(("type", "anyOf", "$ref", "enum", "allOf"))
_DIGITS = re.compile(r"\d{1,15}")


class Found(NamedTuple):
    """The object that is the answer.

    It is not `whole` where the text ended within it; `last` where nothing but brackets and
    quotation marks stands behind it.
    """

    data: dict[str, Any]
    whole: bool
    last: bool


class _Read(NamedTuple):
    """Any value that was read, with what `Found` says of it."""

    value: Any
    whole: bool = True
    last: bool = True


def read_answer(raw: str, blank: Mapping[str, object]) -> Found | None:
    """Read the answer, which has most of the keys of `blank`: the last one, if there are several.

    Where none has most of them, that with the most is read; None if no object has any. Texts are
    written with composed accents, and a value as a number where it came as it is printed. A list
    that came as a text of JSON is read, and null stands for what `blank` has.
    """
    found = find_answer(raw, blank.keys())
    if found is None:
        return None
    parts = (
        (name, _as_blank_is(value, blank[name]) if name in blank else value)
        for name, value in found.data.items()
    )
    return found._replace(data={name: _tidy(value, name) for name, value in parts})


def find_answer(raw: str, keys: Collection[str]) -> Found | None:
    """Find the answer as it was written, by the same rule; whole ones come first."""
    found = list(_candidates(storable(raw), frozenset(keys), 0))
    answers = [one for one in found if _is_answer(one.data, keys)]
    if answers:
        return next((one for one in reversed(answers) if one.whole), answers[-1])
    best = max(reversed(found), key=lambda one: _count_keys(one.data, keys), default=None)
    return best if best and _count_keys(best.data, keys) else None


def _candidates(text: str, keys: frozenset[str], depth: int) -> Iterator[Found]:
    stripped = text.strip(_AROUND)
    try:
        values: Iterable[_Read] = [_Read(read_json(stripped))]
    except (ValueError, RecursionError):
        values = _scan(stripped, keys)
    is_broken = False
    for value in values:
        # Parts of an object that broke off are no answers of their own.
        inside = _unwrap(value, keys, depth)
        yield from (one for one in inside if not is_broken or _is_answer(one.data, keys))
        is_broken = is_broken or not value.whole


def _scan(text: str, keys: frozenset[str]) -> Iterator[_Read]:
    """Yield each object of a text, one after the other.

    One that has all of `keys` is whole although its last bracket may be missing.
    """
    place, failures = text.find("{"), 0
    while place >= 0 and failures < _MOST_FAILURES:
        value = read_value(text, place)
        if value is not None:
            rest = _BEHIND.match(text, value.end)
            is_last = rest is not None and rest.end() == len(text)
            is_complete = value.lacks_bracket and keys <= value.value.keys()
            yield _Read(value.value, value.whole or is_complete, is_last)
        if value is None or not value.whole:
            failures += 1
        else:
            place = value.end - 1
        place = text.find("{", place + 1)
    if failures and '{\\"' in text:
        yield from _scan_escaped(text, keys)


def _scan_escaped(text: str, keys: frozenset[str]) -> Iterator[_Read]:
    """Read JSON that was escaped as if it stood in a string."""
    start, end = text.find('{\\"'), text.rfind("}")
    try:
        plain = json.loads(f'"{text[start : end + 1]}"', strict=False)
    except ValueError:
        return
    if isinstance(plain, str) and '{\\"' not in plain:
        yield from _scan(plain, keys)


def _unwrap(read: _Read, keys: frozenset[str], depth: int) -> Iterator[Found]:
    """Yield an object, or what it wraps: an object, a list of them, or JSON in a text."""
    value = read.value
    inside = value if isinstance(value, list) else [value]
    if isinstance(value, dict):
        yield Found(value, read.whole, read.last)
        inside = [] if _is_answer(value, keys) else list(value.values())
    for each in inside if depth < _DEEPEST_WRAPPER else ():
        if isinstance(each, str) and "{" in each:
            wrapped = _candidates(each, keys, depth + 1)
            yield from (one._replace(last=read.last) for one in wrapped)
        elif isinstance(each, list | dict):
            yield from _unwrap(read._replace(value=each), keys, depth + 1)


def _is_answer(data: Mapping[str, Any], keys: Collection[str]) -> bool:
    return 2 * _count_keys(data, keys) >= len(keys)


def _count_keys(data: Mapping[str, Any], keys: Collection[str]) -> int:
    """Count the keys that an answer has, and a copy of its schema has not."""
    return sum(
        name in keys and not (isinstance(value, dict) and value.keys() & _OF_A_SCHEMA)
        for name, value in data.items()
    )


def _as_blank_is(value: object, blank: object) -> object:
    """Give a list or an object that came as a text of JSON, and the blank for null."""
    if not isinstance(blank, list | dict):
        return value
    if value is None:
        return blank
    if isinstance(value, str):
        try:
            inner = read_json(value)
        except (ValueError, RecursionError):
            return value
        return inner if isinstance(inner, type(blank)) else value
    return value


def _tidy(value: Any, name: str) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        composed = unicodedata.normalize("NFC", storable(value))
        return _as_number(composed) if name == "value" else composed
    if isinstance(value, dict):
        return {key: _tidy(each, key) for key, each in value.items()}
    return [_tidy(each, name) for each in value] if isinstance(value, list) else value


def _as_number(text: str) -> int | float | str:
    """Read a number as it is printed ("1,204", "58 mil 610"); whether it is in the text is judged.

    What is not one number from end to end stays as it is.
    """
    plain = text.strip()
    if _DIGITS.fullmatch(plain):
        return int(plain)
    found = numerals(plain)
    if len(found) == 1 and found[0].kind in QUANTITIES and found[0].raw == plain:
        return found[0].value
    return text
