import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import BulletinKind, JornadaReport, PlaceRole, Service


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("En la 4ª Jornada Nacional se otorgaron 9 mil consultas.", BulletinKind.RESULTS),
        ("En la 4ª Jornada Nacional se otorgarán 9 mil consultas.", BulletinKind.ANNOUNCEMENT),
        ("El IMSS invita a la 4ª Jornada Nacional.", BulletinKind.ANNOUNCEMENT),
        ("En lo que va del año se otorgaron 9 mil consultas.", BulletinKind.BALANCE),
        (
            "Se realizará la 4ª Jornada Nacional. En lo que va del año hubo 9 mil consultas.",
            BulletinKind.ANNOUNCEMENT,
        ),
    ],
)
def test_the_kind_of_a_bulletin_follows_from_what_it_counts(text: str, kind: BulletinKind) -> None:
    assert read(text).bulletin_kind is kind


def test_the_jornadas_of_a_balance_are_not_its_subject() -> None:
    report = read(
        "En el primer semestre se otorgaron 90 mil consultas.\n\nLa última fue la 4ª Jornada "
        "Nacional, del 2 al 4 de julio de 2021."
    )
    assert report.bulletin_kind is BulletinKind.BALANCE
    assert [one.subject for one in report.jornadas] == [False]


@pytest.mark.parametrize(
    ("text", "programme"),
    [
        ("El programa “90 días por tu salud” avanza.", "90 días por tu salud"),
        ("El programa «90 días\npor tu salud» avanza.", None),
        ("El lema “Todo por ti” avanza en 90 días.", None),
        ("Es parte de la estrategia 3-20-400 del IMSS.", "3-20-400"),
        ("La 2ª Jornada de salud “Todo por ti” avanza.", "Todo por ti"),
        ("La jornada fue en el Hospital “La Loma”.", None),
        ("La jornada de salud 5-7-2024 y el plan 2019-2024 avanzan.", None),
    ],
)
def test_a_programme_is_known_by_its_quotation_marks_or_its_numbers(
    text: str, programme: str | None
) -> None:
    assert read(text).programme == programme


def test_specialties_are_printed_as_they_stand_and_belong_to_their_sentence() -> None:
    report = read("Hubo consultas de Cardiología. Se operó en cirugía de Urología y de Urología.")
    assert [(one.service, one.name) for one in report.specialties] == [
        (Service.CONSULTATION, "Cardiología"),
        (Service.SURGERY, "Urología"),
    ]


@pytest.mark.parametrize(
    ("text", "participants", "highlighted"),
    [
        ("Participaron Jalisco y Colima. Destacó Sonora.", ["Jalisco", "Colima"], ["Sonora"]),
        (
            "Ciudad de México, 5 de julio. Hubo 9 cirugías en Jalisco y 8 en Sonora.",
            [],
            ["Jalisco", "Sonora"],
        ),
        ("Balance de julio\nCiudad de México, 5 de julio. Hubo consultas.", [], []),
        ("El IMSS Veracruz Norte informó. En Veracruz hubo consultas.", ["Veracruz Norte"], []),
        ("El IMSS Colima realizó 9 cirugías en el HGZ No. 1.", ["Colima"], ["HGZ 1"]),
        ("El IMSS Colima sumó al HGZ No. 1.", ["Colima", "HGZ 1"], []),
        ("El IMSS Colima espera 9 cirugías en el HGZ No. 1.", ["Colima", "HGZ 1"], []),
        (
            "El IMSS Colima otorgó 90 consultas en las UMF No. 1, No. 2 y No. 3.",
            ["Colima", "UMF 1", "UMF 2", "UMF 3"],
            [],
        ),
    ],
)
def test_places_are_highlighted_where_the_text_sets_them_apart(
    text: str, participants: list[str], highlighted: list[str]
) -> None:
    places = read(text).places
    assert [p.name for p in places if p.role is PlaceRole.PARTICIPANT] == participants
    assert [p.name for p in places if p.role is PlaceRole.HIGHLIGHTED] == highlighted
