"""What a number counts: a service with its detail, or the reason why it is no figure.

Tried in order: the noun phrase after the number, the one before it ("Cirugías: 340"), what the
number before counts ("de ellas, 40 fueron ..."). A number that none of them explains is set aside.
"""

import re

from pipeline.rules import nouns
from pipeline.rules.asides import (
    AGE,
    by_words_before,
    is_age,
    ratio_or_money,
    told_to_be_none,
    unless_no_figure,
    words_before,
)
from pipeline.rules.bare import inherit, under_heading
from pipeline.rules.carried import like_the_one_before, reason_told_apart
from pipeline.rules.markers import marker
from pipeline.rules.not_given import RESULT, result
from pipeline.rules.own_nouns import own_noun
from pipeline.rules.parts import part, slots_of_kind, who_got
from pipeline.rules.patients import assessed, looked_at, students
from pipeline.rules.phrases import AND_NUMBER, NO_PROCEDURES, phrase_before, read_phrase
from pipeline.rules.prostheses import both_kinds, of_prosthesis
from pipeline.rules.shared_out import shared_out
from pipeline.rules.spot import (
    Aside,
    Item,
    Spot,
    next_quantity,
    segments,
    words_end,
)
from pipeline.rules.themed import (
    eyes,
    in_cases,
    of_theme,
    part_of_people,
    slots,
)
from pipeline.rules.vocabulary import NOUN_ROLES, Role, Term
from pipeline.spanish.ocr import unify
from schemas.document import NumeralKind
from schemas.report import Service

NO_NOUN = "no service is named"

_REACH = 4
"""Unknown words that may stand between a number and its noun ("58 modernas consultas")."""
_DETAIL_REACH = 80
"""Characters before a number in which its detail may stand ("En Nutrición fueron 310")."""
_SPECIFIC = frozenset((Role.HEAD, Role.DETAIL, Role.SPECIALTY, Role.ASIDE))
_LONGEST_CHAIN = 6
_FEW = 20
_RANGE = re.compile(r"\s*(?:a|al|y|o|u|-|–|a\s+los|a\s+las|y\s+los)\s*")
_RANGE_OF_TIME = re.compile(r"\s*,\s*")
_MEASURES = frozenset((AGE, "a measure", "money"))
"""What a mere list of numbers shares: "quince, veinte minutos"."""
_OF_WHOLE = re.compile(r"\s+de\s+l[ao]s\s+")
_CLAUSE_REACH = 200
_BECAUSE = re.compile(r"(?:\s+(?!y\s)[a-z]+){0,2}?\s+(?:por|con)(?:\s+(?!y\s)[a-z]+){0,2}\s+")
_FAMILY_UNITS = re.compile(r"\b(?:unidades\s+de\s+medicina\s+familiar|umf)\b(?!\s*(?:no\b|num|\d))")
_HOSPITALS = re.compile(
    r"(?:[;,]|\by)\s+(?:mientras\s+)?(?:que\s+)?(?:(?:a|en|de|con)\s+)?l[ao]s\s+(?:hospitales|especialistas)\b"
)
_LED_BY = re.compile(r"\bcon\s+$")
_INVERTED = re.compile(r",\s+(?:la|el|los|las)\s+")
# "74 mil 15, correspondió a consultas", "los dos restantes, cardiacos", "319 que restan son de"
_SET_APART = re.compile(
    r"\s*(?:,\s*(?:correspond\w+|fueron)\s+|restantes?,?\s+|,\s*tod[ao]s\s+|que\s+(?:rest|qued|falt)\w+\s+(?:son|fueron)\s+)"
    r"(?:(?:a|de|del|l[ao]s|en)\s+){0,2}"
)
_COLON_REACH = 8
_OF_THE_TIME = re.compile(r"\s*del\s+(?:[a-z]+\s+(?:del\s+)?)?")
_OF_ONE = re.compile(
    r"\s*(?:mas\s+)?(?:el|la|(?:apenas\s+)?(?:ayer|hoy|antier|anteayer)(?:\s+mismo)?|este|ese)\s+(?:(?:primer|segundo|tercer|cuarto|ultimo|mismo)\s+)?"
)


def item_of(spot: Spot) -> Item | Aside:
    """Say what the number counts."""
    numeral = spot.numeral
    found = (
        marker(spot)
        or ratio_or_money(spot)
        or result(spot)
        or reason_told_apart(spot)
        or assessed(spot)
        or students(spot)
        or _of_sick(spot)
        or slots_of_kind(spot)
        or slots(spot)
        or eyes(spot)
        or both_kinds(spot)
        or part(spot)
        or who_got(spot)
        or _counted(spot)
    )
    found = _of_donors(spot, found)
    if not isinstance(found, Item):
        return found or Aside(NO_NOUN, numeral.start, numeral.end)
    theme = spot.context.theme
    if theme and found.detail is None and theme.service is found.service:
        found = found._replace(detail=theme.detail)
    return unless_no_figure(spot, of_prosthesis(spot, found))


def _counted(spot: Spot) -> Item | Aside | None:
    """Try the ways in which a text says what a number counts, the surest first."""
    numeral = spot.numeral
    found = _after(spot)
    if isinstance(found, Aside) and numeral.kind is NumeralKind.PERCENT:
        found = None
    if (
        found is None
        and numeral.value < _FEW
        and words_before(spot).endswith(("entre las ", "entre los ", "en las ", "en los "))
    ):
        found = Aside("a count of what was named before", numeral.start, numeral.end)
    if shared := shared_out(spot):
        return shared
    return (
        found
        or part_of_people(spot)
        or by_words_before(spot)
        or _end_of_range(spot)
        or like_the_one_before(spot)
        or told_to_be_none(spot)
        or nouns.told_before(spot)
        or _of_strange_noun(spot)
        or phrase_before(spot)
        or nouns.act_before(spot)
        or _share_noun(spot)
        or nouns.other_kind(spot)
        or in_cases(spot)
        or inherit(spot)
        or under_heading(spot)
        or of_theme(spot)
    )


def _of_donors(spot: Spot, found: Item | Aside | None) -> Item | Aside | None:
    """Set volunteers aside who came to give blood: they are no staff."""
    known = (spot.context.theme, spot.context.previous)
    givers = any(one and one.service is Service.DONATION for one in known)
    if givers and isinstance(found, Item) and found.detail == "volunteer":
        return Aside("people who are not said to have got a given act", found.first, found.last)
    return found


def _of_strange_noun(spot: Spot) -> Aside | None:
    """Set a number aside whose noun nobody knows, unless a verb tells what they got."""
    own = own_noun(spot, linked=False)
    return None if own is None or nouns.act_before(spot) else own


def _after(spot: Spot) -> Item | Aside | None:
    """Read the noun phrase that follows a number, with what stands before it for detail."""
    own = own_noun(spot, linked=True)
    found = _phrase_after(spot)
    if own and (found is None or found.last > own.last) and not nouns.act_before(spot):
        return own
    if isinstance(found, Item) and found.service is Service.TOTAL:
        opening = spot.text[max(0, spot.numeral.start - _COLON_REACH) : spot.numeral.start]
        titled = phrase_before(spot) if opening.rstrip().endswith(":") else None
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
    first = terms[0].start if terms else start
    gap = spot.folded[start:first]
    if not terms or _is_no_noun_of(terms[0], gap):
        return None
    words = set(map(unify, gap.split()))
    if _INVERTED.fullmatch(gap) and _LED_BY.search(
        spot.folded, max(0, spot.numeral.start - _COLON_REACH), spot.numeral.start
    ):
        return read_phrase(spot, spot.numeral.start, terms)  # "Con 6 mil 318, la consulta de ..."
    if _SET_APART.fullmatch(gap):
        return read_phrase(spot, spot.numeral.start, terms, details_first=True)
    if words & {"que", "sin"} and not terms[0].get(Role.ACT):
        return None  # "cinco sin sangre", "las de 40 a 69 que no se hayan hecho la mastografía"
    if terms[0].get(Role.ACT):
        words -= joints["and"]  # "400 oaxaqueñas y oaxaqueños eligen un método"
    if "," in gap or words & joints["and"] or spot.unknown_words(start, first) > _REACH:
        return None
    if not words & joints["prepositions"]:
        return read_phrase(spot, spot.numeral.start, terms)
    # "39 al HGZ" does not count hospitals, "9 mil con especialistas" does not count staff.
    if _strange_words(spot, start, first) or not _narrows_or_serves(terms[0]):
        return None
    return read_phrase(spot, spot.numeral.start, terms, details_first=True)


def _is_no_noun_of(term: Term, gap: str) -> bool:
    """Tell "33 más el domingo" and "las 164 del resto del año", which count no Sundays or years."""
    aside = term.get(Role.ASIDE)
    of_time = aside and aside.label == AGE and _OF_THE_TIME.fullmatch(gap)
    return bool(aside and (of_time or _OF_ONE.fullmatch(gap)))


def _of_sick(spot: Spot) -> Aside | None:
    """Set aside people who have what a test is for: "cinco con anemia", "26 por presión alta"."""
    terms = spot.terms(spot.numeral.end, words_end(spot), NOUN_ROLES)
    because = terms and _BECAUSE.fullmatch(spot.folded, spot.numeral.end, terms[0].start)
    if not because or not _is_disease(spot, terms[0]):
        return None
    return Aside(RESULT, spot.numeral.start, terms[0].end)


def _is_disease(spot: Spot, term: Term) -> bool:
    previous = spot.context.previous
    served = {m.service for m in term.meanings if m.role is Role.DETAIL}
    tested = previous is not None and previous.service in served
    return not term.get(Role.HEAD) and served == {Service.SCREENING} and not tested


def _strange_words(spot: Spot, start: int, end: int) -> bool:
    """Tell whether words that are neither joints nor verbs stand between two offsets."""
    known = spot.vocabulary.joints["pass_over"]
    return any(
        word.canonical not in known and not word.past
        for word in spot.sentence.words_between(start, end)
    )


def _narrows_or_serves(term: Term) -> bool:
    head = term.get(Role.HEAD)
    serves = head is not None and head.service not in NO_PROCEDURES
    return serves or bool(term.get(Role.DETAIL) or term.get(Role.SPECIALTY))


def _read_examined(spot: Spot, people: Aside) -> Item | Aside:
    """Read "por mastografía se revisó a 612 mujeres" as 612 mammographies."""
    for start, end in list(segments(spot))[:1]:
        named = phrase_before(spot)
        if isinstance(named, Item) and re.search(r"\bse\s+\w+\s+a$", spot.folded[start:end]):
            return named._replace(last=people.last)
    return looked_at(spot, people.last) or people


def _with_detail_before(spot: Spot, item: Item) -> Item:
    """Add the detail that stands before: "Medicina Familiar: 5 mil 980 consultas"."""
    if item.service not in (Service.CONSULTATION, Service.SURGERY, Service.ANCILLARY_STUDY):
        return item
    if item.service is Service.CONSULTATION and _is_set_against_hospitals(spot):
        return item._replace(detail="family_medicine")
    for start, end in list(segments(spot))[:2]:
        begin = max(start, spot.numeral.start - _DETAIL_REACH)
        terms = spot.terms(begin, end, _SPECIFIC)
        details = [d for term in terms if (d := nouns.detail_for(term, item.service))]
        if terms and details and nouns.detail_for(terms[-1], item.service):
            return item._replace(detail=nouns.join_details(item.service, details))
    return item


def _is_set_against_hospitals(spot: Spot) -> bool:
    """Tell whether a clause about family medicine units is set against one about hospitals."""
    sentence, start = spot.sentence, spot.numeral.start
    floor = max(sentence.start, start - _CLAUSE_REACH)
    clause = spot.folded.rfind(";", floor, start) + 1 or floor
    return bool(
        _FAMILY_UNITS.search(spot.folded, clause, start)
        and _HOSPITALS.search(spot.folded, start, min(sentence.end, start + _CLAUSE_REACH))
    )


def _end_of_range(spot: Spot) -> Aside | None:
    """Set "20" aside in "de 20 a 59 años"."""
    last, measured = spot, False
    for _ in range(_LONGEST_CHAIN):
        following = next_quantity(last)
        between = (last.numeral.end, following.start) if following else (0, 0)
        if following is None:
            break
        if not _RANGE.fullmatch(spot.folded, *between):
            if not _RANGE_OF_TIME.fullmatch(spot.folded, *between):
                break
            measured = True
        last = last._replace(numeral=following)
    if last is spot:
        return None
    other = _after(last)
    if isinstance(other, Aside):
        told = not measured or other.reason in _MEASURES
        return other._replace(first=spot.numeral.start) if told else None
    if other is None and is_age(last):
        return Aside(AGE, spot.numeral.start, last.numeral.end)
    return None


def _share_noun(spot: Spot) -> Item | None:
    """Give "41" in "41, 36 y 29 cirugías" the noun that it shares with the numbers after it."""
    last = spot
    for _ in range(_LONGEST_CHAIN):
        following = next_quantity(last)
        if following is None or spot.numeral.kind is not following.kind:
            return None
        joined = AND_NUMBER.fullmatch(spot.folded, last.numeral.end, following.start)
        of_whole = last is spot and _OF_WHOLE.fullmatch(
            spot.folded, last.numeral.end, following.start
        )
        if not (joined or of_whole):
            return None
        last = last._replace(numeral=following)
        other = _after(last)
        if isinstance(other, Item):
            return other._replace(first=spot.numeral.start)
    return None
