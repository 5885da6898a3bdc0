"""Which bulletins of a backlog to label next: those that readers make different things of.

What all read alike teaches little. Where one reader alone has read, the findings of the checks tell
where it has trouble.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from pydantic import ValidationError

from eval.runs.names import name_variant
from eval.scoring.align import STRICT, FigureOutcome, align, comparable_fields
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents, fetch_sources, fetch_stored_reports
from pipeline.store.former_reports import read_report
from schemas.document import Source
from schemas.report import Figure

_BATCH = 200
"""Documents whose readings are in memory at a time."""

# What was taken over from a nearly identical bulletin is no second opinion on it, nor what people
# decided of a reading.
_READINGS = """
SELECT document_id, reader, prompt, model, arg_max(reading_id, read_at)
FROM readings SEMI JOIN current_documents USING (document_id)
WHERE status IN ('ok', 'partial') AND (derived IS NULL OR derived = 'recheck')
GROUP BY document_id, reader, prompt, prompt_hash, model
ORDER BY document_id, reader, prompt, model, prompt_hash
"""
_FINDINGS = """
SELECT reading_id, count(*) FILTER (severity = 'error'), count(*) FILTER (severity = 'warning')
FROM findings WHERE reading_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY reading_id
"""


class PairDifference(NamedTuple):
    """Two readers of one bulletin: how many figures differ, and in what.

    `labels` counts figures by the label in which they differ (`value` too); `first_alone` and
    `second_alone` are figures that one of the two has.
    """

    first: str
    second: str
    alike: int
    differing: int
    labels: dict[str, int]
    first_alone: int
    second_alone: int


class NextBulletin(NamedTuple):
    """A bulletin and why it is worth labelling; `differing` is the mean over pairs of readers."""

    document_id: str
    title: str | None
    source: Source | None
    readers: tuple[str, ...]
    differing: float | None
    pairs: tuple[PairDifference, ...]
    errors: int
    warnings: int

    @property
    def worst_pair(self) -> PairDifference | None:
        """The two readers that differ most."""
        return max(self.pairs, key=lambda pair: pair.differing, default=None)


class _Reading(NamedTuple):
    reading_id: str
    reader: str


def rank_bulletins(store: Store, labelled: Collection[str] = ()) -> tuple[NextBulletin, ...]:
    """Rank the bulletins of today that are not `labelled`, by how much their readers differ.

    Then by errors and warnings of the checks. Those that all read alike and that no check minds are
    left out.
    """
    by_document: dict[str, list[_Reading]] = defaultdict(list)
    with store.keep_open(read_only=True):
        for document_id, reader, prompt, model, reading_id in store.read(_READINGS).rows:
            if document_id not in labelled:
                name = name_variant(reader, prompt, model)
                by_document[document_id].append(_Reading(reading_id, name))
        ids = list(by_document)
        found = [
            one
            for start in range(0, len(ids), _BATCH)
            for one in _judge(store, {each: by_document[each] for each in ids[start:][:_BATCH]})
            if one.differing or one.errors or one.warnings
        ]
    return tuple(
        sorted(
            found,
            key=lambda one: (-(one.differing or 0), -one.errors, -one.warnings, one.document_id),
        )
    )


def _judge(store: Store, readings: Mapping[str, Sequence[_Reading]]) -> Iterator[NextBulletin]:
    ids = [one.reading_id for several in readings.values() for one in several]
    reports = fetch_stored_reports(store, ids)
    findings = {
        reading_id: (errors, warnings)
        for reading_id, errors, warnings in store.read(_FINDINGS, [ids]).rows
    }
    sources = fetch_sources(store, list(readings))
    for document in fetch_documents(store, list(readings)):
        own = readings[document.id]
        read = {one: _figures_of(reports.get(one.reading_id)) for one in own}
        pairs = tuple(
            _compare(document.text, (one.reader, first), (other.reader, second))
            for one, other in combinations(own, 2)
            if (first := read[one]) is not None and (second := read[other]) is not None
        )
        worst = max((findings.get(one.reading_id, (0, 0)) for one in own), default=(0, 0))
        yield NextBulletin(
            document.id,
            document.metadata.title,
            sources.get(document.id),
            tuple(one.reader for one in own),
            sum(pair.differing for pair in pairs) / len(pairs) if pairs else None,
            pairs,
            *worst,
        )


def _figures_of(report: Any) -> tuple[Figure, ...] | None:  # noqa: ANN401 - any JSON
    """Read the figures of a stored report; None where its shape is not known any more."""
    try:
        return read_report(report).report.figures if report else None
    except (ValidationError, ValueError, KeyError):
        return None


_Named = tuple[str, Sequence[Figure]]


def _compare(text: str, first: _Named, second: _Named) -> PairDifference:
    (name, figures), (other_name, others) = first, second
    if Counter(map(comparable_fields, figures)) == Counter(map(comparable_fields, others)):
        return PairDifference(name, other_name, len(figures), 0, {}, 0, 0)
    alike = 0
    labels, alone = Counter[str](), Counter[FigureOutcome]()
    verdicts = align(others, figures, text)
    for verdict in verdicts:
        wrong = [label for label in verdict.wrong if label in STRICT]
        if verdict.gold is None or verdict.read is None:
            alone[verdict.outcome] += 1
        elif wrong:
            labels.update(wrong)
        else:
            alike += 1
    first_alone = alone.pop(FigureOutcome.OMITTED, 0)
    differing = len(verdicts) - alike
    return PairDifference(
        name, other_name, alike, differing, dict(labels), first_alone, alone.total()
    )
