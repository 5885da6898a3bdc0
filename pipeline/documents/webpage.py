"""HTML -> the article in it: its words in reading order, its title and its day."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from trafilatura import extract, load_html

from pipeline.documents.blocks import Block, blocks_of, set_out, with_whole_words
from pipeline.documents.decoding import decode_lines
from pipeline.documents.element_count import require_few_elements
from pipeline.documents.headline import publication_day_of as day_in_text
from pipeline.documents.page_metadata import (
    day_of_times,
    description_of,
    publication_day_of,
    title_of,
)
from pipeline.documents.table_spans import undo_spans
from pipeline.documents.teasers import is_label, names_another, teasers
from pipeline.documents.text import Parts, even_out, tells_a_figure
from pipeline.documents.unseen_elements import drop_unseen
from pipeline.errors import DocumentError

_LEAST_ANCHOR = 40  # characters: what is shorter may stand in a menu too
_MOST_LINKED = 0.5
_SHORTEST_PROSE, _MUCH_PROSE = 120, 300  # characters, of a paragraph and of an article
_FEWEST_WORDS = 5  # of a headline; fewer are the name of a site or section
_FEWEST_STORIES = 3
_FIGURE = re.compile(r"\b(?!(?:19|20)\d\d\b)\d")


def parse(data: bytes) -> Parts:
    """Return the main text of a page, as `article` does."""
    return article(decode_lines(data))


def article(markup: str) -> Parts:
    """Return the main text of a page, with every figure that stands within it.

    Raises DocumentError where there is no text at all, or where the page is a list of stories.
    """
    markup = with_whole_words(markup)
    require_few_elements(markup)
    tree = load_html(markup)
    if tree is None:
        raise DocumentError("no readable HTML: save the words of the page as a text file")
    hidden = drop_unseen(tree, markup)
    has_spans = undo_spans(tree)
    source = deepcopy(tree) if has_spans or hidden else markup
    title, description = title_of(tree), description_of(tree)
    own = _own_blocks(list(blocks_of(tree)), title)
    main = list(_main_blocks(own, source))
    if not main:
        words = sum(len(passage.split()) for passage in hidden)
        seen = f" that is seen: all of its {words:,} words are hidden" if hidden else " in it"
        raise DocumentError(f"no text{seen}")
    start = _headline_in(own, title)
    head, rest = own[: start or 0], own[start or 0 :]
    below = _article_around(main) if start is None else own[start].element
    day = publication_day_of(tree) or day_of_times(_between(tree, below, main[-1].element))
    day = day or day_in_text(_joined(rest))
    if day:
        head = [block for block in head if _is_of_the_site(block)]
    else:
        day, head = day_in_text(_joined(head)), []
    leads = (title,) if title else ()
    if description and tells_a_figure(description):
        leads = (*leads, description)
    body = set_out(block for block in main if block not in head)
    return Parts(body=body, leads=leads, title=title, published_on=day, hidden=tuple(hidden))


def _between(tree: Any, start: Any, end: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml ships no types
    """Yield the elements of a page from one to another, but for those in its margins."""
    begun = False
    for element in tree.iter():
        begun = begun or element is start
        if element is end:
            return
        if begun and next(element.iterancestors("aside", "nav", "footer"), None) is None:
            yield element


def _own_blocks(blocks: list[Block], title: str | None) -> list[Block]:
    """Leave out what only names other stories. Raises DocumentError where nothing else is there."""
    found = teasers(blocks)
    others = {within for element in found for within in element.iter()}
    own = [block for block in blocks if block.element not in others]
    stories = len(set(found.values()))
    if stories and not _is_article(own, [b for b in blocks if b.element in others], title):
        if stories >= _FEWEST_STORIES or (stories > 1 and not _prose(own) and _prose(blocks)):
            raise DocumentError(
                f"a list of {stories} stories, and no story itself: give each story's own page"
            )
        return blocks
    kept: list[Block] = []
    is_announced = False
    for block in own:
        is_announced = is_label(block.text) or (is_announced and block.linked >= _MOST_LINKED)
        if not is_announced and not names_another(block):
            kept.append(block)
    return kept or blocks


def _is_article(own: list[Block], others: list[Block], title: str | None) -> bool:
    """Say whether what is no teaser is an article: prose, with a headline or figures."""
    prose = _prose(own)
    named = {even_out(block.text) for block in others}
    is_headed = len((title or "").split()) >= _FEWEST_WORDS and even_out(title or "") not in named
    is_told = is_headed or _FIGURE.search(prose) is not None
    return len(prose) >= (_SHORTEST_PROSE if is_told else _MUCH_PROSE)


def _prose(blocks: list[Block]) -> str:
    return " ".join(
        block.text
        for block in blocks
        if len(block.text) >= _SHORTEST_PROSE and block.linked < _MOST_LINKED
    )


def _headline_in(blocks: list[Block], title: str | None) -> int | None:
    """Return which block is the headline, None where none is before the text begins."""
    wanted = even_out(title or "")
    for i, block in enumerate(blocks):
        if len(block.text) >= _SHORTEST_PROSE:
            return None
        if even_out(block.text) == wanted:
            return i
    return None


def _is_of_the_site(block: Block) -> bool:
    """Say whether what stands above a headline is today's date, or the name of the site."""
    is_name = block.element.tag == "h1" and not any(char.isdigit() for char in block.text)
    return is_name or day_in_text(block.text) is not None


def _joined(blocks: list[Block]) -> str:
    return "\n".join(block.text for block in blocks)


def _main_blocks(blocks: list[Block], source: Any) -> Iterator[Block]:  # noqa: ANN401 - the same
    """Yield the article's blocks in reading order.

    Trafilatura says which part of the page is the article. Within that part, blocks that it left
    out come back where they hold a number and are not mere links.
    """
    extracted = extract(source, favor_recall=True, include_comments=False) or ""
    kept = {_bare(line) for line in extracted.split("\n")}
    anchors = [
        block
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
    tables = {_table_of(block) for block in blocks if _has_number(block.text)} - {None}
    for block in blocks:
        is_prose = block.linked < _MOST_LINKED
        inside = block.element in article
        has_number = _has_number(block.text) or _table_of(block) in tables
        is_kept = all(_bare(line) in kept for line in block.text.split("\n"))
        if (is_kept and (inside or is_prose)) or (inside and is_prose and has_number):
            yield block


def _has_number(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _table_of(block: Block) -> Any:  # noqa: ANN401 - the same
    """Return the table that a block is a row of, whose heads go with its numbers."""
    return next(block.element.iterancestors("table"), None) if block.element.tag == "tr" else None


def _bare(line: str) -> str:
    """Fold a line for comparing: without list marks, table rules and spaces."""
    return re.sub(r"[\s|]+", "", line.casefold()).lstrip("-•·*")


def _article_around(blocks: list[Block]) -> Any:  # noqa: ANN401 - lxml ships no types
    """Return the article that holds the blocks, else the innermost element that does."""
    parents = (b.element.getparent() for b in blocks)
    elements = [*dict.fromkeys(parent for parent in parents if parent is not None)]
    if not elements:
        return blocks[0].element
    shared = [elements[0], *elements[0].iterancestors()]
    for element in elements[1:]:
        above = {element, *element.iterancestors()}
        shared = [candidate for candidate in shared if candidate in above]
    return next((element for element in shared if element.tag in ("article", "main")), shared[0])
