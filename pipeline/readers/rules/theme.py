"""The one kind of service that a monothematic bulletin is about."""

from collections import Counter

from pipeline.readers.rules.items import Item
from pipeline.readers.rules.passages import Passages
from pipeline.readers.rules.vocabulary import Role, Vocabulary
from schemas.report import Service

_LEAD = 400
_THEMES = (Service.SURGERY, Service.FAMILY_PLANNING, Service.SCREENING, Service.VACCINATION)


def theme_of(source: Passages, title: str | None, vocabulary: Vocabulary) -> Item | None:
    """Return the service and detail that the lead names, where no other service is named there."""
    del title, vocabulary
    services: Counter[tuple[Service, str | None]] = Counter()
    for sentence in source.sentences:
        if sentence.start > _LEAD:
            break
        for term in sentence.terms:
            head = term.get(Role.HEAD)
            detail = next(
                (m for m in term.meanings if m.role is Role.DETAIL and m.service in _THEMES), None
            )
            meaning = head if head and head.detail else detail or head
            if (
                meaning
                and meaning.service
                and meaning.service not in (Service.TOTAL, Service.STAFF)
            ):
                services[(meaning.service, meaning.detail)] += 1
    kinds = {service for service, _ in services}
    details = {detail for _, detail in services if detail}
    if len(kinds) == 1 and kinds <= set(_THEMES):
        return Item(kinds.pop(), details.pop() if len(details) == 1 else None, 0, 0)
    return None
