"""What a DOCX puts where nobody sees it: off the page, into no height, into hidden shapes."""

import re
from typing import Any

from pipeline.documents.stylesheet import Sheet
from pipeline.documents.unseen_styles import NAMES, is_gone
from pipeline.documents.word_xml import W, is_on

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_NUMBER = re.compile(r"-?\d{1,12}")
# In twentieths of a point: five inches beyond the left or upper edge of whatever they count from,
# or beyond the widest page.
_OFF, _BEYOND = -7200, 31_680
_EMU = 635  # English metric units in a twentieth of a point
_LOWEST = 20


def is_paragraph_unseen(paragraph: Any) -> bool:  # noqa: ANN401 - lxml ships no types
    """Tell whether a paragraph stands off the page, or in a line of no height."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None or not len(properties):
        return False
    frame, indent = properties.find(f"{W}framePr"), properties.find(f"{W}ind")
    if frame is not None and _is_off(frame, "x", "y"):
        return True
    if indent is not None and _is_off(indent, "left", "start", "firstLine"):
        return True
    spacing = properties.find(f"{W}spacing")
    return spacing is not None and _is_low(spacing, "line", "lineRule")


def is_row_unseen(properties: Any) -> bool:  # noqa: ANN401 - the same
    """Tell by its properties whether a table's row is hidden, or of no height."""
    height = properties.find(f"{W}trHeight")
    is_flat = height is not None and _is_low(height, "val", "hRule")
    return bool(is_on(properties.find(f"{W}hidden"))) or is_flat


def is_table_unseen(table: Any) -> bool:  # noqa: ANN401 - the same
    """Tell whether a table floats off the page."""
    place = table.find(f"{W}tblPr/{W}tblpPr")
    return place is not None and _is_off(place, "tblpX", "tblpY")


def is_shape_unseen(element: Any) -> bool:  # noqa: ANN401 - the same
    """Tell whether an element is a drawing or shape that is hidden, of no size or off the page."""
    if element.tag in (f"{_DRAWING}anchor", f"{_DRAWING}inline"):
        about, size = element.find(f"{_DRAWING}docPr"), element.find(f"{_DRAWING}extent")
        offsets = [_number(each.text) for each in element.iter(f"{_DRAWING}posOffset")]
        return (
            (about is not None and about.get("hidden") in ("1", "true"))
            or (size is not None and min(_number(size.get(side)) for side in ("cx", "cy")) < _EMU)
            or any(not _OFF < each // _EMU < _BEYOND for each in offsets)
        )
    if isinstance(element.tag, str) and element.tag.startswith(_VML) and element.get("style"):
        said = {
            each.name: each.value for each in Sheet("", NAMES).declarations(element.get("style"))
        }
        return is_gone({"overflow": "hidden", **said}) or said.get("visibility") == "hidden"
    return False


def _is_off(properties: Any, *names: str) -> bool:  # noqa: ANN401 - the same
    return any(not _OFF < _number(properties.get(f"{W}{name}")) < _BEYOND for name in names)


def _is_low(properties: Any, name: str, rule: str) -> bool:  # noqa: ANN401 - the same
    is_exact = properties.get(f"{W}{rule}") == "exact"
    return is_exact and _number(properties.get(f"{W}{name}")) <= _LOWEST


def _number(value: str | None) -> int:
    found = _NUMBER.match(value or "")
    return int(found[0]) if found else 0
