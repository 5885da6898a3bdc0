"""Valid small files of each format that is read, and how one is taken apart and put together."""

import base64
import csv
import html
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from benchmarks.isolation import WRITERS
from tests import hostile

Change = Callable[[bytes], bytes]
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_ODT = "application/vnd.oasis.opendocument.text"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style")
)
_MANIFEST = (
    f'{_XML}<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><file-entry '
    f'full-path="/" media-type="{_ODT}"/></manifest>'
)
_CONTAINER = (
    f'{_XML}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="c.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """Pack files to a ZIP archive, all with one date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            packed.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def members(packed: bytes) -> dict[str, bytes]:
    """Unpack an archive."""
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def odt(content: str, styles: str = "") -> bytes:
    """Make an OpenDocument text of the XML of its body, and of its styles."""
    root = f"office:document-content {_NAMES}"
    body = f"<office:body><office:text>{content}</office:text></office:body>"
    styled = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    xml = f"{_XML}<{root}>{styled}{body}</office:document-content>"
    return archive({"mimetype": _ODT, "content.xml": xml, "META-INF/manifest.xml": _MANIFEST})


def epub(pages: Mapping[str, str], spine: str = "") -> bytes:
    """Make an EPUB of pages, each named in the manifest and, unless `spine` is given, there."""
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in pages
    )
    spine = spine or "".join(f'<itemref idref="{name}"/>' for name in pages)
    package = (
        f'{_XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    first = {"mimetype": "application/epub+zip", "META-INF/container.xml": _CONTAINER}
    return archive({**first, "c.opf": package, **pages})


def docx(body: str, **others: str) -> bytes:
    """Make a Word file of the XML of its body, and of other parts (`styles`, `footnotes` ...)."""
    parts = members(WRITERS["docx"]("Hubo 5 consultas."))
    start, _, rest = parts["word/document.xml"].partition(b"<w:body>")
    end = rest.partition(b"<w:sectPr")
    parts["word/document.xml"] = start + b"<w:body>" + body.encode() + b"".join(end[1:])
    for name, xml in others.items():
        was, _, end_tag = parts[f"word/{name}.xml"].rpartition(b"</w:")
        parts[f"word/{name}.xml"] = was + xml.encode() + b"</w:" + end_tag
    return archive(parts)


def pdf(content: bytes, resources: bytes = b"", **others: bytes) -> bytes:
    """Make a PDF of one page of what is drawn; `others` are objects, `o6` the sixth."""
    body = zlib.compress(content)
    return hostile.pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 5000]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>" + resources + b">>>>",
            4: hostile.stream(body, b"/Filter/FlateDecode"),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            **{int(name[1:]): body for name, body in others.items()},
        }
    )


def drawn(text: str) -> bytes:
    """Set a text as a PDF's page draws it, a line a paragraph."""
    shown = text.replace("\\", "").replace("(", "\\(").replace(")", "\\)").split("\n")
    lines = " ".join(f"({line}) Tj T*" for line in shown)
    return f"BT /F 10 Tf 14 TL 40 4960 Td {lines} ET".encode("cp1252", "replace")


def _rtf(text: str) -> bytes:
    words = text.replace("\\", "").replace("{", "").replace("}", "").replace("\n\n", "\\par ")
    return f"{{\\rtf1\\ansi\\ansicpg1252 {words}}}".encode("cp1252", "replace")


def _odt(text: str) -> bytes:
    return odt("".join(f"<text:p>{html.escape(part)}</text:p>" for part in text.split("\n\n")))


def _epub(text: str) -> bytes:
    return epub({"a.xhtml": WRITERS["html"](text).decode()})


def _mht(text: str) -> bytes:
    page = base64.encodebytes(WRITERS["html"](text))
    return (
        b"MIME-Version: 1.0\r\nSubject: Boletin\r\nContent-Type: multipart/related; boundary=XX\r\n"
        b"\r\n--XX\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + page + b"\r\n--XX--\r\n"
    )


def _mbox(text: str) -> bytes:
    return b"".join(
        b"From x@y Mon Nov 30 10:00:00 2026\n" + WRITERS["eml"](part) + b"\n"
        for part in (text, text[: len(text) // 2])
    )


def _rss(text: str) -> bytes:
    item = f"<item><title>Boletín</title><description>{html.escape(text)}</description></item>"
    return f'{_XML}<rss version="2.0"><channel><title>x</title>{item * 2}</channel></rss>'.encode()


def _atom(text: str) -> bytes:
    page = html.escape(WRITERS["html"](text).decode())
    entry = f'<entry><id>1</id><title>B</title><content type="html">{page}</content></entry>'
    return f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode()


def _json(text: str) -> bytes:
    return json.dumps([{"id": "a", "title": "B", "text": text, "date": "2023-05-01"}]).encode()


def _jsonl(text: str) -> bytes:
    lines = (json.dumps({"id": key, "text": text[at:]}) for key, at in (("a", 0), ("b", 99)))
    return "\n".join(lines).encode()


def _csv(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows((("id", "title", "text"), ("a", "B", text), ("b", "C", text[:99])))
    return out.getvalue().encode()


def table(columns: Mapping[str, object]) -> bytes:
    """Make a Parquet file of columns."""
    out = io.BytesIO()
    parquet.write_table(pa.table(dict(columns)), out)
    return out.getvalue()


def _parquet(text: str) -> bytes:
    return table({"id": ["a", "b"], "text": [text, text[:99]]})


FORMATS: dict[str, Callable[[str], bytes]] = {
    **WRITERS,
    "docx": lambda text: archive(members(WRITERS["docx"](text))),
    "md": lambda text: f"---\ntitle: Boletín\n---\n# {text}\n\n- a\n- b\n".encode(),
    "pdf": lambda text: pdf(drawn(text)),
    "mht": _mht,
    "odt": _odt,
    "rtf": _rtf,
    "epub": _epub,
    "mbox": _mbox,
    "xml": _rss,
    "atom": _atom,
    "jsonl": _jsonl,
    "json": _json,
    "csv": _csv,
    "parquet": _parquet,
}
"""What writes a bulletin's text, by the end of a file's name."""


def changed_inside(form: str, text: str, change: Change, pick: Callable[[int], int]) -> bytes:
    """Write a bulletin with a change within what is packed, and all around it right.

    `pick` gives one of so many.
    """
    if form in ("docx", "odt", "epub"):
        parts = members(FORMATS[form](text))
        largest = sorted(parts, key=lambda name: (name not in _TOLD, name))
        name = largest[min(pick(2 * len(largest)), len(largest) - 1) if pick(2) else 0]
        return archive(parts | {name: change(parts[name])})
    if form == "pdf":
        return pdf(change(drawn(text)))
    if form in ("json", "jsonl", "csv", "parquet", "eml", "rtf"):
        return FORMATS[form](change(text.encode()).decode("utf-8", "replace"))
    if form in ("mht", "mbox"):
        return FORMATS[form](change(text.encode()).decode("utf-8", "ignore"))
    return FORMATS[form](change(text.encode()).decode("latin-1"))


_TOLD = ("word/document.xml", "content.xml", "a.xhtml")
