"""HTML where one would expect text: in fields, in files of another name."""

import csv
import json
from datetime import date
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from pipeline.documents import LoadedSource, read_all
from pipeline.documents.markup import plain

A = "El IMSS en Sonora otorgó 1,204 consultas de especialidad y 85 cirugías"
B = "durante la Quinta Jornada Nacional de Continuidad de los Servicios de Salud."


def read(path: Path) -> LoadedSource:
    (loaded,) = read_all([str(path)])
    return loaded


def write_field(path: Path, text: str, **more: str) -> Path:
    row = {"text": text, **more}
    if path.suffix == ".parquet":
        parquet.write_table(pa.table({name: [value] for name, value in row.items()}), path)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([row.keys(), row.values()])
    else:
        path.write_text(json.dumps(row), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.json"])
def test_html_in_a_field_is_read_as_such(tmp_path: Path, name: str) -> None:
    loaded = read(
        write_field(tmp_path / name, f"<p>{A}</p><p>{B}</p>", title="Boletín <b>5</b> &ntilde;")
    )
    assert loaded.document is not None
    assert loaded.document.text == f"Boletín 5 ñ\n\n{A}\n\n{B}"
    assert loaded.document.metadata.title == "Boletín 5 ñ"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<P CLASS=x>Otorg&oacute; 5<br/>y <b>6</b> m&#225;s</P>", "Otorgó 5\ny 6 más"),
        ("<b>58 mil</b> consultas\ny 30 m&aacute;s.\n\nFin", "58 mil consultas\ny 30 más.\n\nFin"),
        (
            "<h2>Metas</h2>\n\nHubo 5.\n\nHubo <i>6</i>.\n<ul><li>a</li>\n<li>b</li></ul>",
            "Metas\n\nHubo 5.\n\nHubo 6.\n\na\nb",
        ),
        (
            (
                "<table><tr><th>Servicio</th><td>Cifra</td></tr>"
                "<tr><td><p>Cirugías</p></td><td><div>2 mil</div></td></tr></table>"
            ),
            "Servicio | Cifra\nCirugías | 2 mil",
        ),
        ("Hubo 5 consultas<br>y 30 más", "Hubo 5 consultas\ny 30 más"),
        ("<div>Hubo 5</div><script>var x = 99;</script><style>p {top: 8px}</style>", "Hubo 5"),
        ("<p>Hubo 5<p>Hubo 6", "Hubo 5\n\nHubo 6"),
        ("&lt;p&gt;Hubo 5 cirug&amp;iacute;as&lt;/p&gt;", "Hubo 5 cirugías"),
        ("Cirug&iacute;as &amp; m&#xE1;s &quot;5&quot;", 'Cirugías & más "5"'),
        ("<p>Si 5 < 7, escriba a &lt;a@x.mx&gt;</p>", "Si 5 < 7, escriba a <a@x.mx>"),
    ],
)
def test_markup_goes_and_what_it_sets_out_stays(markup: str, text: str) -> None:
    assert plain(markup, []) == text


@pytest.mark.parametrize(
    "text",
    [
        "5 < 7 y 8 > 3, a<b>c",
        "Escriba a Prensa <prensa@imss.gob.mx> o vea <https://imss.gob.mx/5>",
        'La etiqueta "<b>" pone negritas, y <br> salta de línea.',
        "AT&T, R&D y &notario; 5 & 6",
        "Total <1> y <span de 3> o <p. 5>",
        "Párrafo con </p> suelto",
    ],
)
def test_a_text_that_speaks_of_signs_stays_as_it_is(tmp_path: Path, text: str) -> None:
    for name in ("a.jsonl", "a.csv"):
        loaded = read(write_field(tmp_path / name, text))
        assert loaded.document is not None
        assert loaded.document.text == text
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    loaded = read(tmp_path / "a.txt")
    assert loaded.document is not None
    assert (loaded.document.text, loaded.document.metadata.format) == (text, "txt")


def test_a_whole_page_in_a_field_is_read_as_a_page(tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html><html><head><meta property="article:published_time" content="2022-03-14">'
        f"</head><body><nav>Inicio 24</nav><article><h1>Jornada</h1><p>{A}</p><p>{B}</p></article>"
    )
    loaded = read(write_field(tmp_path / "a.jsonl", page))
    assert loaded.document is not None
    assert loaded.document.text == f"Jornada\n\n{A}\n\n{B}"
    assert loaded.document.metadata.published_on == date(2022, 3, 14)
    loaded = read(write_field(tmp_path / "b.jsonl", page, title="Otro", date="2021-01-02"))
    assert loaded.document is not None
    assert loaded.document.metadata.title == "Otro"
    assert loaded.document.metadata.published_on == date(2021, 1, 2)


def test_a_field_that_is_no_text_at_all_costs_itself(tmp_path: Path) -> None:
    deep = "<div>" * 5000 + A + "</div>" * 5000
    rows = [deep, "<p> </p>", f"<html>{deep}", f"<p>{A}</p>"]
    lines = "\n".join(json.dumps({"text": row}) for row in rows)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    loaded = list(read_all([str(tmp_path / "a.jsonl")]))
    assert [item.error is None for item in loaded] == [False, False, False, True]


BODY = f"<div class='c1'><p>{A}</p><p>{B}</p></div>"
XHTML = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD" "x">'


@pytest.mark.parametrize(
    "name",
    [
        *("a.php", "a.aspx", "a.jsp", "noticia", "a.html?id=3", "index.php@id=5", "a.txt", "b.doc"),
        *("boletin.5", "a.rtf", "a.docx", "a.md"),
    ],
)
@pytest.mark.parametrize(
    "start",
    [
        "<html><body>",
        f"{XHTML}<html><body>",
        " \n<!-- guardado -->\n<HTML lang=es><body>",
        "<head></head>",
    ],
)
def test_a_page_is_read_as_one_under_any_name(tmp_path: Path, name: str, start: str) -> None:
    (tmp_path / name).write_text(f"{start}{BODY}", encoding="utf-8")
    loaded = read(tmp_path / name)
    assert loaded.document is not None
    assert loaded.document.text == f"{A}\n\n{B}"
    assert loaded.document.metadata.format == "html"


@pytest.mark.parametrize("name", ["a.php", "a.txt", "noticia"])
def test_a_piece_of_a_page_is_read_as_html(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"<p>Bolet&iacute;n</p>{BODY}", encoding="utf-8")
    loaded = read(tmp_path / name)
    assert loaded.document is not None
    assert loaded.document.text == f"Boletín\n\n{A}\n\n{B}"
    assert loaded.document.metadata.format == "html"
