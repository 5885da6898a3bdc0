from pipeline.checks import places
from schemas.finding import Finding, Severity
from schemas.report import Figure
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

TEXT = "Acapulco, Gro., a 5 de julio. El IMSS hizo 9 cirugías, 4 en el HGZ con MF No. 8."


def found(*figures: Figure) -> list[Finding]:
    return list(places.check(a_document(TEXT), a_report(*figures)))


def test_places_that_the_text_names_and_those_by_default_are_in_order() -> None:
    named = ("Guerrero", "HGZ/MF 8", "Acapulco; Guerrero", "national", "OOAD", "UMAE")
    assert found(*(a_figure(9, place=place) for place in named)) == []


def test_a_place_that_stands_nowhere_is_one_warning() -> None:
    words = "9 cirugías"
    (finding,) = found(
        *(quoted(TEXT, words, a_figure(9, place=place)) for place in ("Colima", "IMSS Colima"))
    )
    assert finding.severity is Severity.WARNING
    assert "'Colima' stands nowhere" in finding.message
    assert finding.span is not None
    assert TEXT[slice(*finding.span)] == words


def test_each_of_several_places_is_looked_for() -> None:
    (finding,) = found(a_figure(9, place="Guerrero; HGZ 8 Colima; HGZ 9"))
    assert "'HGZ 9'" in finding.message or "'HGZ 8 Colima'" in finding.message
