"""Bulletins as their readings say, in a store: of a few jornadas and figures each."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Source
from schemas.finding import Finding
from schemas.reading import Reading, ReadingStatus
from schemas.report import (
    BulletinKind,
    Figure,
    Jornada,
    JornadaKind,
    JornadaReport,
    Period,
    Service,
    Status,
    Unit,
)
from tests.readings import KEY, a_document

_numbers = itertools.count(1)


def a_jornada(
    edition: int | None = None,
    start: date | None = None,
    end: date | None = None,
    *,
    kind: str = "national",
    year: int | None = None,
    subject: bool = True,
) -> Jornada:
    """Make a jornada; its year is that of its days, where it has any."""
    return Jornada(
        edition=edition,
        kind=JornadaKind(kind),
        year=start.year if start else year,
        start=start,
        end=end or start,
        subject=subject,
    )


def figure(value: float, **labels: object) -> Figure:
    """Make a figure of surgeries in the one jornada of its bulletin; `labels` differ from that."""
    return Figure.model_validate(
        {
            "value": value,
            "unit": Unit.COUNT,
            "service": Service.SURGERY,
            "status": Status.PERFORMED,
            "period": Period.JORNADA,
            "place": "national",
            "approximate": False,
            "quote": f"{value:g} cirugías",
            **labels,
        }
    )


def a_bulletin(
    *figures: Figure,
    jornadas: Sequence[Jornada] = (),
    published_on: date | None = None,
    header: str | None = None,
    findings: Sequence[Finding] = (),
    sentence: str = "En el {place} se hicieron {quote} ese fin de semana.",
) -> tuple[Document, Reading]:
    """Make a document that prints each figure in a sentence of its own, and its reading."""
    text = header or f"Boletín {next(_numbers)}"
    placed = []
    for one in figures:
        said = sentence.format(place=one.place, quote=one.quote)
        start = len(text) + 2 + said.index(one.quote)
        text += f"\n\n{said}"
        span = {"char_start": start, "char_end": start + len(one.quote)}
        placed.append(one.model_copy(update=span))
    document = a_document(text)
    report = JornadaReport(
        title=text.splitlines()[0],
        published_on=published_on,
        bulletin_kind=BulletinKind.RESULTS,
        jornadas=tuple(jornadas),
        figures=tuple(placed),
    )
    # What the helper's document states would stand in for what the report does not.
    metadata = document.metadata.model_copy(update={"title": None, "published_on": None})
    reading = Reading(
        document_id=document.id,
        key=KEY,
        status=ReadingStatus.OK,
        report=report,
        findings=tuple(findings),
        seconds=0.0,
    )
    return document.model_copy(update={"metadata": metadata}), reading


@contextmanager
def a_store(folder: Path) -> Iterator[Store]:
    """Make a store, and keep it open for what is done within."""
    store = Store(folder / "a.duckdb")
    store.prepare()
    with store.keep_open():
        yield store


def keep(store: Store, *bulletins: tuple[Document, Reading], paths: Sequence[str] = ()) -> None:
    """Store bulletins, each under a path of its own or under those that are given."""
    names = paths or [f"/{document.id[:8]}.txt" for document, _ in bulletins]
    store.append(
        new_run(KEY),
        [Entry(document, reading, now()) for document, reading in bulletins],
        [
            Sighting(Source(path=path), document.id, "read")
            for path, (document, _) in zip(names, bulletins, strict=True)
        ],
    )


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    """Fetch what a query gives."""
    return store.read(sql).rows
