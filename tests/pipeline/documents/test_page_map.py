"""Which page of a PDF an offset stands on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.decoding import mend
from pipeline.documents.page_map import map_pages, page_at, stretch_at
from pipeline.documents.page_picture import Words, draw_page, find_words, read_map
from pipeline.documents.pdf import Page, join_pages
from pipeline.documents.text import normalise
from pipeline.errors import DocumentError
from tests.pipeline.documents.test_pdf import LEFT, RIGHT, TITLE, lines, pdf, read

MARK = "Documento de trabajo"


def text_of(pages: list[Page]) -> str:
    return normalise(mend(join_pages(pages)))


@given(st.lists(st.lists(st.sampled_from("abcñ1259. ,(\n"), min_size=1), max_size=6))
def test_each_letter_stands_on_its_page(drawn: list[list[str]]) -> None:
    # A letter of its own for each page tells where it came from.
    pages = [Page(f"{chr(0x391 + i)}" + "".join(text).strip()) for i, text in enumerate(drawn)]
    text = text_of(pages)
    stretches = map_pages(text, pages)
    assert [stretch.page for stretch in stretches] == list(range(1, len(pages) + 1))
    for number, page in enumerate(pages, 1):
        at = text.index(page.text[0])
        assert page_at(stretches, at) == number
        first, last = stretch_at(stretches, at, len(text))
        assert first <= at < last
    if stretches:
        assert page_at(stretches, 0) == 1
        assert page_at(stretches, len(text)) == len(pages)


def test_words_that_run_over_from_page_to_page_are_parted_where_the_page_ends() -> None:
    pages = [Page("Hubo 85 ciru-"), Page(""), Page("gías, y 30\n(“10”) más.")]
    text = text_of(pages)
    stretches = map_pages(text, pages)
    assert text.startswith("Hubo 85 cirugías,")
    assert page_at(stretches, text.index("ciru")) == 1
    assert page_at(stretches, text.index("gías")) == 3


def test_what_a_page_begins_with_is_its_own_though_it_be_no_letter() -> None:
    pages = [Page("Hubo 85."), Page("“¿30?”")]
    text = text_of(pages)
    assert page_at(map_pages(text, pages), text.index("“")) == 2


def test_a_mark_that_several_pages_have_stands_on_the_first_of_them() -> None:
    pages = [Page("Hubo 85."), Page("Hubo 30.", (MARK,)), Page("Y 20.", (MARK,))]
    text = text_of(pages)
    stretches = map_pages(text, pages)
    assert page_at(stretches, text.index(MARK)) == 2
    assert page_at(stretches, text.index("Y 20")) == 3


def test_a_text_without_pages_has_none() -> None:
    assert map_pages("Hubo 85.", []) == ()
    assert page_at((), 3) is None


def three_pages(*, rotate: int = 0) -> bytes:
    first = [(50, 740, TITLE), *lines(LEFT), *lines(RIGHT, x=310)]
    return pdf(
        [first, lines(["Otra hoja: 5 mil consultas", "y 300 cirugías."]), lines(["Y 5 mil más."])],
        rotate=rotate,
    )


@pytest.mark.parametrize("rotate", [0, 90])
def test_a_pdf_is_mapped_as_it_is_read(tmp_path: Path, rotate: int) -> None:
    path = tmp_path / "a.pdf"
    text, _ = read(path, three_pages(rotate=rotate))
    pages = read_map(str(path), by_ocr=False)
    assert pages.total == 3
    for words, number in ((TITLE, 1), ("Seguro Social.", 1), ("Otra", 2), ("300", 2), ("Y 5", 3)):
        assert page_at(pages.stretches, text.index(words)) == number
    assert page_at(pages.stretches, len(text) - 1) == 3


def test_words_are_found_where_they_are_printed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines(["Hubo 5 mil consultas", "y otras 5 mil", "y otras 5 mil más"])]))
    wanted = [
        Words("Hubo ", "5 mil", " consultas y otras 5 mil"),
        Words("consultas y otras ", "5 mil", " y otras 5 mil más"),
        Words("y otras 5 mil y otras ", "5 mil", " más"),
        Words("", "5 mil", ""),  # which of them nobody can tell
        Words("", "9 mil", ""),
    ]
    places = find_words(str(path), 1, wanted)
    assert (places.width, places.height) == (792, 792)
    (first,), (second,), (third,), of_many, of_none = places.boxes
    # Line by line, 14 points apart; "Hubo" is shorter than "y otras" by some letters.
    assert [round((box[1] - first[1]) * 792) for box in (first, second, third)] == [0, 14, 28]
    assert first[0] * 792 == pytest.approx(50 + 90 + 29, abs=4)
    assert of_many == of_none == ()


def test_words_of_a_turned_page_are_found_where_they_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines(["Hubo 5 mil consultas"])], rotate=90))
    ((left, top, width, height),) = find_words(str(path), 1, [Words("", "consultas", "")]).boxes[0]
    assert height > width  # it runs down the page
    assert left > 0.8
    assert top > 0.15


def test_a_page_is_drawn_as_png(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(three_pages())
    data = draw_page(str(path), 2)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(data[16:20]) == int.from_bytes(data[20:24]) == 2 * 792
    assert data != draw_page(str(path), 3)
    with pytest.raises(DocumentError, match="3 pages"):
        draw_page(str(path), 4)


def test_what_is_no_pdf_any_more_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("Hubo 5 consultas.", encoding="utf-8")
    with pytest.raises(DocumentError, match="no PDF"):
        draw_page(str(path), 1)
