"""What went wrong in a run, counted: which label was read for which, and each kind of error.

Works on verdicts, of an eval that has just been scored or of one that is stored.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from eval.runs.history import EvalRun
from eval.runs.variant import VariantResult
from eval.scoring.align import COMPARED, STRICT, FigureOutcome
from pipeline.store import Store
from schemas.report import Figure

Value = str | int | float | bool | tuple[str | None, ...] | None
"""A label as it is compared; the days are the first and the last."""

MOST_QUOTES = 3
_VERDICTS = """
SELECT bulletin, outcome, wrong, gold, "read"
FROM eval_verdicts WHERE eval_run_id = ? ORDER BY bulletin, repeat, number
"""
_OF_A_WHOLE_FIGURE = tuple(
    outcome
    for outcome in FigureOutcome
    if outcome not in (FigureOutcome.RIGHT, FigureOutcome.WRONG_LABEL)
)


class JudgedFigure(NamedTuple):
    """What became of one figure: as labelled and as read, None where it is not there."""

    bulletin: str
    outcome: FigureOutcome
    wrong: tuple[str, ...]
    gold: Mapping[str, Any] | None
    read: Mapping[str, Any] | None


class Example(NamedTuple):
    """Where something went wrong: the bulletin, and the words of the gold, else those read."""

    bulletin: str
    quote: str


class Confusion(NamedTuple):
    """One label that was read for another: in how many `figures` of all readings, and where."""

    label: str
    gold: Value
    read: Value
    figures: int
    examples: tuple[Example, ...]


class ErrorKind(NamedTuple):
    """One kind of error: an outcome, and which label is wrong (None: the figure as a whole).

    A figure with two wrong labels counts under each. `strict`: such a figure is not strictly right.
    """

    outcome: FigureOutcome
    label: str | None
    figures: int
    strict: bool

    @property
    def order(self) -> tuple[int, int]:
        """Give its place among all kinds: whole figures first, then labels as they are compared."""
        label = 0 if self.label is None else COMPARED.index(self.label) + 1
        return (label, list(FigureOutcome).index(self.outcome))


class ValueOutcomes(NamedTuple):
    """What became of all figures with one value of a label: of the gold's, else of what was read.

    `mistaken` of them were found, and have that very label wrong; `outcomes` has every outcome.
    """

    value: Value
    figures: int
    mistaken: int
    outcomes: dict[FigureOutcome, int]

    @property
    def errors(self) -> int:
        """How many of the figures are not right in everything."""
        return self.figures - self.outcomes[FigureOutcome.RIGHT]


class Confusions(NamedTuple):
    """All that went wrong: `figures` of the gold and invented ones, over all repeats.

    Confusions come the most frequent first, kinds of error in their order; of both only what there
    is. Examples are up to `MOST_QUOTES`, each another.
    """

    figures: int
    confusions: tuple[Confusion, ...]
    kinds: tuple[ErrorKind, ...]

    def of(self, label: str) -> tuple[Confusion, ...]:
        """Give the confusions of one label."""
        return tuple(each for each in self.confusions if each.label == label)


def judged_figures(result: VariantResult) -> tuple[JudgedFigure, ...]:
    """Give what became of the figures of a variant that was just scored."""
    return tuple(
        JudgedFigure(
            read.bulletin.stem,
            verdict.outcome,
            verdict.wrong,
            _dump(verdict.gold),
            _dump(verdict.read),
        )
        for read in result.reads
        for verdict in read.scores.verdicts
    )


def fetch_judged(store: Store, run: EvalRun) -> tuple[JudgedFigure, ...]:
    """Fetch what became of the figures of a stored run."""
    return tuple(
        JudgedFigure(
            bulletin,
            FigureOutcome(outcome),
            tuple(wrong),
            gold and json.loads(gold),
            read and json.loads(read),
        )
        for bulletin, outcome, wrong, gold, read in store.read(_VERDICTS, [run.eval_run_id]).rows
    )


def count_confusions(figures: Sequence[JudgedFigure]) -> Confusions:
    """Count which label was read for which, and the kinds of error."""
    found: dict[tuple[str, Value, Value], list[Example]] = defaultdict(list)
    for figure in figures:
        for label, gold, read in _list_wrong(figure):
            found[label, gold, read].append(_example(figure))
    confusions = [
        Confusion(*labels, len(examples), tuple(dict.fromkeys(examples))[:MOST_QUOTES])
        for labels, examples in found.items()
    ]
    confusions.sort(key=lambda one: (-one.figures, COMPARED.index(one.label), str(one[1:3])))
    return Confusions(len(figures), tuple(confusions), tuple(_count_kinds(figures)))


def count_by_value(figures: Iterable[JudgedFigure], label: str) -> tuple[ValueOutcomes, ...]:
    """Count outcomes by the values of one label, the value with the most errors first."""
    outcomes: dict[Value, Counter[FigureOutcome]] = defaultdict(Counter)
    mistaken: Counter[Value] = Counter()
    for figure in figures:
        value = value_of(figure.gold or figure.read or {}, label)
        outcomes[value][figure.outcome] += 1
        mistaken[value] += label in figure.wrong
    rows = [
        ValueOutcomes(
            value, found.total(), mistaken[value], {each: found[each] for each in FigureOutcome}
        )
        for value, found in outcomes.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.errors, -row.figures, str(row.value))))


def value_of(figure: Mapping[str, Any], label: str) -> Value:
    """Give a label of a figure as it is stored; what an older version did not store is None."""
    if label == "days":
        return (figure.get("starts_on"), figure.get("ends_on"))
    value: Any = figure.get(label)
    return tuple(value) if isinstance(value, list) else value


def _list_wrong(figure: JudgedFigure) -> Iterator[tuple[str, Value, Value]]:
    if figure.gold is None or figure.read is None:
        return
    for label in figure.wrong:
        if label in COMPARED:
            yield label, value_of(figure.gold, label), value_of(figure.read, label)


def _example(figure: JudgedFigure) -> Example:
    return Example(figure.bulletin, str((figure.gold or figure.read or {}).get("quote") or ""))


def _count_kinds(figures: Iterable[JudgedFigure]) -> Iterator[ErrorKind]:
    outcomes: Counter[FigureOutcome] = Counter()
    labels: Counter[str] = Counter()
    for figure in figures:
        outcomes[figure.outcome] += 1
        if figure.outcome is FigureOutcome.WRONG_LABEL:
            labels.update(figure.wrong)
    for outcome in _OF_A_WHOLE_FIGURE:
        if outcomes[outcome]:
            yield ErrorKind(outcome, None, outcomes[outcome], strict=True)
    for label in COMPARED:
        if labels[label]:
            strict = label in STRICT
            yield ErrorKind(FigureOutcome.WRONG_LABEL, label, labels[label], strict)


def _dump(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else figure.model_dump(mode="json")
