import math
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.documents import read_all
from schemas.document import Metadata

Line = tuple[float, float, str] | tuple[float, float, str, int]

LEFT = [
    "El Instituto Mexicano del Seguro Social",
    "dio 58 mil 610 consultas de Medicina",
    "Familiar y 23 mil 138 de Especialidad en",
    "la jornada del 29 al 31 de julio, con el",
    "personal de base y confianza del insti-",
    "tuto en todo el país y con el apoyo de 2",
]
LEFT_READ = [
    *LEFT[:4],
    "personal de base y confianza del instituto",
    "en todo el país y con el apoyo de 2",
]
RIGHT = [
    "mil 590 médicos. En 35 Representaciones",
    "se practicaron 51 mil 270 detecciones y",
    "4 mil 278 estudios auxiliares, además de",
    "los 30 trasplantes de órganos y tejidos",
    "que se efectuaron en los hospitales del",
    "Seguro Social.",
]
TITLE = "Supera IMSS metas de la Jornada Nacional de Continuidad de Servicios"


def pdf(
    pages: Iterable[Iterable[Line]], *, title: str = "", encrypted: bool = False, rotate: int = 0
) -> bytes:
    """Write a PDF by hand: each page's lines at their x and y, in Helvetica of 11 points.

    A line's fourth number turns it by so many degrees, counter-clockwise, about its beginning.
    """
    objects = [b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    kids = []
    for page in pages:
        drawn = b"".join(
            b"BT /F 11 Tf %.6f %.6f %.6f %.6f %g %g Tm (%s) Tj ET\n"
            % (*matrix(*turn), x, y, text.encode("cp1252"))
            for x, y, text, *turn in page
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<</Type/Page/Parent 999 0 R/MediaBox[-90 0 702 792]/Rotate %d/Contents %d 0 R"
            b"/Resources<</Font<</F 1 0 R>>>>>>" % (rotate, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects.append(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids)))
    pages_at = len(objects)
    objects.append(b"<</Type/Catalog/Pages %d 0 R>>" % pages_at)
    trailer = b"/Root %d 0 R" % len(objects)
    objects.append(b"<</Title(%s)>>" % title.encode("cp1252"))
    trailer += b"/Info %d 0 R" % len(objects)
    if encrypted:
        objects.append(b"<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>" % (b"o" * 32, b"u" * 32))
        trailer += b"/Encrypt %d 0 R/ID[(a)(a)]" % len(objects)
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        body = body.replace(b"999 0 R", b"%d 0 R" % pages_at)  # noqa: PLW2901 - known only now
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d%s>>\nstartxref\n%d\n%%%%EOF"
        % (
            len(objects) + 1,
            table,
            len(objects) + 1,
            trailer,
            len(out),
        )
    )


def matrix(turn: int = 0) -> tuple[float, float, float, float]:
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return cosine, sine, -sine, cosine


def lines(texts: Iterable[str], x: float = 50, y: float = 700, pitch: float = 14) -> list[Line]:
    return [(x, y - i * pitch, text) for i, text in enumerate(texts)]


def turned(page: Iterable[Line], turn: int) -> list[Line]:
    """Turn a whole page about the middle of 612 by 792 points."""
    a, b, c, d = matrix(turn)
    return [
        (306 + (x - 306) * a + (y - 396) * c, 396 + (x - 306) * b + (y - 396) * d, text, turn)
        for x, y, text, *_ in page
    ]


def read(path: Path, data: bytes) -> tuple[str, Metadata]:
    path.write_bytes(data)
    (loaded,) = read_all([str(path)])
    assert loaded.document is not None, loaded.error
    return loaded.document.text, loaded.document.metadata


def error_of(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    (loaded,) = read_all([str(path)])
    assert loaded.error is not None
    return loaded.error


@pytest.mark.parametrize("order", ["across", "down"])
def test_two_columns_are_read_one_after_the_other(tmp_path: Path, order: str) -> None:
    left, right = lines(LEFT), lines(RIGHT, x=310)
    drawn = [*left, *right]
    if order == "across":
        drawn = [line for pair in zip(left, right, strict=True) for line in pair]
    text, metadata = read(tmp_path / "a.pdf", pdf([[(50, 740, TITLE), *drawn]]))
    assert text == TITLE + "\n\n" + "\n".join([*LEFT_READ, *RIGHT])
    assert metadata.title == TITLE
    assert metadata.format == "pdf"


def test_columns_above_and_below_a_full_width_line_are_kept_apart(tmp_path: Path) -> None:
    middle = "Balance de las nueve Jornadas Nacionales de Continuidad de los Servicios de Salud"
    page = [
        *lines(LEFT),
        *lines(RIGHT, x=310),
        (50, 590, middle),
        *lines(RIGHT, y=560),
        *lines(LEFT, x=310, y=560),
    ]
    text, _ = read(tmp_path / "a.pdf", pdf([page]))
    assert text == "\n\n".join(
        ["\n".join([*LEFT_READ, *RIGHT]), middle, "\n".join(RIGHT), "\n".join(LEFT_READ)]
    )


def test_three_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    columns = [[f"columna {c} con 5{c} mil {i}0 cirugías" for i in range(6)] for c in range(3)]
    page = [line for c in range(3) for line in lines(columns[c], x=30 + 190 * c)]
    text, _ = read(tmp_path / "a.pdf", pdf([page]))
    assert text == "\n".join("\n".join(column) for column in columns)


def test_a_table_is_read_row_by_row(tmp_path: Path) -> None:
    services = ["Consultas de Medicina Familiar", "Cirugías", "Detecciones", "Trasplantes"]
    counts = ["58 mil 610", "2 mil 590", "51 mil 270", "30"]
    text, _ = read(tmp_path / "a.pdf", pdf([[*lines(services), *lines(counts, x=400)]]))
    assert text == "\n".join(f"{s} | {c}" for s, c in zip(services, counts, strict=True))


def test_paragraphs_are_parted_and_pages_joined_in_mid_sentence(tmp_path: Path) -> None:
    first = [*lines(LEFT[:3]), *lines(LEFT[3:6], y=640)]
    second = lines(RIGHT)
    third = lines(["Fin de la nota."])
    text, _ = read(tmp_path / "a.pdf", pdf([first, second, third]))
    flowing = "\n".join([*LEFT_READ[3:], *RIGHT])
    assert text == "\n".join(LEFT[:3]) + "\n\n" + flowing + "\n\nFin de la nota."


@pytest.mark.parametrize("number", ["{}", "- {} -", "Página {} de 2", "{}/2"])
@pytest.mark.parametrize("y", [770, 30])
def test_page_numbers_are_dropped(tmp_path: Path, number: str, y: float) -> None:
    pages = [
        [*lines(LEFT), (300, y, number.format(1))],
        [*lines(RIGHT), (300, y, number.format(2))],
    ]
    text, _ = read(tmp_path / "a.pdf", pdf(pages))
    assert text == "\n".join([*LEFT_READ, *RIGHT])


def test_a_bare_figure_at_the_foot_of_a_page_is_kept(tmp_path: Path) -> None:
    text, _ = read(tmp_path / "a.pdf", pdf([[*lines(LEFT), (50, 30, "590")]]))
    assert text.endswith("\n\n590")


@pytest.mark.parametrize("stated", ["Microsoft Word - bol395.doc", TITLE, ""])
def test_the_stated_title_is_trusted_only_where_the_text_agrees(
    tmp_path: Path, stated: str
) -> None:
    data = pdf([[(50, 740, TITLE), *lines(LEFT)]], title=stated)
    assert read(tmp_path / "a.pdf", data)[1].title == TITLE


TWO_COLUMNS = [(50, 740, TITLE), *lines(LEFT), *lines(RIGHT, x=310)]


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_turned_pages_and_letters_are_read_as_upright_ones(
    tmp_path: Path, turn: int, rotate: int
) -> None:
    upright, _ = read(tmp_path / "a.pdf", pdf([TWO_COLUMNS]))
    data = pdf([turned(TWO_COLUMNS, turn)], rotate=rotate)
    assert read(tmp_path / "b.pdf", data)[0] == upright


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_letters_that_lie_on_a_turned_page_are_read(tmp_path: Path, rotate: int) -> None:
    upright, _ = read(tmp_path / "a.pdf", pdf([TWO_COLUMNS]))
    assert read(tmp_path / "b.pdf", pdf([TWO_COLUMNS], rotate=rotate))[0] == upright


@pytest.mark.parametrize("turn", [90, 270, 45, 35, 300])
def test_a_mark_along_or_across_the_pages_comes_once_at_the_end(tmp_path: Path, turn: int) -> None:
    x, y = (300, 400) if turn < 180 else (300, 700)
    pages = [[*lines(half), (x, y, "BORRADOR DE TRABAJO", turn)] for half in (LEFT, RIGHT)]
    text, _ = read(tmp_path / "a.pdf", pdf(pages))
    assert text == "\n".join([*LEFT_READ, *RIGHT]) + "\n\nBORRADOR DE TRABAJO"


def test_a_turned_table_stands_after_the_upright_words_of_its_page(tmp_path: Path) -> None:
    cells = [
        *lines(["Servicio", "Consultas de Medicina Familiar", "Cirugías", "Detecciones"]),
        *lines(["Realizadas", "58 mil 610", "2 mil 590", "51 mil 270"], x=400),
        *lines(["Meta", "50 mil", "2 mil", "40 mil"], x=520),
    ]
    page = [*lines(LEFT[:3], y=780), *turned(cells, 90)]
    text, _ = read(tmp_path / "a.pdf", pdf([page, lines(["Fin de la nota."])]))
    table = [
        "Servicio | Realizadas | Meta",
        "Consultas de Medicina Familiar | 58 mil 610 | 50 mil",
        "Cirugías | 2 mil 590 | 2 mil",
        "Detecciones | 51 mil 270 | 40 mil",
    ]
    assert text == "\n".join(LEFT[:3]) + "\n\n" + "\n".join(table) + "\nFin de la nota."


def test_a_scan_is_sent_to_ocr(tmp_path: Path) -> None:
    error = error_of(tmp_path / "a.pdf", pdf([[], []]))
    assert error == "no text layer, as in a scan: --ocr may read it"


def test_a_page_without_words_beside_others_is_noted(tmp_path: Path) -> None:
    _, metadata = read(tmp_path / "a.pdf", pdf([lines(LEFT), [], [(300, 30, "3")]]))
    assert metadata.pages_without_words == (2, 3)
    assert metadata.ocr_pages == 0


def test_an_encrypted_pdf_says_so(tmp_path: Path) -> None:
    data = pdf([lines(LEFT)], encrypted=True)
    assert error_of(tmp_path / "a.pdf", data) == "encrypted PDF: remove its password first"


def test_a_pdf_of_too_many_pages_says_so(tmp_path: Path) -> None:
    assert "501 pages" in error_of(tmp_path / "a.pdf", pdf([[]] * 501))


def test_a_cut_pdf_never_raises(tmp_path: Path) -> None:
    data = pdf([lines(LEFT), lines(RIGHT)])
    for cut in range(0, len(data), 97):
        (tmp_path / "a.pdf").write_bytes(data[:cut])
        (loaded,) = read_all([str(tmp_path / "a.pdf")])
        assert (loaded.document is None) != (loaded.error is None)


def test_a_pdf_under_the_name_of_a_text_file_is_read(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", pdf([lines(LEFT)]))[0] == "\n".join(LEFT_READ)
