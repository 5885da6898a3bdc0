"""Reports as older versions stored them -> reports by the codebook. Pure.

Labels were free words: what is a code in another form, or an alias of one, becomes that code, and a
word that is none becomes `other`, of which a finding tells.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.labels import kinds_of, read_detail
from pipeline.places import canonical_places
from pipeline.plain_text import one_line
from schemas.finding import Finding, Severity, Span
from schemas.report import JornadaReport, Period, Service

CHECK = "labels"


class StoredReport(NamedTuple):
    """A report that was stored, by the labels of today, and what could not be brought into them."""

    report: JornadaReport
    findings: tuple[Finding, ...]


def read_report(stored: Mapping[str, Any]) -> StoredReport:
    """Read a stored report, whichever version stored it.

    A figure of a jornada whose days nobody was asked for takes those of its jornada. Raises
    `ValidationError` for what is no report.
    """
    figures: list[Any] = []
    findings: list[Finding] = []
    for figure in stored.get("figures") or ():
        read = read_detail(Service(figure["service"]), kinds_of(figure.get("detail")))
        findings += _tell(figure, read.faults)
        days = {} if "starts_on" in figure else _days_of_its_jornada(figure, stored)
        figures.append({**figure, **days, "detail": read.detail})
    report = JornadaReport.model_validate({**stored, "figures": figures})
    return StoredReport(canonical_places(report), tuple(findings))


def _tell(figure: Mapping[str, Any], faults: tuple[str, ...]) -> Iterator[Finding]:
    start, end = figure.get("char_start"), figure.get("char_end")
    for fault in faults:
        yield Finding(
            check=CHECK,
            severity=Severity.WARNING,
            field="figures",
            message=f"stored by an older version: {one_line(fault)}",
            span=None if start is None or end is None else Span(start, end),
        )


def _days_of_its_jornada(figure: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Find the one jornada that a figure can belong to: that of its edition, else the subject."""
    if figure.get("period") != Period.JORNADA:
        return {}
    edition = figure.get("edition")
    jornadas = [
        one
        for one in stored.get("jornadas") or ()
        if (one.get("edition") == edition if edition is not None else one.get("subject"))
    ]
    if len(jornadas) != 1:
        return {}
    return {"starts_on": jornadas[0].get("start"), "ends_on": jornadas[0].get("end")}
