"""How much markup a page holds, counted before a tree is made of it."""

from collections.abc import Mapping

from lxml import etree  # type: ignore[import-untyped]

from pipeline.errors import DocumentError

_MOST_ELEMENTS, _MOST_ATTRIBUTES = 50_000, 1_000
"""Of a page, and of one of its elements. A page of news has a few thousand elements, of some ten
attributes each; an element that has n of them takes n² steps to be put in a tree."""


def require_few_elements(markup: str) -> None:
    """Raise `DocumentError` for HTML of more elements, or attributes of one, than any page has."""
    # The parser that will make the tree tells them as it will, and makes none here.
    etree.fromstring(
        f"<html>{markup}".encode(errors="ignore"),
        etree.HTMLParser(target=_Count(), encoding="utf-8"),
    )


class _Count:
    """What the parser calls for each element."""

    def __init__(self) -> None:
        self._elements = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise DocumentError(
                f"HTML of over {_MOST_ELEMENTS:,} elements: save its words as a text file"
            )
        if len(attributes) > _MOST_ATTRIBUTES:
            raise DocumentError(
                f"HTML with over {_MOST_ATTRIBUTES:,} attributes in one tag:"
                " save its words as a text file"
            )

    def close(self) -> None:
        """Do nothing: the parser wants it."""
