"""What a number in a table counts, and whether it is a goal: by the names of its row and column."""

import re
from bisect import bisect_left, bisect_right
from operator import attrgetter

from pipeline.rules.nouns import read_noun_phrase
from pipeline.rules.passages import Passages
from pipeline.rules.spot import Item, Spot
from pipeline.rules.tables import Cell, TableCell
from pipeline.rules.vocabulary import Role, Term
from schemas.report import Service, Status

_START = attrgetter("start")
_NAMING = frozenset((Role.HEAD, Role.DETAIL, Role.SPECIALTY))
_TOTAL = re.compile(r"\s*(?:gran\s+)?total(?:es)?\b")


def item_of_cell(source: Passages, spot: Spot, cell: TableCell) -> Item | None:
    """Read what the row names, else the column; "Total" counts all services."""
    for name in (cell.row, cell.column):
        if name is None:
            continue
        terms = [term for term in _terms(source, name) if not _NAMING.isdisjoint(term.roles)]
        item = read_noun_phrase(spot, spot.numeral.start, terms) if terms else None
        if isinstance(item, Item):
            return item._replace(first=spot.numeral.start, last=spot.numeral.end)
    if _TOTAL.match(source.folded, *cell.row):
        return Item(Service.TOTAL, None, spot.numeral.start, spot.numeral.end)
    return None


def status_of_cell(source: Passages, cell: TableCell | None) -> Status | None:
    """Return what the column says, as "Meta" or "Realizado"; None where it says neither."""
    if cell is None or cell.column is None:
        return None
    for term in _terms(source, cell.column):
        if term.get(Role.GOAL_NOUN) or term.get(Role.PLANNED) or term.get(Role.PLANNED_AFTER):
            return Status.PLANNED
        if term.get(Role.PERFORMED):
            return Status.PERFORMED
    return None


def _terms(source: Passages, cell: Cell) -> list[Term]:
    start, end = cell
    first = bisect_right(source.sentences, start, key=_START) - 1
    behind = bisect_left(source.sentences, end, key=_START)
    return [
        term
        for sentence in source.sentences[max(first, 0) : behind]
        for term in sentence.terms
        if start <= term.start and term.end <= end
    ]
