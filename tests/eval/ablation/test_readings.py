"""Readings that need not be made again say the same as those that are made."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pytest

from eval.ablation.__main__ import _vocabulary_data
from eval.ablation.lexicon import Lexicon
from eval.ablation.readings import judge_phrases, set_up
from eval.ablation.sets import Case
from eval.ablation.worth import compare
from eval.scoring.score import score
from pipeline.rules.reader import read_report
from tests.eval.ablation.made import SE, vocabulary_data
from tests.readings import a_document

TEXT = """IMSS Puebla supera la meta de consultas

En la jornada se otorgaron 300 consultas de medicina familiar y 40 de especialidad, además de 12
cirugías de hernia y 9 para retirar la vesícula. Se realizarán otras 25 cirugías, y en la unidad de
medicina familiar 52 se dieron, en su mayoría, 80 pláticas.

Se revisarán 70 cirugías en la jornada.
"""


def test_each_phrase_is_worth_what_is_lost_when_the_text_is_read_without_it() -> None:
    data, document = _vocabulary_data(), a_document(TEXT)
    gold = read_report(document)
    set_up(data, [Case("gold", "a", document, gold)])
    found = judge_phrases(0)
    lexicon = Lexicon(data)
    whole = score(gold, gold, document.text)
    changes = {}
    for phrase in found.phrases:
        with lexicon.without((phrase,)):
            less = read_report(document, lexicon.vocabulary)
        if change := compare("gold/a", whole, score(less, gold, document.text)):
            changes[phrase] = change
    assert found.changes == changes
    lists = {phrase.where for phrase in changes}
    assert {"joints.prepositions", "services.surgery.heads", "status.future_endings"} <= lists


@pytest.mark.parametrize(
    "asks",
    [
        lambda joints: "se" in joints,
        lambda joints: {"se", "su"} & joints,
        lambda joints: {"se", "su"} - joints,
        lambda joints: {"su"} | joints,
        lambda joints: "se" in joints | {"su"},
        {"se"}.isdisjoint,
        lambda joints: joints.isdisjoint({"se"}),
        lambda joints: {"se"} <= joints,
        lambda joints: frozenset(("se",)) == joints,
        set,
        bool,
    ],
)
def test_a_joint_is_of_use_where_what_reads_could_tell_that_it_is_there(
    asks: Callable[[AbstractSet[str]], object],
) -> None:
    lexicon = Lexicon(vocabulary_data())
    plain = lexicon.vocabulary.joints
    with lexicon.overhear() as useless:
        overheard = asks(lexicon.vocabulary.joints["pass_over"])
    assert SE not in useless
    assert overheard == asks(plain["pass_over"])
    assert lexicon.vocabulary.joints is plain


def test_a_joint_is_of_no_use_where_it_was_not_found() -> None:
    lexicon = Lexicon(vocabulary_data())
    with lexicon.overhear() as useless:
        joints = lexicon.vocabulary.joints
        assert "su" not in joints["pass_over"]
        assert not {"se"} & joints["and"]
    assert SE in useless
