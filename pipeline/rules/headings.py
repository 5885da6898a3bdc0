"""What a line without figures says that the numbers behind it count: a heading, a question."""

import re

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.spot import Item
from pipeline.rules.vocabulary import Meaning, Role
from schemas.report import Service

_THEATRE = re.compile(r"\b(?:quirofanos?|operados|operaron|operar)\b")
_HOW_MANY = re.compile(r"\bcuant[oa]s?\s")
_NAMING = (Role.HEAD, Role.ACT, Role.DETAIL, Role.SPECIALTY)
_NOT_SERVED = re.compile(
    r"\b(?:espera\w*|aguard\w+|falta\w*|plantad[ao]s?|pendientes?|cancel\w+|cuesta\w*|cost\w+)\b"
)
_SHORT = 8


def heading_of(source: Passages, sentence: Sentence) -> Item | None:
    """Return what a sentence without figures names that leads to a list, or asks."""
    ended = source.clean[sentence.start : sentence.end].rstrip().rstrip('*_"”»)')
    asked = ended.endswith("?")
    if not asked and not ended.endswith(":"):
        return None
    if asked and _NOT_SERVED.search(source.folded, sentence.start, sentence.end):
        return None
    heads = [head for term in sentence.terms if (head := term.get(Role.HEAD)) and head.service]
    if asked and not heads and len(sentence.words) <= _SHORT:
        return _asked(source, sentence)
    if not heads or not heads[0].service or heads[0].service is Service.STAFF:
        return None
    return Item(heads[0].service, heads[0].detail, sentence.start, sentence.start)


def _asked(source: Passages, sentence: Sentence) -> Item | None:
    """Return what a short question asks for: "¿Y quirófano?", "¿Y en Urología?"."""
    if _THEATRE.search(source.folded, sentence.start, sentence.end):
        return Item(Service.SURGERY, None, sentence.start, sentence.start)
    meanings: list[Meaning] = [
        meaning for term in sentence.terms for role in _NAMING if (meaning := term.get(role))
    ]
    if not meanings or not meanings[0].service or meanings[0].service is Service.STAFF:
        return None
    return Item(meanings[0].service, meanings[0].detail, sentence.start, sentence.start)


def asks_for_another(source: Passages, sentence: Sentence) -> bool:
    """Tell whether a question is not about services given: "¿Cuánta gente sigue esperando?"."""
    ended = source.clean[sentence.start : sentence.end].rstrip().rstrip('*_"”»)')
    if not ended.endswith("?"):
        return False
    start, end = sentence.start, sentence.end
    return bool(_HOW_MANY.search(source.folded, start, end)) or bool(
        _NOT_SERVED.search(source.folded, start, end)
    )
