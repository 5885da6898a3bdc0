"""Noun phrases: the terms after or before a number -> the service and detail that they name."""

from collections.abc import Iterator, Mapping

from pipeline.rules.spot import Aside, Context, Item, Spot
from pipeline.rules.vocabulary import Meaning, Role, Term
from schemas.codebook import JOINT, MOST_KINDS, OTHER, Code, codebook
from schemas.report import Service

_LIST_GAP = 3
_SPECIALTY = "specialty"
_MANNERS = frozenset(("elective", "emergency", "laparoscopic", "outpatient"))
"""How an operation is done says less than what is operated on."""
_REPLACED = {
    "hip": "hip_replacement",
    "joint_replacement": "joint_replacement",
    "knee": "knee_replacement",
}
"""What a joint is called beside a prosthesis: "prótesis de cadera y rodilla"."""
_TELLING_DETAILS = ("family_medicine", "specialty", "first_visit", "follow_up")


def read_noun_phrase(
    spot: Spot, start: int, terms: list[Term], *, details_first: bool = False
) -> Item | Aside | None:
    """Read a noun phrase from its terms; `start` is where the figure's words begin."""
    first = terms[0]
    head, aside = first.get(Role.HEAD), first.get(Role.ASIDE)
    if aside and not head and not details_first and not aside.label.startswith("people"):
        return Aside(aside.label, start, first.end)
    detail = first.get(Role.DETAIL) or first.get(Role.SPECIALTY)
    if head and _several_services(spot, terms):
        return Item(Service.TOTAL, None, start, terms[1].end)
    if head and not (details_first and detail):
        return with_details(spot, start, head, terms, 1)
    if detail:
        service = _service_of(first, spot.context)
        return with_details(spot, start, Meaning(Role.DETAIL, service), terms, 0)
    if act := first.get(Role.ACT):
        return with_details(spot, start, act, terms, 1)
    return _people(spot, start, aside, terms) if aside else None


def _several_services(spot: Spot, terms: list[Term]) -> bool:
    """Tell whether one number counts several services: "604 consultas, cirugías y detecciones"."""
    heads = [term.get(Role.HEAD) for term in terms[:2]]
    if len(heads) < 2 or not all(head and head.service for head in heads):  # noqa: PLR2004
        return False
    first, second = (head.service for head in heads if head)
    gap = spot.folded[terms[0].end : terms[1].start]
    return first is not second and gap.split() in ([","], ["y"], ["e"])


def _people(spot: Spot, start: int, aside: Meaning, terms: list[Term]) -> Item | Aside:
    """People are a figure where the words say that they got a given act."""
    sentence = spot.sentence
    for index, term in enumerate(terms[1:], start=1):
        if act := term.get(Role.ACT):
            return with_details(spot, start, act, terms[index:], 1)
    seen = [t for t in terms[1:] if detail_for(t, Service.CONSULTATION) in _TELLING_DETAILS]
    if seen and any(word.past for word in sentence.words_between(start + 1, seen[0].start)):
        # "120 mil personas vieron a su médico familiar"
        head = Meaning(Role.DETAIL, Service.CONSULTATION)
        return with_details(spot, start, head, terms[terms.index(seen[0]) :], 0)
    opening = spot.folded[max(sentence.start, start - 30) : start]
    before = spot.terms(max(sentence.start, start - 30), start, {Role.ACT})
    if before and spot.unknown_words(before[-1].end, start) <= 1:
        act = before[-1].get(Role.ACT)
        if act and "," not in opening[before[-1].end - start :]:
            return Item(act.service or Service.OTHER, act.detail, start, terms[0].end)
    return Aside(aside.label, start, terms[0].end)


def _service_of(term: Term, context: Context) -> Service:
    """Choose the service that a lone detail belongs to: the passage's, where it fits."""
    services = [m.service for m in term.meanings if m.role is Role.DETAIL and m.service]
    if term.get(Role.SPECIALTY):
        services = [Service.CONSULTATION, Service.SURGERY, *services]
    for item in (context.previous, *reversed(context.before), context.theme):
        if item is not None and item.service in services:
            return item.service
    return services[0]


def with_details(spot: Spot, start: int, head: Meaning, terms: list[Term], skip: int) -> Item:
    """Collect the details that follow a noun, as far as they form one list with it."""
    service = head.service or Service.OTHER
    details = [head.detail] if head.detail else []
    last = terms[0]
    if service is Service.TOTAL or head.detail == "preventive_action":
        narrower = _of_one_kind(spot, terms)
        if narrower:
            return with_details(spot, start, Meaning(Role.DETAIL, narrower), terms[1:], 0)
    for term in terms[skip:]:
        if term is not terms[0] and not _continues(spot, last, term, first=not details):
            break
        found = detail_for(term, service)
        if found is None:
            break
        last = term
        if found not in details:
            details.append(found)
    return Item(service, join_details(service, details), start, last.end)


def _of_one_kind(spot: Spot, terms: list[Term]) -> Service | None:
    """Return the service of "atenciones de Especialidad", "acciones preventivas de diabetes"."""
    if len(terms) < 2 or not adjacent(spot, terms[0], terms[1]):  # noqa: PLR2004
        return None
    detail = terms[1].get(Role.DETAIL)
    return detail.service if detail else None


def detail_for(term: Term, service: Service) -> str | None:
    """Return the detail that a term gives to a service, None where it gives none."""
    for meaning in term.meanings:
        if meaning.service is service and meaning.detail:
            return meaning.detail
    if term.get(Role.SPECIALTY) and service is Service.SURGERY:
        return OTHER  # no surgeons of the kind have a code of their own
    return None


def _continues(spot: Spot, last: Term, term: Term, *, first: bool) -> bool:
    """Tell whether `term` goes on with the noun phrase that `last` belongs to."""
    start, end = last.end, term.start
    if "," in spot.text[start:end]:
        return (
            not first and spot.unknown_words(start, end, spot.vocabulary.joints["enumeration"]) == 0
        )
    return spot.unknown_words(start, end, spot.vocabulary.joints["list"]) <= _LIST_GAP


def join_details(service: Service, details: list[str]) -> str | None:
    """Make one label of several details: the narrower says more, too many say nothing."""
    codes = codebook().root[service].detail
    kinds = set(details)
    if not kinds.isdisjoint(_REPLACED.values()):
        kinds = {_REPLACED.get(kind, kind) for kind in kinds}
    kinds -= {wider for kind in kinds for wider in _wider(codes, kind)}
    kinds = kinds - _MANNERS or kinds if service is Service.SURGERY else kinds
    if len(kinds) > MOST_KINDS:
        kinds = {_SPECIALTY} if service is Service.CONSULTATION else set()
    named = kinds - {OTHER} or kinds
    return JOINT.join(sorted(named)) or None


def _wider(codes: Mapping[str, Code], kind: str) -> Iterator[str]:
    while kind in codes and (wider := codes[kind].broader):
        yield wider
        kind = wider


def adjacent(spot: Spot, first: Term, second: Term) -> bool:
    """Tell whether only small words stand between two terms."""
    start, end = first.end, second.start
    return set(spot.folded[start:end].split()) <= {
        "de",
        "del",
        "la",
        "el",
        "los",
        "las",
        "en",
        "con",
    }
