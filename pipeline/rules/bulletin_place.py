"""The place that a whole bulletin is about: a state, a list of them, a town or one hospital."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from pipeline.rules.bulletin_towns import (
    LEAD,
    Dateline,
    only_town,
    place_of_headline,
    town_of_brigade,
    towns_of_imss,
)
from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.place_mentions import is_home
from pipeline.rules.vocabulary import Role
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.places import JOINT, read_place
from pipeline.spanish.unit_search import HospitalUnit
from schemas.report import PlaceKind

_PARTICIPATION = re.compile(r"monotematic|particip|(?:estados|entidades|representaciones) de\s")
_COUNTED = re.compile(r"\s+(?:entidades|estados|organos|ooad|representaciones|delegaciones)\b")
_DATELINE = re.compile(
    r"^[^\S\n]*(?P<place>[^\n\t\d]{4,50}?)\s*"
    r"(?:[.,]?\s*[-–—]+|[,;.|]?\s+(?:a\s+)?\d{1,2}\s+(?:de\s+)?[^\W\d]+\s)",
    re.MULTILINE,
)
# "Cuetzalan, Pue. Con dos unidades": the state's abbreviation ends it
_SHORT_DATELINE = re.compile(
    r"^[^\S\n]*(?P<place>[A-ZÁÉÍÓÚÑ][^\n\t\d,.]{3,40},\s*(?:[A-Z][A-Za-z]{1,4}\.\s?){1,3})(?=\s*[A-ZÁÉÍÓÚÑ«\"“])",
    re.MULTILINE,
)
_OWN_LOCALITY = re.compile(
    r"\b(?:en|de) (?:el ejido|la comunidad|la colonia|esta ciudad|este municipio|la localidad)\b"
)
_OFFICE = re.compile(r"\b(?:imss|representacion|delegacion|ooad)\)?\s+(?:\w+\s+){0,4}$")
_OFFICE_REACH = 60
_REPRESENTATION = re.compile(r"\b(?:representacion|delegacion|delegad[oa]|ooad)\b")
_MOST_APART = 2
_FEW_OTHERS = 2
_AND = re.compile(r"\s+y\s+(?:(?:en\s+)?(?:el|la)\s+)?")
# Whose paper it is, is not where they were treated.
_PAPER = re.compile(
    r"\b(?:diario|sol|matutino|voz|heraldo|informador|noticias|periodico|radio|milenio|universal"
    r"|siglo|imparcial|gaceta|cronica|prensa)\b[^\n.;]{0,20}$"
)
_OPENING = 4
_TELLING = 7
_MOST_FURNITURE = 16
_CLINIC = "UMF"
_CAPITAL = "Ciudad de México"


def state_of_bulletin(source: Passages) -> str | None:
    """Return the state that a bulletin is about, also where its numbers are one hospital's."""
    dateline = _dateline(source)
    return _state(source, 0) or (dateline.state if dateline else None)


def place_of_bulletin(source: Passages) -> str:
    """Return the places that a bulletin is about, joined, "national" where it is the country."""
    national = sum(len(role_terms(sentence, Role.NATIONAL)) for sentence in _lead(source))
    dateline = _dateline(source)
    if not national and (several := _participants(source)):
        return JOINT.join(several)
    if national and dateline is None and _is_of_the_country_first(source):
        return NATIONAL
    if narrow := _unit(source, dateline, national) or town_of_brigade(source, dateline):
        return narrow
    towns = towns_of_imss(source)
    if towns and not _states_named(source, dateline):
        return towns
    if state := _state(source, national):
        if dateline and dateline.state == state and _OWN_LOCALITY.search(source.folded):
            return dateline.town or state
        return state
    if national:
        return NATIONAL
    state_of_dateline = dateline.state if dateline else None
    return (
        towns
        or state_of_dateline
        or place_of_headline(source)
        or (None if dateline or _states_named(source, dateline) else only_town(source))
        or NATIONAL
    )


def _is_of_the_country_first(source: Passages) -> bool:
    """Tell whether headline and first sentences tell of the country, and then of one state.

    As in "Opera IMSS a casi 8 mil; Guerrero aporta 134", whose text begins with the country.
    """
    headline = source.sentences[0]
    counted = headline.quantities[:1]
    if not counted or any(start < counted[0].end for start, _ in headline.states):
        return False
    told = [one for one in source.sentences[1:_MOST_FURNITURE] if _tells(source, one)]
    opening = told[:_MOST_APART]
    return bool(
        opening
        and role_terms(opening[0], Role.NATIONAL)
        and not any(one.states for one in opening)
        and not role_terms(headline, Role.NATIONAL)
        and not _OFFICE.search(source.folded, headline.start, headline.end)
    )


def _lead(source: Passages) -> Iterator[Sentence]:
    for sentence in source.sentences:
        if sentence.start >= LEAD:
            return
        yield sentence


def _state(source: Passages, national: int) -> str | None:
    """Return the one state that is named more often than all others together."""
    states: Counter[str] = Counter()
    first: dict[str, int] = {}
    for sentence in source.sentences:
        here = sentence.states
        if len({label for _, label in here}) > _MOST_APART:  # a list of states is no place
            continue
        for start, label in here:
            states[label] += 1
            first.setdefault(label, start)
    for label in sorted(states, key=len):
        longer = [other for other in states if other != label and other.startswith(label)]
        if len(longer) == 1:  # "Veracruz" where the text is about Veracruz Sur
            states[longer[0]] += states.pop(label)
            first[longer[0]] = min(first[longer[0]], first[label])
    if not states:
        return None
    label, count = states.most_common(1)[0]
    rivals = sum(c for other, c in states.items() if other != label)
    decided = first[label] < LEAD and count > rivals and not (national and count == 1)
    return label if decided and (count > 1 or _is_told(source, first[label])) else None


def _is_told(source: Passages, start: int) -> bool:
    """Tell whether the only mention of a state says where all was done.

    It does not in "lleva 9 mil cirugías; a diario da 60 consultas en Tabasco".
    """
    if _OFFICE.search(source.folded, max(0, start - _OFFICE_REACH), start):
        return True
    sentence = next(one for one in source.sentences if one.start <= start < one.end)
    earlier = [numeral for numeral in sentence.quantities if numeral.end <= start]
    return len(earlier) < _MOST_APART and not (earlier and place_of_headline(source))


def _participants(source: Passages) -> list[str]:
    """Return three or more states that a sentence lists as those that took part."""
    for sentence in source.sentences:
        listed = list(dict.fromkeys(label for _, label in sentence.states))
        if len(listed) <= _MOST_APART:
            continue
        before = source.folded[sentence.start : sentence.states[0][0]]
        if _PARTICIPATION.search(before) or _are_counted(source, len(listed)):
            return listed
    return []


def _are_counted(source: Passages, places: int) -> bool:
    """Tell whether the lead says so many states: "en nueve entidades"."""
    return any(
        numeral.value == places and _COUNTED.match(source.folded, numeral.end)
        for sentence in _lead(source)
        for numeral in sentence.quantities
    )


def _dateline(source: Passages) -> Dateline | None:
    """Return the first dateline of the lead that is not the capital's."""
    found = [m for p in (_DATELINE, _SHORT_DATELINE) for m in p.finditer(source.text, 0, LEAD)]
    for match in found:
        place = read_place(match["place"])
        if place.state in (None, _CAPITAL) or place.kind not in (
            PlaceKind.MUNICIPALITY,
            PlaceKind.STATE,
            None,
        ):
            continue
        town = None if place.kind is PlaceKind.STATE else place.name
        return Dateline(match.start(), match.end("place"), town, place.state or "")
    return None


def _unit(source: Passages, dateline: Dateline | None, national: int) -> str | None:
    """Return the one hospital that a bulletin is about, or the two that its opening joins.

    No state is named, but in a dateline, a newspaper's name or as people's home; or the opening
    names the hospital first. A few others may be told of further on.
    """
    named = [unit for sentence in source.sentences for unit in sentence.units]
    names = {unit.name for unit in named}
    hospitals = {name for name in names if not name.startswith(_CLINIC)} or names
    opening = [unit for sentence in _opening(source, dateline) for unit in sentence.units]
    opens = [unit for unit in opening if unit.name in hospitals]
    told = list(dict.fromkeys(unit.name for unit in opens))
    if not told and len(hospitals) == 1:
        told = list(hospitals)
    if len(told) > 1 and not _are_joined(source, opens, told, hospitals):
        return None
    if not told or (national and len(named) == 1) or len(hospitals) - len(told) > _FEW_OTHERS:
        return None
    states = _states_named(source, dateline)
    if states and not (
        opens and opens[0].start < states[0] and not _is_of_an_office(source, opens[0].start)
    ):
        return None
    if opens:
        return JOINT.join(told)
    return JOINT.join(told) if dateline and not _REPRESENTATION.search(source.folded) else None


def _are_joined(
    source: Passages, opens: Sequence[HospitalUnit], told: Sequence[str], hospitals: Collection[str]
) -> bool:
    """Tell whether the opening names two hospitals together, and the text no others."""
    first, second = opens[0], next(one for one in opens if one.name != opens[0].name)
    between = source.folded[first.end : second.start]
    return len(told) == len(hospitals) == _MOST_APART and bool(_AND.fullmatch(between))


def _is_of_an_office(source: Passages, before: int) -> bool:
    """Tell whether a state's office acts before an offset: "IMSS Sonora", "la Delegación"."""
    if _REPRESENTATION.search(source.folded, 0, before):
        return True
    return any(
        _OFFICE.search(source.folded, max(0, start - _OFFICE_REACH), start)
        for sentence in _lead(source)
        for start, _ in sentence.states
        if start < before
    )


def _opening(source: Passages, dateline: Dateline | None) -> Sequence[Sentence]:
    """Return the first sentences, up to the third one behind the dateline."""
    dated = [
        at for at, one in enumerate(source.sentences) if dateline and one.start <= dateline.start
    ]
    told = [at for at, one in enumerate(source.sentences[:_MOST_FURNITURE]) if _tells(source, one)]
    body = told[_OPENING - 1] + 1 if len(told) >= _OPENING else _OPENING
    lead = source.sentences[: max(body, len(dated) + 3)]
    return [sentence for sentence in lead if sentence.start < LEAD]


def _tells(source: Passages, sentence: Sentence) -> bool:
    """Tell a sentence of the body from a masthead, a menu or a byline."""
    ended = source.text[sentence.start : sentence.end].rstrip()
    return len(sentence.words) >= _TELLING and ended.endswith((".", "?", "!", "”", '"', ":"))


def _states_named(source: Passages, dateline: Dateline | None) -> list[int]:
    """Return where states are named but in the dateline."""
    return [
        start
        for sentence in source.sentences
        for start, _ in sentence.states
        if dateline is None or not dateline.start <= start < dateline.end
        if not _is_home(source, start)
    ]


def _is_home(source: Passages, start: int) -> bool:
    """Tell whether a state is but where people live, or stands in the name of a paper."""
    line = source.folded.rfind("\n", 0, start) + 1
    return bool(
        is_home(source.folded, start)
        or (start < LEAD and _PAPER.search(source.folded, line, start))
    )
