"""Text from anywhere made fit for the page: seen as it is, and unable to do anything. Pure."""

import base64
import json
import re
import zlib
from typing import Any


def visible(text: str) -> str:
    """Make visible what does not print or would change how the text around it is read.

    Each such character becomes one other; line breaks and tabs stay.
    """
    return text.translate(_VISIBLE)


def pack(value: object) -> str:
    """Write data for the page's script: JSON, deflated (zlib), in base64.

    So a text of a bulletin can hold nothing that a browser would take for the page's own markup,
    and five hundred of them stay small. Its texts are made visible first.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # All of it at once, as that is many times quicker; JSON has escaped what controls.
    seen = _ESCAPED.sub(_show_escaped, visible(text))
    return base64.b64encode(zlib.compress(seen.encode(), 9)).decode()


def unpack(packed: str) -> Any:  # noqa: ANN401 - any JSON
    """Read what `pack` wrote."""
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def shorten(text: str, most: int) -> str:
    """Cut a text that is longer, and show that it was."""
    return text if len(text) <= most else f"{text[:most]}…"


_ESCAPED = re.compile(r"\\(?:u00([01][0-9a-f])|(.))")
_CONTROLS = {"b": "␈", "f": "␌", "r": "␍"}


def _show_escaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(0x2400 + int(escape[1], 16))
    return _CONTROLS.get(escape[2], escape[0])


def _replacements() -> dict[int, int]:
    unseen = (
        *range(0x7F, 0xA0),
        0xAD,
        0x34F,
        0x61C,
        *range(0x115F, 0x1161),
        *range(0x17B4, 0x17B6),
        *range(0x180B, 0x1810),
        *range(0x200B, 0x2010),  # zero width, and marks of direction
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        0x2800,
        0x3164,
        *range(0xD800, 0xE000),  # halves of characters cannot be written
        *range(0xFE00, 0xFE0E),
        0xFEFF,
        0xFFA0,
        *range(0xFFF0, 0xFFFC),
        0xFFFE,
        0xFFFF,
        *range(0xE0000, 0xE1000),
    )
    pictures = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    return dict.fromkeys(unseen, 0xFFFD) | pictures


_VISIBLE = _replacements()
