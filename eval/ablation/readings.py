"""Bulletins read with and without a phrase or rule, in this process or in several."""

import multiprocessing
import signal
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol, TypeVar

from eval.ablation.lexicon import Lexicon
from eval.ablation.rules import Rule, without_rule
from eval.ablation.sets import Case
from eval.ablation.worth import Change, Worth, compare
from eval.scoring.score import BulletinScores, Score, score
from pipeline.rules.reader import read_report
from pipeline.rules.vocabulary import Phrase
from schemas.report import JornadaReport

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


class Found(NamedTuple):
    """What a bulletin says of its phrases."""

    scores: dict[str, Score]
    """With all of them, by measure."""
    known: tuple[Phrase, ...]
    """All phrases of the file."""
    phrases: frozenset[Phrase]
    """Those that stand in it."""
    changes: dict[Phrase, Change]
    """Of the phrases without which it scores otherwise."""


class _Bench(NamedTuple):
    lexicon: Lexicon
    cases: Sequence[Case]
    wholes: list[JornadaReport]
    """What is read by all rules, once it was asked for."""


_benches: list[_Bench] = []  # of this process; the last one counts


def set_up(data: dict[str, Any], cases: Sequence[Case]) -> None:
    """Make ready what the functions below read with: the data of the vocabulary file."""
    _benches[:] = [_Bench(Lexicon(data), cases, [])]


def _set_up_worker(data: dict[str, Any], cases: Sequence[Case]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops them
    set_up(data, cases)


class Ask(Protocol):
    """Has a function answer each task, in order, with what was made ready."""

    def __call__(
        self, function: Callable[[_Task], _Answer], tasks: Iterable[_Task], /
    ) -> Iterator[_Answer]:
        """Yield the answers."""


@contextmanager
def spread(bench: tuple[dict[str, Any], Sequence[Case]], processes: int) -> Iterator[Ask]:
    """Give what asks the functions below, in as many processes."""
    if processes == 1:
        set_up(*bench)
        yield map
        return
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_set_up_worker, initargs=bench
    ) as pool:
        yield pool.map


def judge_phrases(at: int) -> Found:
    """Read one bulletin as it is, then without each phrase that stands in it."""
    lexicon, case = _benches[-1].lexicon, _benches[-1].cases[at]
    with lexicon.overhear() as useless:
        whole = read_report(case.document, lexicon.vocabulary)
    base = _score(case, whole)
    phrases, sentences = lexicon.find_in(case.document.text)
    known: dict[Hashable, Change | None] = {lexicon.said_of(sentences): None}
    changes: dict[Phrase, Change] = {}
    for phrase in phrases - useless:
        with lexicon.without((phrase,)):
            said = lexicon.said_without(phrase, sentences)
            less = None if said in known else read_report(case.document, lexicon.vocabulary)
        if less is not None:
            differs = less != whole
            known[said] = compare(case.name, base, _score(case, less)) if differs else None
        if change := known[said]:
            changes[phrase] = change
    return Found(base.measures, lexicon.phrases, phrases, changes)


def read_without(task: tuple[int, Sequence[Phrase]]) -> dict[str, Score]:
    """Read one bulletin without some phrases: its scores by measure."""
    at, phrases = task
    lexicon, case = _benches[-1].lexicon, _benches[-1].cases[at]
    with lexicon.without(phrases):
        less = read_report(case.document, lexicon.vocabulary)
    return _score(case, less).measures


def judge_rule(rule: Rule) -> Worth:
    """Read all bulletins without a rule; what cannot be read without it is needed."""
    _, cases, wholes = _benches[-1]
    if not wholes:
        wholes.extend(read_report(case.document) for case in cases)
    try:
        with without_rule(rule):
            less = [read_report(case.document) for case in cases]
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the rule is needed
        return Worth(str(rule), (), needed=type(error).__name__)
    # Scored only now: scores know how places are written, by the rules that there are.
    differ = [(c, a, b) for c, a, b in zip(cases, wholes, less, strict=True) if a != b]
    found = (compare(c.name, _score(c, a), _score(c, b)) for c, a, b in differ)
    return Worth(
        str(rule),
        tuple(case.name for case, _, _ in differ),
        tuple(change for change in found if change),
    )


def _score(case: Case, report: JornadaReport) -> BulletinScores:
    return score(report, case.gold, case.document.text)
