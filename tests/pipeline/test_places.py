from pipeline.places import canonical_places
from schemas.report import BulletinKind, Figure, JornadaReport, PlaceMention, PlaceRole


def report(*places: str, mentions: tuple[tuple[str, PlaceRole], ...] = ()) -> JornadaReport:
    return JornadaReport(
        bulletin_kind=BulletinKind.RESULTS,
        figures=tuple(
            Figure.model_validate(
                {
                    "value": 3,
                    "unit": "count",
                    "service": "surgery",
                    "status": "performed",
                    "period": "jornada",
                    "place": place,
                    "approximate": False,
                    "quote": "3 cirugías",
                }
            )
            for place in places
        ),
        places=tuple(PlaceMention(name=name, role=role) for name, role in mentions),
    )


def test_each_figure_has_its_place_under_its_one_name() -> None:
    found = canonical_places(report("HGZ No. 33, de Bahía de Banderas", "IMSS Jalisco", "¡?"))
    assert [figure.place for figure in found.figures] == [
        "HGZ 33 Bahía de Banderas",
        "Jalisco",
        "¡?",
    ]


def test_a_place_that_is_mentioned_twice_is_listed_once_and_highlighted_wins() -> None:
    mentions = (
        ("OOAD Jalisco", PlaceRole.PARTICIPANT),
        ("Puebla, Colima y Chiapas", PlaceRole.PARTICIPANT),
        ("Jalisco", PlaceRole.HIGHLIGHTED),
    )
    found = canonical_places(report(mentions=mentions))
    assert [(place.name, place.role.value) for place in found.places] == [
        ("Jalisco", "highlighted"),
        ("Puebla", "participant"),
        ("Colima", "participant"),
        ("Chiapas", "participant"),
    ]


def test_canonical_places_stay() -> None:
    once = canonical_places(report("HGZ No. 1 de Tepic; UMF 3", "national"))
    assert canonical_places(once) == once
