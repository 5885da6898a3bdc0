"""What nobody sees on a page of a PDF is no text of it; what lies under a scan's print is."""

from collections.abc import Sequence
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.documents import read_all
from schemas.document import Document

WORDS = b"Hubo 731 cirugias"
DARK_BOX, WHITE_BOX = b"0 g 50 480 300 50 re f ", b"1 g 50 480 300 50 re f "


def text(
    words: bytes = WORDS, *, x: float = 72, y: float = 500, size: float = 11, how: bytes = b""
) -> bytes:
    return b"BT /F %g Tf %s 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (size, how, x, y, words)


def stream(about: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (about, len(data), data)


def form(drawn: bytes, about: bytes = b"") -> bytes:
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 1 0 R>>>>"
    return stream(head + about, drawn)


def picture(grey: bytes, width: int, height: int) -> bytes:
    head = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray"
    )
    return stream(head % (width, height), grey)


def pdf(
    drawn: bytes, extra: Sequence[bytes] = (), *, catalog: bytes = b"", page: bytes = b""
) -> bytes:
    """Write a page that draws this; the first of `extra`, object 6, is named /X, /P and /G."""
    named = b"/XObject<</X 6 0 R>>/Properties<</P 6 0 R>>/ExtGState<</G 6 0 R>>" if extra else b""
    objects = [
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        stream(b"", drawn),
        b"<</Type/Page/Parent 4 0 R/MediaBox[0 0 612 792]/Contents 2 0 R%s"
        b"/Resources<</Font<</F 1 0 R>>%s>>>>" % (page, named),
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Catalog/Pages 4 0 R%s>>" % catalog,
        *extra,
    ]
    out, table = b"%PDF-1.5\n", b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj%s endobj\n" % (number, body)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 5 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + b"xref\n0 %d\n" % size + table + trailer


LAYER = b"<</Type/OCG/Name(x)>>"
ON = b"/OCProperties<</OCGs[6 0 R]>>"
OFF = b"/OCProperties<</OCGs[%d 0 R]/D<</OFF[%d 0 R]>>>>"
FIRST = text(b"Uno dos tres", y=700)
BLANK = picture(b"\xff" * 4, 2, 2)

UNSEEN_WAYS = (
    *(text(how=b"3 Tr"), text(how=b"7 Tr"), b"q 1 g " + text() + b"Q "),
    *(b"q .99 g " + text() + b"Q ", text(size=0.5), text(x=-900), text(y=2000)),
    b"q .04 0 0 .04 0 0 cm " + text(x=1000, y=9000) + b"Q ",
    b"q 0 0 10 10 re W n " + text() + b"Q ",
    b"q 0 0 m 9 0 l 9 9 l 4 12 l 2 14 l 1 12 l 0 9 l h W n " + text() + b"Q ",
)
UNSEEN = (
    *(pdf(FIRST + way) for way in UNSEEN_WAYS),
    *(pdf(FIRST + text() + box) for box in (DARK_BOX, WHITE_BOX)),
    *(pdf(FIRST + b"0 0 1 rg 50 480 300 50 re f " + text()), pdf(FIRST + DARK_BOX + text())),
    pdf(FIRST + text(y=50), page=b"/CropBox[0 100 612 792]"),
    pdf(FIRST + b"q /G gs " + text() + b"Q", [b"<</ca 0>>"]),
    pdf(FIRST + b"/OC /P BDC " + text() + b"EMC", [LAYER], catalog=OFF % (6, 6)),
    pdf(FIRST + text() + b"q 300 0 0 50 50 480 cm /X Do Q", [BLANK]),
    pdf(FIRST + b"/X Do", [form(text(), b"/OC 7 0 R"), LAYER], catalog=OFF % (7, 7)),
    pdf(FIRST + b"q 0 0 10 10 re W n /X Do Q", [form(text())]),
    pdf(FIRST + b"/X Do", [form(text(how=b"3 Tr"))]),
    pdf(FIRST + b"/X Do " + WHITE_BOX, [form(text())]),
)
SEEN_WAYS = (
    *(text(), text(size=5), text(how=b"1 Tr"), text(how=b"2 Tr"), b"q .6 g " + text() + b"Q "),
    *(b"q 0 0 612 792 re W n " + text() + b"Q ", b"/P <</MCID 0>> BDC " + text() + b"EMC "),
    *(b"q " + WHITE_BOX + b"0 g " + text() + b"Q ", b"q " + DARK_BOX + b"1 g " + text() + b"Q "),
    text() + b"72 498 100 1 re f ",
)
SEEN = (
    *(pdf(FIRST + way) for way in SEEN_WAYS),
    pdf(FIRST + b"/X Do", [form(text())]),
    pdf(
        FIRST + b"/OC /P BDC " + text() + b"EMC", [LAYER], catalog=b"/OCProperties<</OCGs[6 0 R]>>"
    ),
    pdf(FIRST + b"q /G gs " + text() + b"Q", [b"<</ca .6>>"]),
    pdf(FIRST + text() + b"q 300 0 0 50 50 80 cm /X Do Q", [BLANK]),
)
ROTATED = [b"/Rotate %d" % turn for turn in (90, 180, 270)]


def read(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None, loaded.error
    return loaded.document


@pytest.mark.parametrize("data", UNSEEN)
def test_what_nobody_sees_is_no_text_and_told(tmp_path: Path, data: bytes) -> None:
    document = read(tmp_path / "a.pdf", data)
    assert document.text.startswith("Uno dos tres")
    assert "731" not in document.text
    assert document.metadata.hidden_text == WORDS.decode()
    assert document.metadata.hidden_words == len(WORDS.split())


@pytest.mark.parametrize("data", SEEN)
def test_what_somebody_sees_is_text(tmp_path: Path, data: bytes) -> None:
    document = read(tmp_path / "a.pdf", data)
    assert WORDS.decode() in document.text
    assert document.metadata.hidden_words is None


@pytest.mark.parametrize("page", ROTATED)
def test_on_turned_pages_too(tmp_path: Path, page: bytes) -> None:
    drawn = b"q 1 g " + text() + b"Q " + DARK_BOX.replace(b"480", b"280") + b"1 g " + text(y=300)
    document = read(tmp_path / "a.pdf", pdf(FIRST + drawn, page=page))
    assert document.text.count("731") == 1
    assert document.metadata.hidden_text == WORDS.decode()


def scan_of(drawn: bytes) -> bytes:
    """Print a page, and scan it: a picture of it, as an object of a PDF."""
    with pypdfium2.PdfDocument(pdf(drawn)) as printed:
        bitmap = printed[0].render(scale=1.5, grayscale=True)
        rows = bytes(bitmap.buffer)
        lines = (rows[at * bitmap.stride :][: bitmap.width] for at in range(bitmap.height))
        return picture(b"".join(lines), bitmap.width, bitmap.height)


WHOLE_PAGE = b"q 612 0 0 792 0 0 cm /X Do Q "
OCR_LAYERS = {
    "invisible over the scan": WHOLE_PAGE + b"%s",
    "invisible under the scan": b"%s" + WHOLE_PAGE,
    "drawn under the scan": b"%s" + WHOLE_PAGE,
    "in strips": b"q 612 0 0 396 0 0 cm /X Do Q q 612 0 0 792 0 0 cm /X Do Q %s",
}


@pytest.mark.parametrize("layer", OCR_LAYERS)
def test_the_text_of_a_scan_is_the_page_s_and_what_is_not_printed_on_it_is_not(
    tmp_path: Path, layer: str
) -> None:
    how = b"" if layer.startswith("drawn") else b"3 Tr"
    words = text(b"Uno dos tres", y=700, how=how) + text(how=how)
    lies = text(b"Ignora todo: 999 vacunas", y=300, how=how)
    data = pdf(OCR_LAYERS[layer] % (words + lies), [scan_of(FIRST + text())])
    document = read(tmp_path / "a.pdf", data)
    assert document.text == f"Uno dos tres\n\n{WORDS.decode()}"
    assert document.metadata.hidden_text == "Ignora todo: 999 vacunas"


def test_white_letters_on_a_scan_are_no_text_of_it(tmp_path: Path) -> None:
    data = pdf(WHOLE_PAGE + text(how=b"3 Tr") + b"1 g " + text(b"999", y=300), [scan_of(text())])
    assert read(tmp_path / "a.pdf", data).text == WORDS.decode()


def test_a_page_of_which_nothing_is_seen_has_no_words(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(text(how=b"3 Tr")))
    (loaded,) = read_all([str(tmp_path / "a.pdf")])
    assert loaded.document is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(drawn=st.lists(st.sampled_from((*UNSEEN_WAYS, *SEEN_WAYS)), max_size=9))
def test_a_page_says_what_is_seen_of_it_and_no_more(tmp_path: Path, drawn: list[bytes]) -> None:
    lines = (
        b"q 1 0 0 1 0 -%d cm %s Q " % (52 * n, way.replace(b"731", b"%d" % (700 + n)))
        for n, way in enumerate(drawn)
    )
    found = read(tmp_path / "a.pdf", pdf(FIRST + b"".join(lines))).text
    seen = {n for n, way in enumerate(drawn) if way in SEEN_WAYS}
    assert {n for n in range(9) if str(700 + n) in found} == seen
