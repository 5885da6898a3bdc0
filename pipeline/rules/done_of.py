"""A number that is set against what was to be done: "19 de 20 procedimientos"."""

import re
from bisect import bisect_left
from itertools import pairwise
from operator import attrgetter

from pipeline.rules.asides import unless_no_figure
from pipeline.rules.items import NO_NOUN, item_of
from pipeline.rules.passages import Sentence
from pipeline.rules.spot import ALONE, Aside, Item, Spot
from pipeline.rules.themed import narrow_theme
from schemas.document import Numeral
from schemas.report import Service

_START = attrgetter("start")
_OF_ITS = re.compile(r"\s+de\s+(?:sus\s+|l[ao]s\s+)?")
_OF_FEWER = re.compile(r"\d\s{1,3}de\s{1,3}$")
_FEWER_REACH = 12
_TOLD = re.compile(
    r"\b(?:llev(?:a|an|amos|aba|aban)|(?:va|van|vamos|iba|iban)(?:\s+en)?|hizo|hicieron|hicimos|logr\w+|complet\w+|cumpli\w+|realiz\w+|oper\w+|sac\w+"
    r"|report\w+|registr\w+|avanz\w+|(?:termin|cerr|concluy|acab|cumpl)\w+\s+(?:con|en)|acumul\w+|sum\w+|apenas|ya)\s+$"
)
_NEXT = re.compile(r",\s+$")
_ITS = re.compile(r"\s+de\s+(?:l[ao]s\s+|sus\s+)?")
_REACH = 30
_PAIR = 2
_OF = re.compile(r"\s+de\s+(?:l[ao]s\s+|un\s+total\s+de\s+)?")


def done_of(spot: Spot, item: Item | Aside) -> Item | Aside:
    """Give a bare number the noun that stands behind the number it is set against."""
    numeral = spot.numeral
    one = numeral.value == 1 and not numeral.raw.isdigit()  # "es uno de los 47 operados"
    if isinstance(item, Item) or item.reason != NO_NOUN or one:
        return item
    if pair := _of_pair(spot):
        return pair
    quantities = spot.sentence.quantities
    behind = bisect_left(quantities, numeral.end, key=_START)
    for other in quantities[behind : behind + 2]:  # "un total de" may hold an article
        if _OF.fullmatch(spot.folded, numeral.end, other.start):
            whole = item_of(spot._replace(numeral=other))
            if isinstance(whole, Item):
                own = Item(whole.service, whole.detail, numeral.start, numeral.end)
                return unless_no_figure(spot, own)
    return item


def end_of_own_words(text: str, sentence: Sentence, numeral: Numeral, last: int) -> int:
    """Return where the words end that are a number's own, of those that end at `last`.

    In "12 de las 15 previstas" what stands behind the second number is of that.
    """
    at = bisect_left(sentence.printed, numeral.end, key=_START)
    if at == len(sentence.printed):
        return last
    behind = sentence.printed[at]
    set_against = behind.value >= numeral.value and _OF_ITS.fullmatch(
        text, numeral.end, behind.start
    )
    return numeral.end if behind.start < last or set_against else last


def is_to_be_done(text: str, sentence: Sentence, numeral: Numeral, *, bare: bool) -> bool:
    """Tell whether what was done is set against a number: "van 87 de 130", "19 de 20 cirugías".

    `bare` tells that the number has no words of its own.
    """
    if _OF_FEWER.search(text, max(sentence.start, numeral.start - _FEWER_REACH), numeral.start):
        return True
    at = bisect_left(sentence.printed, numeral.start, key=_START)
    if not bare or not at:
        return False
    done = sentence.printed[at - 1]
    fits = done.value <= numeral.value
    return fits and _OF_ITS.fullmatch(text, done.end, numeral.start) is not None


def _of_pair(spot: Spot) -> Item | None:
    """Read both numbers of "lleva 38 de sus 72; Tenosique, tres de ocho" as what was counted."""
    previous = spot.context.previous or narrow_theme(spot)
    if previous is None or previous.service is Service.STAFF:
        return None
    quantities, numeral = spot.sentence.quantities, spot.numeral
    at = bisect_left(quantities, numeral.start, key=_START)
    for few, many in pairwise(quantities[max(0, at - 1) : at + 2]):
        if not 0 < few.value <= many.value:
            continue
        if not _ITS.fullmatch(spot.folded, few.end, many.start):
            continue
        if not ALONE.match(spot.text, many.end):
            continue
        opening = spot.folded[max(spot.sentence.start, few.start - _REACH) : few.start]
        if numeral is not few or _TOLD.search(opening) or _is_next_pair(spot, opening):
            counted = numeral is few or any(few.start == one.first for one in spot.context.before)
            if counted:
                return Item(previous.service, previous.detail, numeral.start, numeral.end)
    return None


def _is_next_pair(spot: Spot, opening: str) -> bool:
    """Tell whether another pair stands before in the list."""
    before = spot.context.before[-2:]
    return (
        len(before) == _PAIR
        and _NEXT.search(opening) is not None
        and _ITS.fullmatch(spot.folded, before[0].last, before[1].first) is not None
    )
