"""The places of a report, each under its one name."""

from pipeline.spanish.places import JOINT, read_places
from schemas.report import JornadaReport, PlaceMention, PlaceRole


def canonical_places(report: JornadaReport) -> JornadaReport:
    """Write every place of a report under its one name, and list each place once.

    Of two mentions the highlighted one counts. A name that holds no letter or digit stays.
    """
    figures = tuple(
        figure
        if (name := _canonical(figure.place)) == figure.place
        else figure.model_copy(update={"place": name})
        for figure in report.figures
    )
    mentions: dict[str, PlaceMention] = {}
    for mention in report.places:
        for name in _canonical(mention.name).split(JOINT):
            if name not in mentions or mention.role is PlaceRole.HIGHLIGHTED:
                mentions[name] = PlaceMention(name=name, role=mention.role)
    return report.model_copy(update={"figures": figures, "places": tuple(mentions.values())})


def _canonical(printed: str) -> str:
    return read_places(printed).name or printed
