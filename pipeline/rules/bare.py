"""A number without a noun of its own: what the figures before it or a heading say it counts."""

import re

from pipeline.rules import nouns
from pipeline.rules.markers import marker
from pipeline.rules.patients import ASSESSMENT
from pipeline.rules.shared_out import distinct
from pipeline.rules.spot import ALONE, Item, Spot
from pipeline.rules.themed import narrow_theme
from pipeline.rules.topics import topic_of
from pipeline.rules.vocabulary import NOUN_ROLES, Role, Term
from pipeline.spanish.ocr import unify
from schemas.codebook import OTHER
from schemas.document import NumeralKind
from schemas.report import Service

_ADDRESS_REACH = 80
_LEADING = (Role.PERFORMED, Role.PLANNED, Role.PLANNED_AFTER, Role.GOAL_NOUN, Role.APPROXIMATE)
_REFERS_BACK = re.compile(
    r"(?:\blas|\blos|\botr[ao]s|\bde\s+(?:ell|est|es)[ao]s,?|\bfueron|\bcon|\bsegund[ao],?"
    r"|\bd?el\s+resto,?|\bque|\bcuales|\bcontra|\bal|\ba|\w{2,}(?:aron|ieron|ó)|\b(?:ha|han|habia|habian|habiamos)\s+(?:\w+[ai]do|hecho|puesto)|\b(?:era|hablaba)\s+de|\bsido|\b(?:va|van|vamos|iban|ibamos)\s+en|\b(?:mitad|mayor[ií]a|tercio|tercera\s+parte|cuarta\s+parte),|\bvan"
    r"|\biban|\blleva|\bllevan|\b(?:cerrar|terminar|acabar|concluir)\s+(?:en|con)|\b\w{2,}[aei]r(?:án|á)|\bhicimos|\bson|\b(?:tuv|hiz|di|pus|obtuv)o|\b(?:aport|registr|report|sum)an?)\s*$"
)
_ADDRESS = re.compile(
    r"\b(?:calle|avenida|av|bulevar|boulevard|blvd|calzada|carretera|col|colonia|oficio|articulo)\b"
)
_VERB = re.compile(
    r"\w+(?:aron|ieron|ó)|cada\s+un[ao]|se|fue|son|corresponde\w*|más|mas|menos|restantes?|que\s+(?:faltan|restan|quedan)|del\s+(?:resto|total|mes|a[nñ]o)|de\s+[eé](?:st|s|ll)[ao]s|de\s+(?:19|20)\d\d"
)
_ORDINAL = r"l[ao]s\s+(?P<which>primer|segund|tercer|ultim)[ao]s"
_ORDINAL_BEHIND = re.compile(rf"\s*(?:(?:son|fueron|de)\s+){{0,2}}{_ORDINAL}\b")
_ORDINAL_BEFORE = re.compile(rf"\b(?:de|entre)\s+{_ORDINAL},\s+(?:\w+\s+){{0,2}}$")
_ORDINAL_REACH = 80
_OF_TOTAL_TOLD = re.compile(
    r"\bde\s+(?:es[aet]e?|dich[ao]|est[ae])\s+(?:total|numero|cifra|universo|suma)\b"
)
_OF_TOWN = re.compile(
    r"\s+del\s+[a-z]|\s+del?\s+(?:El\s+|La\s+|Los\s+|Las\s+)?[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+"
)
_IN_YEAR = re.compile(r"\b[Ee]n\s+(?:19|20)\d\d,\s*$")
_NEXT_OF_ROW = re.compile(r"(?:[,;]|\by)\s+$")
_TO_GROUP = re.compile(r"(?:,|\by)\s+a\s+(?:las?\s+|los?\s+)?[a-záéíóúñ]+s\s*$")
_OF_UNIT = re.compile(
    r"(?:\b(?:al|el|la|en)|\b(?:hr|hgr|hgz|hgsz|hgo|umf|umae|umaa))\s+\d{1,3}(?:,\s+(?:en|de)\s+[^,;:\d]{3,30})?,\s*$"
)
_OF_OTHERS = re.compile(r"\s*(?:restantes?)?\s*,?\s*(?:de|en)\s+otr[ao]s\b")
_IN_HOSPITALS = re.compile(r"\b(?:hospitales|especialistas)\b[\s,]*(?:otr[ao]s\s+)?$")
_OF_TOTAL = re.compile(r"\s*(?:del|en)\s+total\b")
_THAT = re.compile(r"\s*que\s")
_OF_THE = re.compile(r"\bde\s+(?:otr[ao]s|l[ao]s)\s+$")
_FEW_JOINTS = re.compile(r"\s*(?:(?:en|a|de|l[ao]s|con|hasta|apenas|ya)\s+){0,2}")
_HEADING_REACH = 800
_COLON = re.compile(r":\s*$")
_PAIR = 2
_WEEKDAY = re.compile(
    r"\s+(?:mas\s+)?(?:(?:el|la|los|ayer|hoy|antier|anteayer|este|ese)\s+)?(?:mism[ao]\s+)?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|primer|segundo"
    r"|tercer|ultimo|dia|siguiente|manana|tarde|ano)"
)
_OLDEST = 110
_OF_NAME = re.compile(r"(?:^|[;.:]|\by\b)\s*(?:en\s+)?[A-ZÁÉÍÓÚÑ][^;.:()\d]{2,60}[,(]\s*$")
_BY_PLACE = re.compile(
    r"\bpor (?:municipio|hospital|unidad|sede|clinica|localidad|comunidad|region|delegacion"
    r"|representacion|estado|entidad|alcaldia|ciudad|zona)(?:es|s)?(?: medicas?| sede)?[:,] "
)
_GOAL_REACH = 40
_CLOSED = re.compile(r"\s*(?:\)|[;,]\s*\d)")
_BESIDE_THEME = (ASSESSMENT, "counseling")
"""What goes with a theme's services, and is not what its bare numbers count."""
_THAT_PLANNED = re.compile(
    r"\s*que\s+(?:(?:se|ya|nos|les?|el|la)\s+){0,2}(?:(?:est|qued|hay|ten|habi|falt)[a-z]*\s+)?"
    r"(?:en\s+(?:agenda|lista|programa|cartera)|agendad|programad|pien|pens|prev|espera(?!n\s+desde)|plane|pretend|busc|propon|propus|quier|quer|contempl|fij|proyect|asign|calend|tien[a-z]*\s+previst)"
)


def under_heading(spot: Spot) -> Item | None:
    """Give a number of a list what its heading counts: "Cirugías por hospital: HGZ 6, 41; ..."."""
    sentence, numeral = spot.sentence, spot.numeral
    if not ALONE.match(spot.text, numeral.end):
        return None
    if spot.context.headed and spot.context.previous and not spot.context.before:
        heading = spot.context.previous
        return Item(heading.service, heading.detail, numeral.start, numeral.end)
    floor = max(sentence.start, numeral.start - _HEADING_REACH)
    colon = spot.text.find(":", floor, numeral.start)
    if colon < 0:
        return None
    first = next(
        n
        for n in sentence.quantities
        if n.start == numeral.start or not marker(spot._replace(numeral=n))
    )
    if first.start < colon:
        return None
    heads = spot.terms(floor, colon, {Role.HEAD})
    if not heads:
        return None
    named = nouns.read_noun_phrase(spot, heads[0].start, heads)
    if not isinstance(named, Item) or named.service is Service.STAFF:
        return None
    return Item(named.service, named.detail, numeral.start, numeral.end)


def inherit(spot: Spot) -> Item | None:
    """Give a bare number ("de las 126 mil planeadas") what the figure before it counts."""
    previous = _goes_back_to(spot)
    if previous is None:
        return None
    if _THAT_PLANNED.match(spot.folded, spot.numeral.end):
        return Item(previous.service, previous.detail, spot.numeral.start, spot.numeral.end)
    if _OF_OTHERS.match(spot.folded, spot.numeral.end):
        consulted = previous.service is Service.CONSULTATION
        detail = "specialty" if consulted else OTHER
        return Item(previous.service, detail, spot.numeral.start, spot.numeral.end)
    if whole := _whole_of_the_clause_before(spot):
        previous = whole
    if _is_of_the_whole(spot):
        previous = previous._replace(detail=None)
    if previous.detail == "family_medicine" and _IN_HOSPITALS.search(
        spot.folded, spot.sentence.start, spot.numeral.start
    ):
        previous = previous._replace(detail="specialty")
    start, end = spot.numeral.start, spot.numeral.end
    opening = spot.text[max(spot.sentence.start, start - 25) : start]
    following = spot.text[end : end + 60].lstrip(" \n")
    joints, word = spot.vocabulary.joints, re.match(r"\w+", following)
    joined = word and unify(word[0].lower()) in joints["prepositions"] | joints["and"]
    verb = bool(_VERB.match(following)) or _cue_at(spot, end)
    if spot.context.before and _WEEKDAY.match(spot.folded, end):
        verb = True  # "38 el viernes, 51 el sábado y 33 más el domingo"
    if spot.numeral.kind is NumeralKind.PERCENT and _OF_TOTAL.match(spot.folded, end):
        verb = False  # "50 por ciento del total de la meta"
    of_town = spot.context.before and not spot.context.refused and _OF_TOWN.match(spot.text, end)
    if word and not (joined or verb or of_town or _is_qualified(spot)):
        return None
    refers = verb or _is_qualified(spot) or _REFERS_BACK.search(opening.lower())
    bracketed = spot.folded.endswith("(", 0, start) and spot.folded.startswith(")", end)
    bracketed = bracketed or _is_goal_in_brackets(spot)
    led = bool(spot.context.before or topic_of(spot)) and _is_led_to(spot)
    led = led or (bool(spot.context.before or not word or joined) and _is_told(spot))
    placed = word and unify(word[0].lower()) in joints["prepositions"]
    listed = placed and _COLON.search(opening) and spot.context.listed
    led = led or bool(listed) or (not word and _is_of_a_place(spot))
    led = led or bool(spot.context.before and _TO_GROUP.search(opening.lower()))
    led = led or bool(spot.context.before and _IN_YEAR.search(opening))
    led = led or bool(
        spot.context.before
        and not spot.context.refused
        and _OF_TOWN.match(spot.text, end)
        and _NEXT_OF_ROW.search(opening)
    )
    led = led or bool(
        spot.context.before
        and _OF_UNIT.search(spot.folded, max(spot.sentence.start, start - _ADDRESS_REACH), start)
    )
    if refers or bracketed or led or (spot.context.before and joined):
        return Item(previous.service, previous.detail, start, end)
    return None


def _goes_back_to(spot: Spot) -> Item | None:
    """Return what a bare number may count: what is pointed at, the sentence's topic, the last."""
    topic = None if spot.context.before else topic_of(spot)
    previous = _pointed_at(spot) or topic or spot.context.previous
    if previous and previous.service is Service.STAFF and not spot.context.before:
        previous = None  # who helps is not broken down by bare numbers
    if previous is None and _is_told(spot):
        previous = narrow_theme(spot)
    if previous and previous.detail in _BESIDE_THEME and not spot.context.before:
        previous = narrow_theme(spot) or (None if previous.detail == ASSESSMENT else previous)
    return previous


def _is_goal_in_brackets(spot: Spot) -> bool:
    """Tell "(meta: 30)", "(se programaron 30)" behind what was done."""
    start = spot.numeral.start
    opened = spot.folded.rfind("(", max(spot.sentence.start, start - _GOAL_REACH), start)
    closed = _CLOSED.match(spot.folded, spot.numeral.end)
    if opened < 0 or not closed or not spot.context.before:
        return False
    return any(
        opened < term.start and term.end <= start and term.get(role)
        for term in spot.sentence.terms
        for role in (Role.GOAL_NOUN, Role.PLANNED, Role.PLANNED_AFTER)
    )


def _whole_of_the_clause_before(spot: Spot) -> Item | None:
    """Return the total of the clause before, which another one is set against by a semicolon."""
    before = spot.context.before
    if (
        len(before) < _PAIR
        or before[-1].service is Service.TOTAL
        or before[0].last >= before[-1].first
    ):
        return None
    parted = spot.text[before[-1].last : spot.numeral.start]
    joined = ";" not in spot.text[before[0].last : before[-1].first]
    return before[0] if before[0].service is Service.TOTAL and ";" in parted and joined else None


def _is_of_the_whole(spot: Spot) -> bool:
    """Tell whether a goal or "en total" goes back behind the kinds that were told apart before."""
    context, start = spot.context, spot.numeral.start
    details = {item.detail for item in context.before or context.listed}
    if len(details) == 1:
        return False
    if _OF_TOTAL.match(spot.folded, spot.numeral.end):
        return True
    used = context.before[-1].last if context.before else spot.sentence.start
    goals = [
        term
        for term in spot.sentence.terms
        if used <= term.start
        and term.end <= start
        and (term.get(Role.GOAL_NOUN) or (context.before and term.get(Role.PLANNED)))
    ]
    return bool(goals) and (not context.before or ";" in spot.text[used : goals[0].start])


def _is_qualified(spot: Spot) -> bool:
    """Tell whether what follows speaks of what was counted: "las segundas", "que hay por meta"."""
    if _ORDINAL_BEHIND.match(spot.folded, spot.numeral.end):
        return True
    behind = _THAT.match(spot.folded, spot.numeral.end)
    return behind is not None and bool(
        _OF_THE.search(spot.folded, spot.sentence.start, spot.numeral.start)
    )


def _pointed_at(spot: Spot) -> Item | None:
    """Return what "1,377 las primeras" and "de las segundas, 40" point at of the figures before."""
    before = spot.folded[
        max(spot.sentence.start, spot.numeral.start - _ORDINAL_REACH) : spot.numeral.start
    ]
    if spot.context.listed and not spot.context.before and _OF_TOTAL_TOLD.search(before):
        return spot.context.listed[0]
    match = _ORDINAL_BEHIND.match(spot.folded, spot.numeral.end) or _ORDINAL_BEFORE.search(before)
    if not match:
        return None
    last = match["which"].startswith("ultim")
    at = -1 if last else ("primer", "segund", "tercer").index(match["which"])
    for figures in (spot.context.listed, spot.context.before):
        kinds = distinct(figures)
        if len(kinds) > max(at, 1):
            return kinds[at]
    return None


def _cue_at(spot: Spot, end: int) -> bool:
    """Tell whether a word of the vocabulary that is no noun follows: "realizadas", "previstas"."""
    position = end + len(spot.text[end : end + 60]) - len(spot.text[end : end + 60].lstrip())
    return any(
        term.start == position and not any(term.get(role) for role in NOUN_ROLES)
        for term in spot.sentence.terms
    )


def _is_of_a_place(spot: Spot) -> bool:
    """Tell whether a name stands before a lone number: "Reynosa va al frente, 8 mil 911".

    A low one may be somebody's age.
    """
    start = spot.numeral.start
    floor = max(spot.sentence.start, start - _ADDRESS_REACH)
    return (
        (
            spot.numeral.value > _OLDEST
            or _BY_PLACE.search(spot.folded, spot.sentence.start, start) is not None
        )
        and bool(spot.context.listed or spot.context.before)
        and bool(ALONE.match(spot.text, spot.numeral.end))
        and bool(_OF_NAME.search(spot.text[floor:start]))
        and not _ADDRESS.search(spot.folded, floor, start)
    )


def _is_of_places(term: Term) -> bool:
    """Tell whether a noun names places or levels of care: "y en los hospitales, 500"."""
    aside = term.get(Role.ASIDE)
    return aside is not None and aside.label in ("a count of places", "a count of levels or groups")


def _is_told(spot: Spot) -> bool:
    """Tell whether a verb or a goal stands right before: "la anterior había registrado 571"."""
    sentence, start = spot.sentence, spot.numeral.start
    leading = [
        term
        for term in sentence.terms
        if term.end <= start and any(term.get(role) for role in _LEADING)
    ]
    return bool(leading) and _FEW_JOINTS.fullmatch(spot.folded, leading[-1].end, start) is not None


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
        spot.folded, max(sentence.start, start - _ADDRESS_REACH), start
    )
    verbal = last.past or last.future or spot.folded.endswith(("ar", "er", "ir"), 0, end)
    if named or verbal or last.canonical in spot.vocabulary.joints["pass_over"]:
        return True
    if any(term.end == end and _is_of_places(term) for term in sentence.terms):
        return True
    return any(
        term.end == end and any(term.get(role) for role in _LEADING) for term in sentence.terms
    )
