import pytest
from lxml.html import fromstring

from pipeline.documents import document_from
from pipeline.documents.blocks import blocks_of, set_out
from pipeline.documents.webpage import parse
from pipeline.rules.reader import read_report
from schemas.document import Metadata

PROSE = "Resultados de la jornada quirúrgica del 7 al 9 de junio de 2024 en el IMSS Sonora."
TABLE = """<table><tr><th rowspan=2>Zona<th rowspan="2">Unidad<th colspan=2>Cirugías
<th colspan='2'>Consultas<tr><th>Meta<th>Real<th>Meta<th>Real
<tr><td rowspan=2>Norte<td>HGZ 2<td>10<td>12<td>100<td>120
<tr><td>HGZ 3<td>20<td>22<td>200<td>220<tr><td colspan=2>Total<td>30<td>34<td>300<td>340</table>"""


def rows(table: str) -> list[str]:
    return set_out(blocks_of(fromstring(f"<div>{table}</div>"))).strip().split("\n")


def test_cells_that_span_are_said_in_each_row_and_leave_columns_empty() -> None:
    assert rows(TABLE) == [
        "Zona | Unidad | Cirugías | | Consultas",
        "Zona | Unidad | Meta | Real | Meta | Real",
        "Norte | HGZ 2 | 10 | 12 | 100 | 120",
        "Norte | HGZ 3 | 20 | 22 | 200 | 220",
        "Total | | 30 | 34 | 300 | 340",
    ]


def test_a_number_that_spans_rows_is_said_once() -> None:
    table = "<table><tr><td>A<td rowspan=2>75<td>1<tr><td>B<td>2</table>"
    assert rows(table) == ["A | 75 | 1", "B | | 2"]


@pytest.mark.parametrize("span", ["0", "-3", "x", "99999999999999999999", "1.5", ""])
def test_a_span_that_is_none_changes_nothing(span: str) -> None:
    table = f"<table><tr><td colspan='{span}'>A<td rowspan='{span}'>1<tr><td>B</table>"
    assert rows(table) == ["A | 1", "B"]


def test_a_page_cannot_ask_for_endless_cells() -> None:
    row = "<tr>" + "<td colspan=9999 rowspan=9999>a" * 300
    assert len(set_out(blocks_of(fromstring(f"<div><table>{row * 20}</table></div>")))) < 60_000


def test_a_page_keeps_the_lower_line_of_names() -> None:
    page = f"<html><body><article><h1>Jornada</h1><p>{PROSE}</p>{TABLE}</article></body></html>"
    text = parse(page.encode()).body
    figures = read_report(document_from(text, Metadata(format="txt"))).figures
    assert [f"{one.value:g} {one.service} {one.status} {one.place}" for one in figures[:8:3]] == [
        "10 surgery planned HGZ 2",
        "120 consultation performed HGZ 2",
        "200 consultation planned HGZ 3",
    ]
    assert [one.place for one in figures[8:]] == ["Sonora"] * 4
