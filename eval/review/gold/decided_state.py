"""What people have decided of one document, out of the store and the journal."""

from collections.abc import Iterable
from typing import NamedTuple

from starlette.exceptions import HTTPException

from eval.labels.skeleton import DecidedLabels
from eval.review.apart.people import NOTHING_READ
from eval.runs.names import name_variant
from pipeline.decisions.apply import apply_decisions, effective
from pipeline.facts import format_value
from pipeline.plain_text import one_line
from pipeline.review.apart import decisions_for
from pipeline.review.context import Context
from pipeline.review.document.lookup import decisions_of
from pipeline.store.fetch import fetch_documents, fetch_readable, fetch_sources
from schemas.decision import Decision, DecisionKind
from schemas.document import Document, Source
from schemas.reading import Reading
from schemas.report import Figure, JornadaReport, SetAside

_NEWEST = """
SELECT reading_id FROM readings
WHERE document_id = ? AND derived IS DISTINCT FROM 'review'
ORDER BY status = 'failed', read_at DESC, reading_id DESC LIMIT 1
"""


class LookedAt(NamedTuple):
    """One document: what a reader made of it last, and all that was decided, in that order."""

    document: Document
    source: Source
    reading: Reading | None
    decisions: tuple[Decision, ...]

    @property
    def read(self) -> JornadaReport:
        """Give what the reader made of it, nothing where none could read it."""
        report = self.reading.report if self.reading else None
        return report or NOTHING_READ

    @property
    def common(self) -> tuple[Decision, ...]:
        """Give the decisions that hold for everybody."""
        return decisions_for(self.decisions, None)


def look_at(context: Context, document_id: str) -> LookedAt:
    """Look a document up. Raises `HTTPException` where there is none, `StoreError` as the store."""
    store = context.store
    with store.keep_open(read_only=True):  # once for all: to open it takes longer than to ask it
        found = fetch_documents(store, [document_id])
        if not found:
            raise HTTPException(404, f"{context.db.name} has no document {document_id[:12]}")
        source = fetch_sources(store, [document_id]).get(document_id)
        newest = [reading_id for (reading_id,) in store.read(_NEWEST, [document_id]).rows]
        reading = next(iter(fetch_readable(store, newest).values()), None) if newest else None
        decisions = decisions_of(context.db).of(document_id, store)
    return LookedAt(found[0], source or Source(path=document_id), reading, decisions)


def labels_decided(looked: LookedAt) -> DecidedLabels:
    """Give the labels of a document as decided, and what of them is still open."""
    common = effective(looked.common)
    state = apply_decisions(looked.document, looked.read, looked.common)
    fields = frozenset(one.field for one in common if one.field)
    left = [
        name_figure(figure)
        for figure, mark in zip(state.report.figures, state.marks, strict=True)
        if mark is None
    ]
    if not state.report.figures and "relevant" not in fields:
        left.append("whether it is about such services (relevant)")
    return DecidedLabels(
        state.report.model_copy(update={"set_aside": _no_figures(state.report, common)}),
        fields,
        _name_reader(looked.reading),
        tuple(left),
    )


def name_document(looked: LookedAt) -> str:
    """Name a document by its title, else by where it was found."""
    title = looked.document.metadata.title or looked.read.title
    return one_line(title or str(looked.source))


def name_figure(figure: Figure) -> str:
    """Name a figure in a line: its value, what it counts, and its words."""
    kind = f"{figure.service}/{figure.detail}" if figure.detail else f"{figure.service}"
    value = format_value(figure.value, figure.unit)
    return one_line(f"{value} {kind}, {figure.status}, {figure.place}: “{figure.quote}”")


def _no_figures(report: JornadaReport, common: Iterable[Decision]) -> tuple[SetAside, ...]:
    """Give the numbers that a person said are no figures: what a reader thinks is no label."""
    deleted = [one.span for one in common if one.span and one.kind is DecisionKind.DELETE]
    return tuple(
        one
        for one in report.set_aside
        if any(one.char_start < span.end and span.start < one.char_end for span in deleted)
    )


def _name_reader(reading: Reading | None) -> str | None:
    if reading is None or reading.report is None:
        return None
    return name_variant(reading.key.reader, reading.key.prompt, reading.key.model)
