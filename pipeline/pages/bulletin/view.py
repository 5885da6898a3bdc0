"""A bulletin as its page shows it: every label in words, every row with its place. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline.checks.hidden_text import NAME as HIDDEN_TEXT
from pipeline.pages.bulletin.marks import Kind, Limits, MarkedText, Target, mark_text
from pipeline.pages.bulletin.source_name import SourceName, name_model, name_source
from pipeline.pages.bulletin.wording import Reason, Wording
from pipeline.pages.text import shorten
from pipeline.pages.writing import write_day, write_days, write_number
from pipeline.words import name_detail
from schemas.decision import DecidedMark
from schemas.document import Document, Source
from schemas.finding import Finding, Severity
from schemas.reading import Reading
from schemas.report import Figure, Jornada, JornadaReport, YearSource

_LONGEST_QUOTE = 400
_LONGEST_MESSAGE = 1_000
_MOST_SOURCES = 5
_NO_JORNADA = "–"


class Bulletin(NamedTuple):
    """What is shown: a document and its reading, made at a time in UTC.

    `decided` tells for each figure of a decided reading what a person did with it. `chosen` are
    figures that a condition is true of, by number from 1; None without a condition.
    """

    document: Document
    reading: Reading
    sources: Sequence[Source]
    read_at: datetime
    decided: Sequence[DecidedMark | None] = ()
    chosen: frozenset[int] | None = None


class FigureRow(NamedTuple):
    """One figure; `findings` are the numbers of those that touch its words."""

    target: Target
    value: str
    is_approximate: bool
    basis: str
    what: str
    codes: str
    status: str
    period: str
    days: str
    place: str
    quote: str
    decided: str
    findings: tuple[Target, ...]
    is_chosen: bool


class AsideRow(NamedTuple):
    """One number that is no figure, and why."""

    target: Target
    quote: str
    reason: Reason


class FindingRow(NamedTuple):
    """One finding, and the words that it is about."""

    target: Target
    severity: Severity
    severity_name: str
    check: str
    message: str
    words: str


class JornadaRow(NamedTuple):
    """One jornada that the bulletin names."""

    edition: str
    kind: str
    days: str
    year_note: str
    is_subject: bool


class Named(NamedTuple):
    """A specialty or place, and as what it is named."""

    name: str
    role: str


class BulletinView(NamedTuple):
    """All that the page of one bulletin shows; `hidden_*` tells how many rows lack."""

    title: str
    document_id: str
    facts: tuple[tuple[str, str], ...]
    sources: tuple[SourceName, ...]
    text: MarkedText
    length: int
    figures: tuple[FigureRow, ...]
    hidden_figures: int
    figure_count: int
    chosen_count: int | None
    asides: tuple[AsideRow, ...]
    hidden_asides: int
    findings: tuple[FindingRow, ...]
    hidden_findings: int
    jornadas: tuple[JornadaRow, ...]
    specialties: tuple[Named, ...]
    places: tuple[Named, ...]
    reading: tuple[tuple[str, str], ...]
    decided_count: int
    has_report: bool
    is_relevant: bool
    is_partial: bool
    worries: int
    """How many findings are worse than worth knowing."""


def view_bulletin(bulletin: Bulletin, wording: Wording, limits: Limits) -> BulletinView:
    """Put a bulletin into words, as far as the limits allow."""
    document, reading = bulletin.document, bulletin.reading
    report, most = reading.report, limits.rows
    text = mark_text(document, reading, limits)
    figures = report.figures if report else ()
    asides = report.set_aside if report else ()
    return BulletinView(
        title=(report and report.title) or document.metadata.title or wording("untitled"),
        document_id=document.id[:12],
        facts=tuple(_list_facts(document, report, wording)),
        sources=tuple(dict.fromkeys(map(name_source, bulletin.sources)))[:_MOST_SOURCES],
        text=text,
        length=len(document.text),
        figures=tuple(
            _view_figure(number, figure, bulletin, text, wording)
            for number, figure in enumerate(figures[:most], 1)
        ),
        hidden_figures=max(0, len(figures) - most),
        figure_count=len(figures),
        chosen_count=None if bulletin.chosen is None else len(bulletin.chosen),
        asides=tuple(
            AsideRow(
                Target(Kind.ASIDE, number),
                _fold(aside.quote),
                wording.reason(shorten(_fold(aside.reason), _LONGEST_QUOTE)),
            )
            for number, aside in enumerate(asides[:most], 1)
        ),
        hidden_asides=max(0, len(asides) - most),
        findings=tuple(
            _view_finding(number, finding, document.text, wording)
            for number, finding in enumerate(reading.findings[:most], 1)
        ),
        hidden_findings=max(0, len(reading.findings) - most),
        jornadas=tuple(_view_jornada(each, wording) for each in report.jornadas) if report else (),
        specialties=tuple(
            Named(each.name, wording.code("service", each.service)) for each in report.specialties
        )
        if report
        else (),
        places=tuple(Named(each.name, wording(each.role)) for each in report.places)
        if report
        else (),
        reading=tuple(_list_provenance(bulletin, wording)),
        decided_count=sum(mark is not None for mark in bulletin.decided),
        has_report=report is not None,
        is_relevant=report is None or report.relevant,
        is_partial=reading.status == "partial",
        worries=sum(finding.severity is not Severity.INFO for finding in reading.findings),
    )


def _fold(text: str) -> str:
    return shorten(" ".join(text.split()), _LONGEST_QUOTE)


def _list_facts(
    document: Document, report: JornadaReport | None, wording: Wording
) -> Iterator[tuple[str, str]]:
    published = (report and report.published_on) or document.metadata.published_on
    day = write_day(published, wording.language) if published else wording("unknown")
    yield wording("published"), day
    if report is not None:
        yield wording("kind"), wording.code("bulletin_kind", report.bulletin_kind)
        if report.programme:
            yield wording("programme"), report.programme


def _list_provenance(bulletin: Bulletin, wording: Wording) -> Iterator[tuple[str, str]]:
    key, reading = bulletin.reading.key, bulletin.reading
    known = wording.said.get(f"reader_{key.reader}", key.reader)
    day = write_day(bulletin.read_at, wording.language)
    yield wording("reader"), f"{known}, {day}, {bulletin.read_at:%H:%M} UTC"
    if key.model:
        yield wording("model"), name_model(key.model)
    if key.prompt:
        hashed = f" ({key.prompt_hash[:8]})" if key.prompt_hash else ""
        yield wording("prompt"), key.prompt + hashed
    if reading.derived is not None:
        yield wording("about"), wording(reading.derived)
    people = sorted({mark.who for mark in bulletin.decided if mark is not None})
    if people:
        yield wording("decided"), ", ".join(people)
    yield wording("document"), bulletin.document.id[:12]


def _view_figure(
    number: int, figure: Figure, bulletin: Bulletin, text: MarkedText, wording: Wording
) -> FigureRow:
    percent = " %" if figure.unit.value == "percent" else ""
    detail = figure.detail and name_detail(wording.language, figure.service, figure.detail)
    service = wording.code("service", figure.service)
    period = wording.code("period", figure.period)
    decided = bulletin.decided[number - 1] if bulletin.decided else None
    return FigureRow(
        target=Target(Kind.FIGURE, number),
        value=write_number(figure.value) + percent,
        is_approximate=figure.approximate,
        basis=wording(figure.basis) if figure.basis else "",
        what=f"{service}: {detail}" if detail else service,
        codes=f"{figure.service} · {figure.detail}" if figure.detail else figure.service,
        status=wording.code("status", figure.status),
        period=period if figure.edition is None else f"{period} {figure.edition}",
        days=write_days(figure.starts_on, figure.ends_on, wording.language),
        place=wording.code("place", figure.place),
        quote=_fold(figure.quote),
        decided=""
        if decided is None
        else wording(
            "by_person",
            kind=wording(decided.kind),
            who=decided.who,
            day=write_day(decided.when, wording.language),
        ),
        findings=tuple(text.findings.get(number, ())),
        is_chosen=bulletin.chosen is not None and number in bulletin.chosen,
    )


def _view_finding(number: int, finding: Finding, text: str, wording: Wording) -> FindingRow:
    words = text[slice(*finding.span)] if finding.span else ""
    return FindingRow(
        Target(Kind.FINDING, number),
        finding.severity,
        wording.code("severity", finding.severity),
        finding.check,
        shorten(" ".join(_tell(finding).split()), _LONGEST_MESSAGE),
        _fold(words),
    )


def _tell(finding: Finding) -> str:
    """Give a finding's message without words of a file that a reader of it does not see.

    Who wrote them did not mean them for whoever gets the page.
    """
    if finding.check != HIDDEN_TEXT:
        return finding.message
    return finding.message.partition(":")[0]


def _view_jornada(jornada: Jornada, wording: Wording) -> JornadaRow:
    days = write_days(jornada.start, jornada.end, wording.language)
    notes = {
        YearSource.METADATA: wording("year_metadata"),
        YearSource.INFERRED: wording("year_inferred"),
    }
    return JornadaRow(
        edition=_NO_JORNADA if jornada.edition is None else str(jornada.edition),
        kind=wording.code("kind", jornada.kind),
        days=days or str(jornada.year or _NO_JORNADA),
        year_note=notes.get(jornada.year_source, "") if jornada.year_source else "",
        is_subject=jornada.subject,
    )
