"""Numbers that only say which item of a list comes: "3.2 Se desglosan", "1. Cirugías", "4/7"."""

import re

from schemas.document import Numeral

_OPENING = re.compile(r"(?:^|[\n])[^\w\n$]*$")
_ITEM = re.compile(
    r"(?:\.\d{1,2}){1,3}[.)]?\s+(?=[\"“¿¡(]?(?!MIL|Mil)[A-ZÁÉÍÓÚÑ])"
    r"|\s?[.)]\s*[-–—]?\s+(?=\S)|\s?[.)]?-\s?(?=[A-ZÁÉÍÓÚÑ])"
)
_OF = re.compile(r"\s?/\s?(?P<all>\d{1,2})(?![\d/])[.):]?(?P<end>[^\w\n]*(?:\n|$))?")
_MOST = 60
_REACH = 12
_ENDED = ".:;!?)…"


def is_list_number(text: str, numeral: Numeral) -> bool:
    """Tell whether a number leads or ends a line as the number of an item."""
    if not 0 < numeral.value <= _MOST or len(numeral.raw) > _REACH // 2:
        return False
    start = numeral.start
    leads = _OPENING.search(text, max(0, start - _REACH), start) is not None
    of = _OF.match(text, start + len(str(int(numeral.value))))
    if of and numeral.value <= int(of["all"]) and (leads or of["end"] is not None):
        return _has_another(text, int(numeral.value), of["all"])
    if not leads or not _ITEM.match(text, start + len(str(int(numeral.value)))):
        return False
    if numeral.value % 1:
        return True
    above = text[:start] if start < _REACH else text[start - _REACH : start]
    head = above.rstrip(" \t•*-–—")
    stripped = head.rstrip()
    return not stripped or head.endswith("\n\n") or stripped[-1] in _ENDED


def _has_another(text: str, number: int, count: str) -> bool:
    """Tell whether the item before or behind is numbered as well: "3/7" beside "4/7"."""
    return any(
        re.search(rf"(?<![\d/]){other}\s?/\s?{count}(?![\d/])", text)
        for other in (number - 1, number + 1)
        if other
    )
