"""Which bulletins of a gold are one release: statistics draw them as one."""

from collections.abc import Iterable
from functools import lru_cache

from eval.labels.gold import GoldBulletin
from eval.runs.variant import ScoredReading
from pipeline.near.grouping import group_releases


def label_releases(
    reads: Iterable[ScoredReading], document_ids: Iterable[str] | None = None
) -> tuple[int, ...]:
    """Label each document with its release; those of one release have the same label.

    In the order of `document_ids`, each of which must have been read, or of the first readings.
    """
    texts = {read.bulletin.document.id: read.bulletin.document.text for read in reads}
    ids = texts if document_ids is None else document_ids
    return _group(tuple(texts[each] for each in ids))


def count_releases(bulletins: Iterable[GoldBulletin]) -> int:
    """Count the releases among bulletins: reposts say nothing more than what they repeat."""
    return len({*_group(tuple(bulletin.document.text for bulletin in bulletins))})


@lru_cache(maxsize=8)  # every variant and measure of an eval asks for the same texts
def _group(texts: tuple[str, ...]) -> tuple[int, ...]:
    return group_releases(texts)
