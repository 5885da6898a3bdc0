"""A page of a PDF as it looks, and where words stand on it.

Both ask PDFium of a file that anybody made: to be run in a process with limits.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

from pipeline.documents.decoding import mend
from pipeline.documents.formats import HEAD, format_of
from pipeline.documents.limits import LARGEST
from pipeline.documents.opening import open_source
from pipeline.documents.page_letters import TextRoom
from pipeline.documents.page_map import Stretch, map_pages
from pipeline.documents.pdf import join_pages, open_pdf, read_pages
from pipeline.documents.png import png_of
from pipeline.documents.print_letters import PrintLetters, letters_in, print_letters
from pipeline.documents.text import document_from
from pipeline.errors import DocumentError
from schemas.document import Metadata

MOST_PIXELS = 2000
"""Of a picture's longer side."""
_SCALE = 2.0  # pixels a point
_AROUND = (60, 25, 10, 0)
"""Letters before and behind words by which they are told from the same words elsewhere."""
_MARGIN = 1.0
"""Points around the letters of a box."""

Box = tuple[float, float, float, float]
"""Left, top, width and height, in shares of the picture's width and height."""


class Pages(NamedTuple):
    """What a PDF holds today: the ID of its text, its number of pages, and where each begins."""

    document_id: str
    total: int
    stretches: tuple[Stretch, ...]


class Words(NamedTuple):
    """Words to be found on a page, with what the text has before and behind them on that page."""

    before: str
    words: str
    behind: str


class Places(NamedTuple):
    """The size of a page in points, and for each of the words the boxes of its lines."""

    width: float
    height: float
    boxes: tuple[tuple[Box, ...], ...]


def read_map(path: str, *, by_ocr: bool) -> Pages:
    """Read a PDF as a run does, and tell what of its text stands on which page.

    Raises `DocumentError` for what is no PDF or cannot be read any more, and as opening does.
    """
    pages, _ = read_pages(_read(path), by_ocr=by_ocr)
    document = document_from(mend(join_pages(pages)), Metadata(format="pdf"))
    return Pages(document.id, len(pages), map_pages(document.text, pages))


def count_pages(path: str) -> int:
    """Count the pages of a PDF. Raises as `read_map`."""
    with open_pdf(_read(path)) as pdf:
        return len(pdf)


def draw_page(path: str, number: int) -> bytes:
    """Draw a page, from 1, as PNG. Raises as `read_map`."""
    with _page(path, number) as page:
        longest = max(*page.get_size(), 1.0)
        bitmap = page.render(scale=min(_SCALE, MOST_PIXELS / longest), rev_byteorder=True)
        try:
            return png_of(bitmap.to_numpy()[:, :, :3])
        finally:
            bitmap.close()


def find_words(path: str, number: int, wanted: Sequence[Words]) -> Places:
    """Find words on a page, from 1; what is not found has no boxes. Raises as `read_map`."""
    with _page(path, number) as page:
        TextRoom().take_pieces(page)
        textpage = page.get_textpage()
        try:
            count = textpage.count_chars()
            TextRoom().take_letters(count)
            printed = print_letters(chr(raw.FPDFText_GetUnicode(textpage, i)) for i in range(count))
            boxes = tuple(_boxes(page, textpage, _find(printed, each)) for each in wanted)
        finally:
            textpage.close()
        width, height = page.get_size()
        return Places(width, height, boxes)


def _find(printed: PrintLetters, wanted: Words) -> tuple[int, int] | None:
    """Find the one place of words, by as much of what is around them as tells it."""
    before, words, behind = map(letters_in, wanted)
    if not words:
        return None
    for length in _AROUND:
        for left, right in ((length, length), (length, 0), (0, length)):
            lead = before[len(before) - left :] if left < len(before) else before
            whole = lead + words + behind[:right]
            at = printed.text.find(whole)
            if at >= 0 and printed.text.find(whole, at + 1) < 0:
                first = at + len(lead)
                return printed.offsets[first], printed.offsets[first + len(words) - 1]
    return None


def _boxes(page: Any, textpage: Any, found: tuple[int, int] | None) -> tuple[Box, ...]:  # noqa: ANN401 - pypdfium2 ships no types
    if found is None:
        return ()
    first, last = found
    count = raw.FPDFText_CountRects(textpage, first, last - first + 1)
    rects = (textpage.get_rect(i) for i in range(count))
    return tuple(
        _seen(page, (left - _MARGIN, bottom - _MARGIN, right + _MARGIN, top + _MARGIN))
        for left, bottom, right, top in rects
    )


def _seen(page: Any, rect: Sequence[float]) -> Box:  # noqa: ANN401 - the same
    """Tell where a box is for who looks at the page, however that is turned and cut."""
    size = 10_000
    seen = pypdfium2.PdfPosConv(page, (0, 0, size, size, 0))
    (x, y), (to_x, to_y) = seen.to_bitmap(*rect[:2]), seen.to_bitmap(*rect[2:])
    left, right = sorted((x, to_x))
    top, bottom = sorted((y, to_y))
    return (left / size, top / size, (right - left) / size, (bottom - top) / size)


@contextmanager
def _page(path: str, number: int) -> Iterator[Any]:
    with open_pdf(_read(path)) as pdf:
        if not 1 <= number <= len(pdf):
            raise DocumentError(f"it has {len(pdf)} pages")
        page = pdf[number - 1]
        try:
            yield page
        finally:
            page.close()


def _read(path: str) -> bytes:
    with open_source(path) as stream:
        if format_of(path, stream.peek(HEAD)[:HEAD]) != "pdf":
            raise DocumentError("no PDF any more")
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise DocumentError(f"over {LARGEST // 2**20} MB, too large for one bulletin")
    return data
