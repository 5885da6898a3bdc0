"""HTML -> the article in it: its words in reading order, its title and its day."""

import re
from collections.abc import Iterator
from typing import Any

from trafilatura import extract, load_html

from pipeline.documents.blocks import Block, blocks_of, set_out
from pipeline.documents.decoding import decode_lines
from pipeline.documents.page_metadata import description_of, publication_day_of, title_of
from pipeline.documents.text import Parts, tells_a_figure
from pipeline.errors import DocumentError

_LEAST_ANCHOR = 40  # characters: what is shorter may stand in a menu too
_MOST_LINKED = 0.5


def parse(data: bytes) -> Parts:
    """Return the main text of a page, as `article` does."""
    return article(decode_lines(data))


def article(markup: str) -> Parts:
    """Return the main text of a page, with every figure that stands within it.

    Raises DocumentError where there is no text at all.
    """
    tree = load_html(markup)
    if tree is None:
        raise DocumentError("no readable HTML: save the words of the page as a text file")
    body = set_out(_main_blocks(tree, markup))
    title, description = title_of(tree), description_of(tree)
    leads = [title] if title else []
    if description and tells_a_figure(description):
        leads.append(description)
    return Parts(body=body, leads=tuple(leads), title=title, published_on=publication_day_of(tree))


def _main_blocks(tree: Any, markup: str) -> Iterator[Block]:  # noqa: ANN401 - lxml ships no types
    """Yield the article's blocks in reading order.

    Trafilatura says which part of the page is the article. Within that part, blocks that it left
    out come back where they hold a number and are not mere links.
    """
    blocks = list(blocks_of(tree))
    extracted = extract(markup, favor_recall=True, include_comments=False) or ""
    kept = {_bare(line) for line in extracted.split("\n")}
    anchors = [
        block.element.getparent()
        for block in blocks
        if any(
            len(line) >= _LEAST_ANCHOR and _bare(line) in kept for line in block.text.split("\n")
        )
        and block.element.getparent() is not None
    ]
    if not anchors:
        yield from blocks
        return
    article = set(_article_around(anchors).iter())
    for block in blocks:
        is_prose = block.linked < _MOST_LINKED
        inside = block.element in article
        has_number = any(char.isdigit() for char in block.text)
        is_kept = all(_bare(line) in kept for line in block.text.split("\n"))
        if (is_kept and (inside or is_prose)) or (inside and is_prose and has_number):
            yield block


def _bare(line: str) -> str:
    """Fold a line for comparing: without list marks, table rules and spaces."""
    return re.sub(r"[\s|]+", "", line.casefold()).lstrip("-•·*")


def _article_around(elements: list[Any]) -> Any:  # noqa: ANN401 - the same
    """Return the article that the elements share, else the innermost element that they share."""
    shared = [elements[0], *elements[0].iterancestors()]
    for element in elements[1:]:
        above = {element, *element.iterancestors()}
        shared = [candidate for candidate in shared if candidate in above]
    return next((element for element in shared if element.tag in ("article", "main")), shared[0])
