"""Whether a bulletin reports on one event: a caravan, a brigade, a campaign of a weekend."""

import re

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.vocabulary import Role
from pipeline.spanish.dates import LONGEST_JORNADA
from schemas.document import Numeral

# Singular, since several are no one event.
_EVENT = re.compile(
    r"(?<![a-z])(?:brigada|caravana|encuentro|feria|maraton|operativo|rally"
    r"|semana\s{1,8}(?:nacional|estatal|regional|binacional)"
    r"|jornada)(?![a-z])"
)
# These may last for months, save where the days are few.
_CAMPAIGN = re.compile(r"(?<![a-z])(?:campana|cruzada|programa)(?![a-z])")
_FEW_DAYS = re.compile(
    r"(?<![a-z])(?:fin\s{1,8}de\s{1,8}semana|(?:el|este|pasado|ayer)\s{1,8}(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)"
    r"|de\s{1,8}(?:ayer|hoy)"
    r"|(?:dos|tres|cuatro|cinco)\s{1,8}dias)(?![a-z])"
)
# "En dos semanas", "tras tres meses de recorrido": what was counted lasted so long.
_LONGER = re.compile(r"\s{1,8}(?:semanas|mes(?:es)?)(?![a-z])")
_LASTED = re.compile(
    r"(?<![a-z])(?:(?:durante|tras|a\s{1,8}lo\s{1,8}largo\s{1,8}de|luego\s{1,8}de|despues\s{1,8}de|al\s{1,8}cabo\s{1,8}de"
    r"|al\s{1,8}termino\s{1,8}de)(?:\s{1,8}(?:las|los|sus|casi|mas\s{1,8}de|estas|estos|poco\s{1,8}mas\s{1,8}de))?|en(?:\s{1,8}(?:solo|estas|estos|apenas))?)\s{1,8}$"
)
_LASTED_REACH = 40
_DAYS = re.compile(r"\s{1,8}dias?(?![a-z])")
_LEAD = 3
"""Sentences with numbers in which a text says what it is about."""


def reports_event(source: Passages) -> bool:
    """Tell whether the lead names one event before it speaks of a longer stretch of time."""
    counted, campaign, named = 0, False, False
    for sentence in source.sentences:
        counted += bool(sentence.quantities)
        if any(lasts_longer(source, sentence, n) for n in sentence.quantities):
            return False
        if named and counted:
            return True
        if counted > _LEAD or is_longer(sentence):
            return named
        where = sentence.start, sentence.end
        campaign = campaign or _CAMPAIGN.search(source.folded, *where) is not None
        few = _FEW_DAYS.search(source.folded, *where)
        if _EVENT.search(source.folded, *where) or (few and (campaign or sentence.quantities)):
            if counted:
                return True
            named = True
    return named


def lasts_longer(source: Passages, sentence: Sentence, numeral: Numeral) -> bool:
    """Tell whether a number says that what is told took longer than a jornada: "en dos semanas"."""
    longer = _LONGER.match(source.folded, numeral.end) or (
        numeral.value > LONGEST_JORNADA and _DAYS.match(source.folded, numeral.end)
    )
    before = max(sentence.start, numeral.start - _LASTED_REACH)
    return bool(longer and _LASTED.search(source.folded, before, numeral.start))


def is_longer(sentence: Sentence) -> bool:
    """Tell whether a sentence counts over a stretch longer than a jornada."""
    if not sentence.quantities:
        return False
    return Role.CUMULATIVE in sentence.cues or any(
        span.days is None or span.days > LONGEST_JORNADA for span in sentence.dates
    )
