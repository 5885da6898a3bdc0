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
    r"(?:\s+(?:de\s+)?(?:ell[ao]s|personas|pacientes|mas|que|ya|aun|todavia|pero|quienes)){0,3}"
    r"\s+(?:no|nunca|tampoco)\s+(?!solo\b|obstante\b|menos\b|mas\b|solamente\b)(?:(?:se|les?|l[ao]s?)\s+){0,2}[a-z]{3,}"
)
_PUT_OFF_SOON = re.compile(
    r"(?:\s+(?!(?:y|e|ni|o|u|tras|luego|despues|pero|aunque|mientras|sin|no|habian?|previamente)\b)[a-z]+){0,4}\s+"
    r"(?:reprogram|reagend|cancel|dif[ie]ri|posp[ou]|posterg|suspend|aplaz)[a-z]*"
)
_WAITING = re.compile(
    r"\b(?:(?:en|lista\s+de|sala\s+de)\s+espera|rezago(?:\s+quirurgico)?|(?:aun|todavia)\s+(?:esperan|aguardan)|(?:siguen?|continuan?|llevan?)\s+esperando)"
    r"\s+(?:[a-z]+\s+){0,4}$"
)
_WAITING_BEHIND = re.compile(
    r"(?:\s+(?!(?:y|e|o|pero|mientras)\b)[a-z]+){0,4}?\s+(?:(?:que\s+)?(?:siguen?\s+|continuan?\s+|estan?\s+|quedan?\s+|permanecen?\s+)?(?:aun\s+|todavia\s+)?"
    r"(?:en\s+(?:la\s+)?(?:lista\s+de\s+)?espera|(?:esperan|aguardan)(?!\s+[a-z]+r\b)|esperando|aguardando|formad[ao]s))\b"
)
_RATE_BEFORE = re.compile(
    r"\b(?:tasa|razon|indice|proporcion|cociente)\s+(?:[a-z]+\s+){0,5}(?:de|del)\s+(?:[a-z]+\s+){0,2}$"
)
_REACH = 60
RESULT = "a result of a test, or a case"
_RESULT = re.compile(
    r"(?:\s+(?!y\b|e\b)[a-z]+){0,3}?\s+(?:salieron|resultaron|resulto|dieron|dio|arrojaron|mostraron|presentaron|salio)"
    r"\s+(?:con\s+(?:un[ao]?\s+)?(?:imag|result|estudio|lesion|sospech|alterac|nivel|cifras|anomal|hallaz)"
    r"|positiv|negativ|sospech|dudos|anormal|alterad|reactiv|imag|lesion|anomal)[a-z]*"
)


def result(spot: Spot) -> Aside | None:
    """Set results of tests aside: "26 salieron con imagen dudosa", "12 dieron positivo"."""
    match = _RESULT.match(spot.folded, spot.numeral.end)
    return Aside(RESULT, spot.numeral.start, match.end()) if match else None


def not_given(spot: Spot, end: int) -> Aside | None:
    """Set aside what a verb denies: `end` is where the words of what is counted end."""
    numeral, folded = spot.numeral, spot.folded
    before = folded[max(spot.sentence.start, numeral.start - _REACH) : numeral.start]
    reason = None
    if _NOT.match(folded, numeral.end) or _NOT.match(folded, end):
        reason = NOT_GIVEN
    elif _PUT_OFF_SOON.match(folded, end):
        reason = PUT_OFF
    elif _WAITING.search(before) or _WAITING_BEHIND.match(folded, end):
        reason = WAITING
    elif _RATE_BEFORE.search(before):
        reason = RATE
    return Aside(reason, numeral.start, end) if reason else None
