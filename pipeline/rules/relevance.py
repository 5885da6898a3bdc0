"""Whether a text reports on health services at all: crime, sports and politics do not."""

import re

from pipeline.rules.passages import Passages
from pipeline.rules.vocabulary import Role
from schemas.report import Service

_INSTITUTE = re.compile(r"\b(?:imss|issste|seguro social|umae|ooad|salud)\b")
_SERVICES = re.compile(r"\b(?:jornadas?|servicios? (?:medic[ao]s?|de salud)|atenciones)\b")
_CAMPAIGN = re.compile(r"\bjornadas?\s+(?:nacional|extraordinaria|estatal|monotematica)(?:es|s)?\b")
_GIVEN = re.compile(
    r"\b(?:jornadas?|campanas?|brigadas?|servicios? (?:medic[ao]s?|de salud)|atenciones|consultas?"
    r"|cirugias?|trasplantes?|vacuna\w*|mastografias?|detecciones|vasectomias?|donacion(?:es)?)\b"
)
_ELSE = re.compile(
    r"\b(?:construccion|obras?|inmueble|predio|licitacion|contratistas?|presupuest\w+|inversion|congreso"
    r"|simposio|foro|huelga|sindicat\w+|nombramiento|toma\s+de\s+protesta|casos\s+(?:nuevos|confirmados|activos)"
    r"|contagios|defunciones|incidencia|mortalidad)\b"
)
"""What a text about an institute may be of instead: works, money, meetings, an epidemic."""
_AMBIGUOUS = re.compile(
    r"(?:operacion|intervencion)(?:es)?|tomas?|metodos?|dosis|partos?|cursos?|talleres|taller"
    r"|orientacion(?:es)?|extraccion(?:es)?|resinas?|citas?|injertos?|distancia|imagen|columna"
    r"|curacion(?:es)?|urgencias?|emergencias?|seguimiento|violencia|exploracion(?:es)?"
)
"""Nouns of services that other news uses as well."""


def is_of_else(source: Passages) -> bool:
    """Tell whether a text without figures is about works, money, meetings or an epidemic alone."""
    return bool(_ELSE.search(source.folded)) and not _GIVEN.search(source.folded)


def is_relevant(source: Passages) -> bool:
    """Tell whether the text names a service that nothing else is called, or an institute's.

    Only a text without any is held to be of something else: a bulletin must not be lost.
    """
    if _CAMPAIGN.search(source.folded):
        return True
    if _INSTITUTE.search(source.folded) and _SERVICES.search(source.folded):
        return True
    return any(
        _names_service(source.folded[term.start : term.end], meaning.service)
        for sentence in source.sentences
        for term in sentence.terms
        for role in (Role.HEAD, Role.DETAIL, Role.SPECIALTY, Role.ACT)
        if (meaning := term.get(role))
    )


def _names_service(words: str, service: Service | None) -> bool:
    plain = service in (Service.TOTAL, Service.STAFF)
    return not plain and not _AMBIGUOUS.fullmatch(words)
