"""The reason why a number is no figure, where it holds for the numbers behind it as well."""

import re

from pipeline.rules.asides import AGE
from pipeline.rules.not_given import CARRIED, RESULT
from pipeline.rules.own_nouns import OWN_NOUN
from pipeline.rules.spot import Aside, Spot
from pipeline.rules.vocabulary import Role

_PRONOUN = re.compile(r"\s*de\s+(?:ell|est|es)[ao]s\b")
_PRONOUN_REACH = 14
_TOLD_REACH = 3
_AND_WITH = re.compile(r"\s*,?\s*y\s+con\s+")
_IN_WHICH = re.compile(r"\s*(?:anos\s+)?(en|para)\s+(?:el|la|l[ao]s)\s+[a-z]+")
_NEXT_CLASS = re.compile(r"[^.;:\d]{0,60}[;,]\s*(?:y\s+)?")
_WITH = re.compile(r"\s*,?\s*(?:con|en)\s")
_NO_END = re.compile(r"[^.;:\d]{0,60}\(")
_OF_CLASS = re.compile(r"\s*(?:[;,]|,?\s*y|,\s*con)\s*")
_BY_COLON = re.compile(r"[^.;:\d]{0,60}:\s*(?:[a-z]+\s+){0,2}")
_AND_NEXT = re.compile(r"[^.;:\d]{0,60}(?:[,;]|\by)\s*(?:otr[ao]s\s+|l[ao]s\s+)?")
_WHY = re.compile(
    r"\s*(?:mas\s+)?(?:por|porque|debido|a\s+causa|con|tenian?|traian?|presentaban?|padecian?|sufrian?|estaban?|se\s+arrep)"
    r"|\s*(?:de\s+plano\s+|simplemente\s+|ya\s+)?no\s"
)
_LEAST_MONEY = 1000
_BARE = re.compile(r"\s*(?:$|[.,;:)]|(?:y|o|segun|mas|cada|mensuales|diarios)\b)")
_PAID = re.compile(
    r"\b(?:rebas|super|lleg|alcanz|sal|cost|cuest|anda|rond|sub|elev|ascend|cobr|pag)[a-z]*\s+(?:(?:a|de|en|hasta|l[ao]s|un[ao]s|casi|mas)\s+){0,3}$"
)
_OF_WHOM = re.compile(r"\s*,?\s*de\s+(?:l[ao]s\s+(?:cuales|que)|quienes|ell[ao]s)\s*,?\s+")
_ARE = re.compile(r"\s+(?:son|eran|es)\s+[a-z]+")
_MORE_OF_IT = re.compile(r"[^.;:\d]{0,40}\botr[ao]s\s+")
_GOES_ON = re.compile(r"(?:[^.;:]{0,60}(?:\by|,))?\s*(?:otr[ao]s\s+|l[ao]s\s+)?")


def like_the_one_before(spot: Spot) -> Aside | None:
    """Set aside what goes on with a number that is no figure: "14 mil de ellas por un órgano"."""
    refused = spot.context.refused
    if refused is None or refused.last > spot.numeral.start:
        return None
    between = spot.folded[refused.last : spot.numeral.start]
    following = spot.folded[spot.numeral.end : spot.numeral.end + _PRONOUN_REACH]
    words = spot.sentence.words_between(refused.last, spot.numeral.start)
    told = any(word.past for word in words[-_TOLD_REACH:])
    if _is_of_the_same(spot, refused.reason, between):
        return Aside(refused.reason, spot.numeral.start, spot.numeral.end)
    if not goes_on(refused):
        behind = _PRONOUN.match(following) and not spot.context.before
        return Aside(refused.reason, spot.numeral.start, spot.numeral.end) if behind else None
    if refused.reason == RESULT and (
        _OF_CLASS.fullmatch(between)
        or (_NEXT_CLASS.fullmatch(between) and _WITH.match(spot.folded, spot.numeral.end))
    ):
        return Aside(refused.reason, spot.numeral.start, spot.numeral.end)
    if refused.reason in CARRIED and _has_verb_behind(spot):
        return None
    if _PRONOUN.match(following) or (_GOES_ON.fullmatch(between) and not told):
        return Aside(refused.reason, spot.numeral.start, spot.numeral.end)
    return None


def _is_of_the_same(spot: Spot, reason: str, between: str) -> bool:
    """Tell whether sums, ages, people or strange things of one kind go on."""
    end = spot.numeral.end
    if reason == "money":
        return bool(_NO_END.fullmatch(between)) or _is_money_too(spot, between)
    if reason == AGE:
        return _is_next_age(spot, between)
    if reason.startswith("people"):
        return bool(_OF_WHOM.fullmatch(between) and _ARE.match(spot.folded, end))
    return bool(
        reason == OWN_NOUN and _MORE_OF_IT.fullmatch(between) and _BARE.match(spot.folded, end)
    )


def _is_money_too(spot: Spot, between: str) -> bool:
    """Tell whether sums go on without their noun: "costó 96 mil pesos: el DIF puso 40 mil"."""
    if spot.numeral.value < _LEAST_MONEY or not _BARE.match(spot.folded, spot.numeral.end):
        return False
    if _PAID.search(between):
        return True
    start = spot.numeral.start
    return not spot.terms(start - len(between), start, {Role.HEAD, Role.ACT, Role.DETAIL})


def reason_told_apart(spot: Spot) -> Aside | None:
    """Set aside the reasons of what was not given: "doce no se operaron: ocho por fiebre, ..."."""
    refused = spot.context.refused
    if refused is None or refused.reason not in CARRIED or refused.last > spot.numeral.start:
        return None
    between = spot.folded[refused.last : spot.numeral.start]
    if spot.context.before and spot.context.before[-1].first > refused.first:
        return None
    if not (_BY_COLON.fullmatch(between) or _WHY.match(spot.folded, spot.numeral.end)):
        return None
    if _AND_NEXT.fullmatch(between) or _BY_COLON.fullmatch(between):
        return Aside(refused.reason, spot.numeral.start, spot.numeral.end)
    return None


def _is_next_age(spot: Spot, between: str) -> bool:
    """Tell whether ages are listed: "71 años en la primera, 68 en la segunda", "52 y con seis"."""
    if _AND_WITH.fullmatch(between):
        return True
    said = _IN_WHICH.match(between)
    behind = _IN_WHICH.match(spot.folded, spot.numeral.end)
    return said is not None and behind is not None and said[1] == behind[1]


def _has_verb_behind(spot: Spot) -> bool:
    """Tell whether a number has a verb of its own: "38 no acudieron y 49 quedaron en agenda"."""
    end = spot.numeral.end
    return any(w.past or w.future for w in spot.sentence.words_between(end, end + _PRONOUN_REACH))


def goes_on(aside: Aside) -> bool:
    """Tell whether what a number was set aside for may go on: people, results, what was put off."""
    return aside.reason.startswith(("people", "a result")) or aside.reason in CARRIED
