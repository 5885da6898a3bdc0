import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata


@pytest.mark.parametrize(
    ("text", "relevant"),
    [
        ("Detienen a 12 en un operativo; tres heridos van al hospital del IMSS.", False),
        ("El equipo ganó 3 a 1 en la jornada 5. El médico atendió a dos jugadores.", False),
        ("El arbitro anuló un gol; el delantero, baja por rodilla, verá el partido.", False),
        ("El Congreso aprobó 12 reformas con 80 votos.", False),
        ("El IMSS dio 300 atenciones en su jornada.", True),
        ("Se aplicaron 300 vacunas.", True),
    ],
)
def test_a_text_without_health_services_has_no_figures(
    text: str,
    relevant: bool,  # noqa: FBT001 - the expected value
) -> None:
    report = read_report(document_from(text, Metadata(format="txt")))
    assert report.relevant is relevant
    assert bool(report.figures) is relevant


def test_the_building_of_a_hospital_is_none_of_it() -> None:
    report = read_report(
        document_from(
            "La obra del hospital del IMSS en Tepic lleva un avance físico de 41 por ciento. Tendrá"
            " 90 camas, 12 sillones de hemodiálisis y una plantilla de 800 personas, de ellas 150"
            " médicos.",
            Metadata(format="txt"),
        )
    )
    assert (report.relevant, report.figures) == (False, ())
