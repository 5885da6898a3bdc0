"""How far two people agree beyond what chance would do. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterable


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Give Cohen's kappa (1960) of the labels that two have given to the same things.

    (observed − expected) / (1 − expected) agreement: 1 for no difference, 0 for what chance would
    do, below 0 for less. None where it is undefined: of no things, and where both have given
    everything one and the same label, so that chance alone would agree.
    """
    table = Counter(pairs)
    number = table.total()
    first, second = Counter[Hashable](), Counter[Hashable]()
    for (one, other), count in table.items():
        first[one] += count
        second[other] += count
    same = sum(count for (one, other), count in table.items() if one == other)
    # In whole numbers, so that "undefined" is no matter of rounding.
    expected = sum(count * second[label] for label, count in first.items())
    room = number * number - expected
    return (number * same - expected) / room if room else None
