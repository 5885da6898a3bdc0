"""Whether a bulletin reports on one event: a caravan, a brigade, a campaign of a weekend."""

import re

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.vocabulary import Role
from pipeline.spanish.dates import LONGEST_JORNADA

# Singular, since several are no one event.
_EVENT = re.compile(
    r"(?<![a-z])(?:brigada|caravana|feria|maraton|operativo|rally"
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
_LEAD = 3
"""Sentences with numbers in which a text says what it is about."""


def reports_event(source: Passages) -> bool:
    """Tell whether the lead names one event before it speaks of a longer stretch of time."""
    counted, campaign = 0, False
    for sentence in source.sentences:
        counted += bool(sentence.quantities)
        if counted > _LEAD or is_longer(sentence):
            return False
        where = sentence.start, sentence.end
        campaign = campaign or _CAMPAIGN.search(source.folded, *where) is not None
        few = _FEW_DAYS.search(source.folded, *where)
        if _EVENT.search(source.folded, *where) or (few and (campaign or sentence.quantities)):
            return True
    return False


def is_longer(sentence: Sentence) -> bool:
    """Tell whether a sentence counts over a stretch longer than a jornada."""
    if not sentence.quantities:
        return False
    return Role.CUMULATIVE in sentence.cues or any(
        span.days is None or span.days > LONGEST_JORNADA for span in sentence.dates
    )
