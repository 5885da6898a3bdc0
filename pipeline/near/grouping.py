"""Which texts of a few are one release; needs no database. Of a backlog, see `search`."""

from collections import defaultdict
from collections.abc import Iterable

from pipeline.near.signature import Signature, is_same_release, sign


def group_releases(texts: Iterable[str]) -> tuple[int, ...]:
    """Give for each text the place of the first one that is of the same release: its own, mostly.

    A text too short to be signed is like no other.
    """
    by_band: dict[int, list[int]] = defaultdict(list)
    firsts: dict[int, Signature] = {}
    groups: list[int] = []
    for place, signed in enumerate(map(sign, texts)):
        if signed is None:
            groups.append(place)
            continue
        likely = sorted({first for band in signed.bands for first in by_band[band]})
        same = (first for first in likely if is_same_release(firsts[first], signed))
        groups.append(next(same, place))
        if groups[-1] == place:
            firsts[place] = signed
            for band in signed.bands:
                by_band[band].append(place)
    return tuple(groups)
