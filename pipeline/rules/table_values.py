"""Several numbers in one cell: "431 (400)", "45/50", "45 de 50", "8,120 / 533 / 96"."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.rules.table_lines import Cell, Numbers
from schemas.document import Numeral, NumeralKind
from schemas.report import Status

_SLASH = re.compile(r"/")
_OF = re.compile(r"\s*(?:/|de)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]*)\)")
# As in "los números entre paréntesis son lo programado"
_IN_BRACKETS = re.compile(
    r"(?:l[ao]s\s+(?:números?|cifras?|datos?|cantidades?)\s+)?entre\s+paréntesis\b[^\w()\n]*"
    r"(?P<what>[^().;\n]{0,80})",
    re.IGNORECASE,
)
_BEFORE_IT = re.compile(r"(?P<what>[^().,;:\n]{3,60}?)[\s,(]*$")
_GOAL = re.compile(r"meta|program|previst|planea|objetivo|esperad|comprom", re.IGNORECASE)
_NOTE = re.compile(r"\n[ \t]*(?:\(\d\)|\d[/)])")
_MOST_BEHIND = 900
_LAST_MARK = 9
_TWO = 2
_FACTOR = 2


class Meaning(NamedTuple):
    """What one of the numbers of a cell is named, beside the names of row and column."""

    columns: tuple[Cell, ...]
    status: Status | None = None


def meaning_of(
    numbers: Numbers,
    columns: tuple[Cell, ...],
    captions: tuple[Cell, ...],
    bracketed: Cell | None,
    values: Sequence[Numeral],
    index: int,
) -> Meaning:
    """Return what the number `index` of a cell's `values` is named.

    `columns` are the names over the cell, `captions` the lines over the table, the nearest first;
    `bracketed` is where the text says what stands in brackets.
    """
    if parts := _by_slashes(numbers, columns or captions, values, index):
        return Meaning(parts)
    text = numbers.text
    if len(values) == _TWO and _OF.fullmatch(text, values[0].end, values[1].start):
        return Meaning(columns, (Status.PERFORMED, Status.PLANNED)[index])
    inside = is_in_brackets(text, values[index])
    for at, name in enumerate(columns):
        if found := _BRACKETS.search(text, *name):
            outer = (name[0], found.start()) if found.start() > name[0] else (found.end(), name[1])
            rest = columns[at + 1 :]
            if inside:
                return Meaning((found.span(1), outer, *rest))
            if any(is_in_brackets(text, value) for value in values):
                goal = _GOAL.search(text, *found.span(1))
                return Meaning((*columns[:at], outer, *rest), Status.PERFORMED if goal else None)
    bracketed = bracketed or _goal_in(text, captions)
    beside = len(values) == _TWO and is_in_brackets(text, values[1])
    if bracketed and beside and not inside and _GOAL.search(text, *bracketed):
        return Meaning(columns, Status.PERFORMED)
    if inside and bracketed and values[index].kind is not NumeralKind.PERCENT:
        return Meaning((bracketed, *columns))
    if beside and _are_alike(values):  # what else would stand there
        return Meaning(columns, (Status.PERFORMED, Status.PLANNED)[index])
    return Meaning(columns)


def _are_alike(values: Sequence[Numeral]) -> bool:
    """Tell a count and its goal, which is of its size, from a share or a year."""
    done, goal = values[0].value, values[1].value
    plain = all(one.kind is NumeralKind.COUNT for one in values)
    return plain and done <= _FACTOR * goal and goal <= _FACTOR * done


def _goal_in(text: str, captions: Sequence[Cell]) -> Cell | None:
    """Return the goal in the brackets of a line that heads a list or is its first item."""
    for where in captions[:1]:
        found = _BRACKETS.search(text, *where)
        if found and _GOAL.search(found[1]):
            return found.span(1)
    return None


def is_in_brackets(text: str, numeral: Numeral) -> bool:
    """Tell whether a number stands in brackets of its own."""
    return (
        text[numeral.start - 1 : numeral.start] == "("
        and ")" in text[numeral.end : numeral.end + 3]
    )


def said_of_brackets(text: str, captions: Sequence[Cell], end: int) -> tuple[Cell, Cell] | None:
    """Return the words on what stands in brackets, near a table, and their clause."""
    for where in (*captions, (end, min(len(text), end + _MOST_BEHIND))):
        found = _IN_BRACKETS.search(text, *where)
        if found is None:
            continue
        if found["what"].strip():
            return found.span("what"), found.span()
        if before := _BEFORE_IT.search(text, where[0], found.start()):
            return before.span("what"), (before.start(), found.end())
    return None


def is_note_mark(text: str, numeral: Numeral, end: int) -> bool:
    """Tell the mark of a footnote: "45 (1)", where a line behind the table begins with "(1)"."""
    if not 0 < numeral.value <= _LAST_MARK or not is_in_brackets(text, numeral):
        return False
    mark = int(numeral.value)
    return any(
        match[0].strip(" \t\n()/") == str(mark)
        for match in _NOTE.finditer(text, end, min(len(text), end + _MOST_BEHIND))
    )


def _by_slashes(
    numbers: Numbers, above: Sequence[Cell], values: Sequence[Numeral], index: int
) -> tuple[Cell, ...]:
    """Return the name of one number of "8,120 / 533 / 96" in "consultas / estudios / cirugías"."""
    text = numbers.text
    if len(values) < _TWO or "/" not in text[values[0].end : values[1].start]:
        return ()
    for start, end in above:
        parts: list[Cell] = []
        at = start
        for match in _SLASH.finditer(text, start, end):
            parts.append((at, match.start()))
            at = match.end()
        parts.append((at, end))
        if len(parts) == len(values):
            return tuple(parts[index::-1])
    return ()
