"""People whose act stands around their number in other words than a term of the vocabulary.

Who is assessed before surgery, who went to a kind of consultation, who was looked at, and students
and teachers who work in a brigade.
"""

import re

from pipeline.rules.spot import Item, Spot, words_end
from pipeline.rules.vocabulary import Role
from schemas.codebook import OTHER
from schemas.report import Service

_REACH = 90
ASSESSMENT = "presurgical_assessment"
_CITED = re.compile(
    r"\b(?:habian?|fueron)\s+(?:\w+[ai]d[ao]s?)\s+(?:a\s+)?(?:[a-z]+\s+)?$|\b(?:cito|citaron|valoraron|valoro|evaluaron|evaluo)\s+(?:primero\s+)?(?:a\s+)?(?:l[ao]s\s+)?$"
)
_NOUN = r"(?:\s+(?P<noun>[a-zñ]{4,}s)\b(?:\s+(?:adult|menor|mayor|interesad|inscrit)[a-z]*)?)?"
_COUNTED = re.compile(_NOUN)
_LEADS = (
    r"(?:(?:a|l[ao]s|un[ao]s|un|total|de|mas|casi|cerca|primero|antes|previamente|ya|otr[ao]s)"
    r"\s+){0,4}$"
)
_ASSESSED = re.compile(
    r"\b(?:(?:se\s+)?(?:habian?\s+)?(?:valor|evalu|preseleccion|entrevist)"
    r"(?:aron|o|ado|ados|adas|ada|aban)"
    r"|(?:acudieron|asistieron|llegaron|pasaron|se\s+presentaron)\s+(?:a|por)\s+(?:la\s+|su\s+|una\s+)?(?:valoracion|evaluacion)(?:\s+[a-z]+)?"
    r"|(?:las\s+)?(?:valoraciones|evaluaciones)(?:\s+(?:fueron|sumaron|llegaron|alcanzaron|suman))?"
    r"|(?:valoracion(?:es)?|evaluacion(?:es)?|estudios\s+preoperatorios)\s+(?:previas?\s+)?(?:a|de))\s+"
    + _LEADS
)
_ASSESSED_BEHIND = re.compile(
    r"\s+(?:(?:que|ya)\s+)?(?:(?:fueron|habian\s+sido|se)\s+)?(?:valorad|evaluad|preseleccionad)[ao]s\b"
    r"|\s+(?:paso|pasaron|acudieron|se\s+sometieron|asistieron)\s+(?:a|por)\s+(?:la\s+|una\s+)?(?:valoracion|evaluacion)\b"
    r"|\s+para\s+(?:valorar|evaluar|medir|examinar|explorar|hacer)[a-z]*\b|\s+(?:a|para)\s+(?:su\s+|una\s+|la\s+)?(?:valoracion|evaluacion)\b"
)
_WENT = re.compile(
    r"\b(?:pasa|acudi|asisti|desfila|entra|llega|consulta|fue)(?:ron|ban|rian)\b|\b(?:paso|acudio|asistio)\b"
    r"|\b(?:recibi|atendi)(?:o|eron)\b"
)
_LOOKED_AT = re.compile(
    r"\b(?:revis|examin|explor|inspeccion|chec)(?:aron|amos|o|ado|ados|adas)\s+(?:la\s+boca\s+|los\s+dientes\s+|la\s+vista\s+)?"
    + _LEADS
)
_GIVEN_TO = re.compile(
    r"\b(?:aplic|puest|pusi?er|pus[eo]|coloc|administr|suministr|inocul)[a-z]*\s+"
    + _LEADS.replace("(?:a|", "(?:a|en|")
)
_ATTENDED = re.compile(r"\b(?:atendi|atiend|recibi|vist|vier|otorg)[a-z]*\s+" + _LEADS)
_CANDIDATES = re.compile(r"\b(?:candidat|aspirant)")
_IN = re.compile(r"\s*(?:en|por|con)\s+(?:(?:la|el|l[ao]s|su)\s+)?")
_IN_REACH = 40
_TELLING = ("family_medicine", "specialty", "stomatology", "psychology", "nutrition")
_KINDS = frozenset((Role.DETAIL, Role.SPECIALTY, Role.HEAD))
_STUDENTS = re.compile(
    r"\s+(?:alumn[ao]s|estudiantes|profesor(?:e|a)s|maestr[ao]s|docentes|academic[ao]s|catedratic[ao]s|universitari[ao]s|egresad[ao]s)\b"
)
_OF_SCHOOL = re.compile(
    r"[^.;]{0,80}\b(?:facultad|escuela|universidad|carrera|licenciatura|especialidad|tecnologico|politecnico|unam|instituto\s+de)\b"
)
_WORKED = re.compile(
    r"\b(?:particip|acud|viaj|trabaj|atend|atiend|colabor|brind|integr|form|conform|encabez|pas|lleg|sub|instal|recorr)[a-z]*\b"
)
_WITH_STAFF = re.compile(r"(?:,|\by)\s*$")
_TAUGHT = re.compile(r"\b(?:a|entre|para)\s+(?:l[ao]s\s+|un[ao]s\s+|mas\s+de\s+)?$")


def _opening(spot: Spot) -> str:
    start = spot.numeral.start
    return spot.folded[max(spot.sentence.start, start - _REACH) : start]


def assessed(spot: Spot) -> Item | None:
    """Read "se valoró a 63 pequeños" of a bulletin about surgery as assessments before it."""
    context = spot.context
    around = (context.theme, context.previous, *context.listed)
    if not any(one and one.service is Service.SURGERY for one in around):
        return None
    noun = _COUNTED.match(spot.folded, spot.numeral.end)
    end = noun.end() if noun else spot.numeral.end
    if not (
        _ASSESSED.search(_opening(spot))
        or _ASSESSED_BEHIND.match(spot.folded, spot.numeral.end, spot.sentence.end)
        or _ASSESSED_BEHIND.match(spot.folded, end, spot.sentence.end)
    ):
        return None
    return Item(Service.OTHER, ASSESSMENT, spot.numeral.start, end)


def went_to(spot: Spot, end: int) -> Item | None:
    """Read people by where they went: "por los consultorios de especialidad pasaron 984"."""
    start = spot.numeral.start
    floor = max(spot.sentence.start, start - _REACH)
    opening = re.split(r"[.;:\d()]", spot.folded[floor:start])[-1]
    if not _WENT.search(opening):
        return _attended_in(spot, opening, end)
    for term in reversed(spot.terms(start - len(opening), start, _KINDS)):
        kind = next(
            (
                one.detail
                for one in term.meanings
                if one.service is Service.CONSULTATION and one.detail
            ),
            None,
        )
        if kind and (kind in _TELLING or term.get(Role.SPECIALTY)):
            return Item(Service.CONSULTATION, kind, start, end)
    return _attended_in(spot, opening, end)


def looked_at(spot: Spot, end: int) -> Item | None:
    """Read "revisamos a 180 niños": an examination of a kind that has no code."""
    if not _LOOKED_AT.search(_opening(spot)):
        return None
    theme = spot.context.theme
    chosen = _CANDIDATES.search(spot.folded, spot.numeral.end, end)
    if chosen or (theme and theme.service is Service.SURGERY and theme.detail):
        return Item(Service.OTHER, ASSESSMENT, spot.numeral.start, end)
    kind = theme.detail if theme and theme.service is Service.SCREENING and theme.detail else OTHER
    return Item(Service.SCREENING, kind, spot.numeral.start, end)


def says_cited(folded: str, start: int) -> bool:
    """Tell whether people were assessed or asked to come in the past, right before an offset."""
    return _CITED.search(folded, max(0, start - _REACH), start) is not None


def _attended_in(spot: Spot, opening: str, end: int) -> Item | None:
    """Read "fueron atendidos 430 derechohabientes en consulta dental"."""
    terms = spot.terms(end, words_end(spot), _KINDS)
    if not _ATTENDED.search(opening) or not terms:
        return None
    if not _IN.fullmatch(spot.folded, end, terms[0].start):
        return None
    kinds = [
        one
        for term in terms[:2]
        for one in term.meanings
        if one.service is Service.CONSULTATION and term.start - end < _IN_REACH
    ]
    if not kinds:
        return None
    detail = next((one.detail for one in kinds if one.detail), None)
    return Item(Service.CONSULTATION, detail, spot.numeral.start, terms[len(kinds) > 1].end)


def given_to(spot: Spot, end: int) -> Item | None:
    """Read "la de hepatitis B fue puesta a 812 recién nacidos": those who were vaccinated."""
    context, opening = spot.context, _opening(spot)
    if not _GIVEN_TO.search(opening):
        return None
    start = spot.numeral.start
    known = (context.previous, *context.listed, context.theme)
    if not any(one and one.service is Service.VACCINATION for one in known):
        return None
    for term in reversed(spot.terms(start - len(opening), start, _KINDS)):
        for one in term.meanings:
            if one.service is Service.VACCINATION:
                return Item(Service.VACCINATION, one.detail, start, end)
    return Item(Service.VACCINATION, None, start, end)


def students(spot: Spot) -> Item | None:
    """Read the students and teachers of a school who work in a brigade as staff."""
    match = _STUDENTS.match(spot.folded, spot.numeral.end)
    if match is None or _TAUGHT.search(_opening(spot)):
        return None
    sentence = spot.folded[spot.sentence.start : spot.sentence.end]
    of_school = _OF_SCHOOL.match(spot.folded, match.end(), spot.sentence.end)
    beside = any(item.service is Service.STAFF for item in spot.context.before)
    if beside and not of_school and _WITH_STAFF.search(_opening(spot)):
        return Item(Service.STAFF, OTHER, spot.numeral.start, match.end())
    if not (of_school and _WORKED.search(sentence)):
        return None
    return Item(Service.STAFF, OTHER, spot.numeral.start, match.end())
