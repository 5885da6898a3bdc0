"""The verbs of the vocabulary in all their forms: "<planning finite>" -> "prevé", "preveía" ..."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import product

from pipeline.spanish.folding import fold

_FILE = "verbs.toml"
_VERB = re.compile(r"<(?P<name>\w+) (?P<tense>\w+)>")
_TENSES = {
    "past": ("preterite", "imperfect"),
    "finite": ("present", "preterite", "imperfect"),
}
"""Names for several tenses at once."""

Groups = Mapping[str, Sequence[str]]
"""Infinitives by the name of their group."""


def inflected(phrase: str, groups: Groups) -> Iterator[str]:
    """Yield a phrase with each form of its verbs; itself where it names none.

    Raises KeyError for a verb that has no forms in the table, or a tense that there is not.
    """
    if "<" not in phrase:
        yield phrase
        return
    parts = re.split(r"(<[^>]*>)", phrase)
    yield from map("".join, product(*(_forms(part, groups) for part in parts)))


def _forms(part: str, groups: Groups) -> Sequence[str]:
    match = _VERB.fullmatch(part)
    if match is None:
        return (part,)
    verbs = groups.get(match["name"], (match["name"],))
    if match["tense"] == "infinitive":
        return verbs
    tenses = _TENSES.get(match["tense"], (match["tense"],))
    return [form for verb in verbs for tense in tenses for form in verb_forms()[verb][tense]]


def to_come(groups: Groups) -> frozenset[str]:
    """Return the folded forms of the groups' verbs in the future and the conditional."""
    verbs = {verb for group in groups.values() for verb in group}
    return frozenset(
        fold(form)
        for verb in verbs
        for tense in ("future", "conditional")
        for form in verb_forms()[verb][tense]
    )


@cache
def verb_forms() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Load the table of forms: infinitive -> tense -> words."""
    table = tomllib.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
    return {
        verb: {tense: tuple(forms.split()) for tense, forms in tenses.items()}
        for verb, tenses in table.items()
    }
