"""Services: something in the bulletin names each service, and each kind of it, that is counted."""

from collections.abc import Iterable, Iterator

from pipeline.checks.service_words import names_kind, names_service
from pipeline.labels import kinds_of
from pipeline.quotes import span_within
from schemas.codebook import OTHER
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import Figure, JornadaReport, Service

_ANY = (Service.TOTAL, Service.OTHER)
"""What has no words of its own."""


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each service and each kind once that no word of the text or its title names."""
    seen: set[tuple[Service, str | None]] = set()
    for figure in report.figures:
        for service, kind in _labels(figure):
            if (service, kind) in seen:
                continue
            seen.add((service, kind))
            if not any(_names(text, service, kind) for text in document.printed):
                counted = f"{service} ({kind})" if kind else service
                yield Finding(
                    check="services",
                    severity=Severity.WARNING,
                    field="figures",
                    message=f"nothing in the bulletin names {counted}",
                    span=span_within(document.text, figure),
                )


def _labels(figure: Figure) -> Iterator[tuple[Service, str | None]]:
    if figure.service not in _ANY:
        yield figure.service, None
    yield from ((figure.service, kind) for kind in kinds_of(figure.detail) if kind != OTHER)


def _names(text: str, service: Service, kind: str | None) -> bool:
    return names_service(text, service) if kind is None else names_kind(text, service, kind)
