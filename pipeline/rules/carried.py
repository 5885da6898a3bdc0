"""The reason why a number is no figure, where it holds for the numbers behind it as well."""

import re

from pipeline.rules.not_given import CARRIED
from pipeline.rules.spot import Aside, Spot

_PRONOUN = re.compile(r"\s*de\s+(?:ell|est|es)[ao]s\b")
_PRONOUN_REACH = 14
_TOLD_REACH = 3
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
    if not goes_on(refused):
        behind = _PRONOUN.match(following) and not spot.context.before
        return Aside(refused.reason, spot.numeral.start, spot.numeral.end) if behind else None
    if refused.reason in CARRIED and _has_verb_behind(spot):
        return None
    if _PRONOUN.match(following) or (_GOES_ON.fullmatch(between) and not told):
        return Aside(refused.reason, spot.numeral.start, spot.numeral.end)
    return None


def _has_verb_behind(spot: Spot) -> bool:
    """Tell whether a number has a verb of its own: "38 no acudieron y 49 quedaron en agenda"."""
    end = spot.numeral.end
    return any(w.past or w.future for w in spot.sentence.words_between(end, end + _PRONOUN_REACH))


def goes_on(aside: Aside) -> bool:
    """Tell whether what a number was set aside for may go on: people, results, what was put off."""
    return aside.reason.startswith(("people", "a result")) or aside.reason in CARRIED
