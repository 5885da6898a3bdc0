"""The same fact printed twice is one figure."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.report import Figure, Period, Unit

_TELLING = 1000
"""From here up, an equal value of the same service is the same fact."""


class Found(NamedTuple):
    """A figure with what its merging needs to know."""

    figure: Figure
    explicit: bool
    """Its period was said by a cue, not assumed."""
    said: bool
    """Performed or planned was said by a cue, not assumed."""
    in_title: bool


def merged(found: Sequence[Found]) -> tuple[Figure, ...]:
    """Join repetitions: the place where the text says more decides the labels."""
    kept: list[Found] = []
    for new in found:
        twin = next((i for i, old in enumerate(kept) if _same_fact(old, new)), None)
        if twin is None:
            kept.append(new)
        else:
            kept[twin] = _better(kept[twin], new)
    return tuple(f.figure for f in kept)


def _same_fact(old: Found, new: Found) -> bool:
    a, b = old.figure, new.figure
    if (a.value, a.unit, a.service) != (b.value, b.unit, b.service):
        return False
    if a.status is not b.status and ((old.said and new.said) or a.value < _TELLING):
        return False
    same_kind = a.detail == b.detail
    if same_kind and (a.period, a.edition, a.place) == (b.period, b.edition, b.place):
        return True
    if same_kind and old.explicit != new.explicit:
        return True
    if a.value < _TELLING and a.unit is not Unit.PERCENT and not (old.in_title or new.in_title):
        return False
    return same_kind or a.detail is None or b.detail is None


def _better(old: Found, new: Found) -> Found:
    """Prefer the cumulative reading, then the one with a cue of its own, then the first."""
    first, second = (new, old) if _weight(new) > _weight(old) else (old, new)
    detail = first.figure.detail or second.figure.detail
    exact = old.figure.approximate and new.figure.approximate
    return first._replace(
        figure=first.figure.model_copy(update={"detail": detail, "approximate": exact})
    )


def _weight(found: Found) -> tuple[bool, ...]:
    return (
        found.said,
        found.figure.period is Period.CUMULATIVE and found.explicit,
        found.explicit and not found.in_title,
        not found.in_title,
    )
