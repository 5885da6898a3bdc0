"""What a number counts: a service with its detail, or the reason why it is no figure.

Tried in order: the noun phrase after the number, the one before it ("Cirugías: 340"), what the
number before counts ("de ellas, 40 fueron ..."). A number that none of them explains is set aside.
"""

import re

from pipeline.rules import nouns
from pipeline.rules.spot import (
    Aside,
    Item,
    Spot,
    blank_brackets,
    next_quantity,
    segments,
    words_end,
)
from pipeline.rules.vocabulary import NOUN_ROLES, Meaning, Role, Term
from pipeline.spanish.ocr import unify
from schemas.document import NumeralKind
from schemas.report import Service

NO_NOUN = "no service is named"
AGE = "a length of time or an age"

_REACH = 4
"""Unknown words that may stand between a number and its noun ("58 modernas consultas")."""
_DETAIL_REACH = 80
"""Characters before a number in which its detail may stand ("En Nutrición fueron 310")."""
_NAMING = frozenset((Role.HEAD, Role.DETAIL, Role.SPECIALTY))
_SPECIFIC = _NAMING | {Role.ASIDE}
_NO_PROCEDURES = (Service.TOTAL, Service.STAFF)
_AGE_BEFORE = re.compile(
    r"(?:(?:desde|\ba|hasta|partir de|mayores a|menores a|mayores de|menores de)\s+l[ao]s"
    r"|mayores de|menores de|mayores a|menores a|arriba de los|edad de"
    r"|\bde\s+\d{1,2}\s+a|\bentre\s+(?:los\s+)?\d{1,2}\s+y)\s*$"
)
_OLDEST = 110
_LONGEST_CHAIN = 6
_LEADING = (Role.PERFORMED, Role.PLANNED, Role.PLANNED_AFTER, Role.GOAL_NOUN, Role.APPROXIMATE)
_FEW = 20
_RATIO = re.compile(r"\s+de\s+cada\s+")
_RANGE = re.compile(r"\s*(?:a|al|y|o|u|-|–|a\s+los|a\s+las|y\s+los)\s*")
_AND_NUMBER = re.compile(r"\s*(?:,|y|e)\s*")
_COST = re.compile(r"\b(?:cost[oaeó]\w*|invirti\w+|inversi\w+|presupuest\w+)\s+(?:\w+\s+){0,2}$")
_REFERS_BACK = re.compile(
    r"(?:\blas|\blos|\botr[ao]s|\bde\s+(?:ell|est|es)[ao]s,?|\bfueron|\bcon|\bsegund[ao],?"
    r"|\bd?el\s+resto,?|\bque|\bcuales|\bcontra|\bal|\ba|\w{2,}(?:aron|ieron|ó)|\b(?:era|hablaba)\s+de|\bsido|\bvan"
    r"|\biban|\blleva|\bllevan|\bhicimos|\bson)\s*$"
)
_LED_BY = re.compile(r"\bcon\s+$")
_ADDRESS = re.compile(
    r"\b(?:calle|avenida|av|bulevar|boulevard|blvd|calzada|carretera|col|colonia|oficio|articulo)\b"
)
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
    found = found or _end_of_range(spot) or _before(spot) or _share_noun(spot) or _inherit(spot)
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
        return _read_examined(spot, found)
    return found


def _phrase_after(spot: Spot) -> Item | Aside | None:
    start, joints = spot.numeral.end, spot.vocabulary.joints
    terms = spot.terms(start, words_end(spot), NOUN_ROLES)
    if not terms:
        return None
    first = terms[0].start
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
        for word in spot.sentence.words_between(start, end)
    )


def _narrows_or_serves(term: Term) -> bool:
    head = term.get(Role.HEAD)
    serves = head is not None and head.service not in _NO_PROCEDURES
    return serves or bool(term.get(Role.DETAIL) or term.get(Role.SPECIALTY))


def _read_examined(spot: Spot, people: Aside) -> Item | Aside:
    """Read "por mastografía se revisó a 612 mujeres" as 612 mammographies."""
    for start, end in list(segments(spot))[:1]:
        named = _before(spot)
        if isinstance(named, Item) and re.search(r"\bse\s+\w+\s+a$", spot.folded[start:end]):
            return named._replace(last=people.last)
    return people


def _read(
    spot: Spot, start: int, terms: list[Term], *, details_first: bool = False
) -> Item | Aside | None:
    """Read a noun phrase; "procedimientos" and the like take their meaning from around them."""
    first = terms[0]
    generic = first.get(Role.GENERIC)
    if generic and not any(first.get(role) for role in _SPECIFIC):
        return _generic(spot, start, generic, terms)
    return nouns.read_noun_phrase(spot, start, terms, details_first=details_first)


def _generic(spot: Spot, start: int, generic: Meaning, terms: list[Term]) -> Item | None:
    """Read "procedimientos", "sesiones", "casos": the words around them say of what."""
    first, context = terms[0], spot.context
    end = first.end
    if len(terms) > 1 and nouns.adjacent(spot, first, terms[1]):
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
        beside = generic.service in {item.service for item in context.before} or _is_named_beside(
            spot, generic, end
        )
        if beside and not pointed:
            return Item(Service.OTHER, "procedure", start, end)
        return Item(known[-1].service, known[-1].detail, start, end)
    if context.theme:
        return Item(context.theme.service, context.theme.detail, start, end)
    return Item(generic.service, None, start, end) if generic.service else None


def _is_named_beside(spot: Spot, generic: Meaning, end: int) -> bool:
    """Tell whether the sentence counts the service by its own name as well."""
    later = spot.terms(end, spot.sentence.end, {Role.HEAD})
    return any(head.service is generic.service for t in later if (head := t.get(Role.HEAD)))


def _before(spot: Spot) -> Item | Aside | None:
    """Read the noun phrase before a number: "Cirugías: 340", "egresos (56 por ciento)"."""
    for start, end in list(segments(spot))[:2]:
        plain = blank_brackets(spot.text[start:end])
        terms = [
            term
            for term in spot.terms(start, end, _NAMING)
            if not plain[term.start - start].isspace()
        ]
        if not terms:
            continue
        gap = blank_brackets(spot.text[terms[-1].end : spot.numeral.start])
        if len(re.findall(r"\w{3,}", gap)) > _REACH:
            return None
        head = terms[0].get(Role.HEAD)
        if head and head.service is Service.STAFF and not terms[0].get(Role.DETAIL):
            return None
        found = _read(spot, terms[0].start, terms, details_first=True)
        return found._replace(last=spot.numeral.end) if isinstance(found, Item) else None
    return None


def _with_detail_before(spot: Spot, item: Item) -> Item:
    """Add the detail that stands before: "Medicina Familiar: 5 mil 980 consultas"."""
    if item.service not in (Service.CONSULTATION, Service.SURGERY, Service.ANCILLARY_STUDY):
        return item
    for start, end in list(segments(spot))[:2]:
        begin = max(start, spot.numeral.start - _DETAIL_REACH)
        terms = spot.terms(begin, end, _SPECIFIC)
        details = [d for term in terms if (d := nouns.detail_for(term, item.service))]
        if terms and details and nouns.detail_for(terms[-1], item.service):
            return item._replace(detail=nouns.join_details(item.service, details))
    return item


def _end_of_range(spot: Spot) -> Aside | None:
    """Set "20" aside in "de 20 a 59 años"."""
    last = spot
    for _ in range(_LONGEST_CHAIN):
        following = next_quantity(last)
        between = (last.numeral.end, following.start) if following else (0, 0)
        if following is None or not _RANGE.fullmatch(spot.folded, *between):
            break
        last = last._replace(numeral=following)
    if last is spot:
        return None
    other = _after(last)
    if isinstance(other, Aside):
        return other._replace(first=spot.numeral.start)
    before = spot.folded[max(spot.sentence.start, last.numeral.start - 24) : last.numeral.start]
    if other is None and last.numeral.value < _OLDEST and _AGE_BEFORE.search(before):
        return Aside(AGE, spot.numeral.start, last.numeral.end)
    return None


def _share_noun(spot: Spot) -> Item | None:
    """Give "41" in "41, 36 y 29 cirugías" the noun that it shares with the numbers after it."""
    last = spot
    for _ in range(_LONGEST_CHAIN):
        following = next_quantity(last)
        if following is None or spot.numeral.kind is not following.kind:
            return None
        if not _AND_NUMBER.fullmatch(spot.folded, last.numeral.end, following.start):
            return None
        last = last._replace(numeral=following)
        other = _after(last)
        if isinstance(other, Item):
            return other._replace(first=spot.numeral.start)
    return None


def _inherit(spot: Spot) -> Item | None:
    """Give a bare number ("de las 126 mil planeadas") what the figure before it counts."""
    previous = spot.context.previous
    if previous is None:
        return None
    start, end = spot.numeral.start, spot.numeral.end
    opening = spot.text[max(spot.sentence.start, start - 25) : start]
    following = spot.text[end : end + 60].lstrip(" \n")
    joints, word = spot.vocabulary.joints, re.match(r"\w+", following)
    joined = word and unify(word[0].lower()) in joints["prepositions"] | joints["and"]
    verb = bool(_VERB.match(following)) or _cue_at(spot, end)
    if word and not (joined or verb):
        return None
    refers = verb or _REFERS_BACK.search(opening.lower())
    if refers or (spot.context.before and (joined or _is_led_to(spot))):
        return Item(previous.service, previous.detail, start, end)
    return None


def _cue_at(spot: Spot, end: int) -> bool:
    """Tell whether a word of the vocabulary that is no noun follows: "realizadas", "previstas"."""
    position = end + len(spot.text[end : end + 60]) - len(spot.text[end : end + 60].lstrip())
    return any(
        term.start == position and not any(term.get(role) for role in NOUN_ROLES)
        for term in spot.sentence.terms
    )


def _is_led_to(spot: Spot) -> bool:
    """Tell whether the words right before lead to a number: a joint, a verb, a goal, a place.

    "según el oficio 127" and "calle Guerrero 15" do not.
    """
    sentence = spot.sentence
    before = len(sentence.words_between(sentence.start, spot.numeral.start))
    at = next((i for i in reversed(range(before)) if sentence.words[i].canonical != ","), None)
    if at is None:
        return False
    last, (start, end) = sentence.words[at], sentence.places[at]
    named = spot.text[start].isupper() and not _ADDRESS.search(
        spot.folded, max(sentence.start, start - _DETAIL_REACH), start
    )
    verbal = last.past or last.future or spot.folded.endswith(("ar", "er", "ir"), 0, end)
    if named or verbal or last.canonical in spot.vocabulary.joints["pass_over"]:
        return True
    return any(
        term.end == end and any(term.get(role) for role in _LEADING) for term in sentence.terms
    )
