"""Sizes hold after unpacking too: what one bulletin cannot be is one line, and cheap."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import docx
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from lxml import etree  # type: ignore[import-untyped]
from pyarrow import parquet

from pipeline.documents import LoadedSource, element_count, packed, read_all, records
from pipeline.documents import parquet as columns
from pipeline.documents.inputs import count_sources

MB = 2**20
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARAGRAPH = "<w:p><w:r><w:t>Hubo 5 cirugías.</w:t></w:r></w:p>"


def read(path: Path, data: bytes) -> list[LoadedSource]:
    path.write_bytes(data)
    return list(read_all([str(path)]))


def error_of(path: Path, data: bytes) -> str:
    (loaded,) = read(path, data)
    assert loaded.document is None
    assert loaded.error is not None
    return loaded.error


@contextmanager
def memory_below(most: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def zip_of(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def files_of_docx(body: str, prologue: str = "") -> dict[str, bytes]:
    plain = io.BytesIO()
    docx.Document().save(plain)
    with zipfile.ZipFile(plain) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    document = f'{prologue}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return {**files, "word/document.xml": document.encode()}


def docx_of(body: str, prologue: str = "") -> bytes:
    return zip_of(files_of_docx(body, prologue))


def saying_of_itself(archive: bytes, name: bytes, size: int, crc: int) -> bytes:
    """Let an archive state another size and checksum of a file than are true."""
    changed = bytearray(archive)
    for mark, crc_at, name_at in ((b"PK\x03\x04", 14, 30), (b"PK\x01\x02", 16, 46)):
        start = archive.index(name)
        while not archive.startswith(mark, start - name_at):
            start = archive.index(name, start + 1)
        struct.pack_into("<I", changed, start - name_at + crc_at, crc)
        struct.pack_into("<I", changed, start - name_at + crc_at + 8, size)
    return bytes(changed)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "a.docx",
            lambda: docx_of(("<w:p><w:r><w:t>" + "5 a " * 10**6 + "</w:t></w:r></w:p>") * 3),
        ),
        ("a.csv", lambda: b"text\n" + b'"' + b"5 a " * (3 * MB) + b'"\n'),
    ],
    ids=["docx", "csv"],
)
def test_a_text_of_more_than_ten_megabytes_is_one_line_however_it_was_packed(
    tmp_path: Path, name: str, data: Callable[[], bytes]
) -> None:
    assert "10 MB" in error_of(tmp_path / name, data())


def test_what_an_archive_says_of_its_sizes_is_not_believed(tmp_path: Path) -> None:
    document = files_of_docx(PARAGRAPH * 10)["word/document.xml"]
    bomb = document + b" " * (60 * MB)
    archive = zip_of({**files_of_docx(""), "word/document.xml": bomb})
    said = saying_of_itself(archive, b"word/document.xml", len(document), zlib.crc32(document))
    with memory_below(30 * MB):
        (loaded,) = read(tmp_path / "a.docx", said)
    assert loaded.document is not None, loaded.error
    assert loaded.document.text.count("5 cirugías") == 10


def test_pictures_are_not_unpacked(tmp_path: Path) -> None:
    pictures = {f"word/media/{i}.png": bytes(MB) for i in range(90)}
    with memory_below(20 * MB):
        (loaded,) = read(tmp_path / "a.docx", zip_of({**files_of_docx(PARAGRAPH), **pictures}))
    assert loaded.document is not None, loaded.error


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_cannot_be_unpacked_in_pieces_is_one_line(
    tmp_path: Path, method: int
) -> None:
    error = error_of(tmp_path / "a.docx", zip_of(files_of_docx(PARAGRAPH), method))
    assert "packed otherwise than word processors do" in error


def test_a_locked_archive_is_told(tmp_path: Path) -> None:
    archive = bytearray(zip_of(files_of_docx(PARAGRAPH)))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in error_of(tmp_path / "a.docx", bytes(archive))


def test_an_archive_of_more_files_than_a_bulletin_has_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_MOST_FILES", 20)
    files = {**files_of_docx(PARAGRAPH), **{f"word/{i}.bin": b"" for i in range(20)}}
    assert "files: save its text alone" in error_of(tmp_path / "a.docx", zip_of(files))


def test_more_tags_than_a_bulletin_has_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_MOST_TAGS", 10_000)
    assert "tags in it" in error_of(tmp_path / "a.docx", docx_of("<w:p/>" * 10_000))


@pytest.mark.parametrize(
    "declared",
    [
        "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)),
        f'<!ENTITY a9 "{"x" * 50_000}">',
        '<!ENTITY a9 SYSTEM "file:///etc/passwd">',
    ],
    ids=["laughs", "long", "of a file"],
)
def test_entities_are_no_text(tmp_path: Path, declared: str) -> None:
    body = f"<w:p><w:r><w:t>Hubo 5 {'&a9;' * 1000}</w:t></w:r></w:p>"
    prologue = f'<!DOCTYPE a [<!ENTITY a0 "cirugías">{declared}]>'
    (loaded,) = read(tmp_path / "a.docx", docx_of(body, prologue))
    assert loaded.document is None or len(loaded.document.text) < 1000


def test_cells_that_say_they_are_wider_than_any_are_one_line(tmp_path: Path) -> None:
    wide = '<w:tc><w:tcPr><w:gridSpan w:val="9999"/></w:tcPr><w:p/></w:tc>'
    rows = f"<w:tr>{wide}<w:tc><w:p/></w:tc></w:tr>" * 3000
    assert "merged cells" in error_of(tmp_path / "a.docx", docx_of(f"<w:tbl>{rows}</w:tbl>"))


@pytest.mark.parametrize(
    ("markup", "error"),
    [
        ("<p>5 a</p>" * 60_000, "50,000 elements"),
        ("<p " + " ".join(f"a{i}" for i in range(40_000)) + ">5 a</p>", "1,000 attributes"),
        ('<p a="<>" ' + " ".join(f'a{i}="<"' for i in range(40_000)) + ">5 a</p>", "attributes"),
    ],
    ids=["elements", "attributes", "attributes with tags in them"],
)
def test_more_markup_than_a_page_has_is_one_line_before_a_tree_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, markup: str, error: str
) -> None:
    parsed: list[object] = []
    make_tree = etree.fromstring
    monkeypatch.setattr(
        element_count.etree, "fromstring", lambda *of: parsed.append(of) or make_tree(*of)
    )
    assert error in error_of(tmp_path / "a.html", f"<html><body>{markup}".encode())
    assert len(parsed) == 1


def test_rows_that_reach_into_all_below_take_no_steps_without_end(tmp_path: Path) -> None:
    rows = "<tr><td rowspan=9999>5 cirugías</td></tr>" * 2000
    (loaded,) = read(tmp_path / "a.html", f"<html><body><table>{rows}".encode())
    assert loaded.document is not None, loaded.error
    assert loaded.document.text.count("5 cirugías") == 2000


def book_of(chapters: int, sheet: str) -> bytes:
    items = "".join(f'<item id="c{i}" href="{i}.html"/>' for i in range(chapters))
    order = "".join(f'<itemref idref="c{i}"/>' for i in range(chapters))
    container = '<c xmlns="urn:x"><rootfiles><rootfile full-path="c.opf"/></rootfiles></c>'
    package = '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "c.opf": f"{package}{items}</manifest><spine>{order}</spine></package>",
        "a.css": sheet,
        **{f"{i}.html": f"<p>Hubo {i} cirugías.</p>" for i in range(chapters)},
    }
    return zip_of({name: content.encode() for name, content in files.items()})


def saved_page_of(sheet: str) -> bytes:
    page = EmailMessage()
    page["From"], page["Snapshot-Content-Location"] = "<Saved by Blink>", "https://example.org"
    page.set_content("<html><body><p>Hubo 5 cirugías.</p></body></html>", subtype="html")
    page.add_related(b"SHEET", "text", "css", cte="7bit")
    return page.as_bytes().replace(b"SHEET", sheet.encode())  # to wrap so much takes long


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.epub", lambda: book_of(200, "p{color:red}" * 5000)),
        ("a.mht", lambda: saved_page_of("p{color:red}" * MB)),
    ],
)
def test_styles_that_come_with_pages_count_once_for_each_of_them(
    tmp_path: Path, name: str, data: Callable[[], bytes]
) -> None:
    assert "10 MB" in error_of(tmp_path / name, data())


def test_a_text_of_an_item_that_is_too_much_costs_no_other_item(tmp_path: Path) -> None:
    items = ("<p>5 cirugías</p>" * 60_000, "<p>6 cirugías</p>")
    feed = "".join(f"<item><description><![CDATA[{item}]]></description></item>" for item in items)
    first, second = read(tmp_path / "a.xml", f"<rss><channel>{feed}</channel></rss>".encode())
    assert "50,000 elements" in (first.error or "")
    assert second.document is not None


def test_items_within_items_are_read_once(tmp_path: Path) -> None:
    within = "<entry><content>" * 50 + "<p>5 cirugías</p>" * 2000 + "</content></entry>" * 50
    loaded = read(tmp_path / "a.xml", f"<feed>{within}</feed>".encode())
    assert "items within items" in (loaded[-1].error or "")
    assert len(loaded) < 10


def test_a_cell_larger_than_any_bulletin_is_refused_by_what_the_file_says_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_LARGE_GROUP", MB)
    monkeypatch.setattr(columns, "_LARGEST_ON_AVERAGE", MB // 64)
    table = pa.table({"text": ["5 cirugías " * (MB // 8)]})
    parquet.write_table(table, tmp_path / "a.parquet", compression="zstd", use_dictionary=False)
    del table
    before = pa.total_allocated_bytes()
    (loaded,) = read_all([str(tmp_path / "a.parquet")])
    assert "too large for bulletins" in (loaded.error or "")
    assert pa.total_allocated_bytes() <= before


def test_a_cell_that_many_rows_share_is_in_memory_for_few_of_them(tmp_path: Path) -> None:
    shared = pa.DictionaryArray.from_arrays(
        pa.array([0] * 200, pa.int32()), pa.array(["5 a " * 2 * MB])
    )
    parquet.write_table(pa.table({"text": shared}), tmp_path / "a.parquet")
    pool = pa.default_memory_pool()
    before = pool.bytes_allocated()
    rows = read_all([str(tmp_path / "a.parquet")])
    next(rows)
    assert pool.bytes_allocated() - before < 300 * MB
    rows.close()  # type: ignore[attr-defined]


def test_a_column_of_lists_is_not_read(tmp_path: Path) -> None:
    table = pa.table({"text": ["Hubo 5 cirugías."], "title": pa.array([[["x"] * 10]])})
    parquet.write_table(table, tmp_path / "a.parquet")
    (loaded,) = read_all([str(tmp_path / "a.parquet")])
    assert loaded.document is not None, loaded.error


@pytest.fixture
def short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LARGEST", 100)


@pytest.mark.usefixtures("short_lines")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_that_is_too_long_costs_no_other(tmp_path: Path, encoding: str) -> None:
    lines = '{"text":"5 a"}\n{"text":"' + "x" * 950 + '"}\n{"text":"6 a"}\n'
    first, second, third = read(tmp_path / "a.jsonl", lines.encode(encoding))
    assert first.document is not None
    assert third.document is not None
    assert (second.error or "").startswith("line 2: longer than")


@pytest.mark.usefixtures("short_lines")
def test_a_row_that_is_too_long_costs_no_other(tmp_path: Path) -> None:
    rows = "text,id\n5 a,1\n" + "x" * 950 + ",2\n6 a,3\n"
    first, second, third = read(tmp_path / "a.csv", rows.encode())
    assert [first.source.record, third.source.record] == ["1", "3"]
    assert (second.error or "").startswith("line 3: longer than")


@pytest.mark.usefixtures("short_lines")
@pytest.mark.parametrize("cells", ['"' + "5 a\n" * 90, '"5\n",' * 90], ids=["one cell", "many"])
def test_a_row_without_end_is_told_and_ends_the_file(tmp_path: Path, cells: str) -> None:
    first, second = read(tmp_path / "a.csv", f"text,id\n5 a,1\n{cells}".encode())
    assert first.document is not None
    assert "line 3: broken CSV" in (second.error or "")


def test_a_line_without_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LARGEST", 10)
    monkeypatch.setattr(records, "_MOST_PIECES", 5)
    assert "does not end" in error_of(tmp_path / "a.jsonl", bytes(100))


def test_lines_are_counted_a_piece_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"x" * (20 * MB) + b"\n\n  \ny\nz")
    with memory_below(2 * MB):
        assert count_sources([str(tmp_path / "a.jsonl")]) == 3


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"text":"5 a","x":' + b"[" * 200_000, "nesting beyond all bounds"),
        (b'{"text":"5 a","x":' + b"9" * 200_000 + b"}", "a number or nesting beyond"),
        (b'{"text":"5 a\0', "binary data"),
    ],
    ids=["nesting", "digits", "zero byte"],
)
def test_json_beyond_all_bounds_costs_no_other_line(
    tmp_path: Path, line: bytes, error: str
) -> None:
    first, second = read(tmp_path / "a.jsonl", line + b'\n{"text":"6 a"}\n')
    assert error in (first.error or "")
    assert second.document is not None


def test_an_id_without_end_is_cut(tmp_path: Path) -> None:
    (loaded,) = read(tmp_path / "a.jsonl", b'{"text":"5 a","id":"' + b"9" * 100_000 + b'"}')
    assert loaded.source.record == "9" * 1000


def test_an_rtf_of_more_commands_than_a_letter_has_is_one_line(tmp_path: Path) -> None:
    assert "commands" in error_of(tmp_path / "a.rtf", b"{\\rtf1 5 a" + b"{\\v}" * 400_000)


@pytest.mark.parametrize(
    "mail",
    [
        b"X-A: b\n c" + b"\n c" * 1_600_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 60_000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (i, i) for i in range(9000)
        ),
        b"Content-Type: message/rfc822\n\n" * 9000,
    ],
    ids=["lines", "parts", "depth", "mails in mails"],
)
def test_a_mail_of_more_parts_than_anybody_sends_is_one_line(tmp_path: Path, mail: bytes) -> None:
    head = b"From: a@b\nSubject: x\nMIME-Version: 1.0\n"
    assert "save what is in it as files" in error_of(tmp_path / "a.eml", head + mail)
