"""Whether a text reports on health services at all: crime, sports and politics do not."""

import re

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.vocabulary import Role, Term
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
_LEAD, _MANY, _REACH = 500, 3, 40
_CASE = re.compile(
    r"\b(?:casos|contagios|contagiad[ao]s|defunciones|fallecimientos|fallecid[ao]s|decesos|muertes|muertos|brotes?"
    r"|infectad[ao]s|incidencia|epidemiologic[ao]s?|confirmad[ao]s|fallecieron|murieron|enferm[ao]s|hospitalizad[ao]s|internad[ao]s|positivos)\b"
)
_ADMITTED = ("hospitalization",)
"""Sick people in hospital are told of by news of an epidemic as well."""
_SPORT = re.compile(
    r"\b(?:gol|goles|goleo|goleada|arbitro|partidos?|liga|torneo|empat[a-z]+|marcador|delantero|portero|penal|futbol|beisbol"
    r"|basquetbol|voleibol|boxeo|pugil|innings?|entradas|jonron|entrenador|aficionados|campeonato|semifinal|liguilla|visitantes|plantel|medallas?|maraton)\b"
)
_PARTED = re.compile(r"[.,;:()]|\by\b")
_LEADS = re.compile(
    r"\s*(?:[:,(]|(?:[a-z]+\s+){0,3}(?:fueron|son|suman|sumaron|ascend[a-z]+\s+a|llegaron\s+a|van|alcanz[a-z]+)\s+)\s*(?:[a-z]+\s+){0,2}"
)
_AMBIGUOUS = re.compile(
    r"(?:operacion|intervencion)(?:es)?|tomas?|metodos?|dosis|partos?|cursos?|talleres|taller"
    r"|orientacion(?:es)?|extraccion(?:es)?|resinas?|citas?|injertos?|distancia|imagen|columna"
    r"|curacion(?:es)?|urgencias?|emergencias?|seguimiento|violencia|exploracion(?:es)?"
)
"""Nouns of services that other news uses as well."""


def is_of_else(source: Passages) -> bool:
    """Tell whether a text without figures is about works, money, meetings or an epidemic alone."""
    return bool(_ELSE.search(source.folded)) and not _GIVEN.search(source.folded)


def is_of_cases(source: Passages) -> bool:
    """Tell whether a text tells cases and deaths of an epidemic, and counts no service given."""
    opening = source.folded[:_LEAD]
    if not _CASE.search(opening) or len(_CASE.findall(source.folded)) < _MANY:
        return False
    if _CAMPAIGN.search(source.folded):
        return False
    return not any(
        meaning.service not in (None, Service.TOTAL, Service.STAFF)
        and _names_service(source.folded[term.start : term.end], meaning.service)
        and _counts(source, sentence, term)
        for sentence in source.sentences
        for term in sentence.terms
        for role in (Role.HEAD, Role.ACT)
        if (meaning := term.get(role)) and meaning.detail not in _ADMITTED
    )


def _is_of_sports(source: Passages) -> bool:
    """Tell whether a text speaks of matches in several words, and of no institute of health."""
    words = {match[0] for match in _SPORT.finditer(source.folded)}
    return len(words) >= _MANY and not _INSTITUTE.search(source.folded)


def _counts(source: Passages, sentence: Sentence, term: Term) -> bool:
    """Tell whether a number belongs to a noun: right before it, or behind a colon or verb."""
    for numeral in sentence.quantities:
        before = source.folded[numeral.end : term.start]
        behind = source.folded[term.end : numeral.start]
        if 0 < term.start - numeral.end <= _REACH and not _PARTED.search(before):
            return True
        if 0 < numeral.start - term.end <= _REACH and _LEADS.fullmatch(behind):
            return True
    return False


def is_relevant(source: Passages) -> bool:
    """Tell whether the text names a service that nothing else is called, or an institute's.

    Only a text without any is held to be of something else: a bulletin must not be lost.
    """
    if _CAMPAIGN.search(source.folded):
        return True
    if is_of_cases(source) or _is_of_sports(source):
        return False
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
