"""Scores: how much of a bulletin was read right, invented and missed, measure by measure. Pure."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple, Protocol

from eval.scoring.align import FULL, LABELS, STRICT, Outcome, Verdict, align, comparable
from eval.scoring.fields import FIELDS
from schemas.report import Figure, JornadaReport

__all__ = [
    "FULL",
    "LABELS",
    "MEASURES",
    "STRICT",
    "Judged",
    "Outcome",
    "Score",
    "Scored",
    "Verdict",
    "align",
    "by_label",
    "comparable",
    "is_strictly_right",
    "score",
    "total",
]

MEASURES = ("value", "strict", "full", *LABELS, *FIELDS)
"""What is counted. `value`, `strict`, `full` and single labels count figures; a single label is
right where the value is too. Full right is strict right, and strict right is right in every label
of `STRICT`."""


class Score(NamedTuple):
    """Counts of figures or fields, and what follows; an undefined ratio is None, never 0."""

    right: int
    read: int
    gold: int

    @property
    def precision(self) -> float | None:
        """Share of what was read that is right."""
        return self.right / self.read if self.read else None

    @property
    def recall(self) -> float | None:
        """Share of the gold that was read right."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there was nothing to read and nothing was read."""
        total = self.read + self.gold
        return 2 * self.right / total if total else None


class Scored(NamedTuple):
    """One reading of one bulletin against its gold: a verdict a figure, a score a measure.

    `measures` holds every one of `MEASURES`.
    """

    verdicts: tuple[Verdict, ...]
    measures: dict[str, Score]


class Judged(Protocol):
    """What became of a figure: a verdict, or what is stored or shown of one."""

    @property
    def outcome(self) -> Outcome:
        """What became of it."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """Names of the labels that differ."""


def total(scores: Iterable[Score]) -> Score:
    """Add up scores of several bulletins: micro-average, every figure counts the same."""
    parts = list(scores)
    return Score(
        sum(s.right for s in parts), sum(s.read for s in parts), sum(s.gold for s in parts)
    )


def score(report: JornadaReport | None, gold: JornadaReport, text: str) -> Scored:
    """Score a reading of `text`; None is a reading that failed: it omits all of the gold.

    A field that the gold says nothing of was not labelled, which is not the same as empty: it
    counts nothing.
    """
    read = report.figures if report else ()
    verdicts = align(read, gold.figures, text)
    measures = _figure_measures(verdicts, len(read), len(gold.figures))
    for name, stated in FIELDS.items():
        labelled = name in gold.model_fields_set
        read_fields = stated(report) if report and labelled else ()
        measures[name] = _one_to_one(read_fields, stated(gold))
    return Scored(verdicts, measures)


def by_label(scored: Iterable[Scored], label: str) -> dict[str, Score]:
    """Score the figures of each value of a label, e.g. of each service, in order of the values.

    A figure is right where it is strictly right and so is the label. It counts among those read
    by the label that was read, and among those of the gold by the gold's; no label is "none".
    """
    at = FULL.index(label)
    right, read, gold = Counter[str](), Counter[str](), Counter[str]()
    for verdict in (verdict for one in scored for verdict in one.verdicts):
        if verdict.gold:
            gold[_shown(verdict.gold, at)] += 1
            if _is_right(verdict, {*STRICT, label}):
                right[_shown(verdict.gold, at)] += 1
        if verdict.read:
            read[_shown(verdict.read, at)] += 1
    return {
        value: Score(right[value], read[value], gold[value]) for value in sorted({*read, *gold})
    }


def is_strictly_right(judged: Judged) -> bool:
    """Tell whether a figure counts as right by the strict measure."""
    return _is_right(judged, STRICT)


def _shown(figure: Figure, at: int) -> str:
    value = comparable(figure)[at]
    return "none" if value is None else str(value)


def _is_right(judged: Judged, labels: Collection[str]) -> bool:
    if judged.outcome is Outcome.WRONG_LABEL:
        return not any(name in labels for name in judged.wrong)
    return judged.outcome is Outcome.RIGHT


def _figure_measures(verdicts: Iterable[Verdict], read: int, gold: int) -> dict[str, Score]:
    right = strict = 0
    mislabelled: list[tuple[str, ...]] = []
    for verdict in verdicts:
        if verdict.outcome is Outcome.RIGHT:
            right += 1
        elif verdict.outcome is Outcome.WRONG_LABEL:
            mislabelled.append(verdict.wrong)
            strict += is_strictly_right(verdict)
    value = right + len(mislabelled)
    wrong = Counter(name for names in mislabelled for name in names)
    measures = {
        "value": Score(value, read, gold),
        "strict": Score(right + strict, read, gold),
        "full": Score(right, read, gold),
    }
    for label in LABELS:
        measures[label] = Score(value - wrong[label], read, gold)
    return measures


def _one_to_one(read: Sequence[Hashable], gold: Sequence[Hashable]) -> Score:
    right = sum((Counter(read) & Counter(gold)).values()) if read and gold else 0
    return Score(right, len(read), len(gold))
