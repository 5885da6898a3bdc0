"""Files of one structure that are packed or binary: Parquet, Word, OpenDocument, EPUB, PDF.

As in structures.py.
"""

import random
import struct
import zlib

import pyarrow as pa  # type: ignore[import-untyped]

from benchmarks.fuzz.files import FORMATS, archive, docx, epub, members, odt, pdf, table
from tests import hostile

SENTENCE = "Del 5 al 7 de mayo de 2023 se dieron 30 consultas en Jalisco. "


def columns(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make Parquet of cells that repeat, of many columns, or of other types."""
    made: dict[str, object] = chance.choice(
        (
            {"text": pa.DictionaryArray.from_arrays([0] * min(size, 50), [SENTENCE * size])},
            {"text": ["x" * size] * 2, "id": list(range(2))},
            {f"c{n}": ["x"] for n in range(min(size, 3000))},
            {"text": [[SENTENCE]] * 5},
            {"text": [5, 10**18]},
            {"text": [None] * size},
            {"text": [b"\xff\xfe" * size]},
            {"text": [{"a": {"b": "x" * size}}]},
            {"text": [f"Hubo {n} consultas." for n in range(size // 20 + 1)]},
        )
    )
    return "parquet", table(made)


def word(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make a Word file of many, deep or lying elements."""
    run = "<w:r><w:t>5 </w:t></w:r>"
    cell = f"<w:tc><w:tcPr><w:gridSpan w:val='{chance.choice((1, size, 10**9))}'/></w:tcPr><w:p/></w:tc>"  # noqa: E501
    nested = "<w:tbl><w:tr><w:tc>"
    box = "<w:p><w:r><w:pict><w:txbxContent>"
    body = chance.choice(
        (
            *(f"<w:p>{run}</w:p>" * size, f"<w:p>{run * size}</w:p>"),
            f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{size}'/></w:numPr></w:pPr>{run}</w:p>",
            f"<w:tbl>{f'<w:tr>{cell * 9}</w:tr>' * (size // 10 + 1)}</w:tbl>",
            f"{nested * size}<w:p>{run}</w:p>{'</w:tc></w:tr></w:tbl>' * size}",
            f"{box * size}<w:p>{run}</w:p>{'</w:txbxContent></w:pict></w:r></w:p>' * size}",
            "<w:p>" + "<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * size + run + "</w:p>",
            "<w:p>" + "<w:ins>" * size + run + "</w:ins>" * size + "</w:p>",
            "<w:p>" + "<w:r><w:br/><w:tab/></w:r>" * size + run + "</w:p>",
            "<w:p>" + "<w:bookmarkStart w:id='1' w:name='a'/>" * size + run + "</w:p>",
        )
    )
    return "docx", docx(body)


def styles(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Have a Word file's styles rest on one another, in a chain or in a ring."""
    last = chance.choice(("", "s0"))
    chain = "".join(
        f"<w:style w:type='paragraph' w:styleId='s{n}'><w:name w:val='n{n}'/>"
        f"<w:basedOn w:val='{f's{n + 1}' if n < size else last}'/></w:style>"
        for n in range(size + 1)
    )
    paragraph = "<w:p><w:pPr><w:pStyle w:val='s0'/></w:pPr><w:r><w:t>Hubo 5.</w:t></w:r></w:p>"
    return "docx", docx(paragraph * chance.choice((1, size // 10 + 1)), styles=chain)


def open_text(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make an OpenDocument text of many, deep or lying elements."""
    huge = chance.choice((size, 10**9, -1))
    cell = f"<table:table-cell table:number-columns-repeated='{huge}'><text:p>5</text:p></table:table-cell>"  # noqa: E501
    row = f"<table:table-row table:number-rows-repeated='{huge}'>{cell}</table:table-row>"
    chain = "".join(
        f"<style:style style:name='s{n}' style:parent-style-name='s{(n + 1) % size}'/>"
        for n in range(size)
    )
    body = chance.choice(
        (
            *("<text:p>Hubo 5.</text:p>" * size, f"<text:p><text:s text:c='{huge}'/>5</text:p>"),
            *(f"<table:table>{row}</table:table>", f"<table:table>{row * size}</table:table>"),
            f"<text:p>{'<text:span>' * size}5{'</text:span>' * size}</text:p>",
            f"{'<text:list><text:list-item>' * size}<text:p>5</text:p>{'</text:list-item></text:list>' * size}",  # noqa: E501
            "<text:p text:style-name='s0'>Hubo 5.</text:p>",
            f"<text:h text:outline-level='{huge}'>Hubo 5.</text:h>",
        )
    )
    return "odt", odt(body, chain)


def book(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make an EPUB of many pages, or of one that is read many times, or of none."""
    page = f"<html><body><p>{SENTENCE}</p></body></html>"
    few = min(size, 2000)
    return "epub", chance.choice(
        (
            lambda: epub({f"p{n}.xhtml": page for n in range(few)}),
            lambda: epub({"p.xhtml": page}, '<itemref idref="p.xhtml"/>' * size),
            lambda: epub({"p.xhtml": page}, '<itemref idref="c.opf"/>'),
            lambda: epub({"../../p.xhtml": page, "/etc/hostname": page}),
            lambda: epub({"p.xhtml": f"<html><body>{'<div>' * size}5</body></html>"}),
            lambda: epub({"p.xhtml": SENTENCE * size}),
        )
    )()


def lying_archive(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Have an archive say other sizes, counts and places than are true, or hold a name twice."""
    form = chance.choice(("docx", "odt", "epub"))
    data = bytearray(FORMATS[form](SENTENCE * (size // 10 + 1)))
    field, width = chance.choice(
        ((20, "<I"), (24, "<I"), (42, "<I"), (16, "<I"), (10, "<H"), (28, "<H"))
    )
    headers = [at for at in range(len(data) - 46) if data[at : at + 4] == b"PK\1\2"]
    for at in headers if chance.random() < 1 / 2 else [chance.choice(headers)]:
        most = 2 ** (8 * struct.calcsize(width)) - 1
        struct.pack_into(width, data, at + field, chance.choice((0, 1, size % most, most)))
    return form, bytes(data)


def expanding_archive(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Pack what unpacks to much more."""
    form = chance.choice(("docx", "odt", "epub"))
    parts = members(FORMATS[form](SENTENCE))
    name = chance.choice(sorted(parts))
    filling = chance.choice((b" ", b"<a>", b"\0", b"<text:p>5</text:p>", b"<p>5</p>"))
    return form, archive(parts | {name: parts[name] + filling * (size * 20)})


def drawing(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make a PDF that draws very much, very far away, or very deep."""
    shown = chance.choice(
        (
            *(b"(Hubo 5) Tj T* " * size, b"q " * size, b"[" * size, b"<<" * size, b"(" * size),
            *(b"BT (5) Tj ET " * size, b"1e38 0 0 1e38 1e38 1e38 cm (5) Tj ", b"/F 1e9 Tf (5) Tj "),
            *(b"[" + b"(a) -99999 " * size + b"] TJ ", b"0 0 Td (5) Tj " * size, b"Do " * size),
            *(b"BI /W 9 /H 9 ID " + b"x" * size + b" EI ", b"0 Tz (5) Tj ", b"3 Tr (5) Tj " * size),
        )
    )
    return "pdf", pdf(b"BT /F 10 Tf 14 TL 40 4960 Td (Hubo 5 consultas) Tj T* " + shown + b" ET")


def looping_pdf(size: int, chance: random.Random) -> tuple[str, bytes]:
    """Make a PDF whose objects lead back to one another, or say what is not there."""
    text = b"BT /F 10 Tf 40 4960 Td (Hubo 5 consultas) Tj ET /X Do"
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    objects = range(6, min(size, 24) + 7)
    nested = {f"o{n}": hostile.stream(b"/X Do /X Do", form % (n + 1)) for n in objects}
    plain = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        4: hostile.stream(text),
    }
    packed = b"x" * 200 * size
    for _ in range(chance.randrange(1, 4)):
        packed = zlib.compress(packed)
    made = (
        lambda: pdf(text, b"/XObject<</X 6 0 R>>", **nested),
        lambda: hostile.pdf(plain | {2: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9>>"}),
        lambda: hostile.pdf(plain | {2: b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % 10**9}),
        lambda: hostile.pdf(
            plain | {2: b"<</Type/Pages/Kids[" + b"3 0 R " * size + b"]/Count %d>>" % size}
        ),
        lambda: hostile.pdf(plain | {4: b"<</Length 4 0 R>>stream\n(5) Tj\nendstream"}),
        lambda: hostile.pdf(plain | {4: b"[" + b"4 0 R " * size + b"]"}),
        lambda: hostile.pdf(plain | {4: b"[" * size}),
        lambda: hostile.pdf(
            plain | {4: hostile.stream(packed, b"/Filter[" + b"/FlateDecode" * 3 + b"]")}
        ),
        lambda: hostile.pdf(plain | {5: b"<</A " * size}),
        lambda: hostile.pdf(plain).replace(b"/Size 5", b"/Size %d/Prev 9" % (size * 10**4)),
        lambda: hostile.pdf(
            plain | {1: b"<</Type/Catalog/Pages 2 0 R/Outlines 1 0 R/First 1 0 R>>"}
        ),
        lambda: pdf(text, o6=hostile.stream(b"1 0 " * size, b"/Type/ObjStm/N %d/First 9" % size)),
    )
    return "pdf", chance.choice(made)()
