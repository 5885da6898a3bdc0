"""The fields of a report that are no figures: kind, programme, specialties, places."""

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.rules.calendars import Calendar
from pipeline.rules.jornadas import past_verbs
from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
from pipeline.spanish.places import JOINT
from schemas.report import (
    BulletinKind,
    Figure,
    Period,
    PlaceMention,
    PlaceRole,
    Service,
    Specialty,
    Status,
)

_SCHEME = (
    r"(?:(?<=[eE])strategia|(?<=[pP])rograma|(?<=[pP])lan|(?<=[cC])ampaña|(?<=[cC])aravana"
    r"|(?<=[bB])rigada|(?<=p)arte\s+de|(?<=m)arco\s+de)"
)
# Begins with a character class and looks back afterwards: the engine then skips to those fast.
_PROGRAMME = re.compile(
    r"[“\"«epcjJbmEPCBM](?:(?<=[“\"«])(?P<days>[^”\"»\n]{0,20}\d+\s+[Dd][ií]as[^”\"»\n]{0,60})[”\"»]"
    rf"|(?<!\w.)(?:{_SCHEME}\s+(?P<numbers>\d+(?:-\d+){{2,}})"
    rf"|(?:{_SCHEME}|(?<=[jJ])ornada(?:\s+(?!(?:en|el|la|las|los|que)\b)[^\W\d]+){{1,7}})"
    r"\s+[“\"«](?P<quoted>[^”\"»\n]{3,60})[”\"»]))"
)
# What is done so far is no result of anything that is over.
_GOES_ON = re.compile(
    r"(?<![a-z])(?:lleva(?:n|mos)?|(?:ha|han|hemos)\s{1,8}[a-z]{2,14}[ai]do)(?![a-z])"
)
# Health programmes of the institute that are named without quotation marks.
_OF_THE_INSTITUTE = re.compile(
    r"\bprograma\s+(?P<name>IMSS[-–\s](?:BIENESTAR|OPORTUNIDADES|PROSPERA|SOLIDARIDAD|COPLAMAR))\b",
    re.IGNORECASE,
)
_MOSTLY = 2
_IN_PASSING = 2
"""Verbs of the past that an announcement may have."""
_HIGHLIGHT = re.compile(r"destac|sobresal|mayor (?:productividad|numero)|encabez")
_SURGICAL = re.compile(r"quirurg|cirugi|quirofano|operacion|procedimiento")


def bulletin_kind_of(
    source: Passages, calendar: Calendar, figures: Sequence[Figure], *, upcoming: bool, titled: bool
) -> BulletinKind:
    """Tell an announcement from results, and from a balance of several jornadas.

    `titled` tells that the title names a jornada.
    """
    performed = [
        f for f in figures if f.status is Status.PERFORMED and f.service is not Service.STAFF
    ]
    subject = calendar.subject.edition if calendar.subject else None
    own = [f for f in performed if f.period is Period.JORNADA and f.edition == subject]
    goals = [
        f
        for f in figures
        if f.status is Status.PLANNED and f.period is Period.JORNADA and f.edition == subject
    ]
    told = own and calendar.subject and performed[0] in own and not _leads(goals, own)
    if upcoming and not told:
        return BulletinKind.ANNOUNCEMENT
    future = sum(1 for s in source.sentences for w in s.words if w.future)
    several = [f for f in performed if f.period is Period.CUMULATIVE]
    lead = min(performed, key=lambda f: f.char_start or 0, default=None)
    shares = Counter(f.edition for f in performed if f.period is Period.JORNADA and f.edition)
    even = len(shares) > _MOSTLY and _MOSTLY * max(shares.values()) <= shares.total()
    if even and not titled:
        return BulletinKind.BALANCE
    if calendar.subject and _leads(goals, own) and len(goals) > _MOSTLY * len(own):
        return BulletinKind.ANNOUNCEMENT
    if own and (titled or not (lead in several and len(several) > len(own))):
        return BulletinKind.RESULTS
    if not figures:
        past = sum(map(past_verbs, source.sentences)) > future + _IN_PASSING
        return BulletinKind.RESULTS if past else BulletinKind.ANNOUNCEMENT
    if not performed or (calendar.subject and future):
        return BulletinKind.ANNOUNCEMENT
    if not several and not _GOES_ON.search(source.folded):
        return BulletinKind.RESULTS
    return BulletinKind.BALANCE


def _leads(goals: Sequence[Figure], done: Sequence[Figure]) -> bool:
    """Tell whether the first goal stands before the first result."""
    first = min((f.char_start or 0 for f in goals), default=None)
    return first is not None and all(first < (f.char_start or 0) for f in done)


def programme_of(source: Passages) -> str | None:
    """Return the name of a programme, strategy or jornada: quoted, or numbers as "2-30-100"."""
    match = _PROGRAMME.search(source.text)
    if match is None and (match := _OF_THE_INSTITUTE.search(source.text)):
        return " ".join(match["name"].split())
    return " ".join(match[match.lastgroup or 0].split()) if match else None


def specialties_of(source: Passages) -> tuple[Specialty, ...]:
    """Return the specialties named, as printed, for surgery where their sentence is about it."""
    found: dict[tuple[Service, str], Specialty] = {}
    for sentence in source.sentences:
        named = [term for term in sentence.terms if Role.SPECIALTY in term.roles]
        if not named:
            continue
        folded = source.folded[sentence.start : sentence.end]
        surgical = _SURGICAL.search(folded) and "consulta" not in folded
        service = Service.SURGERY if surgical else Service.CONSULTATION
        for term in named:
            name = source.text[term.start : term.end]
            if (service, name.lower()) not in found:
                found[(service, name.lower())] = Specialty(service=service, name=name)
    return tuple(found.values())


def places_named(source: Passages, own: str) -> tuple[PlaceMention, ...]:
    """Return the states and units named, highlighted where their sentence sets them apart.

    The bulletin's own places, `own`, are participants. So is one of a list of units that share a
    number, and one of a plan.
    """
    owned = own.split(JOINT)
    found: dict[str, PlaceMention] = {}
    for sentence in source.sentences:
        labels = [label for _, label in sentence.states]
        units = [unit.name for unit in sentence.units]
        if not (labels or units):
            continue
        apart = _sets_apart(source, sentence, len(units) or len(labels))
        for name in (*labels, *units):
            if own.startswith(f"{name} "):  # "Veracruz" where the text is about Veracruz Norte
                continue
            role = PlaceRole.HIGHLIGHTED if apart and name not in owned else PlaceRole.PARTICIPANT
            if name not in found or role is PlaceRole.HIGHLIGHTED:
                found[name] = PlaceMention(name=name, role=role)
    return tuple(found.values())


def _sets_apart(source: Passages, sentence: Sentence, places: int) -> bool:
    """Tell whether a sentence has a rank, or numbers enough for the places that it names."""
    if _HIGHLIGHT.search(source.folded[sentence.start : sentence.end]):
        return True
    planned = role_terms(sentence, Role.PLANNED) or any(w.future for w in sentence.words)
    performed = role_terms(sentence, Role.PERFORMED)
    return (bool(performed) or not planned) and 2 * len(sentence.quantities) >= places > 0
