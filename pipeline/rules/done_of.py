"""A number that is set against what was to be done: "19 de 20 procedimientos"."""

import re

from pipeline.rules.asides import unless_no_figure
from pipeline.rules.items import NO_NOUN, item_of
from pipeline.rules.spot import Aside, Item, Spot

_OF = re.compile(r"\s+de\s+(?:l[ao]s\s+|un\s+total\s+de\s+)?")


def done_of(spot: Spot, item: Item | Aside) -> Item | Aside:
    """Give a bare number the noun that stands behind the number it is set against."""
    numeral = spot.numeral
    one = numeral.value == 1 and not numeral.raw.isdigit()  # "es uno de los 47 operados"
    if isinstance(item, Item) or item.reason != NO_NOUN or one:
        return item
    for other in spot.sentence.quantities:
        if other.start > numeral.end and _OF.fullmatch(spot.folded, numeral.end, other.start):
            whole = item_of(spot._replace(numeral=other))
            if isinstance(whole, Item):
                own = Item(whole.service, whole.detail, numeral.start, numeral.end)
                return unless_no_figure(spot, own)
    return item
