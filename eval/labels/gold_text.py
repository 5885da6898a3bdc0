"""The text of a gold file, changed in one place; all else stays as a person has written it. Pure.

Every function takes the text of a file that parses, and gives it back with one change.
"""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


class _Piece(NamedTuple):
    """A member of an object or an item of a list: its key, where it starts, its value's span."""

    key: str | None
    start: int
    value: int
    end: int


def set_member(written: str, key: str, value: object, *, last: bool = False) -> str:
    """Set a key of the outermost object.

    A new one comes last, or else behind `id` and `source` where they are, and without them first.
    """
    return _set(written, written.index("{"), None if last else ("id", "source"), key, value)


def set_labels(written: str, items: str, index: int, labels: Mapping[str, object]) -> str:
    """Set labels of one item of a list of the outermost object, e.g. of a figure."""
    for key, value in labels.items():
        written = _set(written, _list_of(written, items)[index].value, None, key, value)
    return written


def delete_item(written: str, items: str, index: int) -> str:
    """Take one item out of a list of the outermost object."""
    pieces = _list_of(written, items)
    own = pieces[index]
    if index + 1 < len(pieces):
        return written[: own.start] + written[pieces[index + 1].start :]
    if index:
        return written[: pieces[index - 1].end] + written[own.end :]
    start = own.start - len(_gap_before(written, own.start))
    return written[:start] + written[_skip(written, own.end, _SPACE) :]


def insert_item(written: str, items: str, index: int, item: Mapping[str, object]) -> str:
    """Put an item into a list of the outermost object; `index` is its place there."""
    pieces = _list_of(written, items)
    if not pieces:
        return set_member(written, items, [item])
    neighbour = pieces[min(index, len(pieces) - 1)]
    gap = _gap_before(written, neighbour.start)
    is_spread = "\n" in written[neighbour.start : neighbour.end]
    text = _write(item, gap, 2) if is_spread else json.dumps(item, ensure_ascii=False)
    if index < len(pieces):
        return f"{written[: neighbour.start]}{text},{gap or ' '}{written[neighbour.start :]}"
    return f"{written[: neighbour.end]},{gap or ' '}{text}{written[neighbour.end :]}"


def _set(written: str, at: int, behind: tuple[str, ...] | None, key: str, value: object) -> str:
    """Set a key of the object that begins at `at`; a new one comes behind these, or last."""
    members = list(_list_members(written, at))
    gap = _gap_before(written, members[0].start) if members else ""
    text = _write(value, gap, 1)
    entry = f"{json.dumps(key)}: {text}"
    if not members:
        return f"{written[: at + 1]}{entry}{written[at + 1 :]}"
    for member in members:
        if member.key == key:
            return written[: member.value] + text + written[member.end :]
    ahead = members if behind is None else [one for one in members if one.key in behind]
    if ahead:
        return f"{written[: ahead[-1].end]},{gap or ' '}{entry}{written[ahead[-1].end :]}"
    first = members[0].start
    return f"{written[:first]}{entry},{gap or ' '}{written[first:]}"


def _write(value: object, gap: str, depth: int) -> str:
    """Write a value `depth` deep, behind the white space `gap`; over lines where that has one."""
    if "\n" not in gap or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    margin = gap.rpartition("\n")[2]
    text = json.dumps(value, ensure_ascii=False, indent=margin[: len(margin) // depth])
    return text.replace("\n", ("\r\n" if "\r\n" in gap else "\n") + margin)


def _list_of(written: str, items: str) -> list[_Piece]:
    for member in _list_members(written, written.index("{")):
        if member.key == items:
            return list(_list_items(written, member.value))
    return []


def _list_members(written: str, at: int) -> Iterator[_Piece]:
    """List the members of the object that begins at `at`."""
    at += 1
    while written[start := _skip(written, at, f"{_SPACE},")] != "}":
        key, key_end = _DECODER.raw_decode(written, start)
        value = _skip(written, key_end, f"{_SPACE}:")
        at = _end_of(written, value)
        yield _Piece(key, start, value, at)


def _list_items(written: str, at: int) -> Iterator[_Piece]:
    """List the items of the list that begins at `at`."""
    at += 1
    while written[start := _skip(written, at, f"{_SPACE},")] != "]":
        at = _end_of(written, start)
        yield _Piece(None, start, start, at)


def _end_of(written: str, start: int) -> int:
    end: int = _DECODER.raw_decode(written, start)[1]
    return end


def _gap_before(written: str, start: int) -> str:
    ahead = written[:start]
    return ahead[len(ahead.rstrip(_SPACE)) :]


def _skip(written: str, at: int, skipped: str) -> int:
    while at < len(written) and written[at] in skipped:
        at += 1
    return at
