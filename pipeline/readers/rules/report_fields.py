"""The fields of a report that are no figures: kind, programme, specialties, places."""

import re
from collections.abc import Sequence

from pipeline.readers.rules.jornadas import Calendar
from pipeline.readers.rules.passages import Passages
from pipeline.readers.rules.vocabulary import Role
from schemas.report import (
    BulletinKind,
    Figure,
    Period,
    Place,
    PlaceRole,
    Service,
    Specialty,
    Status,
)

_PROGRAMME = re.compile(r"[“\"«]([^”\"»\n]{0,20}\d+\s+[Dd][ií]as[^”\"»\n]{0,60})[”\"»]")
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
    if upcoming and not (own and calendar.subject and performed[0] in own):
        return BulletinKind.ANNOUNCEMENT
    future = sum(1 for s in source.sentences for w in s.words if w.future)
    several = [f for f in performed if f.period is Period.CUMULATIVE]
    lead = min(performed, key=lambda f: f.char_start or 0, default=None)
    if own and (titled or not (lead in several and len(several) > len(own))):
        return BulletinKind.RESULTS
    if calendar.subject and (future or not performed):
        return BulletinKind.ANNOUNCEMENT
    if not performed:
        return BulletinKind.ANNOUNCEMENT
    return BulletinKind.BALANCE


def programme_of(source: Passages) -> str | None:
    """Return the name of a programme of days that is printed in quotation marks."""
    match = _PROGRAMME.search(source.text)
    return " ".join(match[1].split()) if match else None


def specialties_of(source: Passages) -> tuple[Specialty, ...]:
    """Return the specialties named, as printed, for surgery where their sentence is about it."""
    found: dict[tuple[Service, str], Specialty] = {}
    for sentence in source.sentences:
        folded = source.folded[sentence.start : sentence.end]
        surgical = _SURGICAL.search(folded) and "consulta" not in folded
        service = Service.SURGERY if surgical else Service.CONSULTATION
        for term in sentence.terms:
            if term.get(Role.SPECIALTY):
                name = source.text[sentence.term_start(term) : sentence.term_end(term)]
                found.setdefault((service, name.lower()), Specialty(service=service, name=name))
    return tuple(found.values())


def places_named(source: Passages) -> tuple[Place, ...]:
    """Return the states named, highlighted where their sentence sets them apart."""
    found: dict[str, Place] = {}
    for sentence in source.sentences:
        folded = source.folded[sentence.start : sentence.end]
        role = PlaceRole.HIGHLIGHTED if _HIGHLIGHT.search(folded) else PlaceRole.PARTICIPANT
        for term in sentence.terms:
            if meaning := term.get(Role.STATE):
                found.setdefault(meaning.label, Place(name=meaning.label, role=role))
    return tuple(found.values())
