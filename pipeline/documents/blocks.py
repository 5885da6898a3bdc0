"""A tree of HTML -> its runs of text, in reading order."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_BLOCKS = re.compile(
    r"address|article|blockquote|body|caption|center|dd|div|dl|dt|fieldset|figcaption"
    r"|figure|form|h1|h2|h3|h4|h5|h6|header|hr|html|li|main|ol|p|pre|section|table|tbody"
    r"|td|tfoot|th|thead|tr|ul|aside|nav|footer"
)
_NOT_TEXT = re.compile(
    r"script|style|noscript|template|head|nav|aside|footer|form|button|select|svg|iframe"
    r"|object|video|audio"
)
_BLANK_LINE = re.compile(r"[ \t\r]*\n\s*\n\s*")
_LONGEST_CELL = 300  # characters: in a table of figures a cell is a label or a number


class Block(NamedTuple):
    """One run of text, the element that holds it, and the part of it that is links."""

    text: str
    element: Any
    linked: float


def blocks_of(tree: Any, *, blank_lines: bool = False) -> Iterator[Block]:  # noqa: ANN401 - lxml ships no types
    """Yield each run of inline text and each row of a table that is one.

    `blank_lines` end a paragraph, as they do where a programme makes the page of a text. Goes by
    an explicit stack: pages nest deep.
    """
    rows = {row for row in tree.iter("tr") if not _lays_out(row)}
    pieces: list[tuple[str, bool]] = []
    holder = tree

    def flush() -> Iterator[Block]:
        lines = "".join(piece for piece, _ in pieces).split("\n")
        text = "\n".join(one_space(line).strip() for line in lines).strip(" |\n")
        if text:
            linked = sum(len(piece.strip()) for piece, in_link in pieces if in_link) / len(text)
            yield Block(text, holder, linked)
        pieces.clear()

    def spaced(text: str | None) -> str:
        if blank_lines and text and not in_row:
            return "\n\n".join(map(one_space, _BLANK_LINE.split(text)))
        return one_space(text)

    in_link = in_row = 0
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        element, is_done = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        is_block = _BLOCKS.fullmatch(tag) is not None
        if is_done:
            in_link -= tag == "a"
            in_row -= element in rows
            if tag in ("td", "th") and in_row:
                pieces.append((" | ", False))
            elif is_block and in_row:
                pieces.append((" ", False))
            elif is_block:
                yield from flush()
            pieces.append((spaced(element.tail), in_link > 0))
            continue
        if is_block and in_row:
            pieces.append((" ", False))
        elif is_block:
            yield from flush()
            holder = element
        if not tag or _NOT_TEXT.fullmatch(tag):
            pieces.append((spaced(element.tail), in_link > 0))
            continue
        in_link += tag == "a"
        in_row += element in rows
        pieces.append(("\n" if tag == "br" else spaced(element.text), in_link > 0))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    yield from flush()


def set_out(blocks: Iterable[Block]) -> str:
    """Set blocks apart by blank lines, but for the items of a list and the rows of a table."""
    text: list[str] = []
    last = ""
    for block in blocks:
        tag = str(block.element.tag)
        text += ["\n" if tag == last and tag in ("li", "tr") else "\n\n", block.text]
        last = tag
    return "".join(text)


def one_space(text: str | None) -> str:
    """Even out whitespace, as a browser does."""
    return re.sub(r"\s+", " ", text or "")


def _lays_out(row: Any) -> bool:  # noqa: ANN401 - the same
    """Say whether a row only lays out a page or letter: it holds tables, or paragraphs."""
    if next(row.iterdescendants("table"), None) is not None:
        return True
    cells = list(row.iterdescendants("td", "th"))
    long = [cell for cell in cells if len(one_space("".join(cell.itertext()))) > _LONGEST_CELL]
    return any(
        sum(1 for block in cell.iterdescendants("p", "div", "li", "h1", "h2", "h3")) > 1
        for cell in (long or (cells if len(cells) == 1 else ()))
    )
