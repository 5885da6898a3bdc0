"""A tree of HTML -> its runs of text, in reading order."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pipeline.documents.parted_words import join_parted_words

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
    """One run of text, and the element that holds it.

    `linked` is the part of it that is links, `links` where they lead, `beside` the rest of it.
    """

    text: str
    element: Any
    linked: float
    links: tuple[str, ...]
    beside: str


def blocks_of(tree: Any, *, blank_lines: bool = False) -> Iterator[Block]:  # noqa: ANN401 - lxml ships no types
    """Yield each run of inline text and each row of a table that is one.

    `blank_lines` end a paragraph, as they do where a programme makes the page of a text. Goes by
    an explicit stack: pages nest deep.
    """
    rows = {row for row in tree.iter("tr") if not lays_out(row)}
    run = _Run(blank_lines=blank_lines)
    holder = tree
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        element, is_done = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or _NOT_TEXT.fullmatch(tag):
            if _BLOCKS.fullmatch(tag):
                yield from run.end(holder)
            run.add(element.tail)
            continue
        if is_done:
            run.leave(element, is_row=element in rows)
        if _BLOCKS.fullmatch(tag):
            yield from run.end(holder, is_cell=is_done and tag in ("td", "th"))
            above = element.getparent() if element is not tree else tree
            holder = holder if run.rows else above if is_done else element
        if is_done:
            run.add(element.tail)
            continue
        run.enter(element, is_row=element in rows)
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    yield from run.end(holder)


class _Run:
    """The run of text that is being gathered, and the links and rows that it is in."""

    def __init__(self, *, blank_lines: bool) -> None:
        self.rows = 0
        self._blank_lines = blank_lines
        self._links: list[str] = []
        self._pieces: list[tuple[str, str | None]] = []

    def enter(self, element: Any, *, is_row: bool) -> None:  # noqa: ANN401 - the same
        if element.tag == "a":
            self._links.append(element.get("href") or "")
        self.rows += is_row
        if element.tag == "br":
            self._pieces.append(("\n", None))
        self.add(element.text)

    def leave(self, element: Any, *, is_row: bool) -> None:  # noqa: ANN401 - the same
        if element.tag == "a":
            self._links.pop()
        self.rows -= is_row

    def add(self, text: str | None) -> None:
        if not text:
            return
        if self._blank_lines and not self.rows:
            text = "\n\n".join(map(one_space, _BLANK_LINE.split(text)))
        else:
            text = one_space(text)
        self._pieces.append((text, self._links[-1] if self._links else None))

    def end(self, holder: Any, *, is_cell: bool = False) -> Iterator[Block]:  # noqa: ANN401 - the same
        """Yield the run as a block of `holder`; within a row it goes on."""
        if self.rows:
            self._pieces.append((" | " if is_cell else " ", None))
            return
        lines = "".join(piece for piece, _ in self._pieces).split("\n")
        text = "\n".join(one_space(line).strip() for line in lines).strip(" |\n")
        if text:
            within = [(p, link) for p, link in self._pieces if link is not None and p.strip()]
            linked = sum(len(piece.strip()) for piece, _ in within) / len(text)
            beside = one_space("".join(piece for piece, link in self._pieces if link is None))
            yield Block(text, holder, linked, tuple({link: None for _, link in within}), beside)
        self._pieces.clear()


def with_whole_words(markup: str) -> str:
    """Put words together that a line of the source parts: a page has a blank where it ends."""
    return join_parted_words(markup.replace("\r\n", "\n"))


def set_out(blocks: Iterable[Block]) -> str:
    """Set blocks apart by blank lines, but for the items of a list and the rows of a table."""
    text: list[str] = []
    last: tuple[str, Any] | None = None
    for block in blocks:
        tag = str(block.element.tag)
        own = (tag, next(block.element.iterancestors("table"), None) if tag == "tr" else None)
        text += ["\n" if own == last and tag in ("li", "tr") else "\n\n", block.text]
        last = own
    return "".join(text)


def one_space(text: str | None) -> str:
    """Even out whitespace, as a browser does."""
    return re.sub(r"\s+", " ", text or "")


def lays_out(row: Any) -> bool:  # noqa: ANN401 - the same
    """Say whether a row only lays out a page or letter: it holds tables, or paragraphs."""
    if next(row.iterdescendants("table"), None) is not None:
        return True
    cells = list(row.iterdescendants("td", "th"))
    long = [cell for cell in cells if len(one_space("".join(cell.itertext()))) > _LONGEST_CELL]
    return any(
        sum(1 for block in cell.iterdescendants("p", "div", "li", "h1", "h2", "h3")) > 1
        for cell in (long or (cells if len(cells) == 1 else ()))
    )
