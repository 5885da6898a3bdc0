"""What several people say of one text, each without having seen the others' labels. Pure."""

from collections.abc import Iterable, Mapping

from pipeline.decisions.apply import apply_decisions, effective
from pipeline.review.apart import Apart, decisions_for
from schemas.decision import Decision
from schemas.document import Document
from schemas.report import BulletinKind, JornadaReport

NOTHING_READ = JornadaReport(bulletin_kind=BulletinKind.RESULTS)
"""What a person begins with where no reader's labels are looked at."""


def list_people(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """List who has labelled a text apart, by name; one who has undone all of it has not."""
    apart = [one for one in decisions if one.apart]
    everybody = sorted({one.who for one in apart})
    return tuple(who for who in everybody if effective(decisions_for(apart, Apart(who))))


def labels_of(
    document: Document,
    decisions: Iterable[Decision],
    who: str,
    reports: Mapping[str, JornadaReport],
) -> JornadaReport:
    """Give what a person says of a text.

    Who began with a reader's labels has said of each what was left: `reports` has these by the ID
    of the reading. Who began with none says of a field only what was decided: others are not in
    `model_fields_set`.
    """
    own = decisions_for(decisions, Apart(who))
    looked_at = [one.reading_id for one in effective(own) if one.reading_id in reports]
    begun = reports[looked_at[-1]] if looked_at and looked_at[-1] else None
    report = apply_decisions(document, begun or NOTHING_READ, own).report
    if begun is not None:
        return report
    said = {one.field for one in effective(own) if one.field} | {"figures"}
    values = {name: getattr(report, name) for name in JornadaReport.model_fields}
    return JornadaReport.model_construct(said, **values)
