"""Numbers of people and bare numbers in a bulletin about one kind of service: what they count.

Where all is about vasectomies, "Ciento doce." answers how many were done, "29 viven en Puebla"
tells apart those who got one, and "200 lugares" are as many to come.
"""

import re

from pipeline.rules.spot import Item, Spot
from pipeline.rules.vocabulary import NAMING_ROLES
from schemas.report import Service

OPERATIVE = (Service.SURGERY, Service.FAMILY_PLANNING, Service.TRANSPLANT)
_SERVED = (*OPERATIVE, Service.SCREENING, Service.VACCINATION)
_PART = re.compile(
    r"(?:\s+(?:de|entre)\s+(?:l[ao]s\s+(?:[a-z]+\s+)?[a-z]+[ao]s|ell[ao]s|est[ao]s))?"
    r"\s*(?:(?:son|eran|fueron|habian\s+sido)\s+(?:(?:de(?!\s+l[ao]s\s+(?:primer|segund|tercer|ultim))|del|originari[ao]s|vecin[ao]s|habitantes|menores|mayores|adult[ao]s"
    r"|mujeres|hombres|varones|nin[ao]s|derechohabientes|asegurad[ao]s|pensionad[ao]s|jubilad[ao]s|trabajador[ae]s"
    r"|jovenes|afiliad[ao]s|beneficiari[ao]s)\b)"
    r"|(?:viv|resid|radic|habit|proced|provien|proven|vien|venian|vinieron|llegaron|acudieron|viajaron|pertenec)[a-z]*\s+(?:de|del|en|a|desde)\b"
    r"|(?:no\s+)?(?:tienen|tenian|cuentan|contaban|carecen|carecian)\s+(?:con\s+|de\s+)?(?:(?:ningun[ao]?|la|el)\s+)?"
    r"(?:seguridad\s+social|derechohabiencia|afiliacion|seguro)\b)"
)
"""What tells people apart: sex, age, home, insurance."""
_FROM = re.compile(
    r"(?:^|[,.;:]\s+|\by\s+)[Dd]el?\s+[A-ZÁÉÍÓÚ][^.;:\d]{1,60}\s"
    r"(?:llegaron|vinieron|acudieron|viajaron|eran|son|fueron)\s+$"
    r"|\b(?:[Ll]legaron|[Vv]inieron|[Aa]cudieron|[Vv]iajaron|[Vv]enían)\s+(?:de|del|desde)\s+[A-ZÁÉÍÓÚ][^.;:\d]{1,60}\s$"
)
_REACH = 90
_VAGUELY = re.compile(r"\b(?:beneficia|favoreci)")
_SUMMED = re.compile(
    r"\b(?:van|suman|sumaron|sumaran|totalizan|totalizaron|acudieron|asistieron|acercaron|desfilaron|pasaron|llegaron|llegamos|llevamos|(?:vamos|van|va|iban|ibamos)\s+en|pasar\s+(?:de|a)"
    r"|atendi\w*|atender|atenderan|recibi\w*|recibir|operar|intervenir|fueron|seran|ped\w+|pidi\w+|solicit\w+|encarg\w+|programo|programaron|asign\w+|compromet\w+|propus\w+|propon\w+|(?:agendad|programad|citad)[ao]s\s+(?:teniamos|tenian|habia|hay|estaban|eran|son|van)|(?:cerrar|terminar|acabar|concluir|llegar)\s+(?:en|con|a)|contabiliz\w*|esperan?|espera(?:ba|mos)|benefici(?:o|aron)\s+a)"
    r"\s+(?:(?:a|en|total|ya|de|un|l[ao]s|casi|unas|unos|otr[ao]s|mas|cerca|apenas|hasta|otras)\s+){0,4}$"
)
"""Verbs that count people who came for the service that all is about."""
_BARE_BEHIND = re.compile(
    r"\s*(?:$|[.,;:)\n!?]|y\b|en\b|entre\b|durante\b|por\s+(?:dia|jornada)|mas\b|el\b|la\b|est[ea]\b|desde\b|hasta\b|hoy\b|ayer\b|l[ao]s\b)"
)
_QUESTION = re.compile(r"\bcuant[ao]s?\b[^?]*\?[\s\"'»”—–-]*(?:[^.?!\d]{0,40}\n)?[\s\"'»”—–-]*$")
_OF_ELSE = re.compile(
    r"\b(?:salieron|resultaron|mal|positiv|muri|falleci|esper|falta|edad|anos|cuesta|costo|tarda|dura|cancel|no\s)"
)
_QUESTION_REACH = 160
_OFFERED = re.compile(
    r"\b(?:qued|hay|habra|abr|ofre|dispon|rest|sobr|tiene|tenemos|apart|reserv|program|con|otorg|dar)[a-z]*\s+(?:(?:un[ao]s|de|aun|todavia|otr[ao]s|mas|l[ao]s|solo|ya|para)\s+){0,3}$"
)
_SLOT = re.compile(
    r"\s+(?:(?:nuev|otr|ultim|primer)[ao]s\s+)?(?P<noun>lugares|espacios|turnos|cupos|fichas)(?:\s+mas)?"
    r"\s*(?:$|[.,;)]|para\b|disponibles\b|libres\b|por\b|mas\b|al\b|en\b|y\b|pero\b|apartad|reservad|abiert|program)"
)


_EYES = re.compile(r"\s+ojos\b(?!\s+(?:de|con|sin)\b)")
_OF_EYES = ("cataract", "pterygium", "strabismus", "ophthalmology")
_GOAL_NOUN = re.compile(r"\b(?:meta|objetivo|compromiso|cuota)(?:\s+[a-z]+){0,3},\s*$")
_CASES = re.compile(
    r"\s*casos\s*(?:$|[,.;:)]|(?:se|fue|fueron|hubo|requiri|necesit|el|la|con\s+exito)\b)"
)
_IN_CASES = re.compile(r"\ben\s+(?:otr[ao]s\s+|l[ao]s\s+)?$")
_DONE_IN = re.compile(r"\s*,?\s*(?:se\s+|el\s+|la\s+|fue\s+|fueron\s+)")


def narrow_theme(spot: Spot) -> Item | None:
    """Return the one kind of service that the bulletin is about, where it is about one."""
    theme = spot.context.theme
    return theme if theme and theme.detail and theme.service in _SERVED else None


def _at(spot: Spot, whole: Item, end: int) -> Item:
    return Item(whole.service, whole.detail, spot.numeral.start, end)


def slots(spot: Spot) -> Item | None:
    """Read "45 lugares para noviembre", "60 fichas": as many services of the theme to come."""
    match = _SLOT.match(spot.folded, spot.numeral.end, spot.sentence.end)
    if match is None:
        return None
    previous = spot.context.previous
    theme = narrow_theme(spot) or (previous if previous and previous.service in _SERVED else None)
    opening = spot.folded[
        max(spot.sentence.start, spot.numeral.start - _REACH) : spot.numeral.start
    ]
    if theme is None or not _OFFERED.search(opening):
        return None
    return _at(spot, theme, match.end("noun"))


def offers_slots(text: str) -> bool:
    """Tell whether the words of a figure end in places that are offered: "45 lugares"."""
    return text.endswith(("lugares", "espacios", "turnos", "cupos", "fichas"))


def is_operated_case(spot: Spot) -> bool:
    """Tell whether "casos" are patients of the theme's operation, and not of a disease."""
    return _CASES.match(spot.folded, spot.numeral.end) is not None


def part_of_people(spot: Spot) -> Item | None:
    """Read those told apart of the people who got a service: "29 viven en Puebla", "96 son de"."""
    whole = _whole(spot)
    if whole is None:
        return None
    end = spot.numeral.end
    opening = spot.folded[
        max(spot.sentence.start, spot.numeral.start - _REACH) : spot.numeral.start
    ]
    if match := _PART.match(spot.folded, end, spot.sentence.end):
        vague = _VAGUELY.search(opening) or _VAGUELY.search(match[0])
        if vague and narrow_theme(spot) is None:
            return None  # those who benefit may have got anything
        return _at(spot, whole, match.end())
    named = spot.terms(spot.numeral.start - len(opening), spot.numeral.start, NAMING_ROLES)
    printed = spot.text[spot.numeral.start - len(opening) : spot.numeral.start]
    if _FROM.search(printed) and not named and _BARE_BEHIND.match(spot.folded, end):
        return _at(spot, whole, end)
    return None


def _whole(spot: Spot) -> Item | None:
    """Return what the people got of whom the text speaks: the figures before, else the theme."""
    for item in (*reversed(spot.context.before), *reversed(spot.context.listed)):
        if item.service in OPERATIVE:
            return item
    theme = spot.context.theme
    return theme if theme and theme.service in OPERATIVE and theme.detail else None


def people_of_theme(spot: Spot, end: int) -> Item | None:
    """Read people who are summed up or came, whose noun ends at `end`: "van 299 pacientes"."""
    theme = narrow_theme(spot)
    if theme is None:
        return None
    opening = spot.folded[
        max(spot.sentence.start, spot.numeral.start - _REACH) : spot.numeral.start
    ]
    if _SUMMED.search(opening):
        return _at(spot, theme, end)
    return None


def of_theme(spot: Spot) -> Item | None:
    """Read a bare number with nothing before it that it could go on with: "Ciento doce."."""
    theme = narrow_theme(spot)
    if theme is None or not _BARE_BEHIND.match(spot.folded, spot.numeral.end):
        return None
    start = spot.numeral.start
    asked = _QUESTION.search(spot.folded, max(0, start - _QUESTION_REACH), start)
    if asked and not _OF_ELSE.search(asked[0]):
        return _at(spot, theme, spot.numeral.end)
    opening = spot.folded[max(spot.sentence.start, start - _REACH) : start]
    if _SUMMED.search(opening) or _GOAL_NOUN.search(opening):
        return _at(spot, theme, spot.numeral.end)
    return None


def eyes(spot: Spot) -> Item | None:
    """Read "sacamos 251 ojos": as many operations, where all is about those of eyes."""
    match = _EYES.match(spot.folded, spot.numeral.end, spot.sentence.end)
    known = (narrow_theme(spot), spot.context.previous, *reversed(spot.context.listed))
    of_eyes = next((one for one in known if one and one.detail in _OF_EYES), None)
    return _at(spot, of_eyes, match.end()) if match and of_eyes else None


def in_cases(spot: Spot) -> Item | None:
    """Read "en dieciocho, el paladar" behind "en veintiún casos se cerró el labio"."""
    theme = narrow_theme(spot)
    if theme is None or theme.service not in OPERATIVE or not spot.context.before:
        return None
    start = spot.numeral.start
    opening = spot.folded[max(spot.sentence.start, start - _REACH) : start]
    if _IN_CASES.search(opening) and _DONE_IN.match(spot.folded, spot.numeral.end):
        return _at(spot, theme, spot.numeral.end)
    return None
