"""A document, a reading of it with something in every table, and how to store them."""

from datetime import date
from hashlib import sha256

from pipeline.store import Store
from pipeline.store.rows import Entry, Run, Sighting, now
from schemas.document import Document, Metadata, Source
from schemas.finding import Finding, Severity, Span
from schemas.reading import Attempt, ReaderKey, Reading, ReadingStatus
from schemas.report import (
    BulletinKind,
    Figure,
    Jornada,
    JornadaKind,
    JornadaReport,
    Period,
    PlaceMention,
    PlaceRole,
    Service,
    SetAside,
    Specialty,
    Status,
    Unit,
)

KEY = ReaderKey(reader="llm", model="m", prompt="p", prompt_hash="h", schema_hash="s")


def a_document(text: str = "Se otorgaron 58 mil 610 consultas") -> Document:
    return Document(
        id=sha256(text.encode("utf-8", "replace")).hexdigest(),
        text=text,
        metadata=Metadata(format="txt", title="Título", published_on=date(2022, 7, 5)),
    )


def a_figure(value: float = 58610, edition: int | None = 8) -> Figure:
    return Figure(
        value=value,
        unit=Unit.COUNT,
        service=Service.CONSULTATION,
        detail="family_medicine",
        status=Status.PERFORMED,
        period=Period.JORNADA,
        edition=edition,
        place="national",
        approximate=False,
        quote="58 mil 610 consultas",
        char_start=13,
        char_end=33,
    )


def a_report(*figures: Figure) -> JornadaReport:
    return JornadaReport(
        title="Título",
        published_on=date(2022, 7, 5),
        bulletin_kind=BulletinKind.RESULTS,
        programme="120 días",
        jornadas=(
            Jornada(
                edition=8,
                kind=JornadaKind.NATIONAL,
                year=2022,
                start=date(2022, 7, 2),
                end=date(2022, 7, 3),
                subject=True,
            ),
        ),
        figures=figures or (a_figure(),),
        specialties=(Specialty(service=Service.SURGERY, name="Oftalmología"),),
        places=(PlaceMention(name="Yucatán", role=PlaceRole.PARTICIPANT),),
        set_aside=(SetAside(quote="35", reason="offices", char_start=0, char_end=2),),
    )


def a_reading(
    document: Document,
    status: ReadingStatus = ReadingStatus.OK,
    *,
    report: JornadaReport | None = None,
    key: ReaderKey = KEY,
) -> Reading:
    usable = status is not ReadingStatus.FAILED
    return Reading(
        document_id=document.id,
        key=key,
        status=status,
        report=(report or a_report()) if usable else None,
        error=None if usable else "no answer",
        findings=(
            Finding(check="sums", severity=Severity.WARNING, message="odd", span=Span(13, 33)),
            Finding(check="dates", severity=Severity.INFO, field="jornadas", message="short"),
        ),
        attempts=(
            Attempt(number=1, outcome="invalid", raw_answer="{", errors=("a", "b"), seconds=0.5),
            Attempt(number=2, outcome="ok", raw_answer="{}", input_tokens=9, seconds=0.5),
        ),
        input_tokens=9,
        cost_usd=0.25,
        seconds=1.0,
    )


def put(store: Store, run: Run, *readings: tuple[Document, Reading]) -> bool:
    entries = [Entry(document, reading, now()) for document, reading in readings]
    return store.append(
        run,
        entries,
        [Sighting(Source(path=f"{d.id[:6]}.txt"), d.id, "read") for d, _ in readings],
    )
