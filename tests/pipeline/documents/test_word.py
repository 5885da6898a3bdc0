from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from pipeline.documents import read_all
from pipeline.documents.word_runs import Look, RunFormats

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Write = Callable[..., str]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def cell(text: str, properties: str = "") -> str:
    paragraphs = "".join(paragraph(run(line)) for line in text.split("\n"))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def table(*rows: str) -> str:
    rows_of = "".join(row if row.startswith("<w:tr") else f"<w:tr>{row}</w:tr>" for row in rows)
    return f"<w:tbl>{rows_of}</w:tbl>"


def row(*texts: str) -> str:
    return "".join(map(cell, texts))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a DOCX with this body, these styles and notes; return the text that is read of it."""

    def write(body: str, *, styles: str = "", notes: dict[str, str] | None = None) -> str:
        document = docx.Document()
        for element in parse_xml(f"<w:body {NAMESPACES}>{body}</w:body>"):
            document.element.body.append(element)
        for element in parse_xml(f"<w:styles {NAMESPACES}>{styles}</w:styles>"):
            document.styles.element.append(element)
        for kind, inner in (notes or {}).items():
            part = Part(
                PackURI(f"/word/{kind}.xml"),
                f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml",
                f"<w:{kind} {NAMESPACES}>{inner}</w:{kind}>".encode(),
                document.part.package,
            )
            document.part.relate_to(part, f"{RELATIONS}/{kind}")
        document.save(str(tmp_path / "a.docx"))
        (loaded,) = read_all([str(tmp_path / "a.docx")])
        assert loaded.document is not None, loaded.error
        return loaded.document.text

    return write


STYLES = """
<w:style w:type="character" w:styleId="Tachado"><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Doble"><w:rPr><w:dstrike/></w:rPr></w:style>
<w:style w:type="character" w:styleId="SobreTachado"><w:basedOn w:val="Tachado"/></w:style>
<w:style w:type="character" w:styleId="Anillo"><w:basedOn w:val="Anillo"/></w:style>
<w:style w:type="paragraph" w:styleId="Oculto"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="PTachado"><w:rPr><w:strike/></w:rPr></w:style>
"""


@pytest.mark.parametrize(
    ("properties", "style", "shown"),
    [
        ("<w:strike/>", "", False),
        ("<w:dstrike/>", "", False),
        ("<w:vanish/>", "", False),
        ('<w:strike w:val="true"/>', "", False),
        ('<w:strike w:val="0"/>', "", True),
        ('<w:vanish w:val="false"/>', "", True),
        ('<w:rStyle w:val="Tachado"/>', "", False),
        ('<w:rStyle w:val="SobreTachado"/>', "", False),
        ('<w:rStyle w:val="Doble"/>', "", False),
        ('<w:rStyle w:val="Anillo"/>', "", True),
        ('<w:rStyle w:val="Tachado"/><w:strike w:val="off"/>', "", True),
        ("", "Oculto", False),
        ("", "PTachado", False),
        ('<w:vanish w:val="0"/>', "Oculto", True),
        ('<w:rStyle w:val="Tachado"/>', "PTachado", True),  # Word undoes it
        ("<w:b/>", "Inexistente", True),
    ],
)
def test_what_is_struck_out_or_hidden_is_no_text(
    write: Write, properties: str, style: str, *, shown: bool
) -> None:
    doubtful = paragraph(run("Hubo 9,999 consultas.", properties), f'<w:pStyle w:val="{style}"/>')
    text = write(paragraph(run("Hubo 30 trasplantes.")) + doubtful, styles=STYLES)
    assert ("9,999" in text) == shown
    assert "30 trasplantes" in text


def test_the_default_paragraph_style_counts_where_none_is_named() -> None:
    default = '<w:style w:type="paragraph" w:default="1" w:styleId="N">'
    styles = f"<w:styles {NAMESPACES}>{default}<w:rPr><w:vanish/></w:rPr></w:style></w:styles>"
    formats = RunFormats(parse_xml(styles))
    for named, shown in (("", False), ('<w:pStyle w:val="Otro"/>', True)):
        words = run("Hubo 30 trasplantes.")
        read = parse_xml(paragraph(words, named).replace("<w:p>", f"<w:p {NAMESPACES}>", 1))
        assert (formats.look_of(read[1], formats.style_of(read)) is Look.SEEN) == shown


def test_tracked_changes_are_read_as_accepted(write: Write) -> None:
    deleted = "<w:del><w:r><w:delText>31</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{run('de 99 ')}</w:moveFrom><w:moveTo>{run('de riñón ')}</w:moveTo>"
    body = paragraph(run("Hubo ") + deleted + f"<w:ins>{run('30 trasplantes ')}</w:ins>" + moved)
    gone_row = f"<w:tr><w:trPr><w:del/></w:trPr>{row('Cirugías', '77')}</w:tr>"
    body += table(row("Servicio", "Cifra"), gone_row, row("Consultas", "58"))
    assert write(body) == "Hubo 30 trasplantes de riñón\n\nServicio | Cifra\nConsultas | 58"


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next(write: Write) -> None:
    body = paragraph(run("Hubo 58 "), "<w:rPr><w:del/></w:rPr>") + paragraph(run("mil consultas."))
    assert write(body) == "Hubo 58 mil consultas."


def test_notes_that_the_text_refers_to_are_text_and_stand_at_the_end(write: Write) -> None:
    def refer(kind: str, number: int) -> str:
        return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'

    def note(kind: str, number: int, text: str) -> str:
        return f'<w:{kind} w:id="{number}">{paragraph(run(text))}</w:{kind}>'

    gone = f"<w:del>{refer('footnote', 3)}</w:del>"
    body = paragraph(run("Hubo 30 trasplantes") + refer("endnote", 1) + refer("footnote", 2) + gone)
    body += paragraph(run("y 5 más") + refer("footnote", 1) + run(" en León."))
    notes = {
        "footnotes": note("footnote", 0, "")
        + note("footnote", 1, "Con 7 de córnea.")
        + note("footnote", 2, "Y 12 de riñón.")
        + note("footnote", 3, "Fueron 99."),
        "endnotes": note("endnote", 1, "Datos de 2022."),
    }
    assert write(body, notes=notes).split("\n\n") == [
        "Hubo 30 trasplantes",
        "y 5 más en León.",
        "Y 12 de riñón.",
        "Con 7 de córnea.",
        "Datos de 2022.",
    ]


@pytest.mark.parametrize("kind", ["both", "choice", "vml"])
def test_a_text_box_is_read_once_after_its_paragraph(write: Write, kind: str) -> None:
    content = f"<w:txbxContent>{paragraph(run('Hubo 30 trasplantes.'))}</w:txbxContent>"
    new = f"<wps:txbx>{content}</wps:txbx>"
    old = f"<w:pict><v:textbox>{content}</v:textbox></w:pict>"
    fallback = f"<mc:Fallback>{old}</mc:Fallback>" if kind == "both" else ""
    choice = f"<mc:Choice Requires='wps'>{new}</mc:Choice>"
    drawn = (
        old if kind == "vml" else f"<mc:AlternateContent>{choice}{fallback}</mc:AlternateContent>"
    )
    body = paragraph(run("Balance") + f"<w:r>{drawn}</w:r>" + run(" de la jornada."))
    assert write(body) == "Balance de la jornada.\n\nHubo 30 trasplantes."


SPAN = '<w:gridSpan w:val="2"/>'
FIRST, NEXT = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            [row("Servicio", "Meta", "Realizadas"), row("Cirugías", "2 mil", "2 mil\n590")],
            ["Servicio | Meta | Realizadas", "Cirugías | 2 mil | 2 mil 590"],
        ),
        (
            [row("", "Meta", "Realizadas"), row("Ciru-\ngías", "5", "6"), row("", "7", "")],
            ["- | Meta | Realizadas", "Cirugías | 5 | 6", "- | 7 |"],
        ),
        (
            [cell("Resultados de la 5ª Jornada", SPAN), row("Servicio", "Cifra"), row("X", "5")],
            ["Resultados de la 5ª Jornada", "Servicio | Cifra", "X | 5"],
        ),
        (
            [
                cell("Estado", FIRST) + cell("Cirugías", SPAN),
                cell("", NEXT) + row("Meta", "Realizadas"),
                row("Sonora", "100", "120"),
            ],
            ["Estado | Cirugías Meta | Cirugías Realizadas", "Sonora | 100 | 120"],
        ),
        (
            [
                row("Servicio", "Tipo", "Cifra"),
                cell("Consultas", FIRST) + row("Familiar", "58"),
                cell("", NEXT) + row("Especialidad", "23"),
                cell("Total", SPAN) + cell("81"),
            ],
            [
                "Servicio | Tipo | Cifra",
                "Consultas | Familiar | 58",
                "Consultas | Especialidad | 23",
                "Total | Total | 81",
            ],
        ),
        (
            [cell("5", FIRST) + cell("a"), cell("", NEXT) + cell("b"), cell("6", SPAN)],
            ["5 | a", "- | b", "6"],
        ),
    ],
)
def test_a_table_is_lines_under_the_names_of_its_columns(
    write: Write, rows: list[str], lines: list[str]
) -> None:
    assert write(table(*rows)) == "\n".join(lines)


def test_heads_that_are_repeated_on_each_page_are_one(write: Write) -> None:
    heads = [
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{row(*names)}</w:tr>"
        for names in (("Estado", "Cirugías"), ("", "Meta"))
    ]
    assert write(table(*heads, row("Sonora", "5"))) == "Estado | Cirugías Meta\nSonora | 5"


def test_a_table_that_lays_out_the_page_is_read_as_text(write: Write) -> None:
    long = "El IMSS dio consultas en todo el país. " * 8
    inner = table(row("Servicio", "Cifra"), row("Cirugías", "5"))
    outer = f"<w:tc>{paragraph(run(long))}{inner}{paragraph(run('Fin.'))}</w:tc>"
    text = write(table(outer + cell("Boletín\nde prensa")))
    assert text.split("\n\n")[1:] == [
        "Servicio | Cifra\nCirugías | 5",
        "Fin.",
        "Boletín",
        "de prensa",
    ]
