"""The places of a report, each under its one name."""

from pipeline.spanish.gazetteer import Place
from pipeline.spanish.places import JOINT, read_places
from schemas.report import JornadaReport, PlaceKind, PlaceMention, PlaceRole

_WITHIN_A_STATE = (PlaceKind.UNIT, PlaceKind.MUNICIPALITY, None)


def canonical_places(report: JornadaReport) -> JornadaReport:
    """Write every place of a report under its one name, and list each place once.

    Of two mentions the highlighted one counts. A name that holds no letter or digit stays.
    """
    figures = tuple(
        figure
        if (name := canonical_place(figure.place)) == figure.place
        else figure.model_copy(update={"place": name})
        for figure in report.figures
    )
    mentions: dict[str, PlaceMention] = {}
    for mention in report.places:
        for name in canonical_place(mention.name).split(JOINT):
            if name not in mentions or mention.role is PlaceRole.HIGHLIGHTED:
                mentions[name] = PlaceMention(name=name, role=mention.role)
    return report.model_copy(update={"figures": figures, "places": tuple(mentions.values())})


def canonical_place(printed: str) -> str:
    """Write the places of one number under their one names."""
    return read_places(printed).name or printed


def places_of_figures(report: JornadaReport) -> tuple[Place, ...]:
    """Say of each figure's place what kind it is and in which state it lies.

    What the gazetteer does not know lies in the one state that all other figures are of, if there
    is one: a hospital or a town in a state's own bulletin.
    """
    places = tuple(read_places(figure.place) for figure in report.figures)
    nationwide = any(place.kind in (PlaceKind.NATIONAL, PlaceKind.SIDE) for place in places)
    states = {place.state for place in places if place.state}
    if nationwide or len(states) != 1:
        return places
    (state,) = states
    return tuple(
        place._replace(state=state) if place.kind in _WITHIN_A_STATE else place for place in places
    )
