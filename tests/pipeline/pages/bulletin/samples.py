"""Made-up bulletins as pages show them, one of them meant to do harm."""

from datetime import date, datetime
from hashlib import sha256

from pipeline.pages.bulletin.view import Bulletin
from schemas.decision import DecidedMark
from schemas.document import Document, Metadata, Source
from schemas.finding import Finding, Severity, Span
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import (
    Basis,
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
    YearSource,
)

SCRIPT = "<script>window.injected = 1</script>"
HOSTILE = (
    f"{SCRIPT}</style></title></textarea><img src=http://example.invalid/x "
    "onerror='window.injected=2'><b class=\"evil\">\"quoted\" 'single'</b> {{ 7 * 7 }} {where} "
    "=HYPERLINK(1) &amp; \x00\x07\x1b[31m \u202edrawkcab\u202c \u200b ]]> <!-- " + "muylargo" * 60
)
TEXT = (
    "La 11ª jornada sumó 5 mil 980 consultas y 12 mil 475 acciones (108.5% de lo pactado), "
    "en 3 días. Se prevén casi 90 cirugías. 😀 Ñandú: 12 mil 475 acciones."
)
KEY = ReaderKey(reader="llm", model="some-model", prompt="anchored-v2", schema_hash="s")
AT = datetime(2024, 3, 1, 9, 30)  # noqa: DTZ001 - as tables keep it


def span_of(words: str, text: str = TEXT) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def figure(quote: str, value: float, text: str = TEXT, **changed: object) -> Figure:
    start, end = span_of(quote, text)
    plain = Figure(
        value=value,
        unit=Unit.COUNT,
        service=Service.CONSULTATION,
        status=Status.PERFORMED,
        period=Period.JORNADA,
        edition=11,
        starts_on=date(2022, 8, 12),
        ends_on=date(2022, 8, 14),
        place="national",
        approximate=False,
        quote=quote,
        char_start=start,
        char_end=end,
    )
    return Figure.model_validate(plain.model_dump() | changed)


def document(text: str = TEXT, title: str | None = "Suma IMSS") -> Document:
    return Document(
        id=sha256(text.encode()).hexdigest(),
        text=text,
        metadata=Metadata(format="txt", title=title),
    )


REPORT = JornadaReport(
    title=None,
    published_on=date(2022, 8, 15),
    bulletin_kind=BulletinKind.RESULTS,
    programme="Jornadas Nacionales",
    jornadas=(
        Jornada(
            edition=11,
            kind=JornadaKind.NATIONAL,
            year=2022,
            year_source=YearSource.INFERRED,
            start=date(2022, 8, 12),
            end=date(2022, 8, 14),
            subject=True,
        ),
    ),
    figures=(
        figure("5 mil 980 consultas", 5980, service=Service.SURGERY, detail="cataract"),
        figure("12 mil 475 acciones", 12475, service=Service.TOTAL),
        figure(
            "108.5% de lo pactado", 108.5, service=Service.TOTAL, unit=Unit.PERCENT,
            basis=Basis.GOAL,
        ),
        figure(
            "casi 90 cirugías", 90, service=Service.SURGERY, status=Status.PLANNED,
            period=Period.OTHER, edition=None, place="Jalisco", approximate=True,
        ),
    ),
    specialties=(Specialty(service=Service.SURGERY, name="Urología"),),
    places=(PlaceMention(name="HGZ 17", role=PlaceRole.HIGHLIGHTED),),
    set_aside=(
        SetAside(
            quote="3 días",
            reason="a length of time or an age",
            char_start=span_of("3 días").start,
            char_end=span_of("3 días").end,
        ),
    ),
)  # fmt: skip
FINDINGS = (
    Finding(
        check="same_fact",
        severity=Severity.WARNING,
        message="printed with two values",
        span=span_of("mil 475 acciones (108.5%"),
    ),
    Finding(check="dates", severity=Severity.INFO, message="no year is printed"),
)


def reading(document: Document, **changed: object) -> Reading:
    plain = Reading(
        document_id=document.id,
        key=KEY,
        status=ReadingStatus.OK,
        report=REPORT,
        findings=FINDINGS,
        seconds=1,
    )
    return plain.model_copy(update=changed)


def sample(**changed: object) -> Bulletin:
    one = document()
    return Bulletin(
        one,
        reading(one, **changed),
        (Source(path="/home/ana/secreto/boletín 48.txt"),),
        AT,
        (None, None, None, DecidedMark("changed", "Ana", AT)),
    )


def hostile() -> Bulletin:
    text = f"{HOSTILE} Hubo 10 consultas. {HOSTILE}"
    wild = figure("10 consultas", 10, text, place=HOSTILE, detail=None)
    start, end = span_of(SCRIPT, text)
    report = JornadaReport(
        title=HOSTILE,
        bulletin_kind=BulletinKind.RESULTS,
        programme=HOSTILE,
        figures=(wild,),
        specialties=(Specialty(service=Service.SURGERY, name=HOSTILE),),
        places=(PlaceMention(name=HOSTILE, role=PlaceRole.PARTICIPANT),),
        set_aside=(SetAside(quote=SCRIPT, reason=HOSTILE, char_start=start, char_end=end),),
    )
    findings = (
        Finding(check=HOSTILE, severity=Severity.ERROR, message=HOSTILE, span=Span(0, len(text))),
    )
    key = ReaderKey(reader=HOSTILE, model=HOSTILE, prompt=HOSTILE, schema_hash="s")
    one = document(text, HOSTILE)
    return Bulletin(
        one,
        Reading(
            document_id=one.id,
            key=key,
            status=ReadingStatus.PARTIAL,
            report=report,
            findings=findings,
            seconds=1,
        ),
        (
            Source(path=f"/tmp/{HOSTILE}"),  # noqa: S108 - a name
            Source(path="a.jsonl", record=HOSTILE),
            Source(path="javascript:window.injected=3"),
            Source(path="a.jsonl", record="javascript:window.injected=4"),
        ),
        AT,
        (DecidedMark("accepted", HOSTILE, AT),),
        frozenset({1}),
    )
