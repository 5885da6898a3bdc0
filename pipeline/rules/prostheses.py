"""Prostheses: "52 de cadera" of them are replacements, "24 entre las dos" are of both kinds."""

import re

from pipeline.rules.nouns import join_details
from pipeline.rules.shared_out import distinct
from pipeline.rules.spot import Item, Spot
from schemas.report import Service

_REPLACED = {"hip": "hip_replacement", "knee": "knee_replacement"}
_WHOLE = "joint_replacement"
_BOTH = re.compile(
    r"(?:\s+(?P<noun>[a-z]+))?\s+(?:de|entre)\s+(?:ambos|ambas|l[ao]s\s+dos)(?:\s+(?:tipos|clases|especies))?\b"
)
_TWO = 2


def of_prosthesis(spot: Spot, item: Item) -> Item:
    """Read a joint named after prostheses as what was replaced: "84 prótesis: 52 de cadera"."""
    if item.service is not Service.SURGERY or item.detail not in _REPLACED:
        return item
    theme = [spot.context.theme] if spot.context.theme else []
    around = [*theme, *spot.context.listed, *spot.context.before]
    if any(one.detail in (_WHOLE, *_REPLACED.values()) for one in around):
        return item._replace(detail=_REPLACED[item.detail])
    return item


def both_kinds(spot: Spot) -> Item | None:
    """Read "24 entre las dos", "26 mil prótesis de ambos tipos": of the two kinds just told."""
    match = _BOTH.match(spot.folded, spot.numeral.end, spot.sentence.end)
    if match is None:
        return None
    for figures in (spot.context.before, spot.context.listed):
        kinds = distinct(figures)[-_TWO:]
        services = {one.service for one in kinds}
        if len(kinds) == _TWO and len(services) == 1 and all(one.detail for one in kinds):
            details = [one.detail for one in kinds if one.detail]
            service = services.pop()
            return Item(service, join_details(service, details), spot.numeral.start, match.end())
    return None
