"""One report as a page: what was read, with the words that say so, and what the checks found."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pipeline.console.terminal import console, say, table
from pipeline.paths import shorten
from pipeline.plain_text import clean, one_line, to_json
from schemas.codebook import codebook
from schemas.decision import DecidedMark
from schemas.document import Document, Source
from schemas.finding import Finding
from schemas.reading import Reading
from schemas.report import Figure, Jornada, JornadaReport, Status, YearSource

_COUNTS_NO_MORE = "no more: its file holds another text today, or was forgotten"


class ShownReading(NamedTuple):
    """A reading to show, the document it is of, and where that was found."""

    document: Document
    reading: Reading
    sources: tuple[Source, ...]
    origin: str
    """How the reading came about: `stored ...` or `read now ...`."""
    read_at: datetime
    """In UTC."""
    counts: bool = True
    """Whether a file holds the text today, as far as it is on record."""
    marks: tuple[DecidedMark | None, ...] = ()
    """What people did with each of its figures; empty where nobody decided of any."""


def show_json(shown: ShownReading) -> None:
    """Print the whole as one JSON object."""
    document, reading = shown.document, shown.reading
    facts: dict[str, Any] = {
        "document_id": document.id,
        "sources": [str(source) for source in shown.sources],
        "origin": shown.origin,
        "counts": shown.counts,
        "decided": [
            {"number": number, **mark._asdict(), "when": mark.when.isoformat()}
            for number, mark in enumerate(shown.marks, 1)
            if mark is not None
        ],
        "document": document.model_dump(mode="json"),
        "reading": reading.model_dump(mode="json"),
    }
    say(to_json(facts))


def show(shown: ShownReading) -> None:
    """Print the report as tables."""
    document, reading, report = shown.document, shown.reading, shown.reading.report
    screen = console()
    title = (report and report.title) or document.metadata.title or "Untitled bulletin"
    published = (report and report.published_on) or document.metadata.published_on
    facts = [
        ("title", title),
        ("published", str(published or "unknown")),
        ("kind", report.bulletin_kind.value if report else ""),
        ("programme", (report and report.programme) or ""),
        ("document", document.id[:12]),
        ("source", "; ".join(shorten(str(source)) for source in shown.sources)),
        ("reading", f"{reading.status.value}, {shown.origin}"),
        *([] if shown.counts else [("counts", _COUNTS_NO_MORE)]),
        ("error", reading.error or ""),
    ]
    screen.print(table(("", ""), [(name, one_line(said)) for name, said in facts if said]))
    screen.print()
    if report is not None:
        _show_report(report, shown.marks)
    if reading.findings:
        rows = [_finding_row(document.text, finding) for finding in reading.findings]
        screen.print(table(("severity", "check", "finding", "words"), rows, "Findings"))
    else:
        say("No findings.")


def _show_report(report: JornadaReport, marks: Sequence[DecidedMark | None]) -> None:
    jornadas = [
        (
            _or_dash(jornada.edition),
            jornada.kind.value,
            _format_year(jornada),
            _or_dash(jornada.start),
            _or_dash(jornada.end),
            "yes" if jornada.subject else "",
        )
        for jornada in report.jornadas
    ]
    _section("Jornadas", ("edition", "kind", "year", "first day", "last day", "subject"), jornadas)
    columns: tuple[str, ...] = (">value", "counts", "when", "place", "quote")
    figures = [_figure_row(figure) for figure in report.figures]
    if any(marks):
        columns = (*columns, "decided")
        figures = [(*row, _mark_cell(mark)) for row, mark in zip(figures, marks, strict=True)]
    _section("Figures", columns, figures)
    named = [(item.name, f"specialty ({item.service.value})") for item in report.specialties]
    named += [(place.name, f"place ({place.role.value})") for place in report.places]
    _section("Named", ("name", "as"), [(one_line(name), kind) for name, kind in named])
    aside = [(one_line(item.quote), one_line(item.reason)) for item in report.set_aside]
    _section("Set aside", ("words", "reason"), aside)


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    rows = list(rows)
    if rows:
        console().print(table(columns, rows, f"{title} ({len(rows)})"))


def _figure_row(figure: Figure) -> tuple[str, ...]:
    value = f"{figure.value:,}" + ("%" if figure.unit.value == "percent" else "")
    basis = f" {figure.basis.value.replace('_', ' ')}" if figure.basis else ""
    service = codebook().name_of(figure.service)
    detail = f": {codebook().name_of(figure.service, figure.detail)}" if figure.detail else ""
    planned = ", planned" if figure.status is Status.PLANNED else ""
    edition = f" {figure.edition}" if figure.edition else ""
    return (
        (f"~{value}" if figure.approximate else value) + basis,
        f"{service}{detail}{planned}",
        " ".join(
            (f"{figure.period.value}{edition}", format_days(figure.starts_on, figure.ends_on))
        ).strip(),
        one_line(figure.place),
        one_line(figure.quote),
    )


def _mark_cell(mark: DecidedMark | None) -> str:
    return f"{mark.kind} by {one_line(mark.who)}" if mark is not None else ""


def format_days(first: date | None, last: date | None) -> str:
    """Write days as ISO 8601 does: "2023-05-05/07", "2023", ".." for an end that is not known."""
    if first is None or last is None:
        return f"{first or '..'}/{last or '..'}" if first or last else ""
    if first == last:
        return str(first)
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    same = 8 if (first.year, first.month) == (last.year, last.month) else 5
    return f"{first}/{str(last)[same:] if first.year == last.year else last}"


def _format_year(jornada: Jornada) -> str:
    source = jornada.year_source
    if jornada.year is None or source in (None, YearSource.PRINTED):
        return _or_dash(jornada.year)
    return f"{jornada.year} ({source.value})"


def _finding_row(text: str, finding: Finding) -> tuple[str, ...]:
    words = text[finding.span.start : finding.span.end] if finding.span else ""
    return (finding.severity.value, finding.check, one_line(finding.message), one_line(words))


def _or_dash(value: object) -> str:
    return "-" if value is None else clean(str(value))
