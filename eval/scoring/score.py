"""Scores: how much of a bulletin was read right, invented and missed, measure by measure. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple, Protocol

from eval.labels.labelled import is_labelled
from eval.scoring.align import (
    COMPARED,
    FULL,
    LABELS,
    OPTIONAL,
    STRICT,
    FigureOutcome,
    FigureVerdict,
    align,
    comparable_fields,
    has,
)
from eval.scoring.quotes import QuoteFit, QuoteFits, judge_quotes
from pipeline.spanish.folding import fold
from pipeline.spanish.places import read_places
from schemas.report import Figure, Jornada, JornadaReport


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


class BulletinScores(NamedTuple):
    """One reading of one bulletin against its gold: a verdict a figure, a score a measure.

    `measures` holds every one of `MEASURES`, `quotes` the quotes of the figures of right values.
    """

    verdicts: tuple[FigureVerdict, ...]
    measures: dict[str, Score]
    quotes: tuple[QuoteFit, ...] = ()


class HasOutcome(Protocol):
    """What became of a figure: a verdict, or what is stored or shown of one."""

    @property
    def outcome(self) -> FigureOutcome:
        """What became of it."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """Names of the labels that differ."""


# What a report says beside its figures, in the form in which it is compared

_JORNADA = attrgetter(*Jornada.model_fields)


def _jornadas(report: JornadaReport) -> list[Hashable]:
    return list(map(_JORNADA, report.jornadas))


def _places(report: JornadaReport) -> list[Hashable]:
    return [
        (place.role, _fold(read_places(place.name).name or place.name)) for place in report.places
    ]


def _specialties(report: JornadaReport) -> list[Hashable]:
    return [(specialty.service, _fold(specialty.name)) for specialty in report.specialties]


def _at_most_one(value: Hashable) -> list[Hashable]:
    return [] if value is None else [value]


def _title(report: JornadaReport) -> list[Hashable]:
    return _at_most_one(report.title and _fold(report.title, accents=True))


def _programme(report: JornadaReport) -> list[Hashable]:
    return _at_most_one(report.programme and _fold(report.programme, accents=True))


@lru_cache(maxsize=4096)
def _fold(name: str, *, accents: bool = False) -> str:
    """Fold white space and case, and accents too unless they are to be kept."""
    return " ".join((name.casefold() if accents else fold(name)).split())


def _without_unlabelled(report: JornadaReport, gold: JornadaReport) -> JornadaReport:
    """Leave out how years are known where no jornada of the gold says it."""
    if any("year_source" in jornada.model_fields_set for jornada in gold.jornadas):
        return report
    return report.model_copy(
        update={
            "jornadas": tuple(
                jornada.model_copy(update={"year_source": None}) for jornada in report.jornadas
            )
        }
    )


FIELDS: dict[str, Callable[[JornadaReport], list[Hashable]]] = {
    "jornadas": _jornadas,
    "places": _places,
    "specialties": _specialties,
    "title": _title,
    "published_on": lambda report: _at_most_one(report.published_on),
    "bulletin_kind": lambda report: [report.bulletin_kind],
    "programme": _programme,
    "relevant": lambda report: [report.relevant],
}
"""By measure: what a report says. A single field is a list of at most one.

A jornada is right where all its fields are (how its year is known counts only where the gold says
it of a jornada), a place where role and canonical name are, a specialty where service and name are;
names count without case, accents and white space, title and programme without case and white space.
"""

QUOTE = "quote"

MEASURES = ("value", "strict", "full", *LABELS, QUOTE, *FIELDS)
"""What is counted. `value`, `strict`, `full`, single labels and `quote` count figures; a single
label or a quote is right where the value is too. Full right is strict right, and strict right is
right in every label of `STRICT`. `days` and `basis` count the figures of which the gold says them,
and those read; `quotes.py` says which quotes are right, and no other measure asks for that."""


# How it is counted


def add_scores(scores: Iterable[Score]) -> Score:
    """Add up scores of several bulletins: micro-average, every figure counts the same."""
    parts = list(scores)
    return Score(
        sum(s.right for s in parts), sum(s.read for s in parts), sum(s.gold for s in parts)
    )


def score(report: JornadaReport | None, gold: JornadaReport, text: str) -> BulletinScores:
    """Score a reading of `text`; None is a reading that failed: it omits all of the gold.

    A field that the gold says nothing of was not labelled, which is not the same as empty: it
    counts nothing; nor do the days and the basis of a figure of which the gold says none, and
    where no figure of the gold says any, those of figures that stand for none.
    """
    read = report.figures if report else ()
    verdicts = align(read, gold.figures, text)
    measures = _figure_measures(verdicts, len(read), len(gold.figures))
    quotes = judge_quotes(verdicts, text)
    measures[QUOTE] = _score_quotes(quotes)
    comparable = report and _without_unlabelled(report, gold)
    for name, stated in FIELDS.items():
        labelled = name in gold.model_fields_set
        measures[name] = _score_items(
            stated(comparable) if comparable and labelled else (), stated(gold) if labelled else ()
        )
    return BulletinScores(verdicts, measures, quotes.fits)


def score_by_label(scored: Iterable[BulletinScores], label: str) -> dict[str, Score]:
    """Score the figures of each value of a label, e.g. of each service, in order of the values.

    A figure is right where it is strictly right and so is the label. It counts among those read
    by the label that was read, and among those of the gold by the gold's; no label is "none".
    """
    at = COMPARED.index(label)
    right, read, gold = Counter[str](), Counter[str](), Counter[str]()
    for verdict in (verdict for one in scored for verdict in one.verdicts):
        if verdict.gold:
            gold[_label_text(verdict.gold, at)] += 1
            if _is_right(verdict, {*STRICT, label}):
                right[_label_text(verdict.gold, at)] += 1
        if verdict.read:
            read[_label_text(verdict.read, at)] += 1
    return {
        value: Score(right[value], read[value], gold[value]) for value in sorted({*read, *gold})
    }


def is_strictly_right(figure: HasOutcome) -> bool:
    """Tell whether a figure counts as right by the strict measure."""
    return _is_right(figure, STRICT)


def _label_text(figure: Figure, at: int) -> str:
    value = comparable_fields(figure)[at]
    return "none" if value is None else str(value)


def _is_right(figure: HasOutcome, labels: Collection[str]) -> bool:
    if figure.outcome is FigureOutcome.WRONG_LABEL:
        return not any(name in labels for name in figure.wrong)
    return figure.outcome is FigureOutcome.RIGHT


def _figure_measures(verdicts: Sequence[FigureVerdict], read: int, gold: int) -> dict[str, Score]:
    paired = [verdict for verdict in verdicts if verdict.outcome in _OF_RIGHT_VALUE]
    wrong = Counter(name for verdict in paired for name in verdict.wrong)
    right = {
        "value": len(paired),
        "strict": sum(_is_right(verdict, STRICT) for verdict in paired),
        "full": sum(_is_right(verdict, FULL) for verdict in paired),
        **{label: len(paired) - wrong[label] for label in FULL[1:]},
    }
    measures = {name: Score(count, read, gold) for name, count in right.items()}
    return measures | {label: _score_optional(verdicts, label) for label in OPTIONAL}


_OF_RIGHT_VALUE = (FigureOutcome.RIGHT, FigureOutcome.WRONG_LABEL)


def _score_optional(verdicts: Iterable[FigureVerdict], label: str) -> Score:
    right = read = gold = 0
    for verdict in verdicts:
        in_gold, in_read = _has(verdict.gold, label), _has(verdict.read, label)
        if in_gold and verdict.gold and not is_labelled(verdict.gold, label):
            continue
        gold += in_gold
        read += in_read
        is_paired = in_gold and in_read and verdict.outcome in _OF_RIGHT_VALUE
        right += is_paired and label not in verdict.wrong
    return Score(right, read, gold) if gold else Score(0, 0, 0)


def _has(figure: Figure | None, label: str) -> bool:
    return figure is not None and has(figure, label)


def _score_quotes(quotes: QuoteFits) -> Score:
    return Score(sum(fit.right for fit in quotes.fits), quotes.read, quotes.gold)


def _score_items(read: Sequence[Hashable], gold: Sequence[Hashable]) -> Score:
    right = sum((Counter(read) & Counter(gold)).values()) if read and gold else 0
    return Score(right, len(read), len(gold))
