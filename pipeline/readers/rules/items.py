"""What a number counts: a service with its detail, or the reason why it is no figure.

Tried in order: the noun phrase after the number, the one before it ("Cirugías: 340"), what the
number before counts ("de ellas, 40 fueron ..."). A number that none of them explains is set aside.
"""

import re

from pipeline.readers.rules.ocr import unify
from pipeline.readers.rules.spot import (
    Aside,
    Context,
    Item,
    Spot,
    next_quantity,
    segments,
    unbracketed,
    words_end,
)
from pipeline.readers.rules.vocabulary import NOUN_ROLES, Meaning, Role, Term, Vocabulary
from schemas.document import NumeralKind
from schemas.report import Service

NO_NOUN = "no service is named"
AGE = "a length of time or an age"

_REACH = 4
"""Unknown words that may stand between a number and its noun ("58 nuevas y mejores ...")."""
_LIST_GAP = 3
_MOST_KINDS = 4
"""A list of more kinds than this is detection in general."""
_DETAIL_REACH = 80
"""Characters before a number in which its detail may stand ("En Nutrición fueron 310")."""
_NO_PROCEDURES = (Service.TOTAL, Service.STAFF)
_TELLING_DETAILS = ("family_medicine", "specialty", "first_visit", "follow_up")
_AGE_BEFORE = re.compile(
    r"(?:(?:desde|\ba|hasta|partir de|mayores a|menores a|mayores de|menores de)\s+l[ao]s"
    r"|mayores de|menores de|mayores a|menores a|arriba de los|edad de"
    r"|\bde\s+\d{1,2}\s+a|\bentre\s+(?:los\s+)?\d{1,2}\s+y)\s*$"
)
_OLDEST = 110
_FEW = 20
_RATIO = re.compile(r"\s+de\s+cada\s+")
_RANGE = re.compile(r"\s*(?:a|al|y|o|u|-|–|a\s+los|a\s+las|y\s+los)\s*")
_AND_NUMBER = re.compile(r"\s*(?:,|y|e|,\s*y)\s*")
_COST = re.compile(r"\b(?:cost[oaeó]\w*|invirti\w+|inversi\w+|presupuest\w+)\s+(?:\w+\s+){0,2}$")
_REFERS_BACK = re.compile(
    r"(?:\blas|\blos|\botr[ao]s|\bde\s+(?:ell|est|es)[ao]s,?|\bfueron|\bcon|\bsegund[ao],?"
    r"|\bd?el\s+resto,?|\bque|\bcuales|\bcontra|\bal|\ba|\w{2,}(?:aron|ieron|ó)|\b(?:era|hablaba)\s+de|\bsido|\bvan"
    r"|\biban|\blleva|\bllevan|\bhicimos|\bson)\s*$"
)
_LED_BY = re.compile(r"\bcon\s+$")
_INVERTED = re.compile(r",\s+(?:la|el|los|las)\s+")
_COLON_REACH = 8
_VERB = re.compile(
    r"\w+(?:aron|ieron|ó)|se|fue|son|corresponde\w*|más|mas|menos|restantes?|de\s+[eé](?:st|s|ll)[ao]s|de\s+(?:19|20)\d\d"
)


def item_of(spot: Spot) -> Item | Aside:
    """Say what the number counts."""
    numeral = spot.numeral
    before = spot.folded[max(spot.sentence.start, numeral.start - 24) : numeral.start]
    if before.rstrip().endswith("$"):
        return Aside("money", numeral.start, numeral.end)
    if _RATIO.match(spot.folded, numeral.end) or before.endswith("de cada "):
        return Aside("a ratio", numeral.start, numeral.end)
    found = _after(spot)
    if isinstance(found, Aside) and numeral.kind is NumeralKind.PERCENT:
        found = None
    if found is None and numeral.value < _FEW and before.endswith(("entre las ", "entre los ")):
        found = Aside("a count of what was named before", numeral.start, numeral.end)
    if found is None and numeral.value < _OLDEST and _AGE_BEFORE.search(before):
        found = Aside(AGE, numeral.start, numeral.end)
    if found is None and _COST.search(before):
        found = Aside("money", numeral.start, numeral.end)
    found = found or _end_of_range(spot) or _before(spot) or _coordinated(spot) or _inherited(spot)
    theme = spot.context.theme
    if (
        isinstance(found, Item)
        and found.detail is None
        and theme
        and theme.service is found.service
    ):
        return found._replace(detail=theme.detail)
    return found or Aside(NO_NOUN, numeral.start, numeral.end)


def _after(spot: Spot) -> Item | Aside | None:
    """Read the noun phrase that follows a number, with what stands before it for detail."""
    found = _phrase_after(spot)
    if isinstance(found, Item) and found.service is Service.TOTAL:
        opening = spot.text[max(0, spot.numeral.start - _COLON_REACH) : spot.numeral.start]
        titled = _before(spot) if opening.rstrip().endswith(":") else None
        if isinstance(titled, Item) and titled.service is not Service.TOTAL:
            return titled._replace(first=found.first, last=found.last)
    if isinstance(found, Item) and found.detail is None:
        return _with_detail_before(spot, found)
    if isinstance(found, Aside) and found.reason.startswith("people"):
        return _examined(spot, found)
    return found


def _phrase_after(spot: Spot) -> Item | Aside | None:
    start, joints = spot.numeral.end, spot.vocabulary.joints
    terms = spot.terms(start, words_end(spot), *NOUN_ROLES)
    if not terms:
        return None
    first = spot.sentence.term_start(terms[0])
    gap = spot.folded[start:first]
    words = set(map(unify, gap.split()))
    if _INVERTED.fullmatch(gap) and _LED_BY.search(
        spot.folded, max(0, spot.numeral.start - _COLON_REACH), spot.numeral.start
    ):
        return _read(spot, spot.numeral.start, terms)  # "Con 6 mil 318, la consulta de ..."
    if "que" in words and not terms[0].get(Role.ACT):
        return None  # "las de 40 a 69 que no se hayan hecho la mastografía"
    if terms[0].get(Role.ACT):
        words -= joints["and"]  # "400 oaxaqueñas y oaxaqueños eligen un método"
    if "," in gap or words & joints["and"] or spot.unknown_words(start, first) > _REACH:
        return None
    if not words & joints["prepositions"]:
        return _read(spot, spot.numeral.start, terms)
    # "39 al HGZ" does not count hospitals, "9 mil con especialistas" does not count staff.
    if _strange_words(spot, start, first) or not _narrows_or_serves(terms[0]):
        return None
    return _read(spot, spot.numeral.start, terms, details_first=True)


def _strange_words(spot: Spot, start: int, end: int) -> bool:
    """Tell whether words that are neither joints nor verbs stand between two offsets."""
    known = spot.vocabulary.joints["pass_over"]
    return any(
        word.canonical not in known and not word.past
        for word in spot.sentence.words
        if start <= word.start < end
    )


def _narrows_or_serves(term: Term) -> bool:
    head = term.get(Role.HEAD)
    serves = head is not None and head.service not in _NO_PROCEDURES
    return serves or bool(term.get(Role.DETAIL) or term.get(Role.SPECIALTY))


def _examined(spot: Spot, people: Aside) -> Item | Aside:
    """Read "por mastografía se revisó a 612 mujeres" as 612 mammographies."""
    for start, end in list(segments(spot))[:1]:
        named = _before(spot)
        if isinstance(named, Item) and re.search(r"\bse\s+\w+\s+a$", spot.folded[start:end]):
            return named._replace(last=people.last)
    return people


def _read(
    spot: Spot, start: int, terms: list[Term], *, details_first: bool = False
) -> Item | Aside | None:
    """Read a noun phrase from its terms; `start` is where the figure's words begin."""
    first = terms[0]
    head, aside = first.get(Role.HEAD), first.get(Role.ASIDE)
    if aside and not head and not details_first and not aside.label.startswith("people"):
        return Aside(aside.label, start, spot.sentence.term_end(first))
    detail = first.get(Role.DETAIL) or first.get(Role.SPECIALTY)
    if head and _several_services(spot, terms):
        return Item(Service.TOTAL, None, start, spot.sentence.term_end(terms[1]))
    if head and not (details_first and detail):
        return _with_details(spot, start, head, terms, 1)
    if detail:
        service = _service_of(first, spot.context)
        return _with_details(spot, start, Meaning(Role.DETAIL, service), terms, 0)
    if generic := first.get(Role.GENERIC):
        return _generic(spot, start, generic, terms)
    if act := first.get(Role.ACT):
        return _with_details(spot, start, act, terms, 1)
    return _people(spot, start, aside, terms) if aside else None


def _several_services(spot: Spot, terms: list[Term]) -> bool:
    """Tell whether one number counts several services: "604 consultas, cirugías y detecciones"."""
    heads = [term.get(Role.HEAD) for term in terms[:2]]
    if len(heads) < 2 or not all(head and head.service for head in heads):  # noqa: PLR2004
        return False
    first, second = (head.service for head in heads if head)
    gap = spot.folded[spot.sentence.term_end(terms[0]) : spot.sentence.term_start(terms[1])]
    return first is not second and gap.split() in ([","], ["y"], ["e"])


def _people(spot: Spot, start: int, aside: Meaning, terms: list[Term]) -> Item | Aside:
    """People are a figure where the words say that they got a given act."""
    sentence = spot.sentence
    for index, term in enumerate(terms[1:], start=1):
        if act := term.get(Role.ACT):
            return _with_details(spot, start, act, terms[index:], 1)
    opening = spot.folded[max(sentence.start, start - 30) : start]
    before = spot.terms(max(sentence.start, start - 30), start, Role.ACT)
    if before and spot.unknown_words(sentence.term_end(before[-1]), start) <= 1:
        act = before[-1].get(Role.ACT)
        if act and "," not in opening[sentence.term_end(before[-1]) - start :]:
            return Item(
                act.service or Service.OTHER, act.detail, start, sentence.term_end(terms[0])
            )
    return Aside(aside.label, start, sentence.term_end(terms[0]))


def _service_of(term: Term, context: Context) -> Service:
    """Choose the service that a lone detail belongs to: the passage's, where it fits."""
    services = [m.service for m in term.meanings if m.role is Role.DETAIL and m.service]
    if term.get(Role.SPECIALTY):
        services = [Service.CONSULTATION, Service.SURGERY, *services]
    for item in (context.previous, *reversed(context.before), context.theme):
        if item is not None and item.service in services:
            return item.service
    return services[0]


def _generic(spot: Spot, start: int, generic: Meaning, terms: list[Term]) -> Item | None:
    """Read "procedimientos", "sesiones", "casos": the words around them say of what."""
    first, context = terms[0], spot.context
    end = spot.sentence.term_end(first)
    if len(terms) > 1 and _adjacent(spot, first, terms[1]):
        narrowed = _read(spot, start, terms[1:])
        if isinstance(narrowed, Item):
            return narrowed
    named = _before(spot)
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
    pointed = re.search(r"\b(?:est|es|dich)[ao]s\b", spot.folded[start:end])
    earlier = [*([context.previous] if context.previous else []), *context.before]
    known = [item for item in earlier if item.service not in _NO_PROCEDURES]
    if known and (pointed or not context.theme):
        beside = generic.service in {item.service for item in context.before}
        if beside and not pointed:
            return Item(Service.OTHER, "procedure", start, end)
        return Item(known[-1].service, known[-1].detail, start, end)
    if context.theme:
        return Item(context.theme.service, context.theme.detail, start, end)
    return Item(generic.service, None, start, end) if generic.service else None


def _adjacent(spot: Spot, first: Term, second: Term) -> bool:
    start, end = spot.sentence.term_end(first), spot.sentence.term_start(second)
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


def _with_details(spot: Spot, start: int, head: Meaning, terms: list[Term], skip: int) -> Item:
    """Collect the details that follow a noun, as far as they form one list with it."""
    service = head.service or Service.OTHER
    details = [head.detail] if head.detail else []
    last = terms[0]
    if service is Service.TOTAL or head.detail == "preventive_action":
        narrower = _of_one_kind(spot, terms)
        if narrower:
            return _with_details(spot, start, Meaning(Role.DETAIL, narrower), terms[1:], 0)
    for term in terms[skip:]:
        if term is not terms[0] and not _continues(spot, last, term, first=not details):
            break
        found = _detail_for(term, service)
        if found is None:
            break
        last = term
        if found not in details:
            details.append(found)
    return Item(
        service, _joined(spot.vocabulary, service, details), start, spot.sentence.term_end(last)
    )


def _of_one_kind(spot: Spot, terms: list[Term]) -> Service | None:
    """Return the service of "atenciones de Especialidad", "acciones preventivas de diabetes"."""
    if len(terms) < 2 or not _adjacent(spot, terms[0], terms[1]):  # noqa: PLR2004
        return None
    detail = terms[1].get(Role.DETAIL)
    return detail.service if detail else None


def _detail_for(term: Term, service: Service) -> str | None:
    for meaning in term.meanings:
        if meaning.service is service and meaning.detail and meaning.role is not Role.SPECIALTY:
            return meaning.detail
    specialty = term.get(Role.SPECIALTY)
    if specialty and service in (Service.CONSULTATION, Service.SURGERY):
        return specialty.detail
    return None


def _continues(spot: Spot, last: Term, term: Term, *, first: bool) -> bool:
    """Tell whether `term` goes on with the noun phrase that `last` belongs to."""
    start, end = spot.sentence.term_end(last), spot.sentence.term_start(term)
    if "," in spot.text[start:end]:
        return (
            not first and spot.unknown_words(start, end, spot.vocabulary.joints["enumeration"]) == 0
        )
    return spot.unknown_words(start, end, spot.vocabulary.joints["list"]) <= _LIST_GAP


def _joined(vocabulary: Vocabulary, service: Service, details: list[str]) -> str | None:
    covered = {less for detail in details for less in vocabulary.includes.get(detail, ())}
    kinds = sorted(set(details) - covered)
    if service is Service.CONSULTATION and len(kinds) > 1:
        telling = [kind for kind in kinds if kind in _TELLING_DETAILS]
        kinds = telling or ["specialty"]
    if service is Service.SURGERY and len(kinds) > 1:
        named = [kind for kind in kinds if kind != "outpatient"]
        kinds = named if len(named) == 1 else kinds
    if not kinds or len(kinds) > _MOST_KINDS:
        return None
    return "+".join(kinds)


def _before(spot: Spot) -> Item | Aside | None:
    """Read the noun phrase before a number: "Cirugías: 340", "egresos (56 por ciento)"."""
    roles = (Role.HEAD, Role.DETAIL, Role.SPECIALTY)
    for start, end in list(segments(spot))[:2]:
        plain = unbracketed(spot.text[start:end])
        terms = [
            term
            for term in spot.terms(start, end, *roles)
            if not plain[spot.sentence.term_start(term) - start].isspace()
        ]
        if not terms:
            continue
        gap = unbracketed(spot.text[spot.sentence.term_end(terms[-1]) : spot.numeral.start])
        if len(re.findall(r"\w{3,}", gap)) > _REACH:
            return None
        head = terms[0].get(Role.HEAD)
        if head and head.service is Service.STAFF and not terms[0].get(Role.DETAIL):
            return None
        found = _read(spot, spot.sentence.term_start(terms[0]), terms, details_first=True)
        return found._replace(last=spot.numeral.end) if isinstance(found, Item) else None
    return None


def _with_detail_before(spot: Spot, item: Item) -> Item:
    """Add the detail that stands before: "Medicina Familiar: 5 mil 980 consultas"."""
    if item.service not in (Service.CONSULTATION, Service.SURGERY, Service.ANCILLARY_STUDY):
        return item
    for start, end in list(segments(spot))[:2]:
        begin = max(start, spot.numeral.start - _DETAIL_REACH)
        terms = spot.terms(begin, end, Role.HEAD, Role.DETAIL, Role.SPECIALTY, Role.ASIDE)
        details = [d for term in terms if (d := _detail_for(term, item.service))]
        if terms and details and _detail_for(terms[-1], item.service):
            return item._replace(detail=_joined(spot.vocabulary, item.service, details))
    return item


def _end_of_range(spot: Spot) -> Aside | None:
    """Set "20" aside in "de 20 a 59 años"."""
    following = next_quantity(spot)
    if following is None or not _RANGE.fullmatch(spot.folded, spot.numeral.end, following.start):
        return None
    other = item_of(spot._replace(numeral=following))
    return other if isinstance(other, Aside) and other.reason != NO_NOUN else None


def _coordinated(spot: Spot) -> Item | None:
    """Give "41" in "41, 36 y 29 cirugías" the noun that it shares with the numbers after it."""
    following = next_quantity(spot)
    if following is None or spot.numeral.kind is not following.kind:
        return None
    if not _AND_NUMBER.fullmatch(spot.folded, spot.numeral.end, following.start):
        return None
    other = _after(spot._replace(numeral=following)) or _coordinated(
        spot._replace(numeral=following)
    )
    return other._replace(first=spot.numeral.start) if isinstance(other, Item) else None


def _inherited(spot: Spot) -> Item | None:
    """Give a bare number ("de las 126 mil planeadas") what the figure before it counts."""
    context, numeral, joints = spot.context, spot.numeral, spot.vocabulary.joints
    opening = spot.text[max(spot.sentence.start, numeral.start - 25) : numeral.start]
    following = spot.text[numeral.end : numeral.end + 60].lstrip(" \n")
    starts = _VERB.match(following) and (not opening.strip() or spot.context.previous)
    if context.previous is None or not (
        context.before or starts or _REFERS_BACK.search(opening.lower())
    ):
        return None
    word = re.match(r"\w+", following)
    if (
        word
        and unify(word[0].lower()) not in joints["prepositions"] | joints["and"]
        and not _VERB.match(following)
    ):
        known = [
            t
            for t in spot.sentence.terms
            if spot.sentence.term_start(t) == spot.text.find(following[:1], numeral.end)
        ]
        if not known or any(known[0].get(r) for r in NOUN_ROLES):
            return None
    return Item(context.previous.service, context.previous.detail, numeral.start, numeral.end)
