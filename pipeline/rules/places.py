"""Where the services were given: the bulletin's place, and the place a passage is about."""

import re
from collections import Counter

from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.vocabulary import Role
from schemas.document import Numeral

NATIONAL = "national"
_LEAD = 700
_AT = re.compile(
    r"\s*(?:,\s*)?(?:[a-z]+\s+){0,3}?(?:en|al|a la|del|de la)\s+(?:el|la)?\s*$", re.IGNORECASE
)
_REACH = 45


def place_of_bulletin(source: Passages) -> str:
    """Return the one state that a bulletin is about, else "national"."""
    states: Counter[str] = Counter()
    first: dict[str, int] = {}
    national = 0
    for sentence in source.sentences:
        here = sentence.states
        if sentence.start < _LEAD:
            national += sum(1 for _ in role_terms(sentence, Role.NATIONAL))
        if len({label for _, label in here}) > 2:  # noqa: PLR2004 - a list of states is no place
            continue
        for start, label in here:
            states[label] += 1
            first.setdefault(label, start)
    if not states:
        return NATIONAL
    for label in sorted(states, key=len):
        longer = [other for other in states if other != label and other.startswith(label)]
        if len(longer) == 1:  # "Veracruz" where the text is about Veracruz Sur
            states[longer[0]] += states.pop(label)
            first[longer[0]] = min(first[longer[0]], first[label])
    label, count = states.most_common(1)[0]
    rivals = sum(c for other, c in states.items() if other != label)
    if first[label] < _LEAD and count > rivals and not (national and count == 1):
        return label
    return NATIONAL


def place_of(
    source: Passages, sentence: Sentence, numeral: Numeral, last: int, bulletin: str
) -> str:
    """Return the place that governs a number, whose words end at `last`.

    A unit named in its clause, OOAD or UMAE set apart, a state, or else the bulletin's place.
    """
    if sentence.units and (unit := _unit_at(source, sentence, numeral, last)):
        return unit
    if bulletin != NATIONAL:
        return bulletin
    marks = [
        (start, role)
        for start, _, role in role_terms(sentence, Role.OOAD, Role.UMAE, Role.NATIONAL)
        if start < numeral.start
    ]
    states = [(at, label) for at, label in sentence.states if at < numeral.start]
    if states and (not marks or states[-1][0] > marks[-1][0]):
        if len(states) > 1 and re.search(
            r"tod[ao]s|cada", source.folded[states[-1][0] : numeral.start]
        ):
            return "; ".join(label for _, label in states)
        return states[-1][1]
    kinds = {role for _, role in marks}
    if kinds == {Role.OOAD}:
        return "OOAD"
    return "UMAE" if kinds == {Role.UMAE} else NATIONAL


def _unit_at(source: Passages, sentence: Sentence, numeral: Numeral, last: int) -> str | None:
    """Return the one unit that stands right behind a number's words, or leads its clause."""
    named = sentence.units
    counted = [n.start for n in sentence.quantities]
    if len(counted) == len(named) > 1 and "respectivamente" in source.text[last : sentence.end]:
        return named[counted.index(numeral.start)].name
    behind = [u for u in named if last <= u.start < last + _REACH]
    if behind and _AT.fullmatch(source.text, last, behind[0].start):
        return behind[0].name
    before = [u for u in named if u.end <= numeral.start]
    clause = max(source.text.rfind(";", sentence.start, numeral.start), sentence.start)
    before = [u for u in before if u.start >= clause]
    if len(before) > 1:
        floor = max(
            (n.end for n in sentence.quantities if n.end <= numeral.start), default=sentence.start
        )
        before = [u for u in before if u.start >= floor]
    return before[0].name if len(before) == 1 else None
