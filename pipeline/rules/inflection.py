"""The verbs of the vocabulary in all their forms: "<planning finite>" -> "prevé", "preveía" ..."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

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


class Listed(NamedTuple):
    """A verb in the group that lists it."""

    group: str
    verb: str


def inflected(phrase: str, groups: Groups) -> Iterator[tuple[str, tuple[Listed, ...]]]:
    """Yield a phrase with each form of its verbs, and those of them that a group lists.

    A phrase that names no verb is itself. Raises KeyError for a verb that has no forms in the
    table, or a tense that there is not.
    """
    if "<" not in phrase:
        yield phrase, ()
        return
    parts = re.split(r"(<[^>]*>)", phrase)
    for forms in product(*(_forms(part, groups) for part in parts)):
        yield "".join(form for form, _ in forms), tuple(verb for _, verb in forms if verb)


def _forms(part: str, groups: Groups) -> Sequence[tuple[str, Listed | None]]:
    match = _VERB.fullmatch(part)
    if match is None:
        return ((part, None),)
    name, tense = match["name"], match["tense"]
    verbs: Sequence[tuple[str, Listed | None]] = [
        (verb, Listed(name, verb)) for verb in groups.get(name, ())
    ] or [(name, None)]
    if tense == "infinitive":
        return verbs
    return [
        (form, listed)
        for verb, listed in verbs
        for one in _TENSES.get(tense, (tense,))
        for form in verb_forms()[verb][one]
    ]


def to_come(groups: Groups) -> frozenset[str]:
    """Return the folded forms of the groups' verbs in the future and the conditional."""
    verbs = {verb for group in groups.values() for verb in group}
    return frozenset(
        fold(form)
        for verb in verbs
        for tense in ("future", "conditional")
        for form in verb_forms()[verb][tense]
    )


def is_form_of(word: str, verb: str) -> bool:
    """Tell whether a word is a verb's infinitive or any other of its forms, accents aside."""
    forms = (form for forms in verb_forms()[verb].values() for form in forms)
    return fold(word) in map(fold, (verb, *forms))


@cache
def verb_forms() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Load the table of forms: infinitive -> tense -> words."""
    table = tomllib.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
    return {
        verb: {tense: tuple(forms.split()) for tense, forms in tenses.items()}
        for verb, tenses in table.items()
    }
