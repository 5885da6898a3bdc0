"""Whether a number is said to be approximate."""

import re

from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
from schemas.document import Numeral, NumeralKind
from schemas.report import Status

_ROUGHLY = re.compile(
    r"(?:decena|docena|veintena|treintena|cincuentena|centena|centenar|millar)(?:e?s)?$"
)
_JOINTS = re.compile(r"\s*(?:(?:de|las|los|a|al|el|un|una|ya)\s+){0,2}")
_OVER = re.compile(r"(?<![a-z])(?:encima|arriba|debajo|abajo)(?![a-z])")
_THE = re.compile(r"\s*(?:de\s+)?l[ao]s\s+")
_ROUND, _ROUND_PERCENT = 100, 10
# "supera IMSS Puebla las 9 mil", "rebasaron, cada uno, las 600"
_WHO_EXCEEDS = re.compile(r"(?![^,]*\b(?:meta|en)\b)[^.;:\d()]{0,60}\bl[ao]s\s+(?:de\s+)?")


def is_approximate(source: Passages, sentence: Sentence, numeral: Numeral, status: Status) -> bool:
    """Tell whether "más de", "supera" before a round number, or millions make it approximate."""
    for start, end, role in role_terms(sentence, Role.APPROXIMATE, Role.APPROXIMATE_ROUND):
        if end > numeral.start:
            break
        if source.folded[start:end] in ("una", "uno"):
            continue  # "una de las 18" is one, not "unas 18"
        between = source.folded[end : numeral.start]
        if _OVER.search(source.folded, start, end) and _THE.fullmatch(between):
            continue  # "por encima de las 72 planeadas": of a number that is known
        exceeds = role is Role.APPROXIMATE_ROUND
        if _JOINTS.fullmatch(between) or (exceeds and _WHO_EXCEEDS.fullmatch(between)):
            return not exceeds or _is_round(numeral)
    printed = source.folded[numeral.start : numeral.end]
    if _ROUGHLY.search(printed):
        return True
    return status is Status.PERFORMED and (
        printed.rstrip("es").endswith("on") or printed.endswith(" medio")
    )


def _is_round(numeral: Numeral) -> bool:
    percent = numeral.kind is NumeralKind.PERCENT
    return numeral.value % (_ROUND_PERCENT if percent else _ROUND) == 0
