"""All phrases and all rules judged, and the score that is left where none of them knows its text.

A phrase that helps in one bulletin alone may be there for that bulletin's sake. So each bulletin is
also read without the phrases that help in it alone, as if they had never been written for it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from eval.ablation.readings import Found, judge_phrases, judge_rule, read_without, spread
from eval.ablation.rules import find_rules
from eval.ablation.sets import Case
from eval.ablation.worth import Worth, lonely
from eval.scoring.score import Score, add_scores
from pipeline.rules.vocabulary import Phrase

Told = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Passes on what it is given, of a known number, and shows how far that is."""

Scores = dict[str, Score]
"""By measure."""


class SetScores(NamedTuple):
    """How the bulletins of a folder score, ordinarily and left out."""

    folder: str
    bulletins: int
    ordinary: Scores
    left_out: Scores
    """Each bulletin read without the phrases that help in it alone."""


class PhraseStudy(NamedTuple):
    """What the phrases are worth; of bulletins that are not to be named nothing is said."""

    sets: tuple[SetScores, ...]
    worths: dict[Phrase, Worth]
    """Of each phrase, over the bulletins that may be named."""
    unmatched: tuple[Phrase, ...]
    """Those that stand in none of these bulletins."""
    whole: Score
    """The strict score of all bulletins that may be named."""


def study_phrases(
    data: dict[str, Any], cases: Sequence[Case], processes: int, told: Told
) -> PhraseStudy:
    """Judge every phrase of the vocabulary file, whose data is given."""
    with spread((data, cases), processes) as ask:
        asked = ask(judge_phrases, range(len(cases)))
        found: list[Found] = list(told(asked, len(cases), "phrases"))
        everywhere = _worths(cases, found)
        named = [case.name for case in cases if case.is_named]
        worths = {phrase: worth.among(named) for phrase, worth in everywhere.items()}
        known_by = _phrases_by_bulletin(everywhere) | _phrases_by_bulletin(worths)
        tasks = [(at, known_by[one.name]) for at, one in enumerate(cases) if one.name in known_by]
        answers = list(told(ask(read_without, tasks), len(tasks), "left out"))
    left_out = {cases[at].name: scores for (at, _), scores in zip(tasks, answers, strict=True)}
    ordinary = {case.name: one.scores for case, one in zip(cases, found, strict=True)}
    return PhraseStudy(
        tuple(
            _score_set(
                folder, [case.name for case in cases if case.folder == folder], ordinary, left_out
            )
            for folder in dict.fromkeys(case.folder for case in cases)
        ),
        worths,
        tuple(phrase for phrase, worth in worths.items() if not worth.stands_in),
        add_scores(ordinary[name]["strict"] for name in named),
    )


def study_rules(
    data: dict[str, Any], cases: Sequence[Case], processes: int, told: Told
) -> tuple[Worth, ...]:
    """Judge every rule of the code, over the bulletins that may be named."""
    named = [case for case in cases if case.is_named]
    rules = find_rules()
    with spread((data, named), processes) as ask:
        return tuple(told(ask(judge_rule, rules), len(rules), "rules"))


def _worths(cases: Sequence[Case], found: Sequence[Found]) -> dict[Phrase, Worth]:
    names = [case.name for case in cases]
    pairs = list(zip(names, found, strict=True))
    return {
        phrase: Worth(
            name_phrase(phrase),
            tuple(name for name, one in pairs if phrase in one.phrases),
            tuple(one.changes[phrase] for _, one in pairs if phrase in one.changes),
        )
        for phrase in found[0].known
    }


def name_phrase(phrase: Phrase) -> str:
    """Name a phrase by its list and as it is written there."""
    return f"{phrase.where}: {phrase.written}"


def _phrases_by_bulletin(worths: dict[Phrase, Worth]) -> dict[str, list[Phrase]]:
    phrases = {worth.name: phrase for phrase, worth in worths.items()}
    return {
        bulletin: [phrases[one.name] for one in found]
        for bulletin, found in lonely(worths.values()).items()
    }


def _score_set(
    folder: str, names: Sequence[str], ordinary: dict[str, Scores], left_out: dict[str, Scores]
) -> SetScores:
    less = ordinary | left_out
    return SetScores(
        folder, len(names), _add(ordinary[name] for name in names), _add(less[n] for n in names)
    )


def _add(scores: Iterable[Scores]) -> Scores:
    parts = list(scores)
    return {measure: add_scores(one[measure] for one in parts) for measure in parts[0]}
