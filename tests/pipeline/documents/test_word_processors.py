"""ODT, RTF and EPUB, under their own names and under others."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from pipeline.documents import LoadedSource, read_all

RTF = r"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Plantilla 2019}}
\pard Cirug\'edas del IMSS\par {\field{\*\fldinst{HYPERLINK "http://x.mx/9"}}{\fldrslt Se} }
otorg\u243? 58 mil 610.\line Fin\par\trowd\cellx100\cellx200 Cirug\'edas\cell 2 mil\cell\row
{\pict\pngblip 89504e470d0a}}"""
RTF_TEXT = "Cirugías del IMSS\n\nSe otorgó 58 mil 610.\nFin\n\nCirugías | 2 mil"
ODT = """<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:b="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:d="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><o:body><o:text>
<t:tracked-changes><t:changed-region><t:p>Borrado: 9</t:p></t:changed-region></t:tracked-changes>
<t:h>Cirugías del IMSS</t:h><t:p>Hubo<t:s/><t:span>58 mil</t:span> 610<o:annotation><t:p>8</t:p>
</o:annotation><t:note><t:note-citation>7</t:note-citation><t:note-body><t:p>En 35 OOAD.</t:p>
</t:note-body></t:note>.<t:line-break/>Fin</t:p>
<t:list><t:list-item><t:p>uno</t:p></t:list-item><t:list-item><t:p>dos</t:p></t:list-item></t:list>
<b:table><b:table-row><b:table-cell><t:p>Cirugías</t:p></b:table-cell><b:table-cell><t:p>2 mil</t:p>
</b:table-cell></b:table-row></b:table></o:text></o:body></o:document-content>"""
ODT_TEXT = (
    "Cirugías del IMSS\n\nHubo 58 mil 610.\nFin\n\nEn 35 OOAD.\n\nuno\ndos\n\nCirugías | 2 mil"
)
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Boletines</dc:title></metadata><manifest>
<item id="b" href="dos%20b.xhtml"/><item id="a" href="../uno.html"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""


def packed(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, text, kind)
    return out.getvalue()


def odt(content: str = ODT, manifest: str = "<m/>") -> bytes:
    return packed(
        **{
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
        }
    )


def epub() -> bytes:
    container = '<c xmlns="urn:x"><rootfiles><rootfile full-path="OEBPS/c.opf"/></rootfiles></c>'
    page = '<?xml version="1.0" encoding="utf-8"?><html><head><title>x</title></head>{}</html>'
    return packed(
        **{
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/c.opf": PACKAGE,
            "OEBPS/dos b.xhtml": page.format("<body><p>Hubo 6 cirugías.</p></body>"),
            "uno.html": page.format("<body><h1>Uno</h1><p>Hubo 5.</p></body>"),
        }
    )


def read(path: Path, data: bytes) -> LoadedSource:
    path.write_bytes(data)
    (loaded,) = read_all([str(path)])
    return loaded


@pytest.mark.parametrize(
    ("names", "data", "kind", "text"),
    [
        ("a.rtf a.doc a.docx a.txt nota", RTF.encode(), "rtf", RTF_TEXT),
        ("a.odt a.docx a.doc nota", odt(), "odt", ODT_TEXT),
        ("a.epub nota", epub(), "epub", "Boletines\n\nUno\n\nHubo 5.\n\nHubo 6 cirugías."),
    ],
    ids=["rtf", "odt", "epub"],
)
def test_it_is_read_by_its_content(
    tmp_path: Path, names: str, data: bytes, kind: str, text: str
) -> None:
    for name in names.split():
        loaded = read(tmp_path / name, data)
        assert loaded.document is not None, (name, loaded.error)
        assert loaded.document.text == text
        assert loaded.document.metadata.format == kind


def test_a_docx_under_the_name_of_another_is_read(tmp_path: Path) -> None:
    file, out = docx.Document(), io.BytesIO()
    file.add_paragraph("Hubo 956 trasplantes.")
    file.save(out)
    for name in ("a.doc", "a.odt", "a.rtf", "a.txt", "nota"):
        loaded = read(tmp_path / name, out.getvalue())
        assert loaded.document is not None, (name, loaded.error)
        assert loaded.document.metadata.format == "docx"


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.odt", odt(manifest="<encryption-data/>"), "without one"),
        ("a.odt", odt()[:200], "broken file"),
        ("a.odt", odt("<a>" * 400), "broken file"),
        ("a.epub", packed(mimetype="application/epub+zip"), "broken file"),
        ("a.odt", b"nada", "broken file"),
        ("a.rtf", b"{\\rtf1{\\fonttbl" + b"\\f1 " * 9999 + b"}}", "broken RTF"),
        ("a.rtf", b"{\\rtf1 }", "no text"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "old Word file: save it as DOCX"),
        ("a.pages", packed(x="y"), "save it as DOCX"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)
def test_what_cannot_be_read_is_one_clear_line(
    tmp_path: Path, name: str, data: bytes, error: str
) -> None:
    assert error in (read(tmp_path / name, data).error or "")


def test_what_unpacks_to_too_much_is_one_clear_line(tmp_path: Path) -> None:
    data = odt(" " * 101 * 2**20)
    assert "unpacks to 101 MB" in (read(tmp_path / "a.odt", data).error or "")


def test_an_rtf_that_would_take_steps_without_end_is_read(tmp_path: Path) -> None:
    data = b"{\\rtf1 " + b'{\\field{\\*\\fldinst{HYPERLINK "' * 20_000
    assert "no text" in (read(tmp_path / "a.rtf", data).error or "")


def test_an_odt_is_what_a_reader_sees_of_it(tmp_path: Path) -> None:
    styles = "".join(
        f'<s:style s:name="{name}" s:family="{family}"><s:text-properties {how}/></s:style>'
        for name, family, how in (
            ("T1", "text", 's:text-line-through-style="solid"'),
            ("T2", "text", 't:display="none"'),
            ("T3", "text", 's:text-line-through-style="none"'),
            ("P1", "paragraph", 't:display="none"'),
        )
    )
    head, _ = ODT.replace(
        "xmlns:o=", 'xmlns:s="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:o='
    ).split("<o:body>")
    body = (
        '<o:body><o:text><t:p>Hubo <t:span t:style-name="T1">99</t:span><t:span t:style-name="T3">'
        '58</t:span> ciru-<t:line-break/>gías<t:span t:style-name="T2"> y 7</t:span>.</t:p>'
        '<t:p t:style-name="P1">Borrador 5</t:p></o:text></o:body></o:document-content>'
    )
    found = read(
        tmp_path / "a.odt", odt(f"{head}<o:automatic-styles>{styles}</o:automatic-styles>{body}")
    )
    assert found.document is not None
    assert found.document.text == "Hubo 58 cirugías."


def test_merged_cells_of_an_odt_are_undone(tmp_path: Path) -> None:
    def cell(text: str, how: str = "") -> str:
        return f"<b:table-cell {how}><t:p>{text}</t:p></b:table-cell>"

    covered, wide = "<b:covered-table-cell/>", 'b:number-columns-spanned="2"'
    rows = (
        cell("Unidad", 'b:number-rows-spanned="2"') + cell("Cirugías", wide) + covered,
        covered + cell("Meta") + cell("Logro"),
        cell("León") + cell("140") + cell("163"),
        '<b:table-cell b:number-columns-repeated="2"/>' + cell("9"),
    )
    table = "".join(f"<b:table-row>{row}</b:table-row>" for row in rows)
    before, _ = ODT.split("<o:body>")
    found = read(
        tmp_path / "a.odt",
        odt(
            f"{before}<o:body><o:text><b:table>{table}</b:table></o:text></o:body>"
            "</o:document-content>"
        ),
    )
    assert found.document is not None
    assert found.document.text == (
        "Unidad | Cirugías Meta | Cirugías Logro\nLeón | 140 | 163\n- |  | 9"
    )


def test_what_is_struck_out_or_hidden_in_rtf_is_no_text(tmp_path: Path) -> None:
    text = (
        r"{\rtf1\ansi Hubo {\strike 99 ciru\'edas\u243?} 58\striked1  7\striked0\v 6\plain "
        r" ciru-\line g\'edas{\v oculto{\b 5}}\vertalt , y 4.}"
    )
    found = read(tmp_path / "a.rtf", text.encode())
    assert found.document is not None
    assert found.document.text.split() == ["Hubo", "58", "cirugías,", "y", "4."]


@pytest.mark.parametrize("code", ["-99999999", "1114112", "99999999999999"])
def test_a_character_that_there_is_not_costs_no_rtf(tmp_path: Path, code: str) -> None:
    rtf = rf"{{\rtf1\ansi Hubo 5\u{code}? consultas}}"
    document = read(tmp_path / "a.rtf", rtf.encode()).document
    assert document is not None
    assert document.text == "Hubo 5\ufffd consultas"
