"""What a percentage is a share of, and what the goal counts."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import Basis, Unit


def percents(text: str) -> list[tuple[float, str, Basis | None]]:
    """Read (value, service, basis) of the percentages."""
    report = read_report(document_from(text, Metadata(format="txt")))
    return [
        (figure.value, f"{figure.service}", figure.basis)
        for figure in report.figures
        if figure.unit is Unit.PERCENT
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("alcanzó 107 por ciento de la meta", [(107, "total", Basis.GOAL)]),
        ("superó la meta en 7 por ciento", [(7, "total", Basis.ABOVE_GOAL)]),
        (
            "superó en 8.4 por ciento la meta de consultas y en 12 por ciento la de cirugías",
            [(8.4, "consultation", Basis.ABOVE_GOAL), (12, "surgery", Basis.ABOVE_GOAL)],
        ),
        ("quedó 23 por ciento por arriba de lo previsto", [(23, "total", Basis.ABOVE_GOAL)]),
        (
            "llegó a 71.2 por ciento de la productividad anual",
            [(71.2, "total", Basis.PRODUCTIVITY)],
        ),
        ("lleva 43% de la meta anual en cirugías", [(43, "surgery", Basis.GOAL)]),
        (
            "dio 900 consultas y 40 cirugías, con avances de 58% y 69%, respectivamente",
            [(58, "consultation", Basis.GOAL), (69, "surgery", Basis.GOAL)],
        ),
        (
            "cumplió sus metas de consultas, cirugías y vacunas en 98, 103 y 110%, respectivamente",
            [
                (98, "consultation", Basis.GOAL),
                (103, "surgery", Basis.GOAL),
                (110, "vaccination", Basis.GOAL),
            ],
        ),
        ("tuvo una ocupación de 80 por ciento", []),
        ("usó pruebas con una sensibilidad por arriba de 94%", []),
        ("dio 900 consultas, 8 por ciento más que en 2022, y superó su meta", []),
        ("atendió 40 casos; 24.2 por ciento corresponde a menores", []),
    ],
)
def test_a_share_says_of_what_it_is(
    words: str, expected: list[tuple[float, str, Basis | None]]
) -> None:
    assert percents(f"En la 4ª Jornada Nacional el IMSS {words}.") == expected
