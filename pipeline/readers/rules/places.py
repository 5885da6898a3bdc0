"""Where the services were given: the bulletin's place, and the place a passage is about."""

import re
from collections import Counter

from pipeline.readers.rules.jornadas import role_terms
from pipeline.readers.rules.passages import Passages, Sentence
from pipeline.readers.rules.vocabulary import Role
from schemas.document import Numeral

NATIONAL = "national"
_LEAD = 700


def place_of_bulletin(source: Passages) -> str:
    """Return the one state that a bulletin is about, else "national"."""
    states: Counter[str] = Counter()
    first: dict[str, int] = {}
    national = 0
    for sentence in source.sentences:
        here = [
            (sentence.term_start(t), m.label) for t in sentence.terms if (m := t.get(Role.STATE))
        ]
        if sentence.start < _LEAD:
            national += sum(1 for _ in role_terms(sentence, Role.NATIONAL))
        if len({label for _, label in here}) > 2:  # noqa: PLR2004 - a list of states is no place
            continue
        for start, label in here:
            if label.startswith("Ciudad de México") and source.text[
                sentence.start : sentence.start + 120
            ].lstrip().lower().startswith(("ciudad de m", "cdmx")):
                continue  # a dateline
            states[label] += 1
            first.setdefault(label, start)
    if not states:
        return NATIONAL
    label, count = states.most_common(1)[0]
    rivals = sum(c for other, c in states.items() if other != label)
    if first[label] < _LEAD and count > rivals and not (national and count == 1):
        return label
    return NATIONAL


def place_of(source: Passages, sentence: Sentence, numeral: Numeral, bulletin: str) -> str:
    """Return the place that governs a number: OOAD or UMAE set apart, a state, or the bulletin's."""
    marks = [
        (start, role)
        for start, _, role in role_terms(sentence, Role.OOAD, Role.UMAE, Role.NATIONAL)
        if start < numeral.start
    ]
    states = [
        (sentence.term_start(t), m.label)
        for t in sentence.terms
        if (m := t.get(Role.STATE)) and sentence.term_start(t) < numeral.start
    ]
    if (
        bulletin == NATIONAL
        and len(states) > 1
        and re.search(r"tod[ao]s|cada", source.folded[states[-1][0] : numeral.start])
    ):
        return "; ".join(label for _, label in states)
    if bulletin == NATIONAL and states and (not marks or states[-1][0] > marks[-1][0]):
        return states[-1][1]
    kinds = {role for _, role in marks}
    if bulletin == NATIONAL and kinds == {Role.OOAD}:
        return "OOAD"
    if bulletin == NATIONAL and kinds == {Role.UMAE}:
        return "UMAE"
    return bulletin
