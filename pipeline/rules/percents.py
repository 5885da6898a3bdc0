"""Percentages: a share or excess of a goal is a figure, growth against another time is none."""

import re
from collections.abc import Sequence

from pipeline.rules.passages import Sentence, role_terms
from pipeline.rules.spot import Aside, Item
from pipeline.rules.vocabulary import Role
from schemas.document import Numeral
from schemas.report import Figure, Service, Status

_EXPECTED = r"(?:esperab|esperad|previst|proyectad)"
_EXPECTED_BEHIND = re.compile(rf"\s*(?:como\s+)?(?:que\s+)?(?:se\s+)?(?:tenia\s+)?{_EXPECTED}")
_EXPECTED_BEFORE = re.compile(
    rf"(?:{_EXPECTED}|programad|planead|estimad)\w*\s+(?:[a-z]+\s+){{0,2}}$"
)
_GOAL_REACH = 20
_BEFORE = 30
_BEHIND = 40


def of_goal(
    sentence: Sentence,
    numeral: Numeral,
    read: Item | Aside,
    before: Sequence[Figure],
    *,
    running: bool,
) -> Item | Aside:
    """Keep a percentage of a goal, set any other aside.

    `before` are the sentence's figures so far; `running` tells that the passage has been giving
    percentages of goals. A percentage that names no service is that of the figure before it, else
    of all services.
    """
    goals = role_terms(sentence, Role.GOAL)
    growth = role_terms(sentence, Role.GROWTH)
    if goals or any(figure.status is Status.PLANNED for figure in before):
        if isinstance(read, Item):
            return read
        near = [end for start, end, _ in goals if 0 <= start - numeral.end < _GOAL_REACH]
        end = min(near, default=numeral.end)
        if before:
            return Item(before[-1].service, before[-1].detail, numeral.start, end)
        return Item(Service.TOTAL, None, numeral.start, end)
    if growth:
        return Aside("growth against another time", numeral.start, numeral.end)
    if isinstance(read, Item) and running:
        return read
    return Aside("a percentage of no goal", numeral.start, numeral.end)


def percent_status(folded: str, numeral: Numeral) -> Status:
    """Return performed, unless the words right at the percentage say that it was expected."""
    behind = re.split(
        r"[,;(]|\b(?:cuando|contra|y|frente)\b", folded[numeral.end : numeral.end + _BEHIND]
    )[0]
    before = folded[max(0, numeral.start - _BEFORE) : numeral.start]
    expected = _EXPECTED_BEHIND.match(behind) or _EXPECTED_BEFORE.search(before)
    return Status.PLANNED if expected else Status.PERFORMED
