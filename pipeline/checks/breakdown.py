"""Which figures are parts of which: what adds up to a total, and what stands inside a part."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import NamedTuple

from pipeline.facts import Kind
from schemas.codebook import MANNERS
from schemas.report import Figure, Service

Kinds = Mapping[Kind, list[Figure]]
Groups = Sequence[Sequence[Figure]]
"""A group holds the values printed for one kind: one, or several that contradict each other."""

_CERTAIN_PARTS = frozenset(
    (
        Service.CONSULTATION,
        Service.SURGERY,
        Service.SCREENING,
        Service.ANCILLARY_STUDY,
        Service.TRANSPLANT,
    )
)
_NEVER_PARTS = frozenset((Service.TOTAL, Service.STAFF, Service.DONATION))
"""Donations are counted by donors, by organs or by units of blood, and are no services given."""
# Others cut across these: first visits, or a specialty by its own name.
_CONSULTATIONS = frozenset(
    ("family_medicine", "specialty", "stomatology", "nutrition", "mental_health", "emergency")
)
_INSIDE = {
    "cataract": "ophthalmology",
    "mammography": "breast_cancer",
    "clinical_breast_exam": "breast_cancer",
    "psychiatry": "mental_health",
    "counseling": None,
    "annual_checkup": None,
}
"""Details that another detail may include; None: that may include others, so never added up."""


class Breakdown(NamedTuple):
    """What a total is made of.

    `core` is part of it for certain; `extra` may be (some bulletins count vaccinations among
    their services, some don't); `inner` is most likely counted in another part already.
    """

    core: Groups
    extra: Groups
    inner: Groups

    def near(self, wholes: Sequence[Figure], most: int) -> "Breakdown":
        """Keep the core's figures that stand within `most` characters of one of `wholes`."""
        starts = sorted(one.char_start for one in wholes if one.char_start is not None)
        anywhere = len(starts) < len(wholes)

        def is_near(part: Figure) -> bool:
            if anywhere or part.char_start is None:
                return True
            behind = bisect_left(starts, part.char_start - most)
            return behind < len(starts) and starts[behind] <= part.char_start + most

        kept = (list(filter(is_near, group)) for group in self.core)
        return self._replace(core=[group for group in kept if group])


def breakdown_of(kinds: Kinds) -> Breakdown:
    """Break the total of all services of one scope down into its services."""
    whole = min((f.value for f in kinds.get(Kind(Service.TOTAL, None), ())), default=0)
    core: list[Sequence[Figure]] = []
    extra: list[Sequence[Figure]] = []
    inner: list[Sequence[Figure]] = []
    for service in dict.fromkeys(kind.service for kind in kinds):
        if service in _NEVER_PARTS:
            continue
        counted, within = _of_service(service, kinds)
        inner += within
        for group in counted:
            # What exceeds the total by itself contradicts it, whether or not it is a part.
            certain = service in _CERTAIN_PARTS or min(f.value for f in group) > whole
            (core if certain else extra).append(group)
    return Breakdown(core, extra, inner)


def kinds_within(service: Service, kinds: Kinds) -> Breakdown:
    """Break one service's total down into its details."""
    details = {kind: figures for kind, figures in kinds.items() if kind.detail is not None}
    counted, within = _of_service(service, details)
    return Breakdown(counted, [], within)


def _of_service(service: Service, kinds: Kinds) -> tuple[list[list[Figure]], list[list[Figure]]]:
    """Split a service's figures into those that are added up and those inside of them."""
    details = {
        kind.detail: figures
        for kind, figures in kinds.items()
        if kind.service is service and kind.detail is not None
    }
    if (whole := Kind(service, None)) in kinds:
        return [kinds[whole]], list(details.values())
    narrower = frozenset(chain.from_iterable(map(_broader, details)))
    counted = {
        detail
        for detail in details
        if frozenset(detail.split("+")) not in narrower and _is_counted(service, detail, details)
    }
    return (
        [figures for detail, figures in details.items() if detail in counted],
        [figures for detail, figures in details.items() if detail not in counted],
    )


def _is_counted(service: Service, detail: str, details: Mapping[str, object]) -> bool:
    if service is Service.CONSULTATION and not _CONSULTATIONS.issuperset(detail.split("+")):
        return False
    if service is Service.SURGERY and detail in MANNERS:
        return False
    return not (detail in _INSIDE and (_INSIDE[detail] is None or _INSIDE[detail] in details))


def _broader(detail: str) -> Iterator[frozenset[str]]:
    """Yield the codes of each detail that "a+b+c" is a part of: "a", "a+b"."""
    codes = frozenset(detail.split("+"))
    for size in range(1, len(codes)):
        yield from map(frozenset, combinations(codes, size))
