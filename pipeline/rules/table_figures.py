"""A number in a table as a figure: what its row, its column and the heading say together."""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.calendars import Calendar
from pipeline.rules.days import UNKNOWN
from pipeline.rules.items import NO_NOUN
from pipeline.rules.merge import FigureCandidate
from pipeline.rules.not_given import PUT_OFF
from pipeline.rules.nouns import join_details
from pipeline.rules.passages import Passages
from pipeline.rules.scopes import FigureScope
from pipeline.rules.spot import Item
from pipeline.rules.table_labels import Label, detail_in, name_as_place, read_label
from pipeline.rules.table_lines import Cell
from pipeline.rules.table_times import scope_of_caption, scope_of_cell, scope_of_whole
from pipeline.rules.tables import TableCell
from pipeline.rules.vocabulary import Role
from pipeline.spanish.folding import fold
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.places import JOINT, read_place
from schemas.document import QUANTITIES, NumeralKind
from schemas.report import Basis, Figure, Period, PlaceKind, Service, Status, Unit

_THEATRE = re.compile(r"cirujan|quirofan|anestesi")
# Why services were put off, as a line above a list says it.
_CAUSES = re.compile(
    r"\b(?:causas?|motivos?|razon(?:es)?)\b|\b(?:se\s+)?(?:dif[ie]ri|suspend|cancel|reprogram|posp[ou]s)[a-z]+"
)
_OF_DONE = re.compile(r"\b(?:realizad|efectuad|practicad|atendid|otorgad|consulta)[a-z]*\b")
_STATES = (PlaceKind.STATE, PlaceKind.OOAD, PlaceKind.SIDE)


class TableContext(NamedTuple):
    """What holds for a table where it says nothing itself."""

    source: Passages
    calendar: Calendar
    theme: Item | None
    place: str
    scope: FigureScope
    status: Status
    counted: Item | None = None
    """What was counted last before the table."""


class _Named(NamedTuple):
    """The labels of a cell, the nearest first."""

    columns: tuple[Label, ...]
    rows: tuple[Label, ...]
    captions: tuple[Label, ...]


def read_cell(context: TableContext, cell: TableCell) -> FigureCandidate | str:
    """Read a number in a table; return the reason where it is no figure."""
    text = context.source.text
    named = _Named(
        _of_columns(text, cell.columns),
        _labels(text, cell.rows),
        _labels(text, cell.captions),
    )
    own = (*named.columns, *named.rows)
    if reason := next((label.reason for label in own if label.reason), None):
        told = next((label.item for label in own if label.item), None)
        if not (told and reason.startswith("people")):
            return reason
    if not any(label.headed or label.kind for label in own) and _are_causes(context, cell):
        return PUT_OFF
    item = _item(context, cell, named)
    if item is None:
        return NO_NOUN
    percent = cell.numeral.kind is NumeralKind.PERCENT or any(label.share for label in own)
    scope = _scope(context, cell, named)
    said = cell.status or next((label.status for label in own if label.status), None)
    above = (
        label.status
        for label, where in zip(named.captions, cell.captions, strict=True)
        if label.status and not label.compared and not _is_of_a_list(context.source, where)
    )
    status = said or next(above, context.status)
    if percent or item.service is Service.STAFF:
        status = Status.PERFORMED
    goal = status is Status.PLANNED and not percent
    days = scope.covered(context.calendar.reference.published, goal=goal)
    start, end = cell.quote
    figure = Figure(
        value=cell.numeral.value,
        unit=Unit.PERCENT if percent else Unit.COUNT,
        service=item.service,
        detail=item.detail,
        status=status,
        period=scope.period,
        edition=scope.edition if scope.period is Period.JORNADA else None,
        starts_on=days.first,
        ends_on=days.last,
        place=_place(context, cell, named),
        approximate=text[max(0, cell.numeral.start - 2) : cell.numeral.start].strip()[-1:]
        in ("~", "≈"),
        basis=Basis.GOAL if percent else None,
        quote=text[start:end],
        char_start=start,
        char_end=end,
    )
    return FigureCandidate(
        figure, scope.explicit, said is not None, in_title=False, sentence=cell.start
    )


def _are_causes(context: TableContext, cell: TableCell) -> bool:
    """Tell whether the line above lists why services were put off: "por las causas siguientes"."""
    folded = context.source.folded
    for where in cell.captions[:1]:
        return bool(_CAUSES.search(folded, *where)) and not _OF_DONE.search(folded, *where)
    return False


def _is_of_a_list(source: Passages, where: Cell) -> bool:
    """Tell a line with numbers of its own, "Cirugías: 31 de 30 programadas;", from a heading."""
    first = bisect_left(source.numerals, where[0], key=attrgetter("start"))
    behind = bisect_left(source.numerals, where[1], lo=first, key=attrgetter("start"))
    counts = [n for n in source.numerals[first:behind] if n.kind in QUANTITIES]
    return len(counts) > 1 and source.text[where[1] - 1] != ":"


def _labels(text: str, cells: Sequence[Cell]) -> tuple[Label, ...]:
    return tuple(read_label(text[start:end]) for start, end in cells)


def _of_columns(text: str, cells: Sequence[Cell]) -> tuple[Label, ...]:
    """Read the names over a cell, and first what they say as one name in several lines."""
    labels = _up_to_a_noun(_labels(text, cells))
    names = cells[: len(labels)]
    if len(names) > 1 and "\n" in text[names[-1][1] : names[0][0]]:
        joined = read_label(" ".join(text[start:end] for start, end in reversed(names)))
        return (joined, *labels) if joined.item and not joined.reason else labels
    return labels


def _up_to_a_noun(labels: tuple[Label, ...]) -> tuple[Label, ...]:
    """Leave out what stands over a name that says its service itself."""
    for at, label in enumerate(labels):
        if label.headed:
            return labels[: at + 1]
    return labels


def _item(context: TableContext, cell: TableCell, named: _Named) -> Item | None:
    """Join the service that one name says with the kinds that others say of it."""
    own = (*named.columns, *named.rows)
    others = _labels(context.source.text, cell.across) if named.captions else ()
    taken = {label.item.service for label in others if label.item and label.headed}
    labels = (*own, *(_with_its_noun(label, taken) for label in named.captions))
    found = [label for label in labels if label.item and label.item.service is not Service.TOTAL]
    base = next((label for label in found if label.headed and label in own), None)
    base = base or next((label for label in found if label.headed), None)
    base = base or next(iter(found), None)
    if base is None or base.item is None:
        return _item_of_all(context, cell, named)
    service = base.item.service
    people = any(label.people for label in own)
    kinds = [
        kind
        for group in (named.columns, named.rows)
        if (kind := next((d for label in group if (d := detail_in(label, service))), None))
    ]
    if not kinds and base.item.detail and not (people and base not in own):
        kinds = [base.item.detail]
    narrow = [kind for some in kinds for kind in some.split("+")]
    detail = join_details(service, narrow)
    theme = context.theme
    if detail is None and theme and theme.service is service:
        detail = theme.detail
    return Item(service, detail, *cell.quote)


def _with_its_noun(label: Label, taken: Collection[Service]) -> Label:
    """Take the one service that a heading names, whatever else it says.

    Of "Cirugías programadas y realizadas, y consultas" it is the one that no column is about.
    """
    heads = [head for term in label.terms if (head := term.get(Role.HEAD)) and head.service]
    left = [head for head in heads if head.service not in taken]
    if label.item and not (left and label.item.service in taken):
        return label
    heads = left or heads
    if len({head.service for head in heads}) != 1 or heads[0].service is None:
        return label
    return label._replace(item=Item(heads[0].service, heads[0].detail, 0, 0), headed=True)


def _item_of_all(context: TableContext, cell: TableCell, named: _Named) -> Item | None:
    """Read a total of rows or columns that name services, or what says "atenciones"."""
    text = context.source.text
    own = (*named.columns, *named.rows)
    if any(label.whole for label in own):
        others = _labels(text, (*cell.beside, *cell.across))
        services = {o.item.service for o in others if o.item} - {Service.STAFF}
        if len(services) == 1:
            return Item(services.pop(), None, *cell.quote)
        if services:
            return Item(Service.TOTAL, None, *cell.quote)
    for label in (*own, *named.captions):
        if label.item:
            return Item(label.item.service, label.item.detail, *cell.quote)
    if context.theme:
        return Item(context.theme.service, context.theme.detail, *cell.quote)
    if any(_THEATRE.search(fold(text[start:end])) for start, end in cell.across):
        return Item(Service.SURGERY, None, *cell.quote)  # who operated, and where
    if context.counted and any(label.people for label in own):
        return Item(context.counted.service, None, *cell.quote)
    return Item(Service.TOTAL, None, *cell.quote) if any(label.whole for label in own) else None


def _place(context: TableContext, cell: TableCell, named: _Named) -> str:
    """Return the place of the row or column, else the heading's, else the bulletin's."""
    text = context.source.text
    own = (*named.rows, *named.columns)
    beside = _labels(text, (*cell.beside, *cell.across))
    for label in own:
        if label.place and not label.rest:
            return label.place
    known = [label for label in beside if label.kind]
    whole = any(label.whole or label.rest for label in own)
    if known and len(known) * 2 >= len(beside) and not whole:
        for label, where in zip(named.rows, cell.rows, strict=True):
            if not (label.item or label.status or label.longer):
                return name_as_place(text[slice(*where)])
    states = [label for label in known if label.kind in _STATES]
    if whole and len(states) > 1:
        apart = any(o.kind is PlaceKind.NATIONAL for o in beside)
        if any(label.listed or (label.whole and apart) for label in own):
            return JOINT.join(dict.fromkeys(label.place for label in states if label.place))
        return NATIONAL
    by_unit = any(label.kind is PlaceKind.UNIT for label in known)
    for where in cell.captions:
        found = _place_within(context.source, where)
        if found and not (by_unit and read_place(found).kind is PlaceKind.UNIT):
            return found  # a sum of hospitals is not that of one in a line above
    if whole and context.place == NATIONAL:
        return _state_of_all(known) or NATIONAL
    return context.place


def _state_of_all(labels: Sequence[Label]) -> str | None:
    """Return the one state that all places lie in."""
    states = {read_place(label.place).state for label in labels if label.place}
    return states.pop() if len(states) == 1 and len(labels) > 1 else None


def _place_within(source: Passages, where: Cell) -> str | None:
    """Return the one place that a heading names."""
    names = {
        name
        for sentence in source.sentences_of(*where)
        for name in (
            *(unit.name for unit in sentence.units if where[0] <= unit.start < where[1]),
            *(state for at, state in sentence.states if where[0] <= at < where[1]),
        )
    }
    return names.pop() if len(names) == 1 else None


def _scope(context: TableContext, cell: TableCell, named: _Named) -> FigureScope:
    """Return the time that the row or column says, else the heading, else what holds there."""
    source, calendar = context.source, context.calendar
    own = (*cell.columns, *cell.rows)
    found = [s for where in own if (s := scope_of_cell(source, calendar, where))]
    if found:
        chosen = min(found, key=lambda scope: scope.edition is None)
        if chosen.days == UNKNOWN:  # the edition in one cell, its days in another
            days = next((s.days for s in found if s.period is chosen.period and any(s.days)), None)
            chosen = chosen._replace(days=days or UNKNOWN)
        return chosen
    held = context.scope
    for where in cell.captions:
        if said := scope_of_caption(source, calendar, where, held):
            held = said
            break
    if cell.jornadas == 1 and held.period is Period.CUMULATIVE:
        return FigureScope(Period.JORNADA, None, explicit=True)
    if any(label.whole for label in (*named.rows, *named.columns)):
        others = (*cell.beside, *cell.across)
        parts = [s for where in others if (s := scope_of_cell(source, calendar, where))]
        if len(parts) > 1:
            return scope_of_whole(parts, held)
    return held
