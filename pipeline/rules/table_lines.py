"""The rows of tables in a text: lines with cells, however the cells are set apart.

Bars, tabs, runs of blanks, rows of dots; a name and its number ("Tijuana: 24"); and one cell a
line, as the text of a PDF has it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from operator import attrgetter
from typing import NamedTuple

from schemas.document import QUANTITIES, Numeral

Cell = tuple[int, int]
"""Where the words of a cell start and end."""

_START = attrgetter("start")
_BAR = re.compile(r"[|│┃║¦]")
_LEADER = re.compile(r"\.{3,}|…+|_{3,}|·{3,}|-{3,}|(?:\s\.){3,}|(?<=\s)\.\.(?=\s)")
_LEADERS = ("..", "…", "___", "···", "---")
_SPACED_DOTS = re.compile(r"\.\s\.")
_BLANKS = re.compile(r" {2,}")
_TAB = re.compile(r"\t")
_FRAME = re.compile(r"[\s|+:=_.─━═│┃║¦┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬-]+")
_BULLET = re.compile(
    r"\s*(?:[^\w\s(\"“«¿¡#@|]{1,3}\s*|\d{1,2}\s?[.)](?!\d)\s+|[a-z]\)\s+)?(?=[\w\"“«])"
)
_SIGNS = re.compile(r"[\s%*†‡()\[\]+/≈~±.,;:–—¹²³ᵃᵇ-]*")
_BETWEEN = re.compile(r"\s[·•▪|‧∙⋅]\s|(?:\s[–—/]|[;,])\s(?=[A-ZÁÉÍÓÚÑ])")
_LEAD = re.compile(r"[.:!?]\s+(?=[A-ZÁÉÍÓÚÑ])")
# As in "Detecciones: meta 4,000; realizado 4,377 (109.4%)", with the letter of an item before
_RECORD_NAME = re.compile(
    r"\s*(?:[^\w\s]{1,3}\s*|\d{1,2}(?:\.\d{1,2})?[.)]?\s+|[a-z]\)\s*)?(?P<name>[^\W\d][^:;.]{2,70}):\s*"
)
_RECORD = re.compile(
    r"(?P<head>[^\W\d_][^\d;,:()]{2,30}?)\s*[:=]?\s*(?P<value>\d[\d,.]*\d|\d)\s*"
    r"(?:\(\s*(?P<share>\d[\d.,]*\s?%)\s*\))?\s*(?:[;,.]\s*(?:y\s+)?|y\s+|$)"
)
_OF = re.compile(r"\s*de\s+", re.IGNORECASE)
"""As in "45 de 50", done and planned."""
_IN_BRACKETS = re.compile(r"\([^()]{0,40}\)[*†‡]*")
_NONE_LEFT = re.compile(r"[\s(\[.–—-]*(?:[ns]\.?\s?/?[ad]\.?)?[\s)\].–—-]*", re.IGNORECASE)
_GROUP = re.compile(
    r"(?:de\s+)?(?:(?:menores|mayores)\s+(?:de|a)\s+\d{1,3}|\d{1,3}\s*(?:a|-|–|—)\s*\d{1,3}"
    r"|\d{1,3}\s+(?:años\s+)?[yo]\s+(?:más|mas|menos|mayores))(?:\s+años)?(?:\s+de\s+edad)?(?![\w%])"
    r"|(?:(?:adult|niñ)[ao]s(?:\s+mayores)?|mujeres|hombres|femeninos?|masculinos?|menores"
    r"|adolescentes|jóvenes)\b",
    re.IGNORECASE,
)
"""People by age or sex: "40 a 59 años", "mujeres"."""
_GROUP_CUT = re.compile(r"\s*[;,](?:\s+y)?\s+(?=\S)|\s+y\s+")
_NAME_END = re.compile(r"\s*[:,=→–—-]?\s*$")
_LONGEST_NAME, _LONGEST_LINE, _LONGEST_HEAD, _LONGEST_GAP = 70, 60, 30, 8
_INDENT = 8
_FEWEST, _MOST_CELLS = 2, 200


class Layout(Enum):
    """What sets the cells of a line apart."""

    BARS = auto()
    TABS = auto()
    LEADERS = auto()
    BLANKS = auto()
    PAIR = auto()
    LINES = auto()
    RECORD = auto()


class Line(NamedTuple):
    """One row of cells; `ruled` tells that a rule is drawn below it."""

    cells: tuple[Cell, ...]
    ruled: bool = False


class Run(NamedTuple):
    """Lines of one layout that stand together."""

    layout: Layout
    lines: tuple[Line, ...]


class Numbers(NamedTuple):
    """A text with its numerals in order."""

    text: str
    found: Sequence[Numeral]

    def within(self, cell: Cell) -> Sequence[Numeral]:
        """Return the numerals that begin in a cell."""
        first = bisect_left(self.found, cell[0], key=_START)
        return self.found[first : bisect_left(self.found, cell[1], lo=first, key=_START)]

    def values(self, cell: Cell) -> Sequence[Numeral]:
        """Return the numbers of a cell that holds nothing but numbers, none of any other."""
        at, inside = cell[0], self.within(cell)
        for numeral in inside:
            if numeral.kind not in QUANTITIES:
                return ()
            signs = _SIGNS.fullmatch(self.text, at, numeral.start)
            if not signs and not (at > cell[0] and _OF.fullmatch(self.text, at, numeral.start)):
                return ()
            at = numeral.end
        return inside if at <= cell[1] and _SIGNS.fullmatch(self.text, at, cell[1]) else ()


def runs_of_lines(numbers: Numbers) -> Iterator[Run]:
    """Yield the lines with cells that stand together, in order."""
    text = numbers.text
    layout: Layout | None = None
    lines: list[Line] = []
    blank = False
    flat: list[Cell] = []
    position = 0
    for printed in [*text.split("\n"), ""]:
        start, position = position, position + len(printed) + 1
        cell = _trimmed(text, start, min(start + len(printed), len(text)))
        if cell[0] == cell[1]:
            blank = True
            continue
        if _FRAME.fullmatch(text, *cell):
            if lines:
                lines[-1] = lines[-1]._replace(ruled=True)
            continue
        opening = start if text[start] == "\t" else cell[0]
        found, cells = _split(numbers, (opening, cell[1]))
        indented = cell[0] - start >= _INDENT and cell[1] - cell[0] <= _LONGEST_HEAD
        if indented and found is None and layout is Layout.BLANKS and lines and not blank:
            found, cells = layout, (cell,)
        if found is Layout.LEADERS and layout is Layout.BLANKS:
            layout = found if _are_heads(numbers, lines) else layout
        alike = (
            bool(lines) and found is layout and (not blank or len(cells) == len(lines[-1].cells))
        )
        if not alike:
            yield from _ended(layout, lines)
            lines = []
        apart = () if found else (*_inline(numbers, cell),)
        if apart:
            yield from _of_single_cells(numbers, flat)
            flat = []
            yield from apart
        elif found is None:
            if blank and flat and not _goes_on(flat, cell):
                yield from _of_single_cells(numbers, flat)
                flat = []
            flat.append(cell)
        else:
            yield from _of_single_cells(numbers, flat)
            flat = []
            lines.append(Line(cells))
        layout, blank = found, False
    yield from _ended(layout, lines)
    yield from _of_single_cells(numbers, flat)


def _ended(layout: Layout | None, lines: Sequence[Line]) -> Iterator[Run]:
    if layout and lines:
        yield Run(layout, tuple(lines))


def _goes_on(flat: Sequence[Cell], cell: Cell) -> bool:
    """Tell whether cells that stand a line each go on over blank lines."""
    return cell[1] - cell[0] <= _LONGEST_LINE and flat[-1][1] - flat[-1][0] <= _LONGEST_LINE


def _may_lead(text: str, line: Cell) -> bool:
    """Tell whether a line may hold a leader, which few do and which takes long to look for."""
    return (
        any(text.find(mark, *line) >= 0 for mark in _LEADERS)
        or _SPACED_DOTS.search(text, *line) is not None
    )


def _split(numbers: Numbers, line: Cell) -> tuple[Layout | None, tuple[Cell, ...]]:
    """Return how the cells of a line are set apart, and the cells.

    One cell is no row, nor are more than any table has.
    """
    layout, cells = _cut(numbers, line)
    return (layout, cells) if len(cells) <= _MOST_CELLS else (None, ())


def _cut(numbers: Numbers, line: Cell) -> tuple[Layout | None, tuple[Cell, ...]]:
    text = numbers.text
    if _BAR.search(text, *line):
        start, end = line
        start += bool(_BAR.match(text, start))
        end -= bool(_BAR.match(text, end - 1)) and end - 1 > start
        cells = _parts(text, (start, end), _BAR)
        return (Layout.BARS, cells) if len(cells) >= _FEWEST else (None, ())
    for layout, pattern in (
        (Layout.TABS, _TAB),
        (Layout.LEADERS, _LEADER),
        (Layout.BLANKS, _BLANKS),
    ):
        if layout is Layout.LEADERS and not _may_lead(text, line):
            continue
        if pattern.search(text, *line):
            cells = _parts(text, line, pattern)
            if layout is Layout.BLANKS:
                cells = _with_brackets(text, cells)
            if layout is Layout.LEADERS:
                if not numbers.values(cells[-1]) and not _NONE_LEFT.fullmatch(text, *cells[-1]):
                    continue
                cells = (_without_bullet(text, cells[0]), *cells[1:])
            return layout, cells
    if pair := _pair(numbers, line):
        return Layout.PAIR, pair
    return None, ()


def _parts(text: str, line: Cell, gap: re.Pattern[str]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    start = line[0]
    for match in gap.finditer(text, *line):
        cells.append(_trimmed(text, start, match.start()))
        start = match.end()
    cells.append(_trimmed(text, start, line[1]))
    return tuple(cells)


def _with_brackets(text: str, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Join what stands in brackets to the cell before: "431  (400)", "Realizadas  (meta)"."""
    joined = [cells[0]]
    for cell in cells[1:]:
        if _IN_BRACKETS.fullmatch(text, *cell) and not text.startswith("(", joined[-1][0]):
            joined[-1] = (joined[-1][0], cell[1])
        else:
            joined.append(cell)
    return tuple(joined)


def _are_heads(numbers: Numbers, lines: Sequence[Line]) -> bool:
    """Tell names of columns set apart by blanks, whose rows have dots."""
    return all(not numbers.within(cell) for line in lines for cell in line.cells)


def _trimmed(text: str, start: int, end: int) -> Cell:
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    return start, start + len(stretch.strip())


def _without_bullet(text: str, cell: Cell) -> Cell:
    match = _BULLET.match(text, *cell)
    return (match.end(), cell[1]) if match else cell


def _pair(numbers: Numbers, line: Cell) -> tuple[Cell, Cell] | None:
    """Read "Tijuana: 24", "HGZ 2 Irapuato 23 (96%)": a name, then numbers alone."""
    text = numbers.text
    name = _without_bullet(text, line)
    group = group_of_people(text, line)
    if group:
        name = group[0], line[1]
    since = group[1] if group else name[0]
    inside = [n for n in numbers.within((since, name[1])) if n.kind in QUANTITIES]
    if not inside:
        return None
    first = inside[0].start
    if first == name[0] or not numbers.values((first, line[1])):
        return None
    gap = _NAME_END.search(text, max(name[0], first - _LONGEST_GAP), first)
    end = gap.start() if gap else first
    if end == first or end - name[0] > _LONGEST_NAME:
        return None
    if not group and not text[name[0]].isalpha():
        return None
    return (name[0], end), (first, line[1])


def group_of_people(text: str, cell: Cell) -> Cell | None:
    """Return where a cell that begins with an age or a sex names it."""
    found = _GROUP.match(text, *cell)
    return found.span() if found else None


def _inline(numbers: Numbers, line: Cell) -> Iterator[Run]:
    """Read one line that is a list: of names with their numbers, or of numbers with their heads."""
    text = numbers.text
    cuts = [match.span() for match in _BETWEEN.finditer(text, *line)]
    if len(cuts) >= _FEWEST:
        ends = [*(cut[0] for cut in cuts), line[1]]
        starts = [line[0], *(cut[1] for cut in cuts)]
        first = [m.end() for m in _LEAD.finditer(text, starts[0], ends[0])]
        starts[0] = first[-1] if first else starts[0]
        pairs = [
            _pair(numbers, _trimmed(text, start, end))
            for start, end in zip(starts, ends, strict=True)
        ]
        if all(pairs):
            yield Run(Layout.PAIR, tuple(Line(pair) for pair in pairs if pair))
            return
    name = _RECORD_NAME.match(text, *line)
    if name is None:
        return
    if groups := _groups(numbers, (name.end(), line[1])):
        yield Run(Layout.PAIR, groups)
        return
    heads: list[Cell] = []
    values: list[Cell] = []
    at = name.end()
    while at < line[1] and (match := _RECORD.match(text, at, line[1])):
        heads.append(match.span("head"))
        values.append(match.span("value"))
        if match["share"]:
            heads.append(match.span("head"))
            values.append(match.span("share"))
        at = match.end()
    filled = all(numbers.values(value) for value in values)
    if at >= line[1] and len(values) > 1 and filled:
        corner = (name.start("name"), name.start("name"))
        row = Line((name.span("name"), *values))
        yield Run(Layout.RECORD, (Line((corner, *heads)), row))


def _groups(numbers: Numbers, line: Cell) -> tuple[Line, ...]:
    """Read "mujeres, 672; hombres, 496", "40 a 59 años, 203; 60 y más, 965": all of people."""
    text = numbers.text
    cuts = [m.span() for m in _GROUP_CUT.finditer(text, *line) if _GROUP.match(text, m.end())]
    starts = [line[0], *(cut[1] for cut in cuts)]
    ends = [*(cut[0] for cut in cuts), line[1]]
    if not cuts or not _GROUP.match(text, line[0]):
        return ()
    pairs = [_pair(numbers, _trimmed(text, *cell)) for cell in zip(starts, ends, strict=True)]
    return tuple(Line(pair) for pair in pairs if pair) if all(pairs) else ()


def _of_single_cells(numbers: Numbers, flat: Sequence[Cell]) -> Iterator[Run]:
    """Put together cells that stand a line each: heads, then names with as many numbers each."""
    if len(flat) < _FEWEST * _FEWEST:
        return
    is_value = [bool(numbers.values(cell)) for cell in flat]
    at = 0
    while at < len(flat):
        if not is_value[at]:
            at += 1
            continue
        wide = next((i for i in range(at, len(flat)) if not is_value[i]), len(flat)) - at
        first = at - 1
        rows: list[Line] = []
        here = first
        while (
            here >= 0
            and here + wide < len(flat)
            and not is_value[here]
            and all(is_value[here + 1 : here + 1 + wide])
        ):
            rows.append(Line(tuple(flat[here : here + 1 + wide])))
            here += 1 + wide
        if len(rows) >= _FEWEST:
            short = [
                c for c in flat[max(0, first - wide - 1) : first] if c[1] - c[0] <= _LONGEST_HEAD
            ]
            heads = short[-wide:] if len(short) >= wide else []
            if wide == 1 and len(short) > 1:
                heads = short[-1:]
            head = [Line(((heads[0][0], heads[0][0]), *heads))] if heads else []
            yield Run(Layout.LINES, (*head, *rows))
        at = max(here, at + wide)
