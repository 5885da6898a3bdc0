"""What the numbers of a sentence hand on to the next one."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.scopes import FigureScope
from pipeline.rules.spot import Item
from pipeline.rules.vocabulary import Role
from schemas.report import Service, Status

_BREAKDOWN = 3
_SHORT = 6
_THE_OTHERS = re.compile(r"\bl[ao]s\s+(?:otr[ao]s|restantes)\s+$|\bel\s+resto,?\s+$")
_OTHERS_REACH = 14


class Reach(NamedTuple):
    """What the numbers before hand on to the next sentence."""

    scope: FigureScope
    status: Status
    cumulative: FigureScope | None = None
    """The last stretch longer than a jornada whose days are known."""
    block: int = -1
    items: tuple[Item, ...] = ()
    """The figures of the last sentence that has any."""
    previous: Item | None = None
    headed: bool = False
    """`previous` was named by the heading of a list or a question."""
    percents: bool = False
    """The passage has been giving percentages of goals."""
    stretch: FigureScope | None = None
    """The time of its last figure over a longer stretch."""
    aside: FigureScope | None = None
    """The time of its last sentence, where that holds for the sentence and its breakdown alone."""
    counted: Item | None = None
    """The last figure, be it in a sentence or in a table."""
    cut: bool = False
    """Its last sentence was cut off, as by a page foot."""


def what_goes_on(source: Passages, items: Sequence[Item]) -> Item:
    """Return the last figure; of a breakdown behind a colon, what was broken down."""
    first, last = items[0], items[-1]
    if _THE_OTHERS.search(source.folded, max(0, last.first - _OTHERS_REACH), last.first):
        return last._replace(detail=None)  # the last kind is told: what goes on is the whole
    if len(items) < _BREAKDOWN:
        return last
    details = {item.detail for item in items}
    alike = all(item.service is last.service for item in items)
    if alike and None not in details and len(details) == len(items):
        return last._replace(detail=None)  # all kinds were told apart
    broad = first.detail is None and first.service in (Service.TOTAL, last.service)
    opening = source.clean[first.last : items[1].first]
    return first if broad and (":" in opening or "(" in opening) else last


def only_service(sentence: Sentence) -> Item | None:
    """Return the one kind of service that a sentence without figures names: "Mastografías."."""
    named = {
        (head.service, head.detail)
        for term in sentence.terms
        if (head := term.get(Role.HEAD)) and head.service not in (Service.TOTAL, Service.STAFF)
    }
    if len(named) != 1:
        return None
    service, detail = named.pop()
    short = len(sentence.words) <= _SHORT
    if service is None or not (detail or short):
        return None
    return Item(service, detail, sentence.start, sentence.start)
