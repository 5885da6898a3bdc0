"""Stub until the gazetteer lands."""

from schemas.report import JornadaReport


def canonical_places(report: JornadaReport) -> JornadaReport:
    return report
