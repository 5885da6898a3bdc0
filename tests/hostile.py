"""Files that were made to do harm, each a small function: bytes, or a file of a test's own."""

import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

import docx
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet


def pdf(objects: dict[int, bytes]) -> bytes:
    """Put numbered objects together to a PDF, of which the first is the catalogue."""
    out, offsets = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % offsets[number] for number in range(1, size))
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)


def stream(content: bytes, about: bytes = b"") -> bytes:
    """Make the stream of a PDF, with what is said about it."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), about, content)


def pdf_that_draws_itself() -> bytes:
    """A page with a form that draws itself, twice: PDFium dies of it, or never ends.

    What it draws with is an object of its own, so that nothing tells before PDFium reads it.
    """
    inside = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources 6 0 R"
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources 6 0 R>>",
            4: stream(b"/F Do"),
            5: stream(b"/F Do /F Do", inside),
            6: b"<</XObject<</F 5 0 R>>>>",
        }
    )


def json_of_many_objects(count: int = 3_000_000) -> bytes:
    """Three bytes an object, each of which takes seventy when it is read."""
    return b"[" + b",".join([b"{}"] * count) + b"]"


def endless(path: Path) -> Path:
    """A file of records with one line that takes minutes to read to its end, and little disk."""
    with path.open("wb") as file:
        file.write(json.dumps({"id": "a", "text": "Hubo 5 consultas."}).encode() + b"\n")
        file.truncate(1 << 40)
    return path


def pdf_that_expands(megabytes: int = 320) -> bytes:
    """A page that is drawn with a few hundred bytes, which three filters make so large."""
    packed = _zeros(megabytes)
    for _ in range(2):
        packed = zlib.compress(packed)
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
            4: stream(packed, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"),
        }
    )


def _zeros(megabytes: int) -> bytes:
    packer, megabyte = zlib.compressobj(1), bytes(2**20)
    return b"".join(packer.compress(megabyte) for _ in range(megabytes)) + packer.flush()


def parquet_of_a_cell_that_repeats(times: int = 30) -> bytes:
    """A cell of 25 megabytes that is written once and stands in each row."""
    cell = "Hubo 5 consultas. " * 1_400_000
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * times), pa.array([cell]))
    out = io.BytesIO()
    table = pa.table({"text": repeated})
    parquet.write_table(table, out, compression="zstd", store_schema=False)
    return out.getvalue()


def docx_of_many_paragraphs(count: int = 1_200_000) -> bytes:
    """A Word file of paragraphs that are empty: six bytes each, and a hundred in a tree."""
    return _docx_with(b"<w:p/>" * count)


def docx_that_declares_less(count: int = 1_200_000) -> bytes:
    """The same, which says of its text that it is a hundred bytes long."""
    data = bytearray(docx_of_many_paragraphs(count))
    name = b"word/document.xml"
    local, central = data.index(name) - 30, data.rindex(name) - 46
    for at in (local + 22, central + 24):  # where a header says how large the file is
        struct.pack_into("<I", data, at, 100)
    return bytes(data)


def _docx_with(body: bytes) -> bytes:
    made, out = io.BytesIO(), io.BytesIO()
    docx.Document().save(made)
    with zipfile.ZipFile(made) as plain, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in plain.namelist():
            content = plain.read(name)
            if name == "word/document.xml":
                content = content.replace(b"<w:body>", b"<w:body>" + body)
            packed.writestr(name, content)
    return out.getvalue()


def page(body: str) -> bytes:
    """An HTML page."""
    return f"<html><body><article>{body}</article></body></html>".encode()


def page_of_many_paragraphs(count: int = 940_000) -> bytes:
    """A page of paragraphs with a number each."""
    return page("<p>5" * count)


def page_of_many_attributes(count: int = 40_000) -> bytes:
    """A page with an element whose names are each looked for among all before it."""
    return page("<p" + "".join(f" a{n}=1" for n in range(count)) + ">Hubo 5 consultas.</p>")


def page_of_many_links(count: int = 60_000) -> bytes:
    """A page of links and little else."""
    return page("".join(f"<p><a href=/{n}>Nota {n}</a>" for n in range(count)))


def mail_of_many_levels(count: int = 50) -> bytes:
    """A mail whose parts hold each other."""
    mail = EmailMessage()
    mail.set_content("Hubo 5 consultas.")
    for _ in range(count):
        mail, within = EmailMessage(), mail
        mail.make_mixed()
        mail.attach(within)
    mail["Subject"], mail["From"] = "Jornada", "prensa@example.org"
    return mail.as_bytes()


def lay_out(folder: Path, good: Iterable[str]) -> set[str]:
    """Write good texts into a new folder, and among them one of each kind; give the latters' names.

    The good ones are named `*-bueno.txt`. The pipe and the device are not among the names: nobody
    reads them.
    """
    folder.mkdir()
    for number, text in enumerate(good):
        # Before, between and behind the others.
        (folder / f"{'aeiouz'[number % 6]}{number:02}-bueno.txt").write_text(text, "utf-8")
    os.mkfifo(folder / "pipe.txt")  # which nobody writes to
    (folder / "device.txt").symlink_to("/dev/zero")
    endless(folder / "endless.jsonl")
    written = {
        "draws-itself.pdf": pdf_that_draws_itself(),
        "expands.pdf": pdf_that_expands(),
        "repeats.parquet": parquet_of_a_cell_that_repeats(),
        "paragraphs.docx": docx_of_many_paragraphs(),
        "declares-less.docx": docx_that_declares_less(),
        "objects.json": json_of_many_objects(),
        "paragraphs.html": page_of_many_paragraphs(),
        "attributes.html": page_of_many_attributes(),
        "links.html": page_of_many_links(),
        "mil.txt": b"mil " * 300_000,
        "ones.txt": b"1," * 200_000,
        "levels.eml": mail_of_many_levels(),
    }
    for name, data in written.items():
        (folder / name).write_bytes(data)
    return {*written, "endless.jsonl"}
