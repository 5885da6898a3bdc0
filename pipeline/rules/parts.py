"""Parts of what was counted before, whose kind stands a little further: "36, de rodilla"."""

import re

from pipeline.rules import nouns
from pipeline.rules.spot import Item, Spot, next_quantity, words_end
from pipeline.rules.vocabulary import Role
from schemas.report import Service

_KINDS = frozenset((Role.DETAIL, Role.SPECIALTY))
_BY_COMMA = re.compile(
    r"\s*,\s*(?:(?:tod[ao]s\s+|para\s+)?(?:(?:de|del|contra|por|en|a)\s+)(?:[a-z]+\s+){0,3})?"
)
_OF_WHOM = re.compile(
    r"\s*de\s+(?:l[ao]s\s+(?:cuales|que)|ell[ao]s|est[ao]s|es[ao]s|quienes)\s*,?\s+(?:[a-z]+\s+){1,6}$"
)
_WHO = re.compile(r"\s*(?:a\s+)?(?:quienes|l[ao]s\s+(?:que|cuales))\b")
_SLOTS = re.compile(
    r"\s+(?:(?:nuev|otr)[ao]s\s+)?(?:lugares|espacios|turnos|cupos|fichas)\s+(?:de|para)\s+(?:la\s+|una\s+)?"
)
_ACT_REACH = 80
_NOT = re.compile(r"\b(?:no|sin|nunca|tampoco)\b|[.;:]")
_IN_WORD = "-0123456789"
_NEXT = re.compile(r"\s*,?\s*$")
_ENDS = re.compile(r"\s*(?:de\s+(?:la\s+)?[a-z]+\s*)?(?:$|[.,;)]|y\b|e\b)")


def part(spot: Spot) -> Item | None:
    """Read the kind behind a comma, or behind "de las cuales" and a verb."""
    known = (*reversed(spot.context.before), *reversed(spot.context.listed[-1:]))
    whole = next((one for one in known if one.service not in (Service.TOTAL, Service.STAFF)), None)
    if whole is None:
        return None
    end = spot.numeral.end
    ceiling = words_end(spot)
    terms = spot.terms(end, ceiling, _KINDS | {Role.HEAD})
    if not terms:
        return None
    gap = spot.folded[end : terms[0].start]
    if terms[0].get(Role.HEAD) and gap.strip() != ",":
        return None
    detail = nouns.detail_for(terms[0], whole.service)
    if detail is None or detail == whole.detail:
        return None
    following = next_quantity(spot)
    if _BY_COMMA.fullmatch(gap):
        behind = terms[0].end
        while behind < spot.sentence.end and spot.folded[behind] in _IN_WORD:
            behind += 1  # "covid-19"
        its_own = following and _NEXT.fullmatch(spot.folded, behind, following.start)
        if its_own or not _ENDS.match(spot.folded, behind, spot.sentence.end):
            return None
        return Item(whole.service, detail, spot.numeral.start, behind)
    if _OF_WHOM.fullmatch(gap):
        return Item(whole.service, detail, spot.numeral.start, terms[0].end)
    return None


def slots_of_kind(spot: Spot) -> Item | None:
    """Read "640 espacios de consulta especializada": as many services to come."""
    match = _SLOTS.match(spot.folded, spot.numeral.end, spot.sentence.end)
    terms = spot.terms(match.end(), words_end(spot), _KINDS | {Role.HEAD}) if match else []
    head = terms[0].get(Role.HEAD) if terms else None
    if match is None or head is None or head.service in (None, Service.TOTAL, Service.STAFF):
        return None
    if terms[0].start != match.end():
        return None
    read = nouns.read_noun_phrase(spot, spot.numeral.start, terms)
    return read if isinstance(read, Item) else None


def who_got(spot: Spot) -> Item | None:
    """Read the act behind a pronoun: "uno de los 47 a quienes los cirujanos operaron"."""
    match = _WHO.match(spot.folded, spot.numeral.end, spot.sentence.end)
    if match is None:
        return None
    ceiling = min(words_end(spot), match.end() + _ACT_REACH)
    acts = spot.terms(match.end(), ceiling, {Role.ACT})
    act = acts[0].get(Role.ACT) if acts else None
    if act is None or _NOT.search(spot.folded, match.end(), acts[0].start):
        return None
    terms = spot.terms(acts[0].start, ceiling, _KINDS | {Role.ACT})
    return nouns.with_details(spot, spot.numeral.start, act, terms, 1)
