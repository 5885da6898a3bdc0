"""HTML within Markdown that nobody sees: comments, styles and scripts, and what these hide."""

import re
from typing import TYPE_CHECKING

from pipeline.documents.lookalikes import RIGHT_TO_LEFT
from pipeline.errors import DocumentError
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from pipeline.documents import fragment
else:
    fragment = lazy("pipeline.documents.fragment")

_NEVER_SEEN = re.compile(r"<(?:!--|(style|script|template|noscript|head)\b)", re.IGNORECASE)
_SHEET = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,15})\b[^<>]{0,4000}>", re.IGNORECASE)
_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"))
_MOST_UNCLOSED = 20
_MOST_WORK = 50_000_000  # characters that are parsed
_OF_A_LINE = frozenset(("a", "b", "em", "font", "i", "s", "small", "span", "strong", "u"))


def without_unseen(text: str, hidden: list[str]) -> str:
    """Return Markdown without what nobody sees; the words of hidden elements go to `hidden`.

    Elements that hide nothing stay as they are written. Raises DocumentError for one with more
    styles than anybody writes.
    """
    if "<" not in text:
        return text
    text, sheets = _without_sheets(text)
    before = "".join([*_SHEET.findall(text), *sheets])
    pieces: list[str] = []
    at = 0
    unclosed: set[str] = set()
    has_sheets = fragment.may_have_styles(before)
    work = 0
    while found := _TAG.search(text, at):
        name = found[2].lower()
        end = found.end()
        if not found[1] and name not in _VOID:
            end = _end_of(name, text, end, unclosed)
        element = text[found.start() : end]
        unseen = len(hidden)
        if has_sheets or fragment.may_have_styles(element):
            work += len(before) + len(element)
            if work > _MOST_WORK:
                raise DocumentError("styles beyond all bounds: save the words alone as text")
            seen = fragment.plain(before + element, hidden)
            if len(hidden) > unseen or RIGHT_TO_LEFT in seen:
                element = seen if name in _OF_A_LINE else f"\n\n{seen}\n\n"
        pieces += [text[at : found.start()], element]
        at = end
    return "".join([*pieces, text[at:]])


def _without_sheets(text: str) -> tuple[str, list[str]]:
    """Take out comments, and what is never seen; return the styles of it."""
    pieces: list[str] = []
    sheets: list[str] = []
    at = 0
    unclosed: set[str | None] = set()
    while found := _NEVER_SEEN.search(text, at):
        name = found[1] and found[1].lower()
        closing = re.compile(rf"</{name}\s*>" if name else "-->", re.IGNORECASE)
        end = None if name in unclosed else closing.search(text, found.end())
        pieces.append(text[at : found.start() if end else found.end()])
        at = end.end() if end else found.end()
        if end is None:
            unclosed.add(name)
        elif name == "style":
            sheets.append(text[found.start() : at])
    return "".join([*pieces, text[at:]]), sheets


def _end_of(name: str, text: str, at: int, unclosed: set[str]) -> int:
    """Return where an element ends whose first tag ends at `at`, or its paragraph."""
    depth = 0 if name in unclosed or len(unclosed) > _MOST_UNCLOSED else 1
    for tag in _TAG.finditer(text, at) if depth else ():
        if tag[2].lower() == name:
            depth += -1 if tag[1] else 1
            if not depth:
                return tag.end()
    unclosed.add(name)
    end = text.find("\n\n", at)
    return end if end >= 0 else len(text)
