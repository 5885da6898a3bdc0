"""Whether it was worth while to send answers back: each is scored, and so is the next one. Pure.

An answer in which the checks find a fault is sent back, as long as it may be asked again.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from eval.scoring.score import Score
from pipeline.forms.form import UNCLAIMED, Fault
from pipeline.llm.draft import Draft

_FIGURE = re.compile(r"scopes\[\d+\]\.figures\[\d+\]")
_LISTS_OF_MARKS = ("aside", "approx", "percent", "above_goal", "productivity")


ANYTHING = "anything"
"""Stands for all kinds of faults together."""


class FaultKind(StrEnum):
    """What is wrong with an answer, roughly; it may be wrong in several ways."""

    SHAPE = "shape"  # no JSON of the schema
    CUT_OFF = "cut off"  # for want of room
    QUOTE = "quote"  # it does not stand in the text
    VALUE = "value"  # the quote or number does not hold it
    DETAIL = "detail"  # no code of the service
    UNCLAIMED = "unclaimed number"
    UNKNOWN_MARK = "unknown mark"
    DOUBLE_LABEL = "double label"  # two things are said of one number
    NOT_HELD = "not in the bulletin"  # a word, an edition, a day or a year
    OTHER = "other"


_BY_LAST_KEY = {
    "quote": FaultKind.QUOTE,
    "value": FaultKind.VALUE,
    "detail": FaultKind.DETAIL,
    UNCLAIMED: FaultKind.UNCLAIMED,
    "n": FaultKind.UNKNOWN_MARK,
}

_NOT_HELD = re.compile(
    r"title|programme|day|published_on|(?:jornadas|specialties|places)\[\d+\](?:\.\w+)?"
    r"|(?:figures|scopes)\.(?:edition|ends_on|place|starts_on)"
)


class ScoredAnswer(NamedTuple):
    """One answer of a model, judged: its strict score, and what it would be sent back for."""

    strict: Score
    faults: frozenset[FaultKind]

    @property
    def is_right(self) -> bool:
        """Whether all figures of the gold are strictly right, and there are no others."""
        return self.strict.right == self.strict.read == self.strict.gold


class Reasks(NamedTuple):
    """What became of answers that were sent back and followed by another, by strict score."""

    better: int = 0
    worse: int = 0
    same: int = 0

    @property
    def total(self) -> int:
        """How many answers were sent back and followed by another."""
        return sum(self)

    @property
    def precision(self) -> float | None:
        """Share of them that were followed by a better one; None where there are none."""
        return self.better / self.total if self.total else None


class ReaskSummary(NamedTuple):
    """All readings of a variant: `first` answers, how many of them were sent back, and for what.

    `needless` counts those of `sent_back` that were strictly right as they were. `by_kind` counts
    an answer that has several kinds of faults under each.
    """

    first: int
    sent_back: int
    needless: int
    reasks: Reasks
    by_kind: dict[FaultKind, Reasks]

    @property
    def share(self) -> float | None:
        """Share of first answers that were sent back; None where there are none."""
        return self.sent_back / self.first if self.first else None

    @property
    def rows(self) -> dict[str, Reasks]:
        """Give what a table of them shows: `anything`, then each kind of fault."""
        kinds = {kind.value: counts for kind, counts in self.by_kind.items()}
        return {ANYTHING: self.reasks} | kinds


def summarise_reasks(readings: Iterable[Sequence[ScoredAnswer]]) -> ReaskSummary:
    """Sum up readings, each the answers that a model gave one after another."""
    answered = [answers for answers in readings if answers]
    first = [answers[0] for answers in answered]
    sent_back = [answer for answer in first if answer.faults]
    changes = [
        (one.faults, _count_change(one.strict, following.strict))
        for answers in answered
        for one, following in pairwise(answers)
        if one.faults
    ]
    by_kind = {
        kind: _add(change for faults, change in changes if kind in faults) for kind in FaultKind
    }
    return ReaskSummary(
        first=len(first),
        sent_back=len(sent_back),
        needless=sum(answer.is_right for answer in sent_back),
        reasks=_add(change for _, change in changes),
        by_kind={kind: counts for kind, counts in by_kind.items() if counts.total},
    )


def _count_change(before: Score, after: Score) -> Reasks:
    ranks = _rank(before), _rank(after)
    return Reasks(ranks[0] < ranks[1], ranks[0] > ranks[1], ranks[0] == ranks[1])


def _rank(strict: Score) -> tuple[float, int]:
    """Rank by F1, and where that is the same by what is wrong or invented."""
    # Nothing read where there is nothing to read is as good as can be.
    return (1.0 if strict.f1 is None else strict.f1, strict.right - strict.read)


def _add(changes: Iterable[Reasks]) -> Reasks:
    listed = list(changes)
    return Reasks(*(sum(counts) for counts in zip(*listed, strict=True))) if listed else Reasks()


def classify_faults(draft: Draft) -> frozenset[FaultKind]:
    """Name the kinds of what a model is told of its answer."""
    return frozenset(_list_kinds(draft))


def _list_kinds(draft: Draft) -> Iterator[FaultKind]:
    if draft.breaks:
        yield FaultKind.CUT_OFF if draft.cut else FaultKind.SHAPE
        return
    yield from map(_classify, draft.faults)


def _classify(fault: Fault) -> FaultKind:
    if fault.field in _LISTS_OF_MARKS and fault.span is None:
        return FaultKind.UNKNOWN_MARK
    if fault.field == "aside" or _FIGURE.fullmatch(fault.field):
        return FaultKind.DOUBLE_LABEL
    if fault.field == "scopes.figures":
        return FaultKind.VALUE
    if _NOT_HELD.fullmatch(fault.field):
        return FaultKind.NOT_HELD
    last = fault.field.rpartition(".")[2]
    return _BY_LAST_KEY.get(last, FaultKind.OTHER)
