"""Files that were made to do harm, each a small function: bytes, or a file of a test's own."""

import json
from pathlib import Path


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
