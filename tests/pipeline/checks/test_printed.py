"""What a report says beside its numbers: kept as the bulletin prints it, or gone with a finding."""

from datetime import date
from typing import Any

import pytest

from pipeline.checks.printed import keep_printed
from schemas.document import Document, Metadata
from schemas.finding import Finding, Severity
from schemas.report import (
    JornadaReport,
    PlaceMention,
    PlaceRole,
    Service,
    SetAside,
    Specialty,
)
from tests.pipeline.checks.made import a_document, a_figure, a_jornada, a_report, quoted

TEXT = (
    "Cierra la 10ª Jornada de Continuidad de Servicios\n\n"
    "Acapulco, Gro., a 5 de julio de 2022. El IMSS hizo 9 cirugías del 1 al 3 de julio, 4 en el "
    "HGZ con MF No. 8, de Oftalmología y Cirugía General, Pediátrica y Plástica."
)
HOSTILE = [
    *("=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "\t=1+1", "\r=1", "-2+3", "{{7*7}}", "𝟙"),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\x1b[31mrojo", "\u202eojor"),
    *("Oaxaca", "HGZ 21 Tuxtepec", "Hospital de la Luz", "x" * 5000, "Neurología", " ", "null"),
]


def kept(**given: Any) -> tuple[JornadaReport, tuple[Finding, ...]]:  # noqa: ANN401 - any field
    return keep_printed(a_document(TEXT), a_report(**given))


def said(findings: tuple[Finding, ...]) -> list[tuple[str | None, str]]:
    return [(finding.field, finding.message) for finding in findings]


@pytest.mark.parametrize("field", ["title", "programme"])
@pytest.mark.parametrize("words", HOSTILE)
def test_words_that_are_not_printed_go(field: str, words: str) -> None:
    report, findings = kept(**{field: words})
    assert getattr(report, field) is None
    (finding,) = findings
    assert finding.severity is Severity.WARNING
    assert finding.field == field
    assert finding.message.endswith("stands nowhere in the bulletin")
    assert finding.message.isprintable()
    assert len(finding.message) < 200


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("Cierra la 10ª Jornada de Continuidad", "Cierra la 10ª Jornada de Continuidad"),
        ("CIERRA LA 10ª JORNADA", "CIERRA LA 10ª JORNADA"),
        ("Cierra: 10ª Jornada", "Cierra la 10ª Jornada"),
        ("=Cierra la 10ª Jornada", "Cierra la 10ª Jornada"),
    ],
)
def test_words_are_kept_as_they_are_printed(words: str, printed: str) -> None:
    report, findings = kept(title=words)
    assert (report.title, findings) == (printed, ())


def test_words_of_the_metadata_are_the_bulletins_too() -> None:
    stated = Metadata(format="html", title="Avanza la Jornada 11 en Oaxaca")
    document = Document(id="0" * 64, text=TEXT, metadata=stated)
    given = a_report(a_figure(9, place="Oaxaca", edition=11), title=stated.title)
    assert keep_printed(document, given) == (given, ())


@pytest.mark.parametrize("name", HOSTILE)
def test_specialties_and_places_that_are_not_printed_go(name: str) -> None:
    report, findings = kept(
        specialties=(
            Specialty(service=Service.SURGERY, name=name),
            Specialty(service=Service.SURGERY, name="Oftalmologia"),
            Specialty(service=Service.SURGERY, name="Cirugía Plástica"),
        ),
        places=(
            PlaceMention(name=name, role=PlaceRole.PARTICIPANT),
            PlaceMention(name="Guerrero", role=PlaceRole.PARTICIPANT),
        ),
    )
    assert [one.name for one in report.specialties] == ["Oftalmologia", "Cirugía Plástica"]
    assert [one.name for one in report.places] == ["Guerrero"]
    assert [finding.field for finding in findings] == ["specialties[0]", "places[0]"]


@pytest.mark.parametrize("place", HOSTILE)
def test_a_figure_keeps_its_number_without_a_place_that_is_not_printed(place: str) -> None:
    figure = quoted(TEXT, "9 cirugías", a_figure(9, Service.SURGERY, place=place))
    report, findings = kept(figures=(figure, figure))
    assert [(one.value, one.place) for one in report.figures] == [(9, "national")] * 2
    assert {finding.field for finding in findings} == {"figures.place"}
    assert len(findings) == len({finding.message for finding in findings})
    assert findings[0].span is not None
    assert TEXT[slice(*findings[0].span)] == "9 cirugías"


@pytest.mark.parametrize(
    "place", ["Guerrero", "HGZ/MF 8", "Acapulco; Guerrero", "national", "OOAD", "UMAE"]
)
def test_places_that_are_named_and_those_by_default_stay(place: str) -> None:
    figure = a_figure(9, place=place)
    assert kept(figures=(figure,))[0].figures == (figure,)


def test_of_several_places_those_that_are_named_stay() -> None:
    report, findings = kept(figures=(a_figure(9, place="Guerrero; Oaxaca"),))
    assert report.figures[0].place == "Guerrero"
    assert said(findings) == [
        ("figures.place", 'the place "Oaxaca" stands nowhere in the bulletin')
    ]


def test_an_edition_and_days_that_are_not_told_go() -> None:
    given = a_figure(9, edition=99, starts_on=date(2022, 9, 20), ends_on=date(2022, 7, 3))
    report, findings = kept(figures=(given,))
    left = given.model_copy(update={"edition": None, "starts_on": None})
    assert report.figures == (left,)
    assert said(findings) == [
        ("figures.edition", "no jornada of the edition 99 is named in the bulletin"),
        ("figures.starts_on", "2022-09-20 is no day that the bulletin prints or lets one know"),
    ]


def test_a_jornada_keeps_what_is_told_of_it() -> None:
    first, last = date(2022, 7, 1), date(2022, 7, 3)
    report, findings = kept(
        jornadas=(
            a_jornada(edition=10, start=first, end=last),
            a_jornada(edition=11, start=first, end=last),
            a_jornada(edition=10, start=date(2022, 9, 20), end=date(2022, 9, 22)),
        )
    )
    assert report.jornadas == (
        a_jornada(edition=10, start=first, end=last),
        a_jornada(start=first, end=last),
        a_jornada(edition=10),
    )
    assert [field for field, _ in said(findings)] == [
        *("jornadas[1].edition", "jornadas[2].start", "jornadas[2].end")
    ]


def test_a_jornada_of_which_nothing_is_told_goes() -> None:
    made_up = a_jornada(edition=99, year=2030, start=date(2030, 1, 1), end=date(2030, 1, 2))
    report, findings = kept(jornadas=(made_up, a_jornada()))
    assert report.jornadas == (a_jornada(),)
    assert len(findings) == 3


def test_a_jornada_of_a_text_that_names_none_goes() -> None:
    report, findings = keep_printed(
        a_document("Hubo 9 cirugías."), a_report(jornadas=(a_jornada(),))
    )
    assert report.jornadas == ()
    assert said(findings) == [("jornadas[0]", "the bulletin names no jornada")]


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_reason_is_plain_words_on_one_line(reason: str) -> None:
    start = TEXT.index("9 cirugías")
    aside = SetAside(quote="9", reason=reason, char_start=start, char_end=start + 1)
    report, _ = kept(set_aside=(aside,))
    (one,) = report.set_aside
    assert one.reason
    assert one.reason.isprintable()
    assert one.reason[0].isalnum()
    assert not set('<>=@|{}"\\') & set(one.reason)
    assert len(one.reason) <= 100


def test_what_is_set_aside_stands_where_it_is_said_to() -> None:
    aside = SetAside(quote="9", reason="none", char_start=0, char_end=1)
    report, findings = kept(set_aside=(aside,))
    assert report.set_aside == ()
    assert said(findings) == [("set_aside[0]", '"9" does not stand at 0')]
