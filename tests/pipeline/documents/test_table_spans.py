"""Tables of HTML whose cells span columns and rows: what stands in the text of them."""

from pathlib import Path

import pytest

from pipeline.documents import read_all
from pipeline.documents.fragment import plain
from tests.pipeline.documents.test_pages import BODY, page

HEADS = (
    "<tr><th rowspan=2>Unidad</th><th colspan=2>Cirugías</th><th colspan='2'>Consultas</th></tr>"
    "<tr><th>Meta</th><th>Logro</th><th>Meta</th><th>Logro</th></tr>"
)
NAMES = "Unidad | Cirugías Meta | Cirugías Logro | Consultas Meta | Consultas Logro"
ROW = "<tr><td>León</td><td>140</td><td><a href=/x>163</a></td><td>900</td><td>950</td></tr>"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (HEADS + ROW, f"{NAMES}\nLeón | 140 | 163 | 900 | 950"),
        (
            f"<tr><th colspan=5>Balance</th></tr>{HEADS}{ROW}",
            f"Balance\n{NAMES}\nLeón | 140 | 163 | 900 | 950",
        ),
        (
            (
                "<tr><th>Unidad</th><th>Turno</th><th>Cirugías</th></tr>"
                "<tr><td rowspan=3>León</td><td>Mañana</td><td>14</td></tr>"
                "<tr><td>Tarde</td><td>15</td></tr><tr><td>Noche</td><td>16</td></tr>"
                "<tr><td colspan=2>Total</td><td>45</td></tr>"
            ),
            (
                "Unidad | Turno | Cirugías\nLeón | Mañana | 14\nLeón | Tarde | 15"
                "\nLeón | Noche | 16"
                "\nTotal | Total | 45"
            ),
        ),
        (
            "<tr><td rowspan=2>HGZ 2</td><td>14</td></tr><tr><td>15</td></tr>",
            "HGZ 2 | 14\n- | 15",
        ),
        ("<tr><td colspan=x>León</td><td rowspan=0>14</td></tr>", "León | 14"),
    ],
)
def test_each_number_stands_under_the_name_of_its_column(
    tmp_path: Path, rows: str, text: str
) -> None:
    assert plain(f"<table>{rows}</table>", []) == text
    path = tmp_path / "a.html"
    path.write_text(page(f"{BODY}<table>{rows}</table>"), encoding="utf-8")
    (found,) = read_all([str(path)])
    assert found.document is not None
    assert found.document.text.endswith(f"\n\n{text}")


def test_a_cell_that_claims_to_be_wide_costs_nothing() -> None:
    wide = "<tr><td>a</td><td colspan=9999 rowspan=9999>5</td></tr>"
    assert plain(f"<table>{wide * 3000}</table>", []).splitlines() == ["a | 5"] * 3000
