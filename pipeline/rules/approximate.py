"""Whether a number is approximate: the words before it, or millions in round figures."""

import re

from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
from schemas.document import Numeral
from schemas.report import Status

_JOINTS = re.compile(r"\s*(?:(?:de|las|los|a|al|el|un|una)\s+){0,2}")
_ROUND = 100


def is_approximate(source: Passages, sentence: Sentence, numeral: Numeral, status: Status) -> bool:
    """Tell whether "más de", "supera" before a round number, or millions make it approximate."""
    for _, end, role in role_terms(sentence, Role.APPROXIMATE, Role.APPROXIMATE_ROUND):
        if end <= numeral.start and _JOINTS.fullmatch(source.folded, end, numeral.start):
            return role is Role.APPROXIMATE or numeral.value % _ROUND == 0
    in_millions = source.folded[numeral.start : numeral.end].rstrip("es").endswith("on")
    return status is Status.PERFORMED and in_millions
