"""What a reader of a DOCX does not see is no text of it; what strikes the eye is."""

from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.documents import read_all
from schemas.document import Document
from tests.pipeline.documents.test_word import NAMESPACES, cell, paragraph, run, table

MORE = (
    f"{NAMESPACES}"
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)
STYLES = """
<w:style w:type="character" w:styleId="Oculto"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Hijo"><w:basedOn w:val="Oculto"/></w:style>
<w:style w:type="character" w:styleId="Blanco"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Chico"><w:rPr><w:sz w:val="1"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Nieto"><w:basedOn w:val="Chico"/></w:style>
<w:style w:type="paragraph" w:styleId="Fondo"><w:pPr><w:shd w:val="clear" w:fill="000080"/></w:pPr>
</w:style>
"""
WORDS = "Hubo 731 cirugías"
WHITE = '<w:color w:val="FFFFFF"/>'
CLEAR = (
    '<w14:textFill><w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="100000"/>'
    "</w14:srgbClr></w14:solidFill></w14:textFill>"
)
UNSEEN_RUNS = (
    *("<w:vanish/>", '<w:vanish w:val="1"/>', "<w:webHidden/>"),
    *('<w:rStyle w:val="Oculto"/>', '<w:rStyle w:val="Hijo"/>', '<w:rStyle w:val="Blanco"/>'),
    *('<w:sz w:val="1"/>', '<w:sz w:val="2"/>', WHITE, '<w:color w:val="fefefe"/>'),
    f'{WHITE}<w:shd w:val="clear" w:color="auto" w:fill="FFFFFF"/>',
    f'{WHITE}<w:shd w:val="clear" w:color="auto" w:fill="auto"/>',
    '<w:color w:val="000000"/><w:highlight w:val="black"/>',
    '<w:color w:val="1F3864"/><w:shd w:val="clear" w:color="auto" w:fill="1F3864"/>',
    "<w14:textFill><w14:noFill/></w14:textFill>",
    CLEAR,
)
SEEN_RUNS = (
    *("", "<w:b/>", '<w:vanish w:val="0"/>', '<w:sz w:val="16"/>', '<w:color w:val="auto"/>'),
    '<w:rStyle w:val="Oculto"/><w:vanish w:val="0"/>',
    '<w:rStyle w:val="Blanco"/><w:color w:val="C00000"/>',
    f'{WHITE}<w:highlight w:val="blue"/>',
    f'{WHITE}<w:shd w:val="clear" w:color="auto" w:fill="1F3864"/>',
    f'{WHITE}<w:shd w:val="pct50" w:color="000000" w:fill="FFFFFF"/>',
    '<w:shd w:val="clear" w:color="auto" w:fill="000000"/>',
    '<w:color w:val="EEECE1"/>',
)
UNSEEN_PARAGRAPHS = (
    *('<w:pStyle w:val="Chico"/>', '<w:pStyle w:val="Nieto"/>', '<w:ind w:left="-20000"/>'),
    '<w:framePr w:hAnchor="page" w:x="-20000" w:y="1"/>',
    '<w:spacing w:line="1" w:lineRule="exact"/>',
)
SEEN_PARAGRAPHS = (
    *('<w:ind w:left="-700" w:firstLine="700"/>', '<w:spacing w:line="240" w:lineRule="exact"/>'),
    '<w:framePr w:hAnchor="page" w:x="900" w:y="900"/>',
)


def shape(inner: str, about: str = "", offset: int = 0, width: int = 900_000) -> str:
    return (
        f"<w:r><w:drawing><wp:anchor><wp:positionH><wp:posOffset>{offset}</wp:posOffset>"
        f'</wp:positionH><wp:extent cx="{width}" cy="900000"/><wp:docPr id="1" {about}/><wps:txbx>'
        f"<w:txbxContent>{inner}</w:txbxContent></wps:txbx></wp:anchor></w:drawing></w:r>"
    )


def vml(style: str) -> str:
    box = f"<w:txbxContent>{paragraph(run(WORDS))}</w:txbxContent>"
    shape = f'<v:shape style="{style}"><v:textbox>{box}</v:textbox></v:shape>'
    return f"<w:r><w:pict>{shape}</w:pict></w:r>"


def shaded(fill: str, inner: str, style: str = "") -> str:
    properties = f'<w:shd w:val="clear" w:fill="{fill}"/>'
    of_table = f'<w:tblPr><w:tblStyle w:val="{style}"/></w:tblPr>' if style else ""
    return (
        f"<w:tbl>{of_table}<w:tr><w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc></w:tr></w:tbl>"
    )


def row(properties: str) -> str:
    return table(f"<w:tr><w:trPr>{properties}</w:trPr>{cell(WORDS)}</w:tr>", cell("Total"))


BLANK = paragraph(run(WORDS, WHITE))
UNSEEN = (
    *(paragraph(run(WORDS, properties)) for properties in UNSEEN_RUNS),
    *(paragraph(run(WORDS), properties) for properties in UNSEEN_PARAGRAPHS),
    *(row("<w:hidden/>"), row('<w:trHeight w:val="1" w:hRule="exact"/>')),
    f'<w:tbl><w:tblPr><w:tblpPr w:tblpX="-20000"/></w:tblPr><w:tr>{cell(WORDS)}</w:tr></w:tbl>',
    *(shaded("auto", BLANK), shaded("FFFFFF", BLANK)),
    shaded("000080", paragraph(run(WORDS, '<w:color w:val="000080"/>'))),
    paragraph(shape(paragraph(run(WORDS)), 'hidden="1"')),
    paragraph(shape(paragraph(run(WORDS)), offset=-9_000_000)),
    paragraph(shape(paragraph(run(WORDS)), width=0)),
    *(paragraph(vml("visibility:hidden")), paragraph(vml("position:absolute;left:-999pt"))),
)
SEEN = (
    *(paragraph(run(WORDS, properties)) for properties in SEEN_RUNS),
    *(paragraph(run(WORDS), properties) for properties in SEEN_PARAGRAPHS),
    *(row(""), row('<w:trHeight w:val="300" w:hRule="exact"/>'), shaded("000080", BLANK)),
    shaded("auto", BLANK, "GridTable4"),  # whose head may be dark
    shaded("000080", table(cell("a")) + BLANK),
    paragraph(run(WORDS, WHITE), '<w:shd w:val="clear" w:fill="000080"/>'),
    paragraph(run(WORDS, WHITE), '<w:pStyle w:val="Fondo"/>'),
    *(paragraph(shape(paragraph(run(WORDS)))), paragraph(shape(BLANK))),
    paragraph(vml("position:absolute;left:9pt;width:99pt;height:9pt")),
)


def read(
    path: Path, body: str, *, defaults: str = "", background: str = "", styles: str = ""
) -> Document:
    made = docx.Document()
    for element in parse_xml(f"<w:body {MORE}>{paragraph(run('Uno.'))}{body}</w:body>"):
        made.element.body.append(element)
    for element in parse_xml(f"<w:styles {MORE}>{STYLES}{styles}</w:styles>"):
        made.styles.element.append(element)
    if defaults:
        (properties,) = made.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")
        properties[:] = [*parse_xml(f"<w:rPr {MORE}>{defaults}</w:rPr>")]
    if background:
        made.element.insert(0, parse_xml(f'<w:background {MORE} w:color="{background}"/>'))
    made.save(str(path))
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None, loaded.error
    return loaded.document


@pytest.mark.parametrize("body", UNSEEN)
def test_what_nobody_sees_is_no_text_and_told(tmp_path: Path, body: str) -> None:
    document = read(tmp_path / "a.docx", body)
    assert "731" not in document.text
    assert document.metadata.hidden_words == len(WORDS.split())
    assert document.metadata.hidden_text == WORDS


@pytest.mark.parametrize("body", SEEN)
def test_what_somebody_sees_is_text(tmp_path: Path, body: str) -> None:
    document = read(tmp_path / "a.docx", body)
    assert WORDS in document.text
    assert document.metadata.hidden_words is None


def test_what_is_struck_out_is_no_text_and_not_hidden(tmp_path: Path) -> None:
    document = read(tmp_path / "a.docx", paragraph(run(WORDS, "<w:strike/>")))
    assert document.text == "Uno."
    assert document.metadata.hidden_words is None


@pytest.mark.parametrize("defaults", ["<w:vanish/>", '<w:sz w:val="1"/>', WHITE])
def test_what_the_document_says_of_all_text_counts(tmp_path: Path, defaults: str) -> None:
    seen = '<w:vanish w:val="0"/><w:sz w:val="24"/><w:color w:val="000000"/>'
    body = paragraph(run("Dos.", seen)) + paragraph(run(WORDS))
    assert read(tmp_path / "a.docx", body, defaults=defaults).text == "Dos."


def test_white_words_on_dark_pages_are_seen(tmp_path: Path) -> None:
    assert WORDS in read(tmp_path / "a.docx", BLANK, background="000080").text
    behind = paragraph(shape(paragraph(run("Foto")))).replace(
        "<wp:anchor>", '<wp:anchor behindDoc="1">'
    )
    assert WORDS in read(tmp_path / "b.docx", behind + BLANK).text


def test_styles_say_what_those_say_that_they_build_on_however_many(tmp_path: Path) -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}{n}">'
        f'<w:basedOn w:val="{f"{name}{n - 1}" if n else base}"/></w:style>'
        for name, base in (("De", "Chico"), ("Sobre", "Fondo"))
        for n in range(100)
    )
    hidden = paragraph(run(WORDS), '<w:pStyle w:val="De99"/>')
    seen = paragraph(run("Dos.", WHITE), '<w:pStyle w:val="Sobre99"/>')
    assert read(tmp_path / "a.docx", hidden + seen, styles=styles).text == "Uno.\n\nDos."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    runs=st.lists(st.tuples(st.sampled_from(UNSEEN_RUNS), st.sampled_from(SEEN_RUNS)), max_size=6)
)
def test_a_document_says_what_is_seen_of_it_and_no_more(
    tmp_path: Path, runs: list[tuple[str, str]]
) -> None:
    pairs = "".join(
        run(f"[{n} vacunas]", seen) + run(f"[{n} cirugías]", unseen)
        for n, (unseen, seen) in enumerate(runs)
    )
    document = read(tmp_path / "a.docx", paragraph(pairs))
    assert document.text.count("vacunas") == len(runs)
    assert "cirugías" not in document.text
    assert (document.metadata.hidden_words or 0) == 2 * len(runs)
