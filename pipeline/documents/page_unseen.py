"""Which letters of a page of a PDF nobody sees.

The page is drawn with and without the letters that may be unseen: where that makes no difference,
they are. Only a page that has such letters is drawn: invisible, see-through or light ones, ones
beyond a clip or the page, ones that something lies over or that have the colour of what is below,
ones in an optional layer, and ones in forms, of which nothing is known before.

A picture of the whole page with the letters' print on it is a scan, and what lies under it or is
invisible over it is its text.
"""

import ctypes
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pypdfium2 import raw  # type: ignore[import-untyped]

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""

_INVISIBLE_MODES = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_LIGHT = 200  # of 255, in each of red, green and blue
_NEAR = 12  # by how much colours differ that cannot be told apart
_FAINT = 13  # of 255, how dense
_COVERED = 0.3  # of a text's box
_NO_SIZE = 0.5  # points
_THINNEST_COVER = 3.0  # points: a rule may cross letters
_SEEN_BY = 20  # of 255, by how much letters must change what is drawn
_PRINT = 60  # of 255, by how much print differs from its paper
_SCALE, _MOST_PIXELS = 2.0, 2600
_PAGE_SHARE = 0.5  # which pictures must cover for the page to be a scan
_MOST_PAIRS = 200_000
_DEEPEST = 8  # forms within forms
_OF_A_RECTANGLE = 6  # segments of a path
_LAYER = "OC\0".encode("utf-16-le")


class _Object(NamedTuple):
    """One thing that is drawn, in the order of drawing."""

    handle: Any
    kind: int
    box: Box
    colour: tuple[int, ...]
    """Red, green, blue and how dense, of what it is filled with; () where with nothing."""


def unseen_letters(page: Any, textpage: Any) -> frozenset[int]:  # noqa: ANN401 - no types
    """Return the indexes of the characters of a page that are drawn and not seen."""
    found = range(raw.FPDFPage_CountObjects(page))
    objects = [_object(raw.FPDFPage_GetObject(page, i)) for i in found]
    suspects = {_address(each): each for each in _suspects(objects, page.get_bbox())}
    letters = _letters_of(suspects, textpage) if suspects else {}
    if not letters:
        return frozenset()
    whole = _draw(page)
    drawn = [each for each in suspects.values() if not _is_invisible(each)]
    without = _draw_without(drawn, page) if drawn else whole
    pictures = [each.box for each in objects if each.kind == raw.FPDF_PAGEOBJ_IMAGE]
    is_scan = _area(*pictures) >= _PAGE_SHARE * _area(page.get_bbox())
    unseen: set[int] = set()
    for address, boxes in letters.items():
        gone = [i for i, box in boxes.items() if whole.difference(without, box) < _SEEN_BY]
        may_be_print = is_scan and not _is_light(suspects[address])
        if gone and not (may_be_print and whole.contrast(_around([*boxes.values()])) >= _PRINT):
            unseen.update(gone)
    return frozenset(unseen)


def _letters_of(texts: Mapping[int, Any], textpage: Any) -> dict[int, dict[int, Box]]:  # noqa: ANN401
    """Return by the address of each text the indexes of its letters, and where they stand."""
    letters: dict[int, dict[int, Box]] = {}
    for i in range(textpage.count_chars()):
        handle = raw.FPDFText_GetTextObject(textpage, i)
        if handle and raw.FPDFText_GetUnicode(textpage, i) > ord(" "):
            address = _address(handle)
            if address in texts:
                box = textpage.get_charbox(i, loose=True)
                letters.setdefault(address, {})[i] = box
    return letters


class _Drawing(NamedTuple):
    """A page as it is drawn, in grey, row by row from above."""

    page: Any
    width: int
    height: int
    stride: int
    grey: bytes

    def difference(self, other: "_Drawing", box: Box) -> int:
        """Return by how much the two differ most within a box of the page."""
        most = 0
        for start, end in self._rows(box):
            mine, others = self.grey[start:end], other.grey[start:end]
            if mine != others:
                most = max(most, *(abs(a - b) for a, b in zip(mine, others, strict=True)))
        return most

    def contrast(self, box: Box) -> int:
        """Return by how much the lightest and the darkest within a box differ."""
        rows = [self.grey[start:end] for start, end in self._rows(box)]
        return max(map(max, rows)) - min(map(min, rows)) if rows else 0

    def _rows(self, box: Box) -> list[tuple[int, int]]:
        left, bottom, right, top = box
        corners = [self._pixel(x, y) for x in (left, right) for y in (bottom, top)]
        first, last = min(x for x, _ in corners), max(x for x, _ in corners)
        upper, lower = min(y for _, y in corners), max(y for _, y in corners)
        first, last = max(0, first), min(self.width, last + 1)
        if first >= last:
            return []
        rows = range(max(0, upper), min(self.height, lower + 1))
        return [(row * self.stride + first, row * self.stride + last) for row in rows]

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        size = (0, 0, self.width, self.height, 0)
        raw.FPDF_PageToDevice(self.page, *size, x, y, ctypes.byref(across), ctypes.byref(down))
        return across.value, down.value


def _draw(page: Any) -> _Drawing:  # noqa: ANN401 - the same
    scale = min(_SCALE, _MOST_PIXELS / max(*page.get_size(), 1))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        size = (bitmap.width, bitmap.height, bitmap.stride)
        return _Drawing(page, *size, bytes(bitmap.buffer))
    finally:
        bitmap.close()


def _draw_without(objects: Sequence[Any], page: Any) -> _Drawing:  # noqa: ANN401 - the same
    try:
        for handle in objects:
            raw.FPDFPageObj_SetIsActive(handle, 0)
        return _draw(page)
    finally:
        for handle in objects:
            raw.FPDFPageObj_SetIsActive(handle, 1)


def _object(handle: Any) -> _Object:  # noqa: ANN401 - the same
    kind = raw.FPDFPageObj_GetType(handle)
    sides = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(handle, *map(ctypes.byref, sides))
    left, bottom, right, top = (side.value for side in sides)
    colour: tuple[int, ...] = ()
    if kind == raw.FPDF_PAGEOBJ_TEXT or (kind == raw.FPDF_PAGEOBJ_PATH and _is_filled(handle)):
        parts = [ctypes.c_uint() for _ in range(4)]
        if raw.FPDFPageObj_GetFillColor(handle, *map(ctypes.byref, parts)):
            colour = tuple(part.value for part in parts)
    return _Object(handle, kind, (left, bottom, right, top), colour)


def _is_filled(path: Any) -> bool:  # noqa: ANN401 - the same
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, ctypes.byref(mode), ctypes.byref(stroke))
    return bool(mode.value != raw.FPDF_FILLMODE_NONE)


def _suspects(objects: Sequence[_Object], page: Box) -> Iterator[Any]:
    """Yield the texts that may be unseen, and all those in forms."""
    covers = [
        (order, each)
        for order, each in enumerate(objects)
        if each.kind != raw.FPDF_PAGEOBJ_TEXT
        and (each.colour or each.kind != raw.FPDF_PAGEOBJ_PATH)
        and min(each.box[2] - each.box[0], each.box[3] - each.box[1]) >= _THINNEST_COVER
    ]
    texts = sum(each.kind == raw.FPDF_PAGEOBJ_TEXT for each in objects)
    is_crowded = len(covers) * texts > _MOST_PAIRS
    for order, each in enumerate(objects):
        if each.kind == raw.FPDF_PAGEOBJ_FORM:
            yield from _texts_in(each.handle)
        elif each.kind == raw.FPDF_PAGEOBJ_TEXT and (
            is_crowded
            or _is_odd(each, page)
            or any(_hides(cover, each, is_over=at > order) for at, cover in covers)
        ):
            yield each.handle


def _texts_in(form: Any, depth: int = 0) -> Iterator[Any]:  # noqa: ANN401 - the same
    for i in range(raw.FPDFFormObj_CountObjects(form)):
        handle = raw.FPDFFormObj_GetObject(form, i)
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            yield handle
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            yield from _texts_in(handle, depth + 1)


def _is_odd(text: _Object, page: Box) -> bool:
    """Say whether a text by itself may be unseen: by its mode, its colour or its place."""
    *shades, dense = text.colour or (0, 0, 0, 255)
    return (
        raw.FPDFTextObj_GetTextRenderMode(text.handle) != raw.FPDF_TEXTRENDERMODE_FILL
        or dense <= _FAINT
        or min(shades) >= _LIGHT
        or not _holds(page, text.box)
        or min(text.box[2] - text.box[0], text.box[3] - text.box[1]) < _NO_SIZE
        or raw.FPDFPageObj_HasTransparency(text.handle)
        or _is_clipped(text)
        or _is_in_layer(text.handle)
    )


def _hides(cover: _Object, text: _Object, *, is_over: bool) -> bool:
    """Say whether something lies over a text, or has its colour and lies below."""
    is_alike = bool(cover.colour) and all(
        abs(a - b) <= _NEAR for a, b in zip(cover.colour[:3], text.colour[:3], strict=False)
    )
    if not is_over and not is_alike:
        return False
    (left, bottom, right, top), other = text.box, cover.box
    width = min(right, other[2]) - max(left, other[0])
    height = min(top, other[3]) - max(bottom, other[1])
    return width > 0 and height > 0 and width * height >= _COVERED * _area(text.box)


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] - 1 <= inner[0]
        and outer[1] - 1 <= inner[1]
        and inner[2] <= outer[2] + 1
        and inner[3] <= outer[3] + 1
    )


def _is_clipped(text: _Object) -> bool:
    """Say whether a text may reach beyond what it is clipped to."""
    clip = raw.FPDFPageObj_GetClipPath(text.handle)
    if not clip:
        return False
    for path in range(max(0, raw.FPDFClipPath_CountPaths(clip))):
        segments = raw.FPDFClipPath_CountPathSegments(clip, path)
        if segments > _OF_A_RECTANGLE:
            return True
        points = [_point(raw.FPDFClipPath_GetPathSegment(clip, path, i)) for i in range(segments)]
        across, up = [x for x, _ in points], [y for _, y in points]
        if points and not _holds((min(across), min(up), max(across), max(up)), text.box):
            return True
    return False


def _point(segment: Any) -> tuple[float, float]:  # noqa: ANN401 - the same
    x, y = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value


def _is_in_layer(handle: Any) -> bool:  # noqa: ANN401 - the same
    """Say whether an object is marked as part of optional content."""
    name, length = ctypes.create_string_buffer(8), ctypes.c_ulong()
    buffer = ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort))
    for i in range(max(0, raw.FPDFPageObj_CountMarks(handle))):
        mark = raw.FPDFPageObj_GetMark(handle, i)
        name.raw = b"\0" * 8
        raw.FPDFPageObjMark_GetName(mark, buffer, 8, ctypes.byref(length))
        if name.raw[:6] == _LAYER:
            return True
    return False


def _is_light(handle: Any) -> bool:  # noqa: ANN401 - the same
    """Say whether letters are drawn in a light colour, as those on a scan are not."""
    *shades, dense = _object(handle).colour or (0, 0, 0, 255)
    return not _is_invisible(handle) and dense > _FAINT and min(shades) >= _LIGHT


def _is_invisible(handle: Any) -> bool:  # noqa: ANN401 - the same
    """Say whether letters are of those that are not drawn, whatever their colour."""
    return raw.FPDFTextObj_GetTextRenderMode(handle) in _INVISIBLE_MODES


def _address(handle: Any) -> int:  # noqa: ANN401 - the same
    return ctypes.addressof(handle.contents)


def _area(*boxes: Box) -> float:
    return sum((right - left) * (top - bottom) for left, bottom, right, top in boxes)


def _around(boxes: Sequence[Box]) -> Box:
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)
