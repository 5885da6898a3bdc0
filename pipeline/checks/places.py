"""Places: a figure's place stands somewhere in the bulletin."""

from collections.abc import Iterable

from pipeline.quotes import span_of
from pipeline.spanish.place_search import stands_in
from pipeline.spanish.places import JOINT, read_place
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import JornadaReport, PlaceKind

_BY_DEFAULT = (PlaceKind.NATIONAL, PlaceKind.SIDE)
"""What a number's place is without being named."""


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each place once that neither the text nor the title names."""
    texts = [document.text]
    if title := document.metadata.title:
        texts.append(f"{title}\n\n{document.text}")
    seen: set[str] = set()
    for figure in report.figures:
        for place in map(read_place, figure.place.split(JOINT.strip())):
            if place.name in seen or place.kind in _BY_DEFAULT:
                continue
            seen.add(place.name)
            if not any(stands_in(place.name, text) for text in texts):
                yield Finding(
                    check="places",
                    severity=Severity.WARNING,
                    field="figures",
                    message=f"the place {place.name!r} stands nowhere in the bulletin",
                    span=span_of(figure),
                )
