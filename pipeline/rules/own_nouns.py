"""A noun of the number's own that is no service: "300 juegos de ropa quirúrgica"."""

import re

from pipeline.rules.spot import Aside, Spot, words_end

OWN_NOUN = "its own noun is no service"

# What is done, by the endings of nouns for acts: "25 extirpaciones de vesícula".
_ACT = re.compile(
    r"(?:[a-z]{3,}(?:ci|s|gi|xi)on(?:es)?|\w+(?:miento|plastia|ectomia|tomia|stomia|grafia|scopia"
    r"|centesis|lisis|terapia|desis|pexia|rrafia)s?|\w{3,}[aeiu]jes?|(?:re)?implantes?|injertos?"
    r"|(?:re)?emplazos?|reemplazos?|cambios?|retiros?|tomas?|cortes?|pases?|trasplantes?)"
)
# "raciones" and "sesiones" are no less regular, but they are things and stretches of time.
_NO_ACT = re.compile(
    r"(?:rac|hab|est|hab?itac|estac|refacc|asociac|instituc|poblac|publicac|invitac)ion"
)
_NOUN = re.compile(r"\s+(?:(?:nuev|distint|divers|otr|car|gran)[aeo]?s\s+)?(?P<noun>[a-zñ]{4,})")
_LINK = re.compile(r"\s+(?:de|del|para|con|contra)\b")
_PARTICIPLE = re.compile(r"\w+(?:ad|id|ich|iert|uest)[ao]s?")
_ADJECTIVE = re.compile(
    r"\w+(?:al|ar|ivo|iva|ico|ica|oso|osa|ble|ante|ente|ario|aria|orio|oria|ano|ana)(?:e?s)?"
)


def own_noun(spot: Spot, *, linked: bool) -> Aside | None:
    """Set a number aside whose noun the vocabulary does not know, and which is no act.

    `linked`: only where the noun leads to others ("sillones de hemodiálisis").
    """
    match = _NOUN.match(spot.folded, spot.numeral.end, words_end(spot))
    if match is None or spot.numeral.value == 1:
        return None
    start, end = match.span("noun")
    noun = match["noun"]
    if (
        not spot.text[start].islower()
        or not noun.endswith("s")
        or "\n\n" in spot.text[spot.numeral.end : start]
    ):
        return None
    if linked and not _LINK.match(spot.folded, end):
        return None
    if any(term.start <= start < term.end for term in spot.sentence.terms):
        return None
    if _PARTICIPLE.fullmatch(noun) or (_ACT.fullmatch(noun) and not _NO_ACT.match(noun)):
        return None
    if not linked and _ADJECTIVE.fullmatch(noun):
        return None
    (word, *_) = spot.sentence.words_between(start, end) or (None,)
    if (
        word is None
        or word.past
        or word.future
        or word.canonical in spot.vocabulary.joints["pass_over"]
    ):
        return None
    return Aside(OWN_NOUN, spot.numeral.start, end)
