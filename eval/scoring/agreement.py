"""Two people's labels of the same bulletins: how far they agree, and where they do not. Pure."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from eval.labels.labelled import is_labelled
from eval.scoring.align import (
    COMPARED,
    LABELS,
    FigureOutcome,
    FigureVerdict,
    comparable_fields,
    has,
)
from eval.scoring.kappa import cohen_kappa
from eval.scoring.score import FIELDS, Score, add_scores, score
from schemas.report import Figure, JornadaReport

_FIGURES = ("value", "strict", "place")
_PAIRED = (FigureOutcome.RIGHT, FigureOutcome.WRONG_LABEL)


class TwiceLabelled(NamedTuple):
    """One bulletin that two people have labelled."""

    stem: str
    text: str
    first: JornadaReport
    second: JornadaReport


class LabelAgreement(NamedTuple):
    """One label of the figures that both have: how many, how many alike, and Cohen's kappa."""

    figures: int
    same: int
    kappa: float | None


class Difference(NamedTuple):
    """What two people say of one thing; None where one of them does not have it at all.

    `label` is "figure" where one has a figure that the other lacks, else a label of a figure with
    the quote `words`, or a field of the report.
    """

    bulletin: str
    words: str
    label: str
    first: str | None
    second: str | None


class Agreement(NamedTuple):
    """All of it; in `scores`, `gold` counts what the first has, and `read` the second."""

    scores: dict[str, Score]
    labels: dict[str, LabelAgreement]
    differences: tuple[Difference, ...]


def compare_labels(bulletins: Iterable[TwiceLabelled]) -> Agreement:
    """Compare the labels of two people, whichever is called the first."""
    scores: dict[str, list[Score]] = {name: [] for name in (*_FIGURES, "days", *FIELDS)}
    pairs: dict[str, list[tuple[Hashable, Hashable]]] = {label: [] for label in LABELS}
    differences: list[Difference] = []
    for one in map(_without_year_source, bulletins):
        scored = score(one.second, one.first, one.text)
        for name in _FIGURES:
            scores[name].append(scored.measures[name])
        scores["days"].append(_score_days(scored.verdicts))
        both = [name for name in FIELDS if _is_in_both(one, name)]
        for name in both:
            scores[name].append(scored.measures[name])
        for label in LABELS:
            pairs[label] += _list_pairs(scored.verdicts, label)
        differences += _list_differences(one.stem, scored.verdicts)
        differences += _list_field_differences(one, both)
    return Agreement(
        {name: add_scores(parts) for name, parts in scores.items() if parts},
        {label: _agree(found) for label, found in pairs.items()},
        tuple(differences),
    )


def _without_year_source(one: TwiceLabelled) -> TwiceLabelled:
    """Leave out how years are known where one of the two never says it."""
    reports = one.first, one.second
    if all(any("year_source" in each.model_fields_set for each in r.jornadas) for r in reports):
        return one
    first, second = (
        report.model_copy(
            update={
                "jornadas": tuple(
                    jornada.model_copy(update={"year_source": None}) for jornada in report.jornadas
                )
            }
        )
        for report in reports
    )
    return one._replace(first=first, second=second)


def _agree(pairs: Sequence[tuple[Hashable, Hashable]]) -> LabelAgreement:
    same = sum(one == other for one, other in pairs)
    return LabelAgreement(len(pairs), same, cohen_kappa(pairs))


def _is_in_both(one: TwiceLabelled, name: str) -> bool:
    return name in one.first.model_fields_set and name in one.second.model_fields_set


def _list_pairs(
    verdicts: Iterable[FigureVerdict], label: str
) -> Iterator[tuple[Hashable, Hashable]]:
    """List what both say of a label, of each figure that both have and label so."""
    at = COMPARED.index(label)
    for verdict in verdicts:
        first, second = verdict.gold, verdict.read
        if verdict.outcome not in _PAIRED or not (first and second):
            continue
        if all(_says(figure, label) for figure in (first, second)):
            yield comparable_fields(first)[at], comparable_fields(second)[at]


def _says(figure: Figure | None, label: str) -> bool:
    return figure is not None and has(figure, label) and is_labelled(figure, label)


def _score_days(verdicts: Sequence[FigureVerdict]) -> Score:
    """Count days where both say them; nothing where one of the two says none at all."""
    firsts = [verdict for verdict in verdicts if _says(verdict.gold, "days")]
    seconds = [verdict for verdict in verdicts if _says(verdict.read, "days")]
    if not firsts or not seconds:
        return Score(0, 0, 0)
    pairs = list(_list_pairs(verdicts, "days"))
    apart = [verdict for verdict in verdicts if verdict.outcome not in _PAIRED]
    return Score(
        sum(one == other for one, other in pairs),
        len(pairs) + sum(_says(verdict.read, "days") for verdict in apart),
        len(pairs) + sum(_says(verdict.gold, "days") for verdict in apart),
    )


def _list_differences(stem: str, verdicts: Iterable[FigureVerdict]) -> Iterator[Difference]:
    for verdict in verdicts:
        first, second = verdict.gold, verdict.read
        if first is None or second is None:
            alone = [None if figure is None else _tell(figure) for figure in (first, second)]
            quotes = [figure.quote for figure in (first, second) if figure]
            yield Difference(stem, quotes[0], "figure", *alone)
            continue
        if verdict.outcome is FigureOutcome.WRONG_VALUE:
            yield Difference(stem, first.quote, "value", f"{first.value}", f"{second.value}")
        for label, one, other in zip(
            LABELS, comparable_fields(first)[1:], comparable_fields(second)[1:], strict=True
        ):
            if one != other and _says(first, label) and _says(second, label):
                told = [tell_label(figure, label) for figure in (first, second)]
                yield Difference(stem, first.quote, label, *told)


def tell_label(figure: Figure, label: str) -> str:
    """Say in words what a figure has for a label."""
    if label == "days":
        return f"{figure.starts_on or '?'} to {figure.ends_on or '?'}"
    value = getattr(figure, label)
    return "none" if value is None else f"{value}".lower() if label == "approximate" else f"{value}"


def _tell(figure: Figure) -> str:
    kind = f"{figure.service}/{figure.detail}" if figure.detail else f"{figure.service}"
    return f"{figure.value} {kind}, {figure.status}, {figure.period}"


def _list_field_differences(one: TwiceLabelled, both: Iterable[str]) -> Iterator[Difference]:
    for name in both:
        first, second = FIELDS[name](one.first), FIELDS[name](one.second)
        left = [each for each in first if each not in second]
        right = [each for each in second if each not in first]
        for at in range(max(len(left), len(right))):
            told = [_tell_item(items[at : at + 1]) for items in (left, right)]
            yield Difference(one.stem, "", name, *told)


def _tell_item(items: Sequence[Hashable]) -> str | None:
    for item in items:
        parts = item if isinstance(item, tuple) else (item,)
        return ", ".join("–" if part is None else f"{part}" for part in parts)
    return None
