"""What a sentence says at its head that it is about: "Por lo que hace a las cirugías, ..."."""

import re

from pipeline.rules.spot import Item, Spot
from pipeline.rules.vocabulary import Role
from schemas.report import Service

_TOPIC = re.compile(
    r"[^\w]*(?:por\s+lo\s+que\s+(?:hace|toca|respecta|se\s+refiere|corresponde)\s+a|en\s+(?:cuanto|lo\s+que\s+(?:toca|respecta|se\s+refiere|hace)"
    r"|lo\s+(?:referente|relativo|tocante|concerniente))\s+a|(?:con\s+)?respecto\s+(?:a|de)|tocante\s+a|en\s+materia\s+de|en\s+el\s+(?:rubro|renglon|apartado|caso)\s+de"
    r"|sobre|acerca\s+de|de|en|del\s+lado\s+de)(?:l)?\s+(?:l[ao]s?\s+)?"
)
_ENDS = re.compile(r"\s*[,:]")
_REACH = 90


def topic_of(spot: Spot) -> Item | None:
    """Return the service that the sentence names at its head for all of its bare numbers."""
    start = spot.sentence.start
    match = _TOPIC.match(spot.folded, start, spot.sentence.end)
    if match is None or spot.numeral.start < match.end():
        return None
    terms = spot.terms(start, min(spot.numeral.start, start + _REACH), {Role.HEAD})
    head = terms[0].get(Role.HEAD) if terms else None
    if head is None or head.service in (None, Service.TOTAL, Service.STAFF):
        return None
    if terms[0].start != match.end() or not _ENDS.match(spot.folded, terms[0].end):
        return None
    return Item(head.service or Service.OTHER, head.detail, start, terms[0].end)
