"""Percentages: a share or excess of a goal is a figure, growth against another time is none."""

import re
from collections.abc import Sequence

from pipeline.rules.nouns import read_noun_phrase
from pipeline.rules.passages import Sentence, role_terms
from pipeline.rules.spot import Aside, Item, Spot, next_quantity, words_end
from pipeline.rules.vocabulary import NAMING_ROLES, Role
from schemas.document import Numeral
from schemas.report import Basis, Figure, Service, Status, Unit

_EXPECTED = r"(?:esperab|esperad|previst|proyectad)"
_EXPECTED_BEHIND = re.compile(rf"\s*(?:como\s+)?(?:que\s+)?(?:se\s+)?(?:tenia\s+)?{_EXPECTED}")
_EXPECTED_BEFORE = re.compile(
    rf"(?:{_EXPECTED}|programad|planead|estimad)\w*\s+(?:[a-z]+\s+){{0,2}}$"
)
_ABOVE_BEHIND = re.compile(
    r"\s*(?:mas\b|(?:por\s+)?(?:arriba|encima)\b|superior|adicional|de\s+excedente|extra\b)"
)
_ABOVE_BEFORE = re.compile(
    r"\b(?:rebas|super|exced|sobrepas)\w*\s+(?:[^\s.;:]+\s+){0,7}?en\s+(?:[a-z]+\s+){0,3}$"
    r"|\b(?:alza|excedente|exceso|incremento)\s+(?:de|del)\s+(?:[a-z]+\s+){0,2}$"
)
_MORE_THAN_THEN = re.compile(
    r"\s*(?:mas|menos)\s+(?:[a-z]+\s+){0,3}?(?:que|respecto)\b(?!\s+(?:la\s+|su\s+)?(?:meta|lo\s+program))"
)
_SHARE_OF_OTHERS = re.compile(
    r"\s*(?:corresponde|son|eran|tiene|padece|vive)\w*\b|\s*de\s+(?:los\s+casos|tod[ao]s|la\s+poblacion)"
    r"|\s*del\s+total\s+(?:nacional|estatal|regional|del?\s+(?:pais|estado|la\s+republica))"
    r"|\s*de\s+l[ao]s\s+(?:[a-z]+\s+)?(?:personas|pacientes|mujeres|hombres|operad[ao]s|intervenid[ao]s|atendid[ao]s|beneficiad[ao]s|derechohabientes|usuari[ao]s|asistentes|ninos|menores)\b"
    r"(?!\s+(?:que\s+)?(?:[a-z]+\s+){0,2}?(?:program|agend|citad|previst|contempl|plane|esperad|propuest))"
)
_ROSE_FROM = re.compile(
    r"\b(?:pas|sub|baj|crec|aument|increment|disminu|redu|cay)[a-z]*\s+de(?:l)?\s+[\d.,]+\s*(?:por\s+ciento|%)?\s+al?\s+$"
)
_OF_THE = re.compile(r"\s*de\s+(?:(?:l[ao]s|un\s+total\s+de|un[ao]s)\s+)?")
_PROPOSED = re.compile(
    r"(?:\s+[a-z]+){0,2}?\s+(?:que\s+)?(?:(?:se|nos)\s+)?(?:(?:habian?|habiamos|fueron|estaban?|tenian?|teniamos)\s+)?"
    r"(?:propus|propues|propon|traz|fij|plante|plane|program|previ|comprometi|esper|proyect|acord|contempl|calend|agend"
    r"|estim|autoriz|asign|presupuest|pactad|por\s+meta|de\s+meta|como\s+meta)"
)
_GOAL_OF = re.compile(
    r"\s*(?:la\s+(?:meta|cifra)\s+)?(?:(?:era|fue|establecida|fijada|prevista)\s+)?(?:de|en)\s+(?:l[ao]s\s+)?"
)
_PARTED = re.compile(r"[,;]|\by\b")
_BEHIND = 40
_BEFORE = 30
_LEAD = 90


def of_goal(
    spot: Spot, read: Item | Aside, before: Sequence[Figure], *, running: bool
) -> Item | Aside:
    """Keep a percentage of a goal, set any other aside.

    `before` are the sentence's figures so far; `running` tells that the passage has been giving
    percentages of goals. A percentage that names no service is that of the figure before it, else
    of all services.
    """
    sentence, numeral = spot.sentence, spot.numeral
    opening = spot.folded[max(sentence.start, numeral.start - _BEHIND) : numeral.start]
    if _MORE_THAN_THEN.match(spot.folded, numeral.end) or _ROSE_FROM.search(opening):
        return Aside("growth against another time", numeral.start, numeral.end)
    if _is_of_no_goal(spot):
        return Aside("a percentage of no goal", numeral.start, numeral.end)
    if of_planned := _of_planned(spot, read, before):
        return of_planned
    goals = role_terms(sentence, Role.GOAL, Role.PRODUCTIVITY)
    growth = role_terms(sentence, Role.GROWTH)
    if goals or any(figure.status is Status.PLANNED for figure in before):
        return _of_what_the_goal_counts(spot, read, goals, before)
    if growth:
        return Aside("growth against another time", numeral.start, numeral.end)
    if isinstance(read, Item) and running:
        return read
    return Aside("a percentage of no goal", numeral.start, numeral.end)


def _of_planned(spot: Spot, read: Item | Aside, before: Sequence[Figure]) -> Item | None:
    """Read "52% de las 275 que nos propusimos": the number behind is the goal."""
    following = next_quantity(spot)
    if following is None or not _OF_THE.fullmatch(spot.folded, spot.numeral.end, following.start):
        return None
    if not _PROPOSED.match(spot.folded, following.end, spot.sentence.end):
        return None
    found = _of_what_the_goal_counts(spot, read, (), before)
    previous = spot.context.previous
    if found.service is Service.TOTAL and previous and not before:
        return found._replace(service=previous.service, detail=previous.detail)
    return found


def _is_of_no_goal(spot: Spot) -> bool:
    """Tell whether the clause says of what else it is a share: "una sensibilidad de 94%"."""
    sentence, numeral = spot.sentence, spot.numeral
    if _SHARE_OF_OTHERS.match(spot.folded, numeral.end):
        return True
    goals = [start for start, _, _ in role_terms(sentence, Role.GOAL, Role.PRODUCTIVITY)]
    for start, _, _ in role_terms(sentence, Role.NO_GOAL):
        distance = _distance(start, numeral)
        words = spot.folded[min(start, numeral.end) : max(start, numeral.start)]
        nearer = any(
            _distance(goal, numeral) < distance
            and goal > numeral.end
            and not _PARTED.search(spot.folded, numeral.end, goal)
            for goal in goals
        )
        if distance <= _BEHIND and not re.search(r"[;.]\s", words) and not nearer:
            return True
    return False


def _distance(position: int, numeral: Numeral) -> int:
    return max(numeral.start - position, position - numeral.end)


def _of_what_the_goal_counts(
    spot: Spot, read: Item | Aside, goals: Sequence[tuple[int, int, Role]], before: Sequence[Figure]
) -> Item:
    """Say what a share of a goal counts: the noun behind the goal, the percentage's own, before."""
    numeral = spot.numeral
    near = [end for start, end, _ in goals if 0 <= start - numeral.end < _BEHIND // 2]
    end = min(near, default=numeral.end)
    staff = isinstance(read, Item) and read.service is Service.STAFF  # no goal counts those
    if isinstance(read, Item) and not staff and not (near and read.service is Service.TOTAL):
        return read
    named = _named_behind(spot, end) if near else None
    if named:
        return named
    if isinstance(read, Item) and read.service is not Service.STAFF:
        return read
    served = [figure for figure in before if figure.service is not Service.STAFF]
    if served:
        return Item(served[-1].service, served[-1].detail, numeral.start, end)
    return _named_by_the_goal(spot, end) or Item(Service.TOTAL, None, numeral.start, end)


def _named_by_the_goal(spot: Spot, end: int) -> Item | None:
    """Read what the goal counts: "superó en 12 por ciento la meta de 600 cirugías"."""
    following = next_quantity(spot)
    if following is None or not _GOAL_OF.fullmatch(spot.folded, end, following.start):
        return None
    named = _named_behind(spot._replace(numeral=following), following.end)
    return named._replace(first=spot.numeral.start, last=end) if named else None


def _named_behind(spot: Spot, start: int) -> Item | None:
    """Read the service behind a goal: "de la meta anual en cirugías"."""
    terms = spot.terms(start, words_end(spot), NAMING_ROLES)
    if not terms or "," in spot.folded[start : terms[0].start]:
        return None
    if spot.unknown_words(start, terms[0].start) > 1:
        return None
    item = read_noun_phrase(spot, spot.numeral.start, terms, details_first=True)
    return item if isinstance(item, Item) else None


def percent_status(folded: str, numeral: Numeral) -> Status:
    """Return performed, unless the words right at the percentage say that it was expected."""
    behind = re.split(
        r"[,;(]|\b(?:cuando|contra|y|frente)\b", folded[numeral.end : numeral.end + _BEHIND]
    )[0]
    before = folded[max(0, numeral.start - _BEFORE) : numeral.start]
    expected = _EXPECTED_BEHIND.match(behind) or _EXPECTED_BEFORE.search(before)
    return Status.PLANNED if expected else Status.PERFORMED


def basis_of(folded: str, sentence: Sentence, numeral: Numeral, before: Sequence[Figure]) -> Basis:
    """Say what a percentage is a share of; one of a list is of the same as the one before it."""
    opening = folded[max(sentence.start, numeral.start - _LEAD) : numeral.start]
    if _ABOVE_BEHIND.match(folded, numeral.end) or _ABOVE_BEFORE.search(opening):
        return Basis.ABOVE_GOAL
    productivity = role_terms(sentence, Role.PRODUCTIVITY)
    if any(0 <= start - numeral.end < _BEHIND for start, _, _ in productivity):
        return Basis.PRODUCTIVITY
    if any(0 <= start - numeral.end < _BEHIND for start, _, _ in role_terms(sentence, Role.GOAL)):
        return Basis.GOAL
    last = [figure.basis for figure in before if figure.unit is Unit.PERCENT]
    if last and last[-1]:
        return last[-1]
    if any(end <= numeral.start for _, end, _ in productivity):
        return Basis.PRODUCTIVITY
    return Basis.GOAL
