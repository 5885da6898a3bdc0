"""Noun phrases: the terms after or before a number -> the service and detail that they name."""

import re
from collections.abc import Iterator, Mapping

from pipeline.rules.not_given import NOT_GIVEN
from pipeline.rules.patients import given_to, went_to
from pipeline.rules.spot import Aside, Item, Spot, next_quantity
from pipeline.rules.themed import part_of_people, people_of_theme
from pipeline.rules.vocabulary import NAMING_ROLES, Meaning, Role, Term
from schemas.codebook import JOINT, MANNERS, MOST_KINDS, OTHER, Code, codebook
from schemas.report import Service

_LIST_GAP = 3
_DONE_TO_PEOPLE = (
    Service.SURGERY,
    Service.FAMILY_PLANNING,
    Service.TRANSPLANT,
    Service.SCREENING,
    Service.ANCILLARY_STUDY,
)
_GOT = re.compile(
    r"\s*(?:que\s+)?(?:se\s+(?:sometieron|realizaron|practicaron|hicieron)|recibieron|obtuvieron|ya\s+(?:tienen|cuentan\s+con))"
    r"(?:\s+a)?\s+(?:(?:una?|su|la|el)\s+)?"
)
_CAME = re.compile(r"\b(?:acudi|asisti|lleg|pas|vini|se\s+acerc)[a-z]*(?:on|o)\s")
_WENT_FOR = re.compile(
    r"\s*(?:a|por)\s+(?:(?:platicar|hablar|conversar|recibir|pedir|solicitar|tomar|hacerse|realizarse|practicarse)\s+(?:con\s+)?)?(?:(?:la|el|su|una?)\s+)?"
)
_BENEFITED = re.compile(r"\bbenefici\w+")
_NOT = re.compile(r"\b(?:no|sin|ni|nunca|ningun[ao]?|tampoco)\b")
_IS = re.compile(
    r"\s+(?:(?:de|del)\s+(?:[a-z]+\s+){1,3}?)?(?:[a-z]+\s+)?(?:es|son|fue|fueron|eran|era|seran)\s+"
    r"(?:(?:de|ya|casi|unos|unas|apenas|mas)\s+){0,2}"
)
_SUBJECT = re.compile(
    r"(?:^|[.,;:¿]\s*|\b(?:ano|y|pero|que|cuando|porque)\s+)(?:l[ao]s?|el|est[ao]s)\s+$"
)
_ITS_OWN = re.compile(r"(?:\s+(?!(?:y|e|a|en|con|para)\s)[a-z]+){0,3}\s+")
_LISTED_NOUN = re.compile(r"\s*[;,]\s*(?:y\s+)?(?P<noun>[a-z]{5,}s),\s*")
_CHECKED = re.compile(
    r"\s+(?:que\s+)?se\s+(?:checaron|midieron|tomaron|revisaron|hicieron|realizaron|practicaron|examinaron)\s+(?:(?:la|el|su|los|sus|niveles|de)\s+){0,3}"
)
_SUBJECT_REACH = 14
_WITH = re.compile(r"\s*(?:con|mediante|gracias\s+a)\s+(?:(?:una?|su|la|el)\s+)?")
_GOES_ON = re.compile(r"\s*(?:[,:(]|y|e|,\s*y)\s*")
_KIND = (
    r"(?:(?:el|la|los|las)\s+)?(?P<kind>[a-z]{5,})"
    r"(?=\s*(?:$|[.,;:)\d]|(?:y|e|o|u|en|a|para|con)\b))"
)
_UNNAMED = {
    Service.VACCINATION: re.compile(rf"\s+contra\s+{_KIND}"),
    Service.SCREENING: re.compile(rf"\s+(?:de|para)\s+{_KIND}"),
    Service.SURGERY: re.compile(rf"\s+(?:de|por)\s+{_KIND}"),
}
_ACT_REACH = 80
_CLAUSE = re.compile(r"[.;:()\d]")
_OF_THE = re.compile(r"\b(?:de|entre)\s+(?:tod[ao]s\s+)?l[ao]s\s+(?:[a-z]+\s+)?$")
_SEEN = re.compile(
    r"\b(?P<who>especialistas|medic[ao]s\s+familiares|dentistas|odontolog[ao]s|psicolog[ao]s|nutriolog[ao]s)\s+"
    r"(?:[a-z]+\s+){0,3}?(?:vieron|visto|atendi[a-z]+|revis[a-z]+|consultaron|recibieron)\s+"
    r"(?:[a-z]+\s+){0,3}?a\s+(?:[a-z]+\s+){0,2}$"
)
_SEEN_BY = {"especialistas": "specialty", "dent": "stomatology", "odon": "stomatology"}
_SEEN_BY |= {"medic": "family_medicine", "psic": "psychology", "nutr": "nutrition"}
_TO = re.compile(r"\ba\s+(?:l[ao]s\s+|otr[ao]s\s+|un[ao]s\s+|casi\s+|mas\s+de\s+|cerca\s+de\s+)?$")
_THE_REST = re.compile(r"\b(?:resto|demas|otr[ao]s|restantes?)\b")
_NEXT_OBJECT = re.compile(r"\s+a\s+(?:(?:otr[ao]s|l[ao]s|un[ao]s)\s+)?")
_VERBAL = frozenset((Role.HEAD, Role.ACT))
_SPECIALTY = "specialty"
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
    detail = first.get(Role.DETAIL) or first.get(Role.SPECIALTY)
    details_first = details_first or bool(
        aside and detail and spot.folded[spot.numeral.end : first.start].strip()
    )  # "340 de especialidad", not "34 especialidades"
    if aside and not head and not details_first and not aside.label.startswith("people"):
        return Aside(aside.label, start, first.end)
    if head and _several_services(spot, terms):
        return Item(Service.TOTAL, None, start, terms[1].end)
    if head and not (details_first and detail):
        return with_details(spot, start, head, terms, 1)
    if detail:
        service = _service_of(spot, first)
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
    following = next_quantity(spot)
    if following and _ITS_OWN.fullmatch(spot.folded, terms[1].end, following.start):
        return False  # "dio 92 consultas y Terapia de Lenguaje 57"
    return first is not second and gap.split() in ([","], ["y"], ["e"])


def _people(spot: Spot, start: int, aside: Meaning, terms: list[Term]) -> Item | Aside:
    """People are a figure where the words say that they got a given act."""
    sentence = spot.sentence
    for index, term in enumerate(terms[1:], start=1):
        if (act := term.get(Role.ACT)) and not _is_of_the_next(spot, terms[0], term):
            if _NOT.search(spot.folded, terms[0].end, term.start):
                return Aside(NOT_GIVEN, start, term.end)
            return with_details(spot, start, act, terms[index:], 1)
    checked = (
        _CHECKED.fullmatch(spot.folded, terms[0].end, terms[1].start) if len(terms) > 1 else None
    )
    if checked and detail_for(terms[1], Service.SCREENING):
        return with_details(spot, start, Meaning(Role.DETAIL, Service.SCREENING), terms[1:], 0)
    seen = [t for t in terms[1:] if detail_for(t, Service.CONSULTATION) in _TELLING_DETAILS]
    if seen and any(word.past for word in sentence.words_between(start + 1, seen[0].start)):
        # "120 mil personas vieron a su médico familiar"
        head = Meaning(Role.DETAIL, Service.CONSULTATION)
        return with_details(spot, start, head, terms[terms.index(seen[0]) :], 0)
    return _told_around(spot, terms) or Aside(aside.label, start, terms[0].end)


def _is_of_the_next(spot: Spot, people: Term, act: Term) -> bool:
    """Tell whether an act is done to those who follow: "a 412 personas, vacunaron a 180"."""
    following = next_quantity(spot)
    if following is None or not re.search(r",|\by\b", spot.folded[people.end : act.start]):
        return False
    return _NEXT_OBJECT.fullmatch(spot.folded, act.end, following.start) is not None


def _told_around(spot: Spot, terms: list[Term]) -> Item | None:
    """Read people whose act stands before their number, or is that of what was counted before."""
    start, end = spot.numeral.start, terms[0].end
    if named := _act_named_behind(spot, terms) or _seen_by(spot, terms) or went_to(spot, end):
        return named
    if _is_breakdown_of_people(spot):
        whole = spot.context.before[-1]
        return Item(whole.service, whole.detail, start, end)
    if done := act_before(spot):
        told = detail_for(terms[1], done.service) if len(terms) > 1 else None
        if done.detail is None and told and adjacent(spot, terms[0], terms[1]):
            return done._replace(detail=told, last=terms[1].end)
        return done._replace(last=end)
    return given_to(spot, end) or part_of_people(spot) or people_of_theme(spot, end)


def _seen_by(spot: Spot, terms: list[Term]) -> Item | None:
    """Read who saw people before their number: "los especialistas vieron a 602 pacientes"."""
    start = spot.numeral.start
    match = _SEEN.search(spot.folded, max(spot.sentence.start, start - _ACT_REACH), start)
    if match is None:
        return None
    detail = next(code for word, code in _SEEN_BY.items() if match["who"].startswith(word))
    return Item(Service.CONSULTATION, detail, start, terms[0].end)


def _act_named_behind(spot: Spot, terms: list[Term]) -> Item | None:
    """Read "40 mujeres se sometieron a salpingoclasia", "300 beneficiados con una cirugía"."""
    head = terms[1].get(Role.HEAD) if len(terms) > 1 else None
    if head is None or head.service not in _DONE_TO_PEOPLE:
        return None
    gap = spot.folded[terms[0].end : terms[1].start]
    start = spot.numeral.start
    opening = spot.folded[max(spot.sentence.start, start - _ACT_REACH) : terms[0].end]
    benefited = _BENEFITED.search(opening) and _WITH.fullmatch(gap)
    goes_on = spot.context.before and gap.strip() == "a"
    came = _WENT_FOR.fullmatch(gap) and _CAME.search(opening)
    if not (_GOT.fullmatch(gap) or benefited or goes_on or came):
        return None
    return with_details(spot, start, head, terms[1:], 1)


def _is_breakdown_of_people(spot: Spot) -> bool:
    """Tell whether "diez mujeres y ocho hombres" breaks down the people counted before."""
    if not spot.context.before:
        return False
    whole = spot.context.before[-1]
    if not _GOES_ON.fullmatch(spot.folded, whole.last, spot.numeral.start):
        return False
    counted = spot.terms(whole.first, whole.last, {Role.ASIDE})
    aside = counted[-1].get(Role.ASIDE) if counted else None
    return aside is not None and aside.label.startswith("people")


def act_before(spot: Spot) -> Item | None:
    """Read the act that the verb before a number says of people: "se operó de cataratas a 37"."""
    start = spot.numeral.start
    floor = max(spot.sentence.start, start - _ACT_REACH)
    acts = spot.terms(floor, start, {Role.ACT})
    if not acts or _CLAUSE.search(spot.folded, acts[-1].end, start):
        return None
    between = spot.folded[acts[-1].end : start]
    told = any(
        word.past or word.future for word in spot.sentence.words_between(acts[-1].end, start)
    )
    near = "," not in between and spot.unknown_words(acts[-1].end, start) <= 1
    of_them = _OF_THE.search(spot.folded, floor, acts[-1].start) and not between.strip(" ,")
    if told or not (near or of_them or _TO.search(between)):
        return None
    act = acts[-1].get(Role.ACT)
    if act is None:
        return None
    narrower = spot.terms(acts[-1].end, start, NAMING_ROLES)
    item = with_details(spot, start, act, [acts[-1], *narrower], 1)
    before = spot.context.before[-1:]
    if item.detail is None and before and before[0].service is item.service:
        item = item._replace(detail=before[0].detail)
    return item._replace(last=spot.numeral.end)


def told_before(spot: Spot) -> Aside | None:
    """Set aside what a noun before says by a verb: "las jornadas fueron catorce"."""
    start = spot.numeral.start
    terms = spot.terms(max(spot.sentence.start, start - _ACT_REACH), start, {Role.ASIDE})
    for term in reversed(terms):
        opening = spot.folded[max(spot.sentence.start, term.start - _SUBJECT_REACH) : term.start]
        if not _SUBJECT.search(opening):
            continue
        aside = term.get(Role.ASIDE)
        named = not term.roles.keys().isdisjoint(NAMING_ROLES | {Role.GENERIC, Role.ACT})
        if aside is None or named or not _IS.fullmatch(spot.folded, term.end, start):
            return None
        return Aside(aside.label, term.start, spot.numeral.end)
    return None


def _service_of(spot: Spot, term: Term) -> Service:
    """Choose the service that a lone detail belongs to: the passage's, where it fits."""
    services = [m.service for m in term.meanings if m.role is Role.DETAIL and m.service]
    if term.get(Role.SPECIALTY):
        services = [Service.CONSULTATION, Service.SURGERY, *services]
    context = spot.context
    if not context.before:
        for named in reversed(spot.terms(spot.sentence.start, spot.numeral.start, _VERBAL)):
            meaning = named.get(Role.HEAD) or named.get(Role.ACT)
            if meaning and meaning.service in services:
                return meaning.service
    for item in (context.previous, *reversed(context.before), context.theme):
        if item is not None and item.service in services:
            return item.service
    return services[0]


def with_details(spot: Spot, start: int, head: Meaning, terms: list[Term], skip: int) -> Item:
    """Collect the details that follow a noun, as far as they form one list with it."""
    service = head.service or Service.OTHER
    details = [head.detail] if head.detail else []
    last, end = terms[0], terms[0].end
    if service is Service.TOTAL or head.detail == "preventive_action":
        narrower = _of_one_kind(spot, terms)
        if narrower:
            return with_details(spot, start, Meaning(Role.DETAIL, narrower), terms[1:], 0)
    for term in terms[skip:]:
        if term is not terms[0] and not _continues(spot, last, term, first=not details):
            break
        found = detail_for(term, service)
        if found is None:
            if _leads_through(spot, term):
                last = term
                continue
            break
        last, end = term, term.end
        if found not in details:
            details.append(found)
    if not details and (unnamed := _kind_without_words(spot, service, end)):
        return Item(service, OTHER, start, unnamed)
    return Item(service, join_details(service, details), start, end)


def other_kind(spot: Spot) -> Item | None:
    """Read a kind in a list that the vocabulary has no words for, as a kind of what is listed.

    "41 de labio hendido, 19 de polidactilia"; "extracciones, 394; limpiezas, 287".
    """
    if not spot.context.before:
        return None
    listed, start = spot.context.before[-1], spot.numeral.start
    end = _kind_without_words(spot, listed.service, spot.numeral.end) if listed.detail else None
    if end:
        return Item(listed.service, OTHER, start, end)
    match = _LISTED_NOUN.fullmatch(spot.folded, listed.last, start)
    known = match and spot.terms(match.start("noun"), match.end("noun"), NAMING_ROLES)
    if match is None or known or not spot.text[match.start("noun")].islower():
        return None
    behind = spot.text[listed.first : listed.last].rstrip()
    if not behind[-1:].isdigit() or listed.service in (Service.TOTAL, Service.STAFF):
        return None
    return Item(listed.service, OTHER, match.start("noun"), spot.numeral.end)


def _kind_without_words(spot: Spot, service: Service, end: int) -> int | None:
    """Return where a kind ends that the vocabulary has no words for: "contra la difteria"."""
    pattern = _UNNAMED.get(service)
    match = pattern.match(spot.folded, end) if pattern else None
    if match is None or not spot.text[match.start("kind")].islower():
        return None
    start = match.start("kind")
    known = any(term.start <= start < term.end for term in spot.sentence.terms)
    vague = spot.vocabulary.canonical(match["kind"]) in spot.vocabulary.joints["vague"]
    return None if known or vague else match.end("kind")


def _leads_through(spot: Spot, term: Term) -> bool:
    """Tell whether a term only leads to the detail: "consultas en el área de urgencias"."""
    words = spot.sentence.words_between(term.start, term.end)
    return all(word.canonical in spot.vocabulary.joints["through"] for word in words)


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
    if _THE_REST.search(spot.folded, start, end):
        return False  # "1,100 contra covid y el resto contra neumococo"
    if first and spot.folded[start:end].split() in (["y"], ["e"]):
        return False  # "310 consultas y Psiquiatría, 64"
    if "," in spot.text[start:end]:
        return (
            not first and spot.unknown_words(start, end, spot.vocabulary.joints["enumeration"]) == 0
        )
    return spot.unknown_words(start, end, spot.vocabulary.joints["list"]) <= (
        _LIST_GAP if first else 1
    )


def join_details(service: Service, details: list[str]) -> str | None:
    """Make one label of several details: the narrower says more, too many say nothing."""
    codes = codebook().root[service].detail
    kinds = set(details)
    if not kinds.isdisjoint(_REPLACED.values()):
        kinds = {_REPLACED.get(kind, kind) for kind in kinds}
    kinds -= {wider for kind in kinds for wider in _wider(codes, kind)}
    kinds = kinds - MANNERS or kinds if service is Service.SURGERY else kinds
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
