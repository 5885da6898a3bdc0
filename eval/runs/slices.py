"""Scores of parts of the gold: by kind of bulletin, format, noise, length, and service."""

from collections import defaultdict
from collections.abc import Iterable

from eval.labels.gold import GoldBulletin
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.score import Score, add_scores, score_by_label

CLEAN = "clean"
_LENGTHS = ((1000, "under 1,000 characters"), (2000, "1,000 to 2,000 characters"))
_LONGEST = "over 2,000 characters"
BULLETIN_SLICES = ("kind", "format", "noise", "length")
LABELS = ("service", "status", "period", "unit")
"""Labels whose values are slices of figures."""


def score_slices(result: VariantResult) -> dict[str, dict[str, Score]]:
    """Give the strict score of each part: slice -> part -> score.

    A bulletin with several kinds of noise counts in each; so the parts of `noise` overlap.
    """
    parts: dict[str, dict[str, list[ScoredReading]]] = defaultdict(lambda: defaultdict(list))
    for read in result.reads:
        for name, part in list_parts(read.bulletin):
            parts[name][part].append(read)
    scores: dict[str, dict[str, Score]] = {
        name: {part: _score_strict(by_part[part]) for part in sorted(by_part, key=_part_order)}
        for name, by_part in parts.items()
    }
    for label in LABELS:
        scores[label] = score_by_label((read.scores for read in result.reads), label)
    return scores


def list_parts(bulletin: GoldBulletin) -> Iterable[tuple[str, str]]:
    """List the slices that a bulletin belongs to, each with its part."""
    yield "kind", bulletin.gold.bulletin_kind.value
    yield "format", bulletin.document.metadata.format
    for noise in bulletin.noise or (CLEAN,):
        yield "noise", noise
    length = len(bulletin.document.text)
    yield "length", next((name for most, name in _LENGTHS if length < most), _LONGEST)


def _part_order(part: str) -> tuple[int, str]:
    """Order lengths by size, and everything else by name."""
    lengths = [name for _, name in _LENGTHS]
    return (lengths.index(part) if part in lengths else len(lengths), part)


def _score_strict(reads: Iterable[ScoredReading]) -> Score:
    return add_scores(read.scores.measures["strict"] for read in reads)
