"""Words around a counted service that make its number no figure: a rate, growth, what was put off.

Beside them, numbers that are told to be no count before any noun is looked for: money, ages.
"""

import re

from pipeline.rules.not_given import PUT_OFF, RATE, not_given
from pipeline.rules.passages import CLAUSE_BREAK, role_terms
from pipeline.rules.spot import Aside, Item, Spot, next_quantity
from pipeline.rules.vocabulary import Role
from schemas.document import NumeralKind
from schemas.report import Service

AGE = "a length of time or an age"
OLDEST = 110
"""Years: a higher number is no age."""
GROWTH = "growth against another time, or the excess over a goal"
STOCK = "doses in store"
HONOURED = "people who are honoured or hired"

_AGE_BEFORE = re.compile(
    r"(?:(?:desde|\ba|hasta|partir de|despues de|antes de|mayores a|menores a|mayores de|menores de"
    r"|entre|cumplir|cumplidos)\s+l[ao]s"
    r"|mayores de|menores de|mayores a|menores a|arriba de los|edad de|que el de"
    r"|\bde\s+\d{1,2}\s+a|\bentre\s+(?:los\s+)?\d{1,2}\s+y)\s*$"
)
_VITAL = re.compile(
    r"\s+de\s+(?:presion|sistolica|diastolica|glucosa|azucar|colesterol|trigliceridos|saturacion|oxigenacion|temperatura|fiebre|estatura)\b"
)
_LEVEL = re.compile(
    r"\b(?:glucosa|glucemia|azucar|presion|hemoglobina|colesterol|trigliceridos|saturacion|oxigenacion|temperatura|plaquetas|masa\s+corporal)"
    r"\s+(?:[a-z]+\s+){0,2}?(?:(?:por\s+)?(?:arriba|encima|abajo|debajo)\s+(?:de|del)|(?:superior|mayor|inferior|menor)(?:es)?\s+(?:a|al|de|que)|(?:mas|menos)\s+de)\s+(?:l[ao]s\s+)?$"
    r"|\b(?:glucosa|glucemia|azucar|presion|hemoglobina|colesterol|temperatura)\s*,?\s+(?:que\s+|le\s+|se\s+|l[ae]s\s+)*(?:and|est|sub|baj|lleg|marc)[a-z]*\s+(?:en|a|hasta)\s+(?:l[ao]s\s+)?$"
    r"|\b(?:con|tenian?|traian?|presentaban?)\s+(?:la\s+|el\s+)?(?:glucosa|glucemia|azucar|presion|hemoglobina|colesterol|trigliceridos|saturacion)\s+(?:de|en|a)\s+(?:hasta\s+|casi\s+)?$"
)
_LEVEL_REACH = 60
_FOR_EACH = re.compile(r"\s+(?:[a-z]+\s+){1,2}(?:para|por)\s+cada\s")
_AS_MUCH_MORE = re.compile(
    r"\b(?:represent|signific|implic|equival|supon|supus)[a-z]*\s+(?:a\s+)?(?:[a-z]+\s+)?$"
)
_SAID_AGAIN = re.compile(r"\b(?:o\s+sea|es\s+decir|esto\s+es)\W+(?:que\s+)?(?:[a-z]+\s+)?$")
_MORE = re.compile(r"\s+(?:mas|menos)\b")
_IN_STORE = re.compile(
    r"\s+(?:que\s+(?:aun\s+|todavia\s+)?(?:hay|quedan?|quedaron|sobran?|sobraron|restan?|existen|estan|llegaron|se\s+(?:compraron|recibieron|adquirieron))"
    r"|en\s+(?:existencia|almacen|bodega|reserva|inventario|refrigeracion|camino|stock)|almacenadas|disponibles|compradas|adquiridas|recibidas)\b"
    r"(?!\s+por\s+aplicar)"
)
_READING = re.compile(
    r"\b(?:con|tenian?|traian?|marc[a-z]+|registr[a-z]+)\s+(?:(?:mas|arriba|cerca)\s+de\s+|casi\s+)?$"
)
_ONE_OF = re.compile(
    r"\s+de\s+(?:l[ao]s|est[ao]s|es[ao]s)\s+(?:mas\s+de\s+|casi\s+)?(?:\d|(?:\w+\s+)?a\s+quien)"
)
_RATIO = re.compile(r"\s+(?:de|por)\s+cada\s+")
_OF_EACH = re.compile(r"\b(?:de|por)\s+cada\s+$")
_COST = re.compile(
    r"\b(?:cost[oaeó]\w*|cuest\w+|invirti\w+|inversi\w+|invert\w+|presupuest\w+|erog\w+|gast\w+"
    r"|desembols\w+|cobr[aoe]\w*|pag[aoóu]\w*|precio|tarifa|monto|ahorr\w+|sal(?:io|ieron|e|en|dria|drian)\s+en)\s+(?:\w+\s+){0,3}$"
)
# "640 millones se destinarán a equipamiento": so much of anything else has a noun.
_MONEY_BEHIND = re.compile(
    r"\s*(?:de\s+)?(?:se\s+)?(?:destin|invert|invirt|erog|ejerc)\w+|\s+para\s"
)
_YEARS_BEHIND = re.compile(r"\s+(?:y\s+mas\s+anos|anos\b|o\s+mas\s+anos|y\s+mas\b)")
_OLD = re.compile(r"\b(?:cumpl\w+|tiene|tenia|edad\s+es)\s+(?:[a-z]+\s+)?$")
_OLDEST_OF = re.compile(
    r"\b(?:el|la|l[ao]s|un[ao]?)\s+(?:(?:mas|paciente|de|hombre|mujer|nin[ao])\s+){0,3}(?:joven|grande|chic[ao]|pequen[ao]|viej[ao]|mayor|menor|longev[ao])(?:es|s)?,?\s+(?:(?:es|tiene|tenia|de|con|apenas)\s+){0,2}$"
)
_SO_MUCH = 100_000
_ATTENDED = re.compile(
    r"\b(?:atiend\w+|vi[oe]\w*|recibi\w+|benefici\w+|ayud\w+|apoy\w+)\s+a\s+(?:\w+\s+){0,2}$"
)
_EACH = re.compile(r"\bcada\s+$")
_BEFORE = 24
_JOINTS = re.compile(r"\s*(?:(?:de|l[ao]s|casi|cerca|mas|unas|unos|otr[ao]s|ya)\s+){0,3}")
_POSTS = re.compile(
    r"\b(?:plazas|vacantes|empleos|puestos\s+de\s+trabajo)\b"
    r"|\b(?:requerir|necesitar|tendr|contar|ocupar)[a-z]*\s[^.;]{0,160}\bplantilla\b"
)
_STOP = re.compile(r"[;:.()]")
_LISTED = re.compile(r"\s*(?:,|,?\s*y)\s+")
_RANGE_TO = re.compile(r"\s*(?:a|hasta)\s+")
_GAP = 2
_OPENING = 120


def ratio_or_money(spot: Spot) -> Aside | None:
    """Set aside what no noun can make a figure: "$12", "nueve de cada diez", "cada uno"."""
    numeral, before = spot.numeral, words_before(spot)
    if before.rstrip().endswith("$"):
        return Aside("money", numeral.start, numeral.end)
    if numeral.kind is NumeralKind.COUNT and numeral.value % 1 and not spot.sentence.has_percent:
        return Aside("a measure", numeral.start, numeral.end)  # nobody gives half a service
    levels = spot.folded[max(spot.sentence.start, numeral.start - _LEVEL_REACH) : numeral.start]
    if _LEVEL.search(levels) or (
        _VITAL.match(spot.folded, numeral.end) and _READING.search(before)
    ):
        return Aside("a measure", numeral.start, numeral.end)
    if numeral.value == 1 and _ONE_OF.match(spot.folded, numeral.end):
        return Aside("one of those", numeral.start, numeral.end)
    if (
        _FOR_EACH.match(spot.folded, numeral.end)
        or _RATIO.match(spot.folded, numeral.end)
        or _OF_EACH.search(before)
    ):
        return Aside("a ratio", numeral.start, numeral.end)
    if numeral.value == 1 and _EACH.search(before):
        return Aside("each one", numeral.start, numeral.end)
    return None


def by_words_before(spot: Spot) -> Aside | None:
    """Set aside a number without a noun behind it that the words before make an age or money."""
    numeral, before = spot.numeral, words_before(spot)
    if is_age(spot):
        return Aside(AGE, numeral.start, numeral.end)
    if _COST.search(before):
        return Aside("money", numeral.start, numeral.end)
    if _ATTENDED.search(before):
        return Aside("people who are not said to have got a given act", numeral.start, numeral.end)
    return None


def told_to_be_none(spot: Spot) -> Aside | None:
    """Set aside a number without a noun of a service that a verb makes none: "trece no fueron"."""
    numeral = spot.numeral
    start, end = numeral.start, numeral.end
    before = words_before(spot)
    if numeral.value >= _SO_MUCH and _MONEY_BEHIND.match(spot.folded, end):
        return Aside("money", start, end)
    if numeral.value < OLDEST and (
        _OLD.search(before)
        or _OLDEST_OF.search(spot.folded, max(spot.sentence.start, start - _OPENING), start)
        or _YEARS_BEHIND.match(spot.folded, end)
    ):
        return Aside(AGE, start, end)
    return not_given(spot, end)


def is_age(spot: Spot) -> bool:
    """Tell whether the words before a low number make it an age: "mayores de 40"."""
    return spot.numeral.value < OLDEST and bool(_AGE_BEFORE.search(words_before(spot)))


def words_before(spot: Spot) -> str:
    """Return the folded words right before a number."""
    return spot.folded[max(spot.sentence.start, spot.numeral.start - _BEFORE) : spot.numeral.start]


def unless_no_figure(spot: Spot, item: Item) -> Item | Aside:
    """Set a counted service aside where it is a rate, growth, put off, or doses in store."""
    if spot.numeral.kind is NumeralKind.PERCENT:
        return item
    start, end = min(item.first, spot.numeral.start), max(item.last, spot.numeral.end)
    if _is_rate(spot, end):
        return Aside(RATE, start, end)
    grown = _right_after(spot, end, Role.MORE_AFTER) or _right_before(spot, Role.MORE_BEFORE)
    if grown or _is_more(spot, end) or _is_told_as_more(spot, end):
        return Aside(GROWTH, start, end)
    if _right_before(spot, Role.PUT_OFF_BEFORE) or _right_after(spot, end, Role.PUT_OFF_AFTER):
        return Aside(PUT_OFF, start, end)
    if ungiven := not_given(spot, end):
        return ungiven._replace(first=start)
    return _of_no_jornada(spot, item, start, end) or item


def _of_no_jornada(spot: Spot, item: Item, start: int, end: int) -> Aside | None:
    """Set aside people who are honoured or hired, and doses that lie in store."""
    if item.service is Service.STAFF and _right_before(spot, Role.HONOURED_BEFORE):
        return Aside(HONOURED, start, end)
    if item.service is Service.STAFF and _POSTS.search(spot.folded, spot.sentence.start, start):
        return Aside(HONOURED, start, end)
    if item.service is Service.VACCINATION and (
        _right_before(spot, Role.STOCK_BEFORE) or _IN_STORE.match(spot.folded, end)
    ):
        return Aside(STOCK, start, end)
    return None


def _is_rate(spot: Spot, end: int) -> bool:
    if _right_after(spot, end, Role.RATE_AFTER):
        return True
    following = next_quantity(spot)
    if (
        following
        and _RANGE_TO.fullmatch(spot.folded, end, following.start)
        and _right_after(spot, following.end, Role.RATE_AFTER)
    ):
        return True  # "pasaron de 3 mil 150 a 9 mil 870 al mes"
    before = [
        last
        for _, last, _ in role_terms(spot.sentence, Role.RATE_BEFORE)
        if last <= spot.numeral.start
    ]
    if not before or _STOP.search(spot.folded, before[-1], spot.numeral.start):
        return False
    if following and _LISTED.fullmatch(spot.folded, spot.numeral.end, following.start):
        return False  # "por día fue de 28, 41 y 27": each day has its own
    if any(
        _LISTED.fullmatch(spot.folded, one.end, spot.numeral.start)
        for one in spot.sentence.quantities
        if before[-1] <= one.start and one.end <= spot.numeral.start
    ):
        return False
    return not _is_cued_between(spot, before[-1])


def _is_cued_between(spot: Spot, start: int) -> bool:
    """Tell whether another time is named between an offset and the number."""
    cues = role_terms(spot.sentence, Role.JORNADA, Role.CUMULATIVE)
    return any(start <= first < spot.numeral.start for first, _, _ in cues)


def _is_more(spot: Spot, end: int) -> bool:
    """Tell whether "adicionales" goes on with growth: "más que en 2018, 610 mil adicionales"."""
    if not spot.folded.startswith("adicional", end + 1):
        return False
    start = spot.numeral.start
    opening = spot.folded[max(spot.sentence.start, start - _OPENING) : start]
    return "que en" in opening or bool(role_terms(spot.sentence, Role.MORE_AFTER, Role.GROWTH))


def _is_told_as_more(spot: Spot, end: int) -> bool:
    """Tell growth that a verb says: "representa 14 cirugías más", "o sea 45 más ahora"."""
    if not (_MORE.match(spot.folded, end) or _MORE.match(spot.folded, spot.numeral.end)):
        return False
    start = spot.numeral.start
    opening = spot.folded[max(spot.sentence.start, start - _BEFORE) : start]
    return bool(_AS_MUCH_MORE.search(opening) or _SAID_AGAIN.search(opening))


def _right_after(spot: Spot, end: int, role: Role) -> bool:
    return any(
        spot.numeral.end <= start <= end + _GAP and not CLAUSE_BREAK.search(spot.folded, end, start)
        for start, _, _ in role_terms(spot.sentence, role)
    )


def _right_before(spot: Spot, role: Role) -> bool:
    return any(
        last <= spot.numeral.start and _JOINTS.fullmatch(spot.folded, last, spot.numeral.start)
        for _, last, _ in role_terms(spot.sentence, role)
    )
