"""The one kind of service that a monothematic bulletin is about."""

from collections import Counter

from pipeline.rules.passages import Passages
from pipeline.rules.spot import Item
from pipeline.rules.vocabulary import Role
from schemas.report import Service

_LEAD = 400
_NEUTRAL = (Service.TOTAL, Service.STAFF)
_THEMES = (
    Service.CONSULTATION,
    Service.SURGERY,
    Service.FAMILY_PLANNING,
    Service.SCREENING,
    Service.VACCINATION,
)


def theme_of(source: Passages) -> Item | None:
    """Return the service, with its detail, that the lead names and no other service beside it."""
    found: Counter[tuple[Service, str | None]] = Counter()
    for sentence in source.sentences:
        if sentence.start > _LEAD:
            break
        for term in sentence.terms:
            if term.get(Role.SPECIALTY) and not term.get(Role.HEAD):
                continue
            head = term.get(Role.HEAD)
            detail = next(
                (m for m in term.meanings if m.role is Role.DETAIL and m.service in _THEMES), None
            )
            meaning = head if head and head.detail else detail or head
            if meaning and meaning.service and meaning.service not in _NEUTRAL:
                found[(meaning.service, meaning.detail)] += 1
    services = {service for service, _ in found}
    if len(services) != 1 or not services <= set(_THEMES):
        return None
    service = services.pop()
    details = Counter({detail: n for (_, detail), n in found.items() if detail})
    told = details.most_common(1)
    alone = told and told[0][1] > 1 and told[0][1] > sum(details.values()) / 2
    return Item(service, told[0][0] if alone else None, 0, 0)
