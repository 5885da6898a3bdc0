"""Scores of parts of the gold: by kind of bulletin, format, noise, length, and service."""

from collections import defaultdict
from collections.abc import Iterable

from eval.labels.gold import GoldBulletin
from eval.runs.result import Read, Result
from eval.scoring.score import MEASURES, Score, add_scores, score_by_label

CLEAN = "clean"
_LENGTHS = ((1000, "under 1,000 characters"), (2000, "1,000 to 2,000 characters"))
_LONGEST = "over 2,000 characters"
LABELS = ("service", "status", "period", "unit")
"""Labels whose values are slices of figures; the others slice bulletins."""


def slices(result: Result) -> dict[str, dict[str, Score]]:
    """Give the strict score of each part: slice -> part -> score.

    A bulletin with several kinds of noise counts in each; so the parts of `noise` overlap.
    """
    parts: dict[str, dict[str, list[Read]]] = defaultdict(lambda: defaultdict(list))
    for read in result.reads:
        for name, part in _parts(read.bulletin):
            parts[name][part].append(read)
    scores: dict[str, dict[str, Score]] = {
        name: {part: _strict(by_part[part]) for part in sorted(by_part, key=_place)}
        for name, by_part in parts.items()
    }
    for label in LABELS:
        scores[label] = score_by_label((read.scored for read in result.reads), label)
    return scores


def _parts(bulletin: GoldBulletin) -> Iterable[tuple[str, str]]:
    yield "kind", bulletin.gold.bulletin_kind.value
    yield "format", bulletin.document.metadata.format
    for noise in bulletin.noise or (CLEAN,):
        yield "noise", noise
    length = len(bulletin.document.text)
    yield "length", next((name for most, name in _LENGTHS if length < most), _LONGEST)


def _place(part: str) -> tuple[int, str]:
    """Order lengths by size, and everything else by name."""
    lengths = [name for _, name in _LENGTHS]
    return (lengths.index(part) if part in lengths else len(lengths), part)


def _strict(reads: Iterable[Read]) -> Score:
    return add_scores(read.scored.measures["strict"] for read in reads)


def measures(reads: Iterable[Read]) -> dict[str, Score]:
    """Add up every measure over the readings."""
    summed: dict[str, list[Score]] = {name: [] for name in MEASURES}
    for read in reads:
        for name, score in read.scored.measures.items():
            summed[name].append(score)
    return {name: add_scores(scores) for name, scores in summed.items()}
