"""What a reader of an ODT or RTF does not see is no text of it."""

from pathlib import Path

import pytest

from pipeline.documents import read_all
from schemas.document import Document
from tests.pipeline.documents.test_word_processors import packed

SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }.items()
)
WORDS = "Hubo 731 cirugías"


def load(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None, loaded.error
    return loaded.document


def styled(properties: str, kind: str = "text", parent: str = "") -> str:
    parent = f'style:parent-style-name="{parent}"' if parent else ""
    return (
        f'<style:style style:family="text" style:name="S" {parent}>'
        f"<style:{kind}-properties {properties}/></style:style>"
    )


def odt(body: str, styles: str = "", common: str = "") -> bytes:
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:text><text:p>Uno.</text:p>{body}"
        "</office:text></office:body></office:document-content>"
    )
    return packed(
        **{
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<m/>",
            "content.xml": content,
            "styles.xml": f"<office:document-styles {SPACES}>{common}</office:document-styles>",
        }
    )


SPAN = f'<text:p><text:span text:style-name="S">{WORDS}</text:span></text:p>'
PARAGRAPH = f"<text:p>{WORDS}</text:p>"
HIDDEN_BASE = (
    '<style:style style:family="text" style:name="Base">'
    '<style:text-properties text:display="none"/>'
    '</style:style><style:style style:family="text" style:name="Hijo"'
    ' style:parent-style-name="Base"/>'
)
DARK = (
    '<style:style style:family="paragraph" style:name="P"><style:paragraph-properties'
    ' fo:background-color="#000080"/></style:style>'
)
WHITE = styled('fo:color="#ffffff"')
UNSEEN_ODT = (
    *((SPAN, styled('text:display="none"'), ""), (SPAN, styled('fo:font-size="0.5pt"'), "")),
    *((SPAN, WHITE, ""), (SPAN, styled('fo:color="transparent"'), "")),
    (SPAN, styled('fo:color="#000000" fo:background-color="#000000"'), ""),
    (SPAN, styled("", parent="Hijo"), HIDDEN_BASE),
    *(
        (f"<text:section {how}>{PARAGRAPH}</text:section>", "", "")
        for how in (
            'text:display="none"',
            'text:display="condition" text:is-hidden="true"',
        )
    ),
    (f'<text:p><text:hidden-paragraph text:is-hidden="true"/>{WORDS}</text:p>', "", ""),
    (
        f'<text:p>Dos<text:hidden-text text:is-hidden="true">{WORDS}</text:hidden-text></text:p>',
        "",
        "",
    ),
    (
        (
            '<table:table><table:table-row table:visibility="collapse"><table:table-cell>'
            f"{PARAGRAPH}</table:table-cell></table:table-row></table:table>"
        ),
        "",
        "",
    ),
    (
        (
            f'<text:p><draw:frame svg:x="-40cm" svg:width="5cm"><draw:text-box>{PARAGRAPH}'
            "</draw:text-box></draw:frame></text:p>"
        ),
        "",
        "",
    ),
)
SEEN_ODT = (
    *((SPAN, styled('text:display="true"'), ""), (SPAN, styled('fo:font-size="9pt"'), "")),
    (SPAN, styled('text:display="true"', parent="Hijo"), HIDDEN_BASE),
    (SPAN.replace("<text:p>", '<text:p text:style-name="P">'), WHITE + DARK, ""),
    (SPAN, WHITE, '<style:page-layout-properties fo:background-color="#000080"/>'),
    (
        f"<text:p><draw:frame><draw:text-box>{SPAN}</draw:text-box></draw:frame></text:p>",
        WHITE,
        "",
    ),
    (f'<text:section text:display="condition">{PARAGRAPH}</text:section>', "", ""),
    (f"<text:p><text:conditional-text>{WORDS}</text:conditional-text></text:p>", "", ""),
)


@pytest.mark.parametrize(("body", "styles", "common"), UNSEEN_ODT)
def test_what_nobody_sees_of_an_odt_is_no_text_and_told(
    tmp_path: Path, body: str, styles: str, common: str
) -> None:
    document = load(tmp_path / "a.odt", odt(body, styles, common))
    assert "731" not in document.text
    assert WORDS in (document.metadata.hidden_text or "")


@pytest.mark.parametrize(("body", "styles", "common"), SEEN_ODT)
def test_what_somebody_sees_of_an_odt_is_text(
    tmp_path: Path, body: str, styles: str, common: str
) -> None:
    document = load(tmp_path / "a.odt", odt(body, styles, common))
    assert document.text == f"Uno.\n\n{WORDS}"
    assert document.metadata.hidden_words is None


COLOURS = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue128;\red0\green0\blue0;}"
RTF_WORDS = r"Hubo 731 cirug\'edas"


@pytest.mark.parametrize(
    "unseen",
    [
        *(
            r"{\v WORDS}",
            r"\v WORDS\v0 ",
            r"{\webhidden WORDS}",
            r"{\v\b WORDS\b0}",
            r"{\fs1 WORDS}",
        ),
        *(r"{\cf1 WORDS}", r"{\cf1\highlight1 WORDS}", r"{\cf3\chcbpat3 WORDS}"),
        *(r"{\cbpat2\cf2 WORDS}", r"{\cf1{\b WORDS}}", r"{\sl-1 WORDS}"),
    ],
)
def test_what_nobody_sees_of_an_rtf_is_no_text_and_told(tmp_path: Path, unseen: str) -> None:
    text = rf"{{\rtf1\ansi{COLOURS}Uno {unseen.replace('WORDS', RTF_WORDS)}dos 2.}}"
    document = load(tmp_path / "a.rtf", text.encode())
    assert document.text.split() == ["Uno", "dos", "2."]
    assert document.metadata.hidden_text == WORDS


@pytest.mark.parametrize(
    "seen",
    [
        *(r"{\v0 WORDS}", r"{\v\plain WORDS}", r"{\fs18 WORDS}", r"{\cf3 WORDS}"),
        *(r"{\cf1\highlight2 WORDS}", r"{\cbpat2\cf1 WORDS}", r"{\clcbpat2\cf1 WORDS}"),
        *(r"{\cf1\cf0 WORDS}", r"{\sl-240 WORDS}", r"{\sl1 WORDS}", r"{\cf9 WORDS}"),
        r"{\stylesheet{\*\cs9 \v Oculto;}}WORDS",
    ],
)
def test_what_somebody_sees_of_an_rtf_is_text(tmp_path: Path, seen: str) -> None:
    text = rf"{{\rtf1\ansi{COLOURS}Uno {seen.replace('WORDS', RTF_WORDS)} dos 2.}}"
    document = load(tmp_path / "a.rtf", text.encode())
    assert " ".join(document.text.split()) == f"Uno {WORDS} dos 2."
    assert document.metadata.hidden_words is None
