"""The one kind of service that a monothematic bulletin is about."""

import re
from collections import Counter

from pipeline.rules.jornada_mentions import tells_theme
from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.spot import Item
from pipeline.rules.vocabulary import Meaning, Role, Term
from pipeline.spanish.ocr import unify
from schemas.report import Service

_LEAD, _NAME_LEAD = 400, 800
_JORNADA = re.compile(
    r"\b(?:jornada|campana|brigada|maraton|cruzada|caravana|feria|encuentro|semana|modulo|unidad(?:es)?\s+movil(?:es)?|tour|gira)(?:es|s)?"
    r"(?:\s+(?:nacional|estatal|regional|extraordinaria|monotematica|gratuita|masiva|(?:medico\s+)?quirurgic[ao]|intensiva"
    r"|municipal|permanente|especial|anual)(?:es|s)?)*\s"
)
_LINKS = frozenset(map(unify, ("de", "del", "la", "las", "para", "en")))
_OF_ONE_KIND = (Service.SURGERY, Service.SCREENING, Service.FAMILY_PLANNING)
_OFTEN = 2
_RARELY = 1
_TITLE = 300
_NO_KIND = (
    "elective",
    "emergency",
    "laparoscopic",
    "outpatient",
    "counseling",
    "high_continuity",
    "other",
)
_WIDER = dict.fromkeys(("hip", "knee", "hip_replacement", "knee_replacement"), "joint_replacement")
"""What a weekend of prostheses tells apart."""
_ONE_WORD = re.compile(r"\s+(?:de\s+)?(?:[a-z]+\s+)?")
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
    if only := _only_kind_counted(source):
        return only
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


def _only_kind_counted(source: Passages) -> Item | None:
    """Return the one kind of surgery, screening or family planning that a whole text is about.

    No other kind is named by the services that it counts; the kind is named early and more than
    once.
    """
    kinds: Counter[tuple[Service, str]] = Counter()
    counted: set[tuple[Service, str]] = set()
    told: set[Service] = set()
    first = None
    for sentence in source.sentences:
        named = [
            (term, None if _is_of_staff(sentence, at) else _kind_of(term))
            for at, term in enumerate(sentence.terms)
        ]
        services = {kind[0] for _, kind in named if kind}
        for term, kind in named:
            if kind:
                kinds[kind] += 1
                if term.get(Role.HEAD) or term.get(Role.ACT):
                    told.add(kind[0])
                first = term.start if first is None else first
                if _is_counted(source, sentence, term):
                    counted.add(kind)
                continue
            meaning = term.get(Role.HEAD) or term.get(Role.ACT)
            if meaning and meaning.service:
                told.add(meaning.service)
            if meaning is None or meaning.service is None or meaning.service in _NEUTRAL:
                continue
            if first is None and meaning.service not in services:
                return None  # other services, or those of any kind, come first
            if _is_counted(source, sentence, term) and meaning.service not in {s for s, _ in kinds}:
                return None
    served = {service for service in told if service in {s for s, _ in kinds}}
    kinds = Counter({kind: n for kind, n in kinds.items() if kind[0] in served})
    if not kinds or first is None or first > _NAME_LEAD:
        return None
    (kind, times), *others = kinds.most_common()
    if times < (1 if first < _TITLE else _OFTEN):
        return None
    rest = sum(n for _, n in others)
    if not counted <= {kind} or rest * _RARELY > times:
        return None
    return Item(kind[0], kind[1], 0, 0)


def _is_of_staff(sentence: Sentence, at: int) -> bool:
    """Tell whether a term only says what kind of staff it is: "cirujanos plásticos"."""
    head = sentence.terms[at - 1].get(Role.HEAD) if at else None
    beside = at and sentence.terms[at].start - sentence.terms[at - 1].end == 1
    return bool(beside and head and head.service is Service.STAFF)


def _kind_of(term: Term) -> tuple[Service, str] | None:
    """Return the kind of service that a term names, of those that a weekend may be about."""
    for meaning in term.meanings:
        if (
            meaning.role in (Role.HEAD, Role.DETAIL, Role.ACT)
            and meaning.service in _OF_ONE_KIND
            and meaning.detail
            and meaning.detail not in _NO_KIND
        ):
            return meaning.service, _WIDER.get(meaning.detail, meaning.detail)
    return None


def _is_counted(source: Passages, sentence: Sentence, term: Term) -> bool:
    """Tell whether a number stands right before a noun, with a word between at most."""
    return any(
        n.end < term.start and _ONE_WORD.fullmatch(source.folded, n.end, term.start)
        for n in sentence.quantities
    )


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
            operative = "quirurg" in match[0] or "cirugia" in match[0]
            meanings = _meanings_from(sentence, match.end(), operative=operative)
            if details := [
                m
                for m in meanings
                if m.detail and m.detail not in _NO_KIND and m.service in _THEMES
            ]:
                if operative:
                    details = [m for m in details if m.service is Service.SURGERY] or details
                return Item(details[0].service or Service.OTHER, details[0].detail, 0, 0)
    return None


def _meanings_from(sentence: Sentence, position: int, *, operative: bool) -> list[Meaning]:
    """Return the meanings of the nouns that follow each other from a position on."""
    found: list[Meaning] = []
    for term in sentence.terms:
        if term.start < position:
            continue
        words = sentence.words_between(position, term.start)
        if any(word.canonical not in _LINKS for word in words):
            break
        meaning = term.get(Role.HEAD) or term.get(Role.DETAIL)
        if operative and term.get(Role.SPECIALTY):
            found.extend(m for m in term.meanings if m.service is Service.SURGERY)
            break
        if meaning is None:
            break
        found.extend(m for m in term.meanings if m.role in (Role.HEAD, Role.DETAIL))
        position = term.end
    return found
