"""Tables of a bulletin: which rows, columns and heading a number stands under."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.rules.table_lines import (
    Cell,
    Layout,
    Line,
    Numbers,
    Run,
    group_of_people,
    runs_of_lines,
)
from pipeline.rules.table_values import is_note_mark, meaning_of, said_of_brackets
from pipeline.spanish.places import read_place
from schemas.document import QUANTITIES, Numeral, NumeralKind
from schemas.report import Status

_LONGEST_CAPTION = 220
_MOST_CAPTIONS = 2
_MOST_HEADS = 12
"""Lines of names over the columns of one table."""
_LONGEST_BULLET = 4
_LONGEST_NAME = 90
_MOST_BESIDE, _LONGEST_LEAD, _WIDEST, _NEAR = 60, 8, 12, 6
_EMPTY = re.compile(r"[\s*.()–—-]*(?:[ns]\.?\s?/?[ad]\.?)?[\s*.()–—-]*", re.IGNORECASE)
_MOST_NAMED = 0.8
_SUM = re.compile(r"(?:gran\s+)?(?:sub)?total|suma|resto|otr[ao]s|demás", re.IGNORECASE)
_JORNADAS = re.compile(r"(?:(?:no|n[uú]m|n[uú]mero|total)\.?\s+(?:de\s+)?)?jornadas", re.IGNORECASE)
_YEARS = range(1990, 2051)


class TableCell(NamedTuple):
    """A number in a table, and the words that name it, each group the nearest first."""

    numeral: Numeral
    columns: tuple[Cell, ...]
    rows: tuple[Cell, ...]
    """The names of its row, then those of the section that the row stands in."""
    captions: tuple[Cell, ...]
    beside: tuple[Cell, ...]
    """The names of the rows, of a long table the first ones."""
    across: tuple[Cell, ...]
    """The names of the columns that hold numbers."""
    start: int
    """Where the table begins."""
    quote: Cell
    status: Status | None = None
    """What its standing with another number says: "45/50"."""
    jornadas: int | None = None
    """How many jornadas its row is about, where a column counts them."""


class Tables(NamedTuple):
    """The numbers of tables by where they start, and where names stand that may hold numbers."""

    cells: dict[int, TableCell]
    names: frozenset[int]
    """Where numbers start that are part of a name."""


def numbers_in_tables(text: str, found: Sequence[Numeral]) -> Tables:
    """Return the cell of each number that stands in a table."""
    numbers = Numbers(text, found)
    cells: dict[int, TableCell] = {}
    names: set[int] = set()
    for run in runs_of_lines(numbers):
        for table in _tables(numbers, run):
            if _is_table(numbers, run, table):
                for cell in _cells(numbers, table):
                    cells[cell.numeral.start] = cell
                names.update(_numbers_in_names(numbers, table))
    return Tables(cells, frozenset(names - cells.keys()))


class _Table(NamedTuple):
    heads: tuple[Line, ...]
    body: tuple[tuple[Line, tuple[Cell, ...]], ...]
    """The rows that hold numbers, each with the names of its section."""
    captions: tuple[Cell, ...]
    by_place: bool
    """Cells belong to the head above them, not to that of the same number."""


def _tables(numbers: Numbers, run: Run) -> Iterator[_Table]:
    """Cut lines into tables: names of columns begin a new one where the old one has numbers."""
    by_place = run.layout is Layout.BLANKS
    opening = run.lines[0].cells[0][0]
    begins = numbers.text.rfind("\n", 0, opening) + 1
    bulleted = len(numbers.text[begins:opening].strip()) <= _LONGEST_BULLET
    captions = tuple(_captions(numbers, begins if bulleted else opening))
    heads: list[Line] = []
    body: list[tuple[Line, tuple[Cell, ...]]] = []
    section: tuple[Cell, ...] = ()
    for line in run.lines:
        filled = [cell for cell in line.cells if not _EMPTY.fullmatch(numbers.text, *cell)]
        if any(_is_value(numbers, line, at) for at in range(len(line.cells))) and not (
            not body and _are_years(numbers, line)
        ):
            body.append((line, section))
        elif by_place and len(line.cells) == 1 and heads and not body:
            heads.append(line)  # a name of a column that goes on in a further line
        elif len(filled) == 1 and (body or heads) and filled[0] == line.cells[0]:
            if not any(end > start for start, end in line.cells[1:]):
                section = (filled[0],)  # a row of dashes heads no section
        elif len(filled) == 1 and not body and not heads:
            captions = (filled[0], *captions)
        elif body and any(numbers.within(cell) for cell in filled[1:]):
            continue  # words with numbers, which are read as words are
        elif filled:
            if body:
                yield _Table(tuple(heads[-_MOST_HEADS:]), tuple(body), captions, by_place)
                heads, body, section = [], [], ()
            heads.append(line)
    if body:
        yield _Table(tuple(heads[-_MOST_HEADS:]), tuple(body), captions, by_place)


def _is_value(numbers: Numbers, line: Line, at: int) -> bool:
    return at > 0 and bool(numbers.values(line.cells[at]))


def _are_years(numbers: Numbers, line: Line) -> bool:
    """Tell a line of years, which names columns, from one of counts."""
    found = [n for cell in line.cells[1:] for n in numbers.within(cell)]
    return all(n.kind is NumeralKind.YEAR or n.value in _YEARS for n in found) and len(found) > 1


def _captions(numbers: Numbers, start: int) -> Iterator[Cell]:
    """Yield the lines above a table that name what is in it, the nearest first."""
    text, end = numbers.text, start
    for _ in range(_MOST_CAPTIONS):
        stop = end
        while stop and text[stop - 1].isspace():
            stop -= 1
        if not stop:
            return
        first = text.rfind("\n", 0, stop) + 1
        if stop - first > _LONGEST_CAPTION:
            if text[stop - 1] != ":":
                return
            first = max(text.rfind(". ", first, stop) + 2, first)
        yield first, stop
        if text[stop - 1] in ".:?" and text[first:stop].count(" ") > _LONGEST_NAME // 8:
            return
        end = first


def _is_table(numbers: Numbers, run: Run, table: _Table) -> bool:
    """Tell a table from two lines that chance to have cells."""
    rows = len(table.body) + len(table.heads)
    if rows < 2 or (run.layout is Layout.PAIR and table.heads):  # noqa: PLR2004
        return False
    if run.layout is Layout.PAIR and not _are_names(numbers, table):
        return False
    named = sum(
        any(numbers.text[start:end].strip("\"“«'¿¡(*_ ")[:1].isalnum() for start, end in line.cells)
        and line.cells[0][1] - line.cells[0][0] <= _LONGEST_NAME
        for line, _ in table.body
    )
    return 2 * named >= len(table.body)


def _are_names(numbers: Numbers, table: _Table) -> bool:
    """Tell "Tijuana 24", "Cirugías: 45" from the ends of lines of a running text."""
    text = numbers.text
    known = 0
    for line, _ in table.body:
        (start, end), (first, _) = line.cells
        marked = bool(text[end:first].strip(" ,\t"))
        name = text[start:end]
        known += (
            marked
            or group_of_people(text, (start, end)) is not None
            or read_place(name).kind is not None
            or _SUM.match(name) is not None
        )
    return known >= _MOST_NAMED * len(table.body)


def _cells(numbers: Numbers, table: _Table) -> Iterator[TableCell]:
    names = [_names_of_row(numbers, line) for line, _ in table.body]
    beside = tuple(name for some in names[:_MOST_BESIDE] for name in some[-1:])
    start = table.body[0][0].cells[0][0]
    text, end = numbers.text, table.body[-1][0].cells[-1][1]
    said = said_of_brackets(text, table.captions, end)
    captions = tuple(_without(cell, said[1] if said else None) for cell in table.captions)
    spreads: dict[int, list[Sequence[Cell]]] = {}
    for (line, section), own in zip(table.body, names, strict=True):
        single = len([c for c in line.cells if numbers.values(c)]) == 1
        width = len(line.cells)
        if width not in spreads:
            spreads[width] = [
                _spread(head.cells, width, lowest=head is table.heads[-1]) for head in table.heads
            ]
        columns_of = [
            tuple(_columns(numbers, table, line, at, spreads[width])) for at in range(width)
        ]
        across = tuple(
            names[0]
            for cell, names in zip(line.cells, columns_of[:_MOST_BESIDE], strict=False)
            if names and numbers.values(cell)
        )
        jornadas = _count_of_jornadas(numbers, line, columns_of)
        for cell, columns in zip(line.cells, columns_of, strict=True):
            if cell in own:
                continue
            values = numbers.values(cell)
            values = [one for one in values if not is_note_mark(text, one, end)]
            for index, numeral in enumerate(values):
                meaning = meaning_of(numbers, columns, captions, said and said[0], values, index)
                lead = own[-1:] if single and len(values) == 1 and own else ()
                quote = (lead[0][0], numeral.end) if lead else (numeral.start, numeral.end)
                if quote[1] - quote[0] > 2 * _LONGEST_NAME:
                    quote = numeral.start, numeral.end
                yield TableCell(
                    numeral,
                    meaning.columns,
                    (*reversed(own), *section),
                    captions,
                    beside,
                    across,
                    start,
                    quote,
                    meaning.status,
                    jornadas,
                )


def _without(cell: Cell, part: Cell | None) -> Cell:
    """Leave out what a heading says of brackets, and what stands behind it."""
    return (cell[0], part[0]) if part and cell[0] <= part[0] < cell[1] else cell


def _count_of_jornadas(
    numbers: Numbers, line: Line, columns_of: Sequence[Sequence[Cell]]
) -> int | None:
    """Return the number of a row that stands under "Jornadas"."""
    for cell, names in zip(line.cells, columns_of, strict=True):
        values = numbers.values(cell)
        if names and len(values) == 1 and _JORNADAS.fullmatch(numbers.text, *names[0]):
            return int(values[0].value)
    return None


def _names_of_row(numbers: Numbers, line: Line) -> tuple[Cell, ...]:
    """Return the cells with words that lead a row; a number in order may stand before them."""
    names: list[Cell] = []
    for cell in line.cells:
        if numbers.values(cell):
            if names:
                break
        elif not _EMPTY.fullmatch(numbers.text, *cell):
            names.append(cell)
    if not names and numbers.values(line.cells[0]):
        return ()
    return tuple(names)


def _columns(
    numbers: Numbers, table: _Table, line: Line, at: int, spread: Sequence[Sequence[Cell]]
) -> Iterator[Cell]:
    """Yield the names of a cell's column, the lowest line of names first."""
    for head, names in zip(reversed(table.heads), reversed(spread), strict=True):
        if table.by_place and len(head.cells) != len(line.cells):
            reach = _NEAR if len(head.cells) == 1 else None
            named = _above(head.cells, line.cells[at], numbers.text, reach)
        else:
            named = _of_number(numbers, names, at, lowest=head is table.heads[-1])
        if named is not None and not _EMPTY.fullmatch(numbers.text, *named):
            yield named


def _spread(cells: Sequence[Cell], width: int, *, lowest: bool) -> Sequence[Cell]:
    """Return one name a column of a row of `width` cells, where fewer names span several.

    An empty corner leaves no trace in print: a name a column is then what the lowest line has.
    """
    data, named = width - 1, len(cells) - 1
    filled = [start < end for start, end in cells]
    if len(cells) >= width or not cells or (filled[-1] and not all(filled[1:])):
        return cells  # as many as columns, but for empty ones behind the last
    if named and data % named == 0 and not (lowest and len(cells) == data):
        return [cells[0], *(name for name in cells[1:] for _ in range(data // named))]
    if data % len(cells) == 0:
        corner = (cells[0][0], cells[0][0])
        return [corner, *(name for name in cells for _ in range(data // len(cells)))]
    return cells


def _of_number(numbers: Numbers, names: Sequence[Cell], at: int, *, lowest: bool) -> Cell | None:
    """Return the name of the column `at`: one that spans several stands over the first."""
    reach = 0 if lowest else _WIDEST
    while reach and at > 1 and _is_empty(numbers, names, at):
        at -= 1
        reach -= 1
    return None if _is_empty(numbers, names, at) else names[at]


def _is_empty(numbers: Numbers, cells: Sequence[Cell], at: int) -> bool:
    return at >= len(cells) or numbers.text[slice(*cells[at])].strip("* ") == ""


def _above(cells: Sequence[Cell], cell: Cell, text: str, reach: int | None) -> Cell | None:
    """Return the name that stands over a cell in a text set in columns."""
    at = cell[1] - text.rfind("\n", 0, cell[0])

    def distance(name: Cell) -> int:
        begin = text.rfind("\n", 0, name[0])
        left, right = name[0] - begin, name[1] - begin
        return 0 if left <= at <= right else min(abs(left - at), abs(right - at))

    nearest = min(cells, key=distance)
    return nearest if reach is None or distance(nearest) <= reach else None


def _numbers_in_names(numbers: Numbers, table: _Table) -> Iterator[int]:
    end = table.body[-1][0].cells[-1][1]
    for line in (*table.heads, *(line for line, _ in table.body)):
        start = line.cells[0][0]
        lead = max(start - _LONGEST_LEAD, numbers.text.rfind("\n", 0, start) + 1)
        yield from (numeral.start for numeral in numbers.within((lead, start)))
        for cell in line.cells:
            if cell[1] - cell[0] > _LONGEST_NAME:
                continue
            group = group_of_people(numbers.text, cell)
            inside = [n for n in numbers.within(group or cell) if n.kind in QUANTITIES]
            if numbers.values(cell):
                yield from (n.start for n in inside if is_note_mark(numbers.text, n, end))
            elif group or len(inside) == 1 or line in table.heads:
                yield from (numeral.start for numeral in inside)
