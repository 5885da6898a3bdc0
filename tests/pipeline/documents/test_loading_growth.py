"""Loading takes as long as a file is: steps are counted, as seconds tell nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.documents import read_all
from tests import growth
from tests.pipeline.documents.test_pdf_sizes import pdf_of, pieces
from tests.pipeline.documents.test_sizes import docx_of

TIMES = 30
FEWEST = 200  # steps of one function that are too few to tell how they grow
PARAGRAPH = "<w:p><w:r><w:t>Hubo 5 cirugías.</w:t></w:r></w:p>"


def page(markup: str) -> bytes:
    return f"<html><body><h1>Cifras de la jornada del IMSS</h1>{markup}</body></html>".encode()


FILES: dict[str, Callable[[int], bytes]] = {
    "paragraphs.html": lambda n: page("<p>El IMSS hizo 5 cirugías en la jornada.</p>" * n),
    "open.html": lambda n: page("<p>5 a" * n),
    "links.html": lambda n: page("<p>" + '<a href="/x">una nota de 5</a> ' * n),
    "cards.html": lambda n: page(
        "".join(
            f'<div><a href="/{i}"><h2>El IMSS hizo {i} cirugías</h2></a></div>' for i in range(n)
        )
    ),
    "rows.html": lambda n: page("<table>" + "<tr><td>Cirugías</td><td>5</td></tr>" * n),
    "spans.html": lambda n: page("<table>" + "<tr><td colspan=2>Cirugías</td><td>5</td></tr>" * n),
    "deep.html": lambda n: page("<div>" * 60 + "<p>Hubo 5 cirugías</p>" * n),
    "paragraphs.docx": lambda n: docx_of(PARAGRAPH * n),
    "links.docx": lambda n: docx_of(
        "<w:p>" + "<w:hyperlink><w:r><w:t>una nota</w:t></w:r></w:hyperlink>" * n + "</w:p>"
    ),
    "rows.docx": lambda n: docx_of(
        "<w:tbl>"
        + f"<w:tr><w:tc>{PARAGRAPH}</w:tc><w:tc>{PARAGRAPH}</w:tc></w:tr>" * n
        + "</w:tbl>"
    ),
    "hidden.rtf": lambda n: b"{\\rtf1 Hubo 5 cirugias. " + b"{\\v oculto}" * n + b"}",
    "open.rtf": lambda n: b"{\\rtf1 Hubo 5 cirugias. " + b"\\v{" * n,
    "items.xml": lambda n: (
        "<rss><channel>" + "<item><title>Hubo 5 cirugías</title></item>" * n
    ).encode(),
    "within.xml": lambda n: ("<rss><channel>" + "<item><title>5 a</title>" * n).encode(),
    "headers.eml": lambda n: (
        b"From: a@b\nDate: x\nMIME-Version: 1.0\n" + b"X-A: b\n c\n" * n + b"\nHubo 5 cirugias.\n"
    ),
    "parts.eml": lambda n: (
        b"From: a@b\nDate: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\n\nHubo 5 cirugias.\n" * n
    ),
    "lines.jsonl": lambda n: b'{"text":"Hubo 5 cirugias."}\n' * n,
    "rows.csv": lambda n: b"text,id\n" + b'"Hubo 5\ncirugias.",\n' * n,
    "list.json": lambda n: b"[" + b",".join([b'{"text":"Hubo 5 cirugias."}'] * n) + b"]",
    "tags.txt": lambda n: b"5 a " + b"<b>" * n,
    "parted.txt": lambda n: "ciru-\ngías ".encode() * n,
    "links.md": lambda n: b"[nota](http://x) **5** " * n,
    "tables.md": lambda n: b"<table><tr><td>5</td></tr></table>\n" * n,
    "pieces.pdf": lambda n: pdf_of(pieces(n)),
}


def load(path: Path) -> None:
    assert list(read_all([str(path)]))


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_steps_grow_as_the_file_does(tmp_path: Path, name: str) -> None:
    counts = []
    for times in (TIMES, TIMES, 2 * TIMES, 4 * TIMES):  # what is remembered once is not counted
        path = tmp_path / f"{times}-{name}"
        path.write_bytes(FILES[name](times))
        counts.append(growth.steps(lambda path=path: load(path)))
    _, _, once, twice = counts
    growing = [
        f"{code.co_qualname}: {few} steps, then {twice[code]}"
        for code, few in once.items()
        if few > FEWEST
        and "documents" in code.co_filename
        and twice[code] > growth.MOST_GROWTH * few
    ]
    assert not growing
