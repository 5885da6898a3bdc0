"""Every number of a bulletin made a figure with its labels, or set aside with a reason."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.readers.rules.items import Aside, Context, Item, Spot, is_article, item_of
from pipeline.readers.rules.jornadas import Calendar, role_terms
from pipeline.readers.rules.merge import merged
from pipeline.readers.rules.passages import Passages, Sentence
from pipeline.readers.rules.places import place_of, place_of_bulletin
from pipeline.readers.rules.scopes import (
    Scope,
    cues,
    default_scope,
    is_approximate,
    scope_of,
    status_cues,
    status_of,
)
from pipeline.readers.rules.vocabulary import Role, Vocabulary
from schemas.document import Numeral, NumeralKind
from schemas.report import Figure, Period, Service, SetAside, Status, Unit

_RARE = (Service.TRANSPLANT, Service.DONATION)
"""Services so rare that "un" and "una" before them count."""


_AGAINST = re.compile(r"\s*,?\s*(?:de|contra|frente\s+a)\s+(?:l[ao]s\s+)?")
_HEADED = re.compile(r"trasplant|transplant|donaci|donant|donador|procuraci")


class _Reach(NamedTuple):
    """What the figures before hand on to the next sentence."""

    scope: Scope
    status: Status
    block: int
    items: tuple[Item, ...]
    goal: bool
    open: bool
    """Its last sentence was cut off, as by a page foot."""


class Found(NamedTuple):
    """A figure with what its merging needs to know."""

    figure: Figure
    explicit: bool
    said: bool
    """Performed or planned was said by a cue, not assumed."""
    in_title: bool


def figures_of(
    source: Passages,
    calendar: Calendar,
    title: str | None,
    theme: Item | None,
    vocabulary: Vocabulary,
    *,
    upcoming: bool,
) -> tuple[tuple[Figure, ...], tuple[SetAside, ...]]:
    """Read all figures of a bulletin; every other count or percent is set aside."""
    default = default_scope(source, calendar)
    usual = Status.PLANNED if upcoming else _usual_status(source)
    place = place_of_bulletin(source)
    title_end = len(title) if title and source.text.startswith(title) else 0
    reach = _Reach(default, usual, -1, (), goal=False, open=False)
    found: list[Found] = []
    asides: list[SetAside] = []
    for sentence in source.sentences:
        scopes = cues(source, sentence, calendar)
        statuses = status_cues(sentence, upcoming=upcoming)
        lasting = reach.status if sentence.block == reach.block or reach.open else usual
        items: list[Item] = list(reach.items)
        here: list[Item] = []
        scope, goal, breakdown = reach.scope, reach.goal, 0
        for numeral in _candidates(sentence):
            context = Context(items[-1] if items else None, tuple(here), theme)
            read = item_of(Spot(source.text, source.folded, sentence, numeral, context, vocabulary))
            if isinstance(read, Item) and not _counts(numeral, read, source, here):
                continue
            if numeral.kind is NumeralKind.PERCENT:
                read = _percent(sentence, numeral, read, goal, [f.figure for f in found])
            if isinstance(read, Aside):
                if not is_article(numeral):
                    asides.append(_aside(source.text, numeral, read))
                continue
            scope = scope_of(source.text, scopes, numeral, read.last, reach.scope)
            since = 0
            if here and (colon := source.text.find(":", here[-1].last, numeral.start)) >= 0:
                since, lasting = colon, found[-1].figure.status
                breakdown = colon
            judged = status_of(
                source.text, statuses, numeral, read.last, lasting, max(since, breakdown)
            )
            lasting = judged.lasting
            status = judged.status
            if (
                here
                and read.last - read.first == numeral.end - numeral.start
                and _AGAINST.fullmatch(source.folded, here[-1].last, numeral.start)
            ):
                status = Status.PLANNED
            goal = goal or numeral.kind is NumeralKind.PERCENT
            figure = _figure(
                source,
                sentence,
                numeral,
                read,
                scope,
                status,
                place,
                after_percent=bool(here) and found[-1].figure.unit is Unit.PERCENT,
            )
            found.append(Found(figure, scope.explicit, judged.said, sentence.start < title_end))
            items.append(read)
            here.append(read)
        strong = tuple(cue for cue in scopes if cue.strong)
        if not here and strong:
            scope = Scope(strong[-1].period, strong[-1].edition, explicit=True)
        cut = source.text[sentence.start : sentence.end].rstrip()[-1:] not in '.!?:;”"'
        reach = _Reach(
            scope,
            lasting,
            sentence.block,
            tuple(here[-1:] or items[-1:]),
            goal,
            (cut and bool(here)) or (reach.open and not here),
        )
    return merged(found), tuple(asides)


def _candidates(sentence: Sentence) -> Iterator[Numeral]:
    for numeral in sentence.numerals:
        if numeral.kind in (NumeralKind.COUNT, NumeralKind.PERCENT):
            yield numeral


def _counts(numeral: Numeral, item: Item, source: Passages, here: list[Item]) -> bool:
    """Tell whether "un" or "una" is a number: before a rare service that is named, or in a list."""
    if not is_article(numeral):
        return True
    named = item.last > numeral.end + 1
    if not here and not _HEADED.search(source.folded, numeral.end, item.last):
        return False  # "esperan un riñón"
    between = source.text[numeral.end : item.last].split()
    direct = len(between) <= 4 and "," not in source.text[numeral.end : item.last]  # noqa: PLR2004
    return named and direct and item.service in _RARE and (bool(here) or item.detail is not None)


def _usual_status(source: Passages) -> Status:
    """Return what figures are where their sentence does not say: announcements plan."""
    planned = performed = 0
    for sentence in source.sentences:
        for cue in status_cues(sentence, upcoming=False):
            if cue.status is Status.PLANNED and not cue.after:
                planned += 1
            elif cue.status is Status.PERFORMED:
                performed += 1
    return Status.PLANNED if planned > 2 * performed else Status.PERFORMED


def _percent(
    sentence: Sentence,
    numeral: Numeral,
    read: Item | Aside,
    goal: bool,  # noqa: FBT001 - one fact of the passage among others
    before: list[Figure],
) -> Item | Aside:
    """Keep a percentage of a goal; growth against another year is none.

    `goal` tells that the passage has been giving percentages of goals.
    """
    goals = list(role_terms(sentence, Role.GOAL))
    here = [f for f in before if (f.char_start or 0) >= sentence.start]
    if goals or any(f.status is Status.PLANNED for f in here):
        if isinstance(read, Item):
            return read
        end = min((e for s, e, _ in goals if 0 <= s - numeral.end < 20), default=numeral.end)  # noqa: PLR2004
        if here:
            return Item(here[-1].service, here[-1].detail, numeral.start, end)
        return Item(Service.TOTAL, None, numeral.start, end)
    if isinstance(read, Item) and goal and next(role_terms(sentence, Role.GROWTH), None) is None:
        return read
    if next(role_terms(sentence, Role.GROWTH), None):
        return Aside("growth against another time", numeral.start, numeral.end)
    return Aside("a percentage of no goal", numeral.start, numeral.end)


def _aside(text: str, numeral: Numeral, aside: Aside) -> SetAside:
    start, end = min(aside.first, numeral.start), max(aside.last, numeral.end)
    return SetAside(quote=text[start:end], reason=aside.reason, char_start=start, char_end=end)


def _figure(
    source: Passages,
    sentence: Sentence,
    numeral: Numeral,
    item: Item,
    scope: Scope,
    status: Status,
    bulletin_place: str,
    *,
    after_percent: bool,
) -> Figure:
    start, end = min(item.first, numeral.start), max(item.last, numeral.end)
    period = scope.period
    unit = Unit(numeral.kind.value)
    if after_percent and numeral.value != int(numeral.value):
        unit = Unit.PERCENT  # "91.5 por ciento en consulta y 49.8 en cirugía"
    if item.service is Service.STAFF:
        status = Status.PERFORMED
    if unit is Unit.PERCENT:
        status = _percent_status(source, numeral)
    return Figure(
        value=numeral.value,
        unit=unit,
        service=item.service,
        detail=item.detail,
        status=status,
        period=period,
        edition=scope.edition if period is Period.JORNADA else None,
        place=place_of(source, sentence, numeral, end, bulletin_place),
        approximate=is_approximate(source, sentence, numeral, status),
        quote=source.text[start:end],
        char_start=start,
        char_end=end,
    )


_EXPECTED = re.compile(r"esperab|esperad|previst|programad|planead|estimad|proyectad")
_EXPECTED_BEHIND = re.compile(
    r"\s*(?:como\s+)?(?:que\s+)?(?:se\s+)?(?:tenia\s+)?(?:esperab|esperad|previst|proyectad)"
)
_EXPECTED_BEFORE = re.compile(rf"(?:{_EXPECTED.pattern})\w*\s+(?:[a-z]+\s+){{0,2}}$")


def _percent_status(source: Passages, numeral: Numeral) -> Status:
    """A percentage was reached, unless the words right at it say that it was expected."""
    behind = re.split(r"[,;(]|\b(?:cuando|contra|y|frente)\b", source.folded[numeral.end :][:40])[0]
    before = source.folded[max(0, numeral.start - 30) : numeral.start]
    expected = _EXPECTED_BEHIND.match(behind) or _EXPECTED_BEFORE.search(before)
    return Status.PLANNED if expected else Status.PERFORMED
