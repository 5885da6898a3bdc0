"""A database of a few bulletins with something in each part of a report, some of it hostile."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from lxml import html

from pipeline.pages.report.content import About
from pipeline.pages.report.page import make_report
from pipeline.pages.report.phrases import Phrases
from pipeline.pages.report.selection import Selection
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from pipeline.words import Language
from schemas.document import Document, Metadata, Source
from schemas.finding import Finding, Severity, Span
from schemas.reading import ReaderKey, Reading, ReadingStatus
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

SCRIPT = "<script>window.injected = 1</script>"
IMAGE = '"><img src=x onerror=window.injected=1>'
TURNED = "\u202egnorw"
KEY = ReaderKey(
    reader="llm", model=f"model{IMAGE}", prompt=f"p{TURNED}", prompt_hash="h", schema_hash="s"
)
DAYS = {6: date(2022, 6, 3), 7: date(2022, 6, 17), 8: date(2022, 7, 1), 10: date(2022, 8, 5)}


def figure(  # noqa: PLR0913 - the fields of a figure
    text: str,
    printed: str,
    value: float,
    service: Service = Service.SURGERY,
    *,
    edition: int | None = 8,
    place: str = "national",
    status: Status = Status.PERFORMED,
    approximate: bool = False,
    ends_on: date | None = None,
) -> Figure:
    """Make a figure of what is printed; with `ends_on`, one that goes on since March of 2022."""
    start = text.index(printed)
    return Figure(
        value=value,
        unit=Unit.COUNT,
        service=service,
        status=status,
        period=Period.CUMULATIVE if ends_on else Period.JORNADA,
        edition=None if ends_on else edition,
        starts_on=date(2022, 3, 11) if ends_on else None,
        ends_on=ends_on,
        place=place,
        approximate=approximate,
        quote=printed,
        char_start=start,
        char_end=start + len(printed),
    )


def put(
    store: Store,
    text: str,
    figures: Sequence[Figure],
    *,
    edition: int,
    title: str,
    findings: Sequence[Finding] = (),
) -> None:
    """Store a bulletin about one national jornada of 2022."""
    document = Document(
        id=sha256(text.encode()).hexdigest(), text=text, metadata=Metadata(format="txt")
    )
    first = DAYS[edition]
    jornada = Jornada(
        edition=edition,
        kind=JornadaKind.NATIONAL,
        year=2022,
        start=first,
        end=first.replace(day=first.day + 2),
        subject=True,
    )
    report = JornadaReport(
        title=title,
        published_on=first.replace(day=first.day + 4),
        bulletin_kind=BulletinKind.RESULTS,
        jornadas=(jornada,),
        figures=tuple(figures),
    )
    reading = Reading(
        document_id=document.id,
        key=KEY,
        status=ReadingStatus.OK,
        report=report,
        findings=tuple(findings),
        seconds=0.1,
    )
    path = f"/home/somebody/{document.id[:6]}{SCRIPT.replace(chr(47), '')}.txt"
    source = Source(path=path, record=None)
    entry = Entry(document, reading, now())
    store.append(new_run(KEY), [entry], [Sighting(source, document.id, "read")])


def fill(path: Path) -> Store:
    """Make the database."""
    store = Store(path)
    store.prepare()
    with store.keep_open():
        _fill(store)
    return store


def _fill(store: Store) -> None:
    text = f"Hubo 2 mil 774 cirugías de 2 mil previstas, 29 trasplantes. {SCRIPT} Van 900 mil 316."
    put(
        store,
        text,
        [
            figure(text, "2 mil 774 cirugías", 2774),
            figure(text, "2 mil previstas", 2000, status=Status.PLANNED),
            figure(text, "29 trasplantes", 29, Service.TRANSPLANT),
            figure(text, "900 mil 316", 900316, Service.TOTAL, ends_on=date(2022, 7, 3)),
        ],
        edition=8,
        title=f"Octava {SCRIPT}",
        findings=[
            Finding(check="sums", severity=Severity.WARNING, message=IMAGE, span=Span(5, 14))
        ],
    )
    other = f"En total 2 mil 775 cirugías. {TURNED}"
    put(
        store,
        other,
        [figure(other, "2 mil 775 cirugías", 2775)],
        edition=8,
        title=f"Otra {IMAGE}",
    )
    part = f"Jalisco dio casi 143 cirugías y {IMAGE} 50 cirugías; van 1 millón 2 mil."
    put(
        store,
        part,
        [
            figure(part, "143 cirugías", 143, edition=10, place="Jalisco", approximate=True),
            figure(part, "50 cirugías", 50, edition=10, place=IMAGE),
            figure(part, "1 millón 2 mil", 1002000, Service.TOTAL, ends_on=date(2022, 8, 7)),
        ],
        edition=10,
        title=f"Décima {TURNED}",
    )


def page_of(store: Store, language: Language = Language.ENGLISH, where: str | None = None) -> str:
    """Make the report as the command does."""
    about = About(store.path.name, datetime(2026, 12, 1), "0.1.0", Selection(where))  # noqa: DTZ001 - as the store's
    return make_report(store, about, Phrases(language))


def parse(page: str) -> html.HtmlElement:
    """Parse a page as a browser would."""
    return html.document_fromstring(page)


def words(element: html.HtmlElement) -> str:
    """Give an element's text with single spaces."""
    return " ".join(element.text_content().split())


def section(page: html.HtmlElement, name: str) -> html.HtmlElement:
    """Find a section by the anchor of its heading."""
    (found,) = page.xpath(f"//section[@aria-labelledby='{name}']")
    return found
