"""Scores of parts of the gold: by kind of bulletin, format, noise, length, and service."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from eval.labels.gold import GoldBulletin
from eval.runs.releases import label_releases
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.bootstrap import f1_interval
from eval.scoring.score import Score, add_scores, score_by_label

CLEAN = "clean"
_LENGTHS = ((1000, "under 1,000 characters"), (2000, "1,000 to 2,000 characters"))
_LONGEST = "over 2,000 characters"
BULLETIN_SLICES = ("kind", "format", "noise", "length")
LABELS = ("service", "status", "period", "unit")
"""Labels whose values are slices of figures."""


class Part(NamedTuple):
    """One part of the gold: its strict score, and the 95 % interval over the bulletins it is in."""

    score: Score
    interval: tuple[float, float] | None


_ByDocument = dict[str, Score]
"""The strict score of a part in each document that has any of it."""


def score_slices(result: VariantResult) -> dict[str, dict[str, Score]]:
    """Give the strict score of each part: slice -> part -> score.

    A bulletin with several kinds of noise counts in each; so the parts of `noise` overlap.
    """
    return {
        name: {part: add_scores(scores.values()) for part, scores in parts.items()}
        for name, parts in _score_documents(result).items()
    }


def measure_slices(result: VariantResult) -> dict[str, dict[str, Part]]:
    """Give the strict score of each part with its interval: slice -> part -> score."""
    ids = dict.fromkeys(read.bulletin.document.id for read in result.reads)
    releases = dict(zip(ids, label_releases(result.reads), strict=True))
    return {
        name: {part: _measure(scores, releases) for part, scores in parts.items()}
        for name, parts in _score_documents(result).items()
    }


def _measure(scores: _ByDocument, releases: Mapping[str, int]) -> Part:
    counts = np.array(list(scores.values()), dtype=np.int64).reshape(-1, 3)
    interval = f1_interval(counts, [releases[document_id] for document_id in scores])
    return Part(add_scores(scores.values()), interval)


def _score_documents(result: VariantResult) -> dict[str, dict[str, _ByDocument]]:
    """Score each part in each document, repeats added up: slice -> part -> document -> score."""
    reads: dict[str, list[ScoredReading]] = defaultdict(list)
    for read in result.reads:
        reads[read.bulletin.document.id].append(read)
    parts: dict[str, dict[str, _ByDocument]] = defaultdict(lambda: defaultdict(dict))
    for document_id, several in reads.items():
        for name, part in list_parts(several[0].bulletin):
            parts[name][part][document_id] = _score_strict(several)
        for label in LABELS:
            by_value = score_by_label((read.scores for read in several), label)
            for value, score in by_value.items():
                parts[label][value][document_id] = score
    return {
        name: {part: parts[name][part] for part in sorted(parts[name], key=_part_order)}
        for name in (*BULLETIN_SLICES, *LABELS)
    }


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
