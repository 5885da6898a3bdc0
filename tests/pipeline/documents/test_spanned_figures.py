from pipeline.documents import document_from
from pipeline.documents.webpage import parse
from pipeline.rules.reader import read_report
from schemas.document import Metadata

PROSE = "Resultados de la jornada quirúrgica del 7 al 9 de junio de 2024 en el IMSS Sonora."
TABLE = """<table><tr><th rowspan=2>Zona<th rowspan="2">Unidad<th colspan=2>Cirugías
<th colspan='2'>Consultas<tr><th>Meta<th>Real<th>Meta<th>Real
<tr><td rowspan=2>Norte<td>HGZ 2<td>10<td>12<td>100<td>120
<tr><td>HGZ 3<td>20<td>22<td>200<td>220<tr><td colspan=2>Total<td>30<td>34<td>300<td>340</table>"""


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
