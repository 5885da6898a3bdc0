"""Services that a verb near their number denies: "trece no se operaron", "500 en espera"."""

import re

from pipeline.rules.spot import Aside, Spot

RATE = "a rate"
PUT_OFF = "services put off or missed"
NOT_GIVEN = "services that were not given"
WAITING = "people or services that wait"
CARRIED = frozenset((PUT_OFF, NOT_GIVEN, WAITING))
"""Reasons that hold for the bare numbers behind as well: "12 se cancelaron, siete por fiebre"."""

_NOT = re.compile(
    r"(?:\s+(?:de\s+)?(?:ell[ao]s|personas|pacientes|mas|que|ya|aun|todavia|pero|quienes|plano|simplemente|finalmente|ultimo|momento|nomas)){0,5}"
    r"\s+(?:no|nunca|tampoco)\s+(?!solo\b|obstante\b|menos\b|mas\b|solamente\b|(?:tienen|tenian|cuentan|contaban)\s+(?:con\s+)?(?:ningun[ao]?\s+)?(?:seguridad\s+social|seguro|derechohabiencia|afiliacion)\b)(?:(?:se|les?|l[ao]s?)\s+){0,2}[a-z]{3,}"
)
_PUT_OFF_SOON = re.compile(
    r"(?:\s+(?!(?:y|e|ni|o|u|tras|luego|despues|pero|aunque|mientras|sin|no|habian?|previamente)\b)[a-z]+){0,4}\s+"
    r"(?:reprogram|reagend|se\s+recorr|qued[a-z]+\s+pendientes?\b|cancel|dif[ie]ri|posp[ou]|posterg|suspend|aplaz)[a-z]*"
)
_GAVE_UP = re.compile(
    r"(?:\s+(?!(?:y|e|que|pero)\b)[a-z]+){0,2}?\s+(?:desist|declin|se\s+arrepint|renunci|rehus|se\s+neg|se\s+ech[a-z]+\s+para\s+atras"
    r"|prefir[a-z]+\s+(?:esperar|aguardar|posponer|aplazar|no)|abandon)[a-z]*\b"
    r"|\s+se\s+(?:l[eao]s?)\s+(?:rechaz|descart|exclu|neg|regres|devolv|difir|pospus|aplaz)[a-z]*"
)
_LOST = re.compile(
    r"\bse\s+(?:perdieron|caducaron|desecharon|desperdiciaron|tiraron|echaron\s+a\s+perder)\s+(?:[a-z]+\s+){0,2}$"
)
_ENROLLED = re.compile(r"\s+(?:[a-z]+\s+)?(?:anotad|apuntad|inscrit|prerregistrad|enlistad)[ao]s\b")
_TURNED_DOWN = re.compile(
    r"(?:\s+(?!(?:y|e|que|pero)\b)[a-z]+){0,3}?\s+(?:(?:se|fueron|fue|resultaron|quedaron|salieron|result[oa])\s+)"
    r"(?:descart|rechaz|exclu|elimin|desech|no\s+apt|fuera\b|descalific|inelegib|no\s+candidat)[a-z]*"
)
_WAITING = re.compile(
    r"\b(?:(?:en|lista\s+de|sala\s+de)\s+espera|rezago(?:\s+quirurgico)?|(?:aun|todavia)\s+(?:esperan|aguardan)|(?:siguen?|continuan?|llevan?)\s+esperando|(?:qued|est|sigu)[a-z]+\s+pendientes?)"
    r"\s+(?:[a-z]+\s+){0,4}$"
)
_WAITING_BEHIND = re.compile(
    r"(?:\s+(?!(?:y|e|o|pero|mientras)\b)[a-z]+){0,4}?\s+(?:(?:que\s+)?(?:siguen?\s+|continuan?\s+|estan?\s+|quedan?\s+|permanecen?\s+)?(?:aun\s+|todavia\s+)?"
    r"(?:en\s+(?:la\s+)?(?:lista\s+de\s+)?espera|(?:esperan|aguardan)(?!\s+[a-z]+r\b)|esperando|aguardando|formad[ao]s))\b"
)
_TODAY = re.compile(
    r"\W*(?:hoy|ahora|actualmente|al\s+cierre|a\s+la\s+fecha|en\s+[a-z]+)\s+(?:ya\s+)?(?:son|eran|quedan|quedaban|suman|sumaban|hay|habia)\s+(?:[a-z]+\s+)?"
)
_QUEUE = re.compile(r"\b(?:lista\s+de\s+espera|rezago|en\s+espera|esperaban|esperan)\b[^.]*\.\s*$")
_QUEUE_REACH = 160
_RATE_BEFORE = re.compile(
    r"\b(?:tasa|razon|indice|proporcion|cociente)\s+(?:[a-z]+\s+){0,5}(?:de|del)\s+(?:[a-z]+\s+){0,2}$"
)
_USUAL = re.compile(
    r"\ben\s+(?:un[ao]?\s+)?(?:mes|semana|fin\s+de\s+semana|ano|dia|jornada|turno)s?\s+(?:normal|comun|cualquiera|ordinari[ao]|tipic[ao]|habitual|regular)(?:es)?\b[^.;]{0,50}$"
    r"|\blo\s+(?:habitual|normal|usual|acostumbrado|comun|ordinario|deseable|recomendado|ideal)\b[^.;\d]{0,40}\b(?:es|son|era|eran|seria|serian)\s+(?:[a-z]+\s+)?$"
)
_BOUND = re.compile(
    r"\bno\s+(?:lleg|alcanz|pas|rebas|super|complet|junt)[a-z]*\s+(?:(?:ni|siquiera|a|al|de|l[ao]s)\s+){0,4}$"
)
_FELL_SHORT = re.compile(
    r"\b(?:nos|se)\s+qued(?:amos|aron|o|aba|aban)\s+a\s+(?:(?:solo|apenas|escas[ao]s|un[ao]s)\s+)?$"
)
_SHORT_OF = re.compile(r"\b(?:falt(?:aron|o|aban)|quedaron\s+a)\s+(?:apenas\s+|solo\s+)?$")
_FOR_GOAL = re.compile(
    r"\s*(?:[a-z]+\s+)?(?:para|de)\s+(?:(?:la|el|lograr|llegar|alcanzar|cumplir|completar)\s+){0,3}(?:a\s+)?(?:la\s+)?(?:meta|objetivo|compromiso)"
)
_REACH = 60
_LIST_REACH = 600
_LATER = (
    r"(?:difer|difir|suspen|cancel|pospus|pospon|reprogram|inasisten|ausen"
    r"|no\s+(?:se\s+)?(?:realiz|oper|efectu|hici))[a-z]*"
)
_REASONS = re.compile(
    rf"(?:\b{_LATER}[^\n:]{{0,120}}\b(?:causas?|motivos?|razones)|\b(?:causas?|motivos?|razones)\s+(?:de|del|por)\s+[^\n:]{{0,30}}?{_LATER})[^\n:]{{0,60}}:?[^\S\n]*\n"
)
_WHY = ("causa", "motivo", "razones")
"""One of these stands in whatever it finds: to look for them is fast."""
RESULT = "a result of a test, or a case"
_RESULT = re.compile(
    r"(?:\s+(?!y\b|e\b)[a-z]+){0,3}?\s+(?:salieron|resultaron|resulto|dieron|dio|arrojaron|mostraron|presentaron|salio)"
    r"\s+(?:con\s+(?:un[ao]?\s+)?(?:imag|glucosa|presion|azucar|colesterol|bi-?rads|clasificac|categor|result|estudio|lesion|sospech|alterac|nivel|cifras|anomal|hallaz)"
    r"|bi-?rads|clasificac|categoria|positiv|negativ|sospech|dudos|anormal|alterad|reactiv|imag|lesion|anomal|alt[ao]s\b|elevad|baj[ao]s\b|mal\b)[a-z]*(?:\s+(?:\d|[iv]{1,3})\b)?"
)


_FOUND = re.compile(
    r"\b(?:encontr|hall|diagnostic|descubr|observ|confirm)[a-z]+\s+(?:[a-z]+\s+){1,4}(?:en|a)\s+(?:otr[ao]s\s+|l[ao]s\s+)?$"
)
_FOUND_IN = re.compile(
    r"(?:\s+(?:de\s+ell[ao]s|mas|personas|pacientes|mujeres|hombres|ninos|menores)){0,2}\s+(?:se\s+)?l[ea]s?\s+(?:encontr|detect|hall|diagnostic|descubr|confirm)[a-z]+"
    r"|(?:\s+(?:pacientes|personas|mas)){0,2}\s+(?:llegaron|acudieron|vinieron|se\s+presentaron)\s+con\s+(?:la\s+|el\s+|un[ao]?\s+)?(?:presion|glucosa|azucar|fiebre|gripe|gripa|tos|infeccion|anemia|hipertension|descontrol|catarro|resfriado)"
)
_FINDINGS = re.compile(r"\s+(?:canceres|tumores|diagnosticos|hallazgos|positivos|sospechos[ao]s)\b")
_CLASS = re.compile(r"\bbi-?rads\s+(?:\w{1,4}\s*(?:,|y|o|u|e|-)\s*){0,3}$")
_CLASS_REACH = 24


def result(spot: Spot) -> Aside | None:
    """Set results of tests aside: "26 salieron con imagen dudosa", "12 dieron positivo"."""
    start, end = spot.numeral.start, spot.numeral.end
    if (
        match := _RESULT.match(spot.folded, end)
        or _FOUND_IN.match(spot.folded, end)
        or _FINDINGS.match(spot.folded, end)
    ):
        return Aside(RESULT, start, match.end())
    if _CLASS.search(spot.folded, max(spot.sentence.start, start - _CLASS_REACH), start):
        return Aside(RESULT, start, end)
    found = _FOUND.search(spot.folded, max(spot.sentence.start, start - _REACH), start)
    return Aside(RESULT, start, end) if found else None


def lists_reasons(folded: str, start: int) -> bool:
    """Tell whether a number stands in a list of why services were put off, one a line."""
    floor = max(0, start - _LIST_REACH)
    if not any(folded.find(word, floor, start) >= 0 for word in _WHY):
        return False
    headings = list(_REASONS.finditer(folded, floor, start))
    return bool(headings) and "\n\n" not in folded[headings[-1].end() : start]


def _is_queue_now(spot: Spot) -> bool:
    """Tell whether a number goes on with a queue: "la lista de espera era de 412. Hoy son 238"."""
    start = spot.sentence.start
    floor = max(0, start - _QUEUE_REACH)
    return bool(
        _TODAY.fullmatch(spot.folded, start, spot.numeral.start)
        and _QUEUE.search(spot.folded, floor, start)
    )


def not_given(spot: Spot, end: int) -> Aside | None:
    """Set aside what a verb denies: `end` is where the words of what is counted end."""
    numeral, folded = spot.numeral, spot.folded
    before = folded[max(spot.sentence.start, numeral.start - _REACH) : numeral.start]
    reason = None
    if _NOT.match(folded, numeral.end) or _NOT.match(folded, end):
        reason = NOT_GIVEN
    elif _PUT_OFF_SOON.match(folded, end):
        reason = PUT_OFF
    elif _ENROLLED.match(folded, numeral.end):
        reason = WAITING
    elif (
        _TURNED_DOWN.match(folded, numeral.end)
        or _GAVE_UP.match(folded, numeral.end)
        or _LOST.search(before)
    ):
        reason = NOT_GIVEN
    elif _WAITING.search(before) or _WAITING_BEHIND.match(folded, end) or _is_queue_now(spot):
        reason = WAITING
    elif _RATE_BEFORE.search(before) or _USUAL.search(before):
        reason = RATE
    elif _BOUND.search(before):
        reason = "a bound, and no number"
    elif _FELL_SHORT.search(before) or (
        _SHORT_OF.search(before) and _FOR_GOAL.match(folded, numeral.end)
    ):
        reason = "what a goal was missed by"
    return Aside(reason, numeral.start, end) if reason else None
