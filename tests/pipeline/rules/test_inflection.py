"""Verbs of the vocabulary are known in every person and tense that bulletins use."""

import tomllib
from importlib.resources import files

import pytest

from pipeline.rules.inflection import Listed, inflected, to_come, verb_forms
from pipeline.rules.vocabulary import Role, vocabulary

DATA = tomllib.loads(files("pipeline.rules").joinpath("vocabulary.toml").read_text("utf-8"))


def forms_of(phrase: str, groups: dict[str, list[str]]) -> list[str]:
    return [form for form, _ in inflected(phrase, groups)]


def test_a_phrase_without_a_verb_is_itself() -> None:
    assert forms_of("a la fecha", {}) == ["a la fecha"]


def test_a_group_stands_for_each_of_its_verbs() -> None:
    groups = {"planning": ["agendar", "prever"]}
    told = set(forms_of("se <planning preterite>", groups))
    assert {"se agendó", "se agendaron", "se previó", "se previeron", "se previmos"} <= told


def test_a_verb_stands_for_itself() -> None:
    assert forms_of("<prever participle>", {}) == [
        "previsto",
        "prevista",
        "previstos",
        "previstas",
    ]


def test_a_form_tells_the_verb_that_a_group_lists() -> None:
    groups = {"planning": ["agendar", "prever"]}
    told = dict(inflected("se <planning present>", groups))
    assert told["se prevé"] == (Listed("planning", "prever"),)
    assert dict(inflected("se <prever present>", groups))["se prevé"] == ()


def test_two_verbs_in_one_phrase() -> None:
    told = set(forms_of("<estar imperfect> <agendar participle>", {}))
    assert {"estaban agendadas", "estaba agendado"} <= told


def test_an_unknown_tense_is_an_error() -> None:
    with pytest.raises(KeyError):
        forms_of("<prever subjunctive>", {})


def test_the_future_is_told_without_its_accent() -> None:
    assert {"realizara", "haran", "tendria", "preveremos"} <= to_come(DATA["verbs"])


def test_every_verb_has_its_forms() -> None:
    listed = {verb for group in DATA["verbs"].values() for verb in group}
    assert listed == set(verb_forms()), "run python -m pipeline.rules.verb_table"


@pytest.mark.parametrize("word", ["planeábamos", "pronosticó", "calculan", "pretendía"])
def test_a_plan_is_known_in_any_form(word: str) -> None:
    words = vocabulary()
    (term,) = words.terms([words.word(word).canonical], [(0, len(word))])
    assert term.get(Role.PLANNED)
