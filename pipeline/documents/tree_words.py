"""Words in a tree of lxml: told, and taken out."""

from collections.abc import Iterator
from typing import Any

from pipeline.documents.lookalikes import END, RIGHT_TO_LEFT

_NO_WORDS = frozenset(("style", "script", "template", "noscript", "head", "title"))


def words_in(element: Any) -> str:  # noqa: ANN401 - the same
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


def blank(element: Any) -> Iterator[str]:  # noqa: ANN401 - the same
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


def take_out(element: Any) -> None:  # noqa: ANN401 - the same
    """Leave nothing of an element; the words behind it stay where they are.

    To remove it would take n² steps where many stand side by side: what it leaves parts no words.
    """
    element.clear(keep_tail=True)
    element.tag = "span"


def turn_round(element: Any) -> None:  # noqa: ANN401 - the same
    """Put marks around an element's words, by which normalising turns them round."""
    element.text = f"{RIGHT_TO_LEFT}{element.text or ''}"
    element.tail = f"{END}{element.tail or ''}"
