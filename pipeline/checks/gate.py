"""The gate: what of a report the bulletin holds, and what not, whoever read it.

It is what the store is kept behind, and what a model is told of before that; so nothing is judged
in two ways.
"""

from pipeline.checks import grounding, printed, years
from pipeline.places import canonical_places
from schemas.document import Document
from schemas.finding import Finding
from schemas.report import JornadaReport


def keep_held(
    document: Document, report: JornadaReport
) -> tuple[JornadaReport, tuple[Finding, ...]]:
    """Keep what the bulletin holds of a report; each thing that it does not is a finding. Pure.

    Figures whose quote does not hold their value go, and words, editions, days and years that are
    not told; places get their one name. What is kept is kept again.
    """
    report, dropped = grounding.keep_grounded(document, canonical_places(report))
    report, made_up = printed.keep_printed(document, report)
    report, unknown = years.keep_known_years(document, report)
    return report, (*dropped, *made_up, *unknown)
