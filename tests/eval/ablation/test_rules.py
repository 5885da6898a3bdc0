"""Rules are found where they stand, taken out wherever they were imported to, and put back."""

import importlib
import sys
from pathlib import Path

import pytest

import pipeline
from eval.ablation import readings
from eval.ablation.rules import Rule, find_rules, without_rule
from pipeline.rules import passages, scopes, statuses, vocabulary
from pipeline.spanish import approximation, folding
from schemas.document import Document
from schemas.report import JornadaReport
from tests.eval.ablation.made import cases, vocabulary_data

STEPS = """
import re
from pipeline.made.words import SHORT
LONG = ("consulta", "detección")
_REACH = 4
def _first(): return 1
def _second(): return 2
_TRIED = (_first, _second)
def try_all(): return sum(step() for step in _TRIED)
def is_known(word): return word in LONG or word in SHORT or word in BUILT
_PARTS = ("a", "b")  # asked by no function
BUILT = re.compile("|".join(_PARTS))
"""


@pytest.mark.slow
def test_patterns_and_collections_of_words_are_rules_and_numbers_are_none() -> None:
    names = {str(rule) for rule in find_rules()}
    assert {"rules.statuses._BREAK", "spanish.approximation.ABOUT"} <= names
    assert "rules.statuses._BEHIND" not in names
    assert "rules.statuses.CLAUSE_BREAK" not in names  # only imported there
    assert "rules.passages.CLAUSE_BREAK" in names


def test_a_rule_is_taken_out_everywhere_and_put_back() -> None:
    pattern = passages.CLAUSE_BREAK
    with without_rule(Rule("pipeline.rules.passages", "CLAUSE_BREAK")):
        for module in (passages, statuses, scopes):
            assert vars(module)["CLAUSE_BREAK"].search("a, b") is None
    for module in (passages, statuses, scopes):
        assert vars(module)["CLAUSE_BREAK"] is pattern


def test_nothing_is_remembered_from_before_or_after() -> None:
    folding.fold("Año")
    with without_rule(Rule("pipeline.spanish.approximation", "ABOUT")):
        assert vocabulary.ABOUT == ()
        assert folding.fold.cache_info().currsize == 0
        folding.fold("Año")
    assert folding.fold.cache_info().currsize == 0
    assert vocabulary.ABOUT is approximation.ABOUT


def test_each_of_a_sequence_of_functions_is_a_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "__init__.py").touch()
    (made / "words.py").write_text("SHORT = frozenset(('de',))\n", encoding="utf-8")
    (made / "steps.py").write_text(STEPS, encoding="utf-8")
    monkeypatch.setattr(pipeline, "__path__", [*pipeline.__path__, str(tmp_path)])
    (made / "tool.py").write_text("WORDS = ('no rule',)\ndef f(): return WORDS\n", encoding="utf-8")
    steps = importlib.import_module("pipeline.made.steps")
    try:
        rules = find_rules(("pipeline.made",))
        assert [str(rule) for rule in rules] == [
            "made.steps.LONG",
            "made.steps._TRIED[_first]",
            "made.steps._TRIED[_second]",
            "made.steps.BUILT",
            "made.words.SHORT",
        ]
        with without_rule(rules[1]):
            assert steps.try_all() == 2
        with without_rule(rules[4]):
            assert frozenset() == steps.SHORT
        assert steps.try_all() == 3
    finally:
        for name in [name for name in sys.modules if name.startswith("pipeline.made")]:
            del sys.modules[name]


def test_a_rule_is_judged_by_what_is_read_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gold = {case.document.id: case.gold for case in cases()}

    def read(document: Document) -> JornadaReport:
        if not passages.CLAUSE_BREAK.search(","):
            return gold[document.id].model_copy(update={"figures": ()})
        if not approximation.ABOUT:
            raise ValueError
        return gold[document.id]

    monkeypatch.setattr(readings, "read_report", read)
    readings.set_up(vocabulary_data(), cases()[:2])
    worth = readings.judge_rule(Rule("pipeline.rules.passages", "CLAUSE_BREAK"))
    assert (worth.name, worth.right) == ("rules.passages.CLAUSE_BREAK", 4)
    assert worth.stands_in == ("gold/a", "gold/b")
    needed = readings.judge_rule(Rule("pipeline.spanish.approximation", "ABOUT"))
    assert needed.needed == "ValueError"
    assert not needed.is_worthless
    assert readings.judge_rule(Rule("pipeline.rules.statuses", "_BREAK")).is_worthless
