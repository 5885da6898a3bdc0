"""Documents in a database as a review finds them: read by the rules, or by a reader that failed."""

from hashlib import sha256
from pathlib import Path

from pipeline.extract import check_reading
from pipeline.rules.reader import BaselineReader, read_report
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Metadata, Source
from schemas.reading import Reading, ReadingStatus

BULLETIN = """IMSS Jalisco realiza la Octava Jornada Nacional de Continuidad

Guadalajara, Jalisco, a 5 de julio de 2022. Durante la Octava Jornada Nacional, del 2 al 3 de julio,
se otorgaron 58 mil 610 consultas de Medicina Familiar y 23 mil 138 de Especialidad.

Además se realizaron 64, 255 detecciones de diabetes y 320 cirugías en 15 hospitales de la entidad.
Las 4 mil mastografías se suman a las 98 sesiones que el equipo 🏥𝐈 ofreció en 3 días.
"""


def a_bulletin(text: str = BULLETIN, title: str | None = None) -> Document:
    """Make a document of a text."""
    return Document(
        id=sha256(text.encode("utf-8", "replace")).hexdigest(),
        text=text,
        metadata=Metadata(format="txt", title=title),
    )


def read_by_rules(document: Document) -> Reading:
    """Read a document as a run with the baseline does."""
    reading = Reading(
        document_id=document.id,
        key=BaselineReader().key,
        status=ReadingStatus.OK,
        report=read_report(document),
        seconds=0.1,
    )
    return check_reading(document, reading)


def store_reading(db: Path, document: Document, reading: Reading | None = None) -> Document:
    """Store a document with a reading, by the rules where none is given."""
    reading = reading or read_by_rules(document)
    store_readings(db, (document, reading))
    return document


def store_readings(db: Path, *readings: tuple[Document, Reading]) -> None:
    """Store documents with their readings, all at once."""
    store = Store(db)
    if not db.exists():
        store.prepare()
    entries = [Entry(document, reading, now()) for document, reading in readings]
    sources = [
        Sighting(Source(path=f"/boletines/{document.id[:6]}.txt"), document.id, "read")
        for document, _ in readings
    ]
    store.append(new_run(readings[0][1].key), entries, sources)
