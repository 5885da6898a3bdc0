"""The same fact printed twice is one figure."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.report import Figure, Period, SetAside, Unit

_TELLING = 1000
"""From here up, an equal value of the same service is the same fact."""
_MOST_ALIKE = 200
"""Facts of one value and service with which a further one is compared."""


class FigureCandidate(NamedTuple):
    """A figure with what its merging needs to know."""

    figure: Figure
    explicit: bool
    """Its period was said by a cue, not assumed."""
    said: bool
    """Performed or planned was said by a cue, not assumed."""
    in_title: bool
    sentence: int = -1
    """Where its sentence begins: no sentence says one fact twice."""


AGAIN = "the same figure printed again"


def merge_figures(
    found: Sequence[FigureCandidate], own: str
) -> tuple[tuple[Figure, ...], tuple[SetAside, ...]]:
    """Join repetitions: the place where the text says more decides the labels.

    `own` is the bulletin's place: what was done in all of it may be what one unit did.

    The other places are set aside as repetitions, so that no number goes unexplained.
    """
    kept: list[FigureCandidate] = []
    places: dict[tuple[object, ...], list[int]] = {}
    again: list[SetAside] = []
    for new in found:
        fact = (new.figure.value, new.figure.unit, new.figure.service)
        alike = places.setdefault(fact, [])
        twin = next(
            (
                i
                for i in alike
                if not kept[i].sentence == new.sentence >= 0 and _same_fact(kept[i], new, own)
            ),
            None,
        )
        if twin is None:
            if len(alike) < _MOST_ALIKE:
                alike.append(len(kept))
            kept.append(new)
        else:
            better = _better(kept[twin], new)
            again.extend(
                SetAside(
                    quote=one.figure.quote,
                    reason=AGAIN,
                    char_start=one.figure.char_start or 0,
                    char_end=one.figure.char_end or 0,
                )
                for one in (kept[twin], new)
                if one.figure.char_start != better.figure.char_start
            )
            kept[twin] = better
    return tuple(_as_rounded(one, kept) for one in kept), tuple(again)


def _as_rounded(one: FigureCandidate, found: Sequence[FigureCandidate]) -> Figure:
    """Mark a headline's rounded value whose exact one stands in the body as approximate."""
    figure = one.figure
    if not one.in_title or figure.unit is Unit.PERCENT or figure.value % _TELLING:
        return figure
    step = _TELLING
    while figure.value and figure.value % (step * 10) == 0:
        step *= 10
    exact = any(
        0 < abs(other.figure.value - figure.value) < step
        and other.figure.unit is figure.unit
        and other.figure.service is figure.service
        and other.figure.status is figure.status
        and figure.detail in (None, other.figure.detail)
        for other in found
        if not other.in_title
    )
    return figure.model_copy(update={"approximate": True}) if exact else figure


def _same_fact(old: FigureCandidate, new: FigureCandidate, own: str) -> bool:
    """Tell whether figures of one value, unit and service, of two sentences, are one fact."""
    a, b = old.figure, new.figure
    if a.status is not b.status and ((old.said and new.said) or a.value < _TELLING):
        return False
    same_kind = a.detail == b.detail
    same_place = a.place == b.place or own in (a.place, b.place)
    if same_kind and same_place and (a.period, a.edition) == (b.period, b.edition):
        return True
    if same_kind and old.explicit != new.explicit:
        return True
    if old.explicit and new.explicit and _other_time(a, b, old.in_title or new.in_title):
        return False
    if a.value < _TELLING and a.unit is not Unit.PERCENT and not (old.in_title or new.in_title):
        return False
    return same_kind or a.detail is None or b.detail is None


def _other_time(a: Figure, b: Figure, headline: bool) -> bool:  # noqa: FBT001 - one fact of two
    """Tell whether two figures are said of two times; a headline may say a total of one jornada."""
    if a.period is b.period:
        return a.edition is not None and b.edition is not None and a.edition != b.edition
    return not headline


def _better(old: FigureCandidate, new: FigureCandidate) -> FigureCandidate:
    """Prefer what is said over what is assumed, the cumulative, the body's, then the first."""
    first, second = (new, old) if _weight(new) > _weight(old) else (old, new)
    detail = first.figure.detail or second.figure.detail
    approximate = old.figure.approximate and new.figure.approximate
    return first._replace(
        figure=first.figure.model_copy(update={"detail": detail, "approximate": approximate})
    )


def _weight(found: FigureCandidate) -> tuple[bool, ...]:
    return (
        found.said,
        found.figure.period is Period.CUMULATIVE and found.explicit,
        found.explicit and not found.in_title,
        not found.in_title,
    )
