"""Decisions of tests, and a text to decide of."""

import uuid
from datetime import datetime, timedelta

from schemas.decision import Decision, DecisionKind
from schemas.document import Document
from schemas.finding import Span
from schemas.report import Figure
from tests.readings import a_document, a_figure

TEXT = (
    "Se otorgaron 58 mil 610 consultas y 320 cirugías, el 71.2 por ciento de la meta. "
    "En 14 hospitales hubo 58 mil 610 consultas más y 64, 255 estudios.\n"
)
FIRST_AT = datetime.fromisoformat("2024-05-01 12:00")


def decidable() -> Document:
    return a_document(TEXT)


def at(words: str, text: str = TEXT, times: int = 1) -> Span:
    """Find where words stand, for the given time."""
    start = -1
    for _ in range(times):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def a_figure_at(
    value: float, quote: str, text: str = TEXT, times: int = 1, **labels: object
) -> Figure:
    start, end = at(quote, text, times)
    place = {"value": value, "quote": quote, "char_start": start, "char_end": end}
    return Figure.model_validate({**a_figure().model_dump(), **place, **labels})


def a_decision(
    kind: str, document: Document, number: int = 0, *, who: str = "ANA", **about: object
) -> Decision:
    """Make a decision; `number` says how many minutes after the first it was made."""
    return Decision.model_validate(
        {
            "decision_id": uuid.uuid4().hex,
            "document_id": document.id,
            "kind": DecisionKind(kind),
            "who": who,
            "decided_at": FIRST_AT + timedelta(minutes=number),
            **about,
        }
    )
