"""Phrases are worth what bulletins lose without them, and what one bulletin alone has is memory."""

import pytest

from eval.ablation.floors import count_unmarked, find_shortfalls
from eval.ablation.study import PhraseStudy, study_phrases
from eval.ablation.worth import f1
from tests.eval.ablation.made import (
    CESAREA,
    CIRUGIA,
    CONSULTA,
    FILA,
    HACER,
    HERNIA,
    HICIERON,
    PARTO,
    PREVER,
    SE,
    cases,
    vocabulary_data,
)


@pytest.fixture(scope="module")
def study() -> PhraseStudy:
    return study_phrases(vocabulary_data(), cases(), 1, lambda things, *_: things)


def test_a_phrase_is_worth_the_figures_that_are_lost_without_it(study: PhraseStudy) -> None:
    worth = study.worths[CONSULTA]
    assert worth.right == 2
    assert [change.bulletin for change in worth.helps] == ["gold/a", "gold/b"]
    assert worth.hurts == ()
    assert not worth.is_harmful
    assert [change.figures for change in worth.helps] == [
        ("300 consultation «300 consultas»",),
        ("200 consultation «200 consultas»",),
    ]
    assert worth.effect(study.whole) > 0


def test_a_phrase_that_hurts_is_known(study: PhraseStudy) -> None:
    worth = study.worths[FILA]
    assert worth.is_harmful
    assert [change.bulletin for change in worth.hurts] == ["gold/b"]
    assert worth.hurts[0].figures == ("9 consultation «9 filas» (in no gold)",)
    assert worth.effect(study.whole) < 0
    assert [p for p, w in study.worths.items() if w.is_harmful] == [FILA]


def test_a_phrase_stands_in_the_bulletins_that_have_it(study: PhraseStudy) -> None:
    assert study.worths[CIRUGIA].stands_in == ("gold/a", "gold/b")
    assert CESAREA in study.unmatched
    assert PREVER in study.unmatched
    assert SE not in study.unmatched
    assert HERNIA not in study.unmatched


def test_a_verb_stands_where_one_of_its_forms_does(study: PhraseStudy) -> None:
    assert study.worths[HICIERON].stands_in == ("gold/a", "gold/b", "gold/c")
    assert study.worths[HACER].stands_in == ("gold/a", "gold/b", "gold/c")


def test_what_helps_where_nothing_may_be_named_is_not_named(study: PhraseStudy) -> None:
    assert study.worths[PARTO].helps == ()
    assert study.worths[PARTO].stands_in == ()
    assert PARTO in study.unmatched
    assert all(c.bulletin != "unseen/d" for w in study.worths.values() for c in w.changes)


def test_each_bulletin_is_left_out_of_what_it_alone_has(study: PhraseStudy) -> None:
    gold, unseen = study.sets
    assert (gold.folder, unseen.folder) == ("gold", "unseen")
    assert gold.ordinary["strict"] == (5, 6, 5)  # right, read, gold
    assert gold.left_out["strict"] == (4, 5, 5)  # without the hernias
    assert unseen.ordinary["strict"] == (2, 2, 2)
    assert unseen.left_out["strict"] == (1, 1, 2)  # without the births


def test_the_floors_can_be_missed(study: PhraseStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert count_unmarked(study) == 0  # a code of the codebook is plain Spanish
    monkeypatch.setattr("eval.ablation.floors.plain_spanish", lambda _: None)
    assert count_unmarked(study) == 1
    gold = f1(study.sets[0].left_out["strict"])
    held = {"helping_in_one_bulletin": 1, "gold": {"strict": gold}}
    assert list(find_shortfalls(study, held)) == []
    missed = {"helping_in_one_bulletin": 0, "gold": {"strict": gold + 0.001, "value": 0.1}}
    assert list(find_shortfalls(study, missed)) == [
        "gold: strict F1 left out 0.8000 is below 0.801",
        "phrases that help in one bulletin alone: 1, more than 0",
    ]
