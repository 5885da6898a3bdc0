"""Whether "un" or "una" counts something or is an article."""

import re
from collections.abc import Iterable

from pipeline.rules.passages import RARE, Sentence
from pipeline.rules.spot import Item, Spot

_RARE_NOUN = re.compile(r"trasplant|transplant|donaci|donant|donador|procuraci")
_WANTED = re.compile(
    r"\b(?:esper|necesit|requier|aguard)\w*\s+(?:de\s+)?$|\b(?:por|para|hasta|entre)\s+$"
)
_OF_THESE = re.compile(r"^\s*de\s+(?:est|ell|es)[ao]s,")
_ONE_OF_THE = re.compile(r"\s*de\s+l[ao]s\s")
_ARTICLE_REACH = 4
_RECEIVED = re.compile(r"\b(?:recib|obtuv|acept|necesit|tuv)[a-z]+\s+$")
_VERB_REACH = 16
_IN_UNIT = re.compile(r"\s*en\s+(?:el|la)\s+(?:hosp|hg|umae|hr|unidad|clinica|centro)")
_OPENS = re.compile(r"(?:[:,;]|\by)\s*$")


def may_count(sentence: Sentence, before: Iterable[Item | None]) -> bool:
    """Tell whether a rare service is spoken of: in the sentence, or in what was counted before."""
    return any(item and item.service in RARE for item in before) or any(
        meaning.service in RARE for term in sentence.terms for meaning in term.meanings
    )


def article_counts(spot: Spot, item: Item) -> bool:
    """Tell whether "un" or "una" is a number: before a rare service that is named, or in a list."""
    numeral, listed = spot.numeral, bool(spot.context.before)
    before = spot.folded[max(spot.sentence.start, numeral.start - _VERB_REACH) : numeral.start]
    if listed and _RECEIVED.search(before):
        return False  # "24 personas recibieron un trasplante"
    end = numeral.end
    if listed and item.service in RARE and _IN_UNIT.match(spot.folded, end):
        return bool(_OPENS.search(before))  # "dos multiorgánicas: una en el HGZ 21"
    between = _OF_THESE.sub("", spot.folded[numeral.end : item.last])
    if _ONE_OF_THE.match(between):
        return False  # "uno de los corazones viajó"
    if item.service not in RARE or "," in between or not between.strip():
        return False
    if _WANTED.search(spot.folded, spot.sentence.start, numeral.start):
        return False  # "esperan un riñón"
    if not listed and not (item.detail and (spot.context.headed or _RARE_NOUN.search(between))):
        return False
    return len(between.split()) <= _ARTICLE_REACH
