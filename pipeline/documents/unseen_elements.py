"""A tree of HTML -> the same without what nobody sees on the page.

Words that are not displayed, of no size, in the colour of what is behind them, moved off the
screen. What a click opens (`<details>`) is seen, and so is what is not read aloud (`aria-hidden`).
Files of styles are not fetched: where a page has them, it is not known what is behind words whose
page says no colour for it, and they are taken to be seen.
"""

from collections.abc import Iterator
from typing import Any

from pipeline.documents import colours
from pipeline.documents.page_styles import PageStyles, may_have_styles
from pipeline.documents.unseen_styles import WHOLE, State, inherit, is_gone

_NO_WORDS = frozenset(("style", "script", "template", "noscript", "head", "title"))


def drop_unseen(tree: Any, markup: str) -> list[str]:  # noqa: ANN401 - lxml ships no types
    """Take out of `tree`, parsed of `markup`, what nobody sees; return the words of it.

    Raises DocumentError for a page with more styles than anybody writes.
    """
    if not may_have_styles(markup):
        return []
    styles = PageStyles(tree, markup)
    if not styles.can_hide():
        return []
    dropped: list[str] = []
    start = State() if styles.has_files else State(ink=colours.BLACK, paper=colours.WHITE)
    stack = [(tree, start)]
    while stack:
        element, outer = stack.pop()
        style = styles.of(element)
        if element.tag not in WHOLE and is_gone(style):
            dropped.append(_words(element))
            _take_out(element)
            continue
        state = inherit(outer, style, is_whole=element.tag in WHOLE)
        if not state.shows:
            dropped.extend(_blank(element))
        stack.extend((child, state) for child in reversed(element) if isinstance(child.tag, str))
    return [words for words in dropped if words]


def _words(element: Any) -> str:  # noqa: ANN401 - the same
    """Return the words in an element, but for what is none, such as scripts."""
    pieces: list[str] = []
    stack = [element]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            pieces.append(each)
        elif isinstance(each.tag, str) and each.tag not in _NO_WORDS:
            for child in reversed(each):
                stack += [child.tail or "", child]
            pieces.append(each.text or "")
    return " ".join(" ".join(pieces).split())


def _blank(element: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    """Take out an element's own words, and no words of elements in it."""
    if element.tag in _NO_WORDS:
        return
    if element.text and element.text.strip():
        yield " ".join(element.text.split())
        element.text = None
    for child in element:
        if child.tail and child.tail.strip():
            yield " ".join(child.tail.split())
            child.tail = None


def _take_out(element: Any) -> None:  # noqa: ANN401 - the same
    """Remove an element; the words behind it stay where they are."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
