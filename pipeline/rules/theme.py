"""The one kind of service that a monothematic bulletin is about."""

import re
from collections import Counter

from pipeline.rules.jornada_mentions import tells_theme
from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.spot import Item
from pipeline.rules.vocabulary import Meaning, Role
from pipeline.spanish.ocr import unify
from schemas.report import Service

_LEAD, _NAME_LEAD = 400, 800
_JORNADA = re.compile(
    r"\b(?:jornada|campana|brigada|maraton|cruzada|caravana|feria|semana)(?:es|s)?"
    r"(?:\s+(?:nacional|estatal|regional|extraordinaria|monotematica|gratuita|masiva|quirurgica|intensiva"
    r"|municipal|permanente|especial|anual)(?:es|s)?)*\s"
)
_LINKS = frozenset(map(unify, ("de", "del", "la", "las", "para", "en")))
_NEUTRAL = (Service.TOTAL, Service.STAFF)
_THEMES = (
    Service.CONSULTATION,
    Service.SURGERY,
    Service.FAMILY_PLANNING,
    Service.SCREENING,
    Service.VACCINATION,
    Service.DONATION,
)


def theme_of(source: Passages) -> Item | None:
    """Return the service, with its detail, that the lead names and no other service beside it."""
    if named := _theme_of_name(source):
        return named
    found: Counter[tuple[Service, str | None]] = Counter()
    for sentence in source.sentences:
        if sentence.start > _LEAD:
            break
        for term in sentence.terms:
            if term.get(Role.SPECIALTY) and not term.get(Role.HEAD):
                continue
            head = term.get(Role.HEAD)
            detail = next(
                (m for m in term.meanings if m.role is Role.DETAIL and m.service in _THEMES), None
            )
            meaning = head if head and head.detail else detail or head
            if meaning and meaning.service and meaning.service not in _NEUTRAL:
                found[(meaning.service, meaning.detail)] += 1
    services = {service for service, _ in found}
    if len(services) != 1 or not services <= set(_THEMES):
        return None
    service = services.pop()
    details = Counter({detail: n for (_, detail), n in found.items() if detail})
    told = details.most_common(1)
    alone = told and told[0][1] > 1 and told[0][1] > sum(details.values()) / 2
    return Item(service, told[0][0] if alone else None, 0, 0)


def is_theme(theme: Item | None) -> bool:
    """Tell whether what a bulletin is about makes its jornada one of one theme."""
    return theme is not None and tells_theme(theme.service, theme.detail)


def _theme_of_name(source: Passages) -> Item | None:
    """Return what the first jornada that is called after one kind of service is of.

    "Jornada de Cirugía de Catarata", "jornada estatal de vasectomía sin bisturí".
    """
    for sentence in source.sentences:
        if sentence.start > _NAME_LEAD:
            return None
        for match in _JORNADA.finditer(source.folded, sentence.start, sentence.end):
            meanings = _meanings_from(sentence, match.end())
            if details := [m for m in meanings if m.detail and m.service in _THEMES]:
                return Item(details[0].service or Service.OTHER, details[0].detail, 0, 0)
    return None


def _meanings_from(sentence: Sentence, position: int) -> list[Meaning]:
    """Return the meanings of the nouns that follow each other from a position on."""
    found: list[Meaning] = []
    for term in sentence.terms:
        if term.start < position:
            continue
        words = sentence.words_between(position, term.start)
        if any(word.canonical not in _LINKS for word in words):
            break
        meaning = term.get(Role.HEAD) or term.get(Role.DETAIL)
        if meaning is None:
            break
        found.extend(m for m in term.meanings if m.role in (Role.HEAD, Role.DETAIL))
        position = term.end
    return found
