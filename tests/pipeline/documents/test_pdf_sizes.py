"""A PDF that unpacks to more than a bulletin, or holds more print than one, is one line."""

import io
import zlib
from pathlib import Path

import pytest

from pipeline.documents import page_letters, pdf_streams, read_all

MB = 2**20
LINE = b"BT /F1 8 Tf 20 700 Td (Hubo 5 cirugias.) Tj ET "


def pdf_of(content: bytes, filters: bytes = b"", pages: int = 1, forms: bytes = b"") -> bytes:
    """Make a PDF of pages that share one stream, and a form `X` where `forms` is its content."""

    def stream(data: bytes, said: bytes) -> bytes:
        return b"<<%s/Length %d>>stream\n%s\nendstream" % (said, len(data), data)

    kids = b" ".join(b"%d 0 R" % (6 + i) for i in range(pages))
    fonts = b"/Font<</F1 3 0 R>>"
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<<%s>>" % fonts
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<%s>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        stream(content, filters),
        stream(forms, form),
        *[page % (fonts + b"/XObject<</X 5 0 R>>")] * pages,
    ]
    out, starts = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, one in enumerate(objects, 1):
        starts.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    at = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, at))
    return out.getvalue()


def text_or_error(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    (loaded,) = read_all([str(path)])
    return loaded.document.text if loaded.document else loaded.error or ""


def packed(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


@pytest.mark.parametrize(
    "filters",
    [b"/Filter/FlateDecode", b"/Filter [ /Fl ]", b"/Filter/FlateDecode/DecodeParms null"],
)
def test_a_stream_that_is_packed_once_is_read(tmp_path: Path, filters: bytes) -> None:
    text = text_or_error(tmp_path / "a.pdf", pdf_of(packed(LINE), filters))
    assert text == "Hubo 5 cirugias."


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (
            pdf_of(packed(LINE, 3), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"),
            "several times",
        ),
        (pdf_of(packed(LINE, 2), b"/Filter[/Fl/Fl]"), "several times"),
        (pdf_of(b"\x81 " * 200_000, b"/Filter/RunLengthDecode"), "outdated way"),
        (pdf_of(b"\x80" * 300_000, b"/Filter/LZWDecode"), "outdated way"),
        (pdf_of(LINE, pages=501), "501 pages"),
    ],
    ids=["thrice", "twice", "runs", "LZW", "pages"],
)
def test_what_may_unpack_without_end_is_one_line(tmp_path: Path, data: bytes, error: str) -> None:
    assert error in text_or_error(tmp_path / "a.pdf", data)


def test_what_streams_unpack_to_is_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_streams, "_MOST_UNPACKED", 3 * MB)
    half = packed(LINE + b" " * (2 * MB))
    flate = b"/Filter/FlateDecode"
    assert text_or_error(tmp_path / "a.pdf", pdf_of(half, flate)) == "Hubo 5 cirugias."
    both = pdf_of(half, flate, forms=half)
    assert "unpacks to over 3 MB" in text_or_error(tmp_path / "b.pdf", both)


@pytest.mark.parametrize(("within", "is_told"), [(5, True), (3, False)])
def test_a_form_within_itself_is_one_line(tmp_path: Path, within: int, *, is_told: bool) -> None:
    resources = b"/Resources<</XObject<</X %d 0 R>>" % within
    data = pdf_of(LINE, forms=LINE).replace(
        b"/Resources<</Font<</F1 3 0 R>>>>/L", resources + b">>/L"
    )
    assert ("holds itself" in text_or_error(tmp_path / "a.pdf", data)) is is_told


def test_pictures_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_streams, "_MOST_UNPACKED", MB)
    picture = b"<</Subtype /Image/Filter/FlateDecode>>stream\n" + packed(bytes(2 * MB))
    data = pdf_of(LINE).replace(b"%PDF-1.7\n", b"%PDF-1.7\n9 0 obj\n" + picture + b"endobj\n")
    assert "unpacks" not in text_or_error(tmp_path / "a.pdf", data)


def pieces(number: int) -> bytes:
    return b"".join(
        b"BT /F1 8 Tf %d %d Td (a 5) Tj ET " % (i % 500, i % 700) for i in range(number)
    )


@pytest.mark.parametrize("is_in_a_form", [False, True])
def test_print_of_more_pieces_than_a_page_has_is_one_line(
    tmp_path: Path, *, is_in_a_form: bool
) -> None:
    many = pieces(25_000)
    data = pdf_of(b"/X Do", forms=many) if is_in_a_form else pdf_of(many)
    assert "too many pieces" in text_or_error(tmp_path / "a.pdf", data)


def test_letters_of_all_pages_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_letters, "_MOST_LETTERS", 50)
    assert "Hubo 5" in text_or_error(tmp_path / "a.pdf", pdf_of(LINE, pages=3))
    assert "over 50 letters" in text_or_error(tmp_path / "b.pdf", pdf_of(LINE, pages=4))


def test_what_claims_a_thousand_million_pages_is_one_line(tmp_path: Path) -> None:
    data = pdf_of(LINE).replace(b"/Count 1>>", b"/Count 1000000000>>")
    assert text_or_error(tmp_path / "a.pdf", data)
