"""The noun phrase before or behind a number, and nouns that take their meaning from around it."""

import re

from pipeline.rules import nouns
from pipeline.rules.spot import Aside, Item, Spot, blank_brackets, next_quantity, segments
from pipeline.rules.themed import is_operated_case, narrow_theme
from pipeline.rules.vocabulary import NAMING_ROLES, NOUN_ROLES, Meaning, Role, Term
from schemas.report import Service

_REACH = 4
"""Unknown words that may stand between a noun and its number behind."""
_SPECIFIC = NAMING_ROLES | {Role.ASIDE}
_OPERATIVE = (Service.SURGERY, Service.FAMILY_PLANNING)
_WITH_PROCEDURES = (*_OPERATIVE, Service.TRANSPLANT, Service.DONATION, Service.DIALYSIS)
_DONE_TO_CASES = (Service.CONSULTATION, *_OPERATIVE, Service.TRANSPLANT)
_TESTED = frozenset((Service.SCREENING, Service.VACCINATION, Service.ANCILLARY_STUDY))
_OPERATED = re.compile(r"\b(?:cirugi|(?<!sala de )(?<!mesa de )operacion|quirurg)")
NO_PROCEDURES = (Service.TOTAL, Service.STAFF)
AND_NUMBER = re.compile(r"\s*(?:,|y|e)\s*")
_COMMON_WORD = re.compile(r"\b[^\W_A-ZÁÉÍÓÚÑ]\w{2,}")
_WAVE = re.compile(
    r"\b(?:olas?|brotes?|pandemia|epidemia|casos?|contingencia|emergencia|temporada|variante|alerta|repunte|pico)\s+(?:[a-z]+\s+)?(?:de|del|por)\s+(?:el\s+|la\s+)?$"
)
_OF_THESE = re.compile(r"\s*(?:de|entre)\s+(?:(?:tod[ao]s\s+)?l[ao]s|est[ao]s)\s")


def read_phrase(
    spot: Spot, start: int, terms: list[Term], *, details_first: bool = False
) -> Item | Aside | None:
    """Read a noun phrase; "procedimientos" and the like take their meaning from around them."""
    first = terms[0]
    generic = first.get(Role.GENERIC)
    if generic and first.get(Role.ASIDE):
        return _case(spot, start, terms)
    if generic and not any(first.get(role) for role in _SPECIFIC):
        return _generic(spot, start, generic, terms)
    if _is_donor(spot, first):
        donor = spot.context.previous
        return Item(donor.service, donor.detail, start, first.end) if donor else None
    return nouns.read_noun_phrase(spot, start, terms, details_first=details_first)


def _case(spot: Spot, start: int, terms: list[Term]) -> Item | Aside | None:
    """Read "15 casos de cirugía"; cases of a disease are no services."""
    if len(terms) > 1 and nouns.adjacent(spot, terms[0], terms[1]):
        narrowed = read_phrase(spot, start, terms[1:])
        if isinstance(narrowed, Item) and narrowed.service in _DONE_TO_CASES:
            return narrowed
    if (theme := narrow_theme(spot)) and theme.service in _OPERATIVE and is_operated_case(spot):
        return theme._replace(first=start, last=terms[0].end)
    named = phrase_before(spot)
    if isinstance(named, Item) and named.service in _DONE_TO_CASES:
        return named._replace(first=start, last=terms[0].end)
    return nouns.read_noun_phrase(spot, start, terms)


def _is_donor(spot: Spot, term: Term) -> bool:
    """Tell whether a donor only says where what was counted before is from: "de donador vivo"."""
    previous, head = spot.context.previous, term.get(Role.HEAD)
    of = spot.folded[spot.numeral.end : term.start].split()
    return (
        previous is not None
        and head is not None
        and head.service is Service.DONATION
        and spot.folded.startswith(("donador", "donante"), term.start)
        and (
            (previous.service is Service.TRANSPLANT and of[:1] == ["de"])
            or (previous.service is Service.DONATION and bool(spot.context.before))
        )
    )


def _generic(spot: Spot, start: int, generic: Meaning, terms: list[Term]) -> Item | None:
    """Read "procedimientos", "sesiones", "casos": the words around them say of what."""
    first, context = terms[0], spot.context
    end = first.end
    if len(terms) > 1 and nouns.adjacent(spot, first, terms[1]):
        narrowed = read_phrase(spot, start, terms[1:])
        if isinstance(narrowed, Item):
            return narrowed
    named = phrase_before(spot)
    if isinstance(named, Item):
        return named._replace(first=start, last=end)
    if generic.service not in (None, Service.SURGERY):
        fits = (
            context.theme if context.theme and context.theme.service is Service.SCREENING else None
        )
        return (
            Item(fits.service, fits.detail, start, end)
            if fits
            else Item(generic.service, None, start, end)
        )
    if generic.service is Service.SURGERY and _is_named_beside(spot, generic, end):
        return Item(Service.OTHER, "procedure", start, end)
    pointed = re.search(r"\b(?:est|es|dich)[ao]s\b", spot.folded[start:end])
    earlier = [*([context.previous] if context.previous else []), *context.before]
    known = [item for item in earlier if item.service not in NO_PROCEDURES]
    if generic.service is Service.SURGERY:
        known = [item for item in known if item.service in _WITH_PROCEDURES]
    same = (
        context.theme
        and known
        and context.theme.service is known[-1].service is not Service.SURGERY
    )
    if known and (pointed or not context.theme or (same and not context.theme.detail)):
        beside = _OPERATED.search(spot.folded, spot.sentence.start, spot.numeral.start) and (
            generic.service in {item.service for item in context.before}
        )
        if beside and not pointed:
            return Item(Service.OTHER, "procedure", start, end)
        return Item(known[-1].service, known[-1].detail, start, end)
    if context.theme and (generic.service is None or context.theme.service in _OPERATIVE):
        return Item(context.theme.service, context.theme.detail, start, end)
    return Item(generic.service, None, start, end) if generic.service else None


def _is_named_beside(spot: Spot, generic: Meaning, end: int) -> bool:
    """Tell whether the sentence counts the service by its own name as well."""
    following = next_quantity(spot)
    if following is None or not AND_NUMBER.fullmatch(spot.folded, end, following.start):
        return False
    later = spot.terms(following.end, spot.sentence.end, {Role.HEAD})
    head = later[0].get(Role.HEAD) if later else None
    return head is not None and head.service is generic.service


def phrase_before(spot: Spot) -> Item | Aside | None:
    """Read the noun phrase before a number: "Cirugías: 340", "egresos (56 por ciento)"."""
    for start, end in list(segments(spot))[:2]:
        if generic := _of_the_generic(spot, start, end):
            return generic
        plain = blank_brackets(spot.text[start:end])
        terms = [
            term
            for term in spot.terms(start, end, NAMING_ROLES)
            if not plain[term.start - start].isspace()
        ]
        if not terms:
            continue
        terms = _without_total(terms)
        if _is_of_the_story(spot, terms):
            return None
        gap = blank_brackets(spot.text[terms[-1].end : spot.numeral.start])
        if len(_COMMON_WORD.findall(gap)) > _REACH:
            return None
        head = terms[0].get(Role.HEAD)
        if head and head.service is Service.STAFF and not terms[0].get(Role.DETAIL):
            return None
        found = read_phrase(spot, terms[0].start, terms, details_first=True)
        return found._replace(last=spot.numeral.end) if isinstance(found, Item) else None
    return None


def _is_of_the_story(spot: Spot, terms: list[Term]) -> bool:
    """Tell whether a disease is named for another reason: "con la quinta ola de covid y cayó a"."""
    previous, last = spot.context.previous, terms[-1]
    served = {m.service for term in terms for m in term.meanings if m.role is Role.DETAIL}
    if previous is None or any(term.get(Role.HEAD) for term in terms):
        return False
    if not served <= _TESTED or previous.service in served:
        return False
    if _WAVE.search(spot.folded, max(spot.sentence.start, terms[0].start - 40), terms[0].start):
        return True
    between = spot.sentence.words_between(last.end, spot.numeral.start)
    joint = any(word.canonical in spot.vocabulary.joints["and"] for word in between)
    return joint and any(word.past for word in between)


def _of_the_generic(spot: Spot, start: int, end: int) -> Item | None:
    """Read "De las intervenciones, 71 ...": those just counted, else what the noun says."""
    if not _OF_THESE.match(spot.folded, start, end) or spot.context.before:
        return None
    terms = spot.terms(start, end, NOUN_ROLES)
    generic = terms[0].get(Role.GENERIC) if len(terms) == 1 else None
    if generic is None or generic.service is not Service.SURGERY:
        return None
    known = [*spot.context.listed, *([spot.context.previous] if spot.context.previous else [])]
    known = [item for item in known if item.service in _WITH_PROCEDURES]
    service, detail = (known[-1].service, known[-1].detail) if known else (generic.service, None)
    return Item(service, detail, spot.numeral.start, spot.numeral.end)


def _without_total(terms: list[Term]) -> list[Term]:
    """Leave out "servicio" where what it is is named behind: "otro servicio es la mastografía"."""
    head = terms[0].get(Role.HEAD)
    named = any(term.get(Role.HEAD) for term in terms[1:])
    return terms[1:] if named and head and head.service is Service.TOTAL else terms
