"""Which documents people have labelled apart, and what each of them says."""

from collections.abc import Collection
from typing import NamedTuple

from eval.review.apart.people import labels_of, list_people
from pipeline.decisions.journal import DecisionJournal, decisions_path
from pipeline.review.context import Context
from pipeline.review.document.lookup import decisions_of
from pipeline.store.fetch import fetch_documents, fetch_readable
from schemas.decision import Decision
from schemas.document import Document
from schemas.report import JornadaReport

_APART = "SELECT DISTINCT document_id FROM decisions WHERE apart"


class LabelledApart(NamedTuple):
    """A document that people have labelled apart: what each says of it, by name."""

    document: Document
    decisions: tuple[Decision, ...]
    labels: dict[str, JornadaReport]


def list_documents(context: Context) -> tuple[str, ...]:
    """List the documents that somebody has labelled apart, whether stored yet or not."""
    stored = [document_id for (document_id,) in context.store.read(_APART).rows]
    waiting = DecisionJournal(decisions_path(context.db)).list_kept()
    return tuple(dict.fromkeys([*stored, *(one.document_id for one in waiting if one.apart)]))


def fetch_apart(context: Context, document_ids: Collection[str]) -> tuple[LabelledApart, ...]:
    """Fetch what people say of documents apart, where at least one does."""
    with context.store.keep_open(read_only=True):  # to open it takes longer than to ask it
        by_document = {
            each: decisions_of(context.db).of(each, context.store) for each in document_ids
        }
        looked_at = {
            one.reading_id
            for each in by_document.values()
            for one in each
            if one.apart and one.reading_id
        }
        documents = fetch_documents(context.store, list(document_ids))
        readings = fetch_readable(context.store, list(looked_at)) if looked_at else {}
    found = []
    for document in documents:
        own = by_document[document.id]
        # Which reading a person began with is said by an address, which anybody may write.
        reports = {
            each: reading.report
            for each, reading in readings.items()
            if reading.report and reading.document_id == document.id and reading.derived != "review"
        }
        labels = {who: labels_of(document, own, who, reports) for who in list_people(own)}
        if labels:
            found.append(LabelledApart(document, own, labels))
    return tuple(found)
