"""Tables of HTML whose cells span columns and rows: what stands in the text of them."""

from pathlib import Path

import lxml.html
import pytest

from pipeline.documents import read_all
from pipeline.documents.fragment import plain
from pipeline.documents.table_spans import undo_spans
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


@pytest.mark.parametrize(
    "spans",
    ["rowspan=40 colspan=40", "rowspan=1000000000", "colspan=1000000000", "rowspan=9 colspan=9"],
)
@pytest.mark.parametrize("cell", ["5", "<ul><li>5</li><li>6</li></ul><p>7</p>"])
def test_no_page_has_others_lay_out_cells_without_end(spans: str, cell: str) -> None:
    # The extractor of pages counts, for each cell that reaches down, those of the row once more.
    row = f"<tr>{f'<td {spans}>{cell}</td>' * 30}</tr>"
    tree = lxml.html.fromstring(f"<div>{f'<table>{row * 40}</table>' * 2}</div>")
    assert undo_spans(tree)
    assert not tree.xpath("//*[@rowspan or @colspan]")
