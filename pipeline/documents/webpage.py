"""HTML -> the article in it: its words in reading order, its title and its day."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from trafilatura import extract, load_html

from pipeline.documents.decoding import decode_lines
from pipeline.documents.headline import parse_day
from pipeline.documents.parted_words import join_parted_words
from pipeline.documents.text import Parts, even_out, tells_a_figure
from pipeline.errors import DocumentError

_BLOCKS = re.compile(
    r"address|article|blockquote|body|caption|center|dd|div|dl|dt|fieldset|figcaption"
    r"|figure|form|h1|h2|h3|h4|h5|h6|header|hr|html|li|main|ol|p|pre|section|table|tbody"
    r"|td|tfoot|th|thead|tr|ul|aside|nav|footer"
)
_NOT_TEXT = re.compile(
    r"script|style|noscript|template|head|nav|aside|footer|form|button|select|svg|iframe"
    r"|object|video|audio"
)
_LEAST_ANCHOR = 40  # characters: what is shorter may stand in a menu too
_MOST_LINKED = 0.5
_DATE_PROPERTIES = (
    "article:published_time",
    "datepublished",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "og:article:published_time",
    "publish_date",
    "publish-date",
    "pubdate",
    "date",
)
_SITE_SUFFIX = re.compile(r"\s+(?:[|»·]|::|[-–—])\s+[^|»·–—]{1,60}$")


class _Block(NamedTuple):
    """One run of text, the element that holds it, and the part of it that is links."""

    text: str
    element: Any
    linked: float


def parse(data: bytes) -> Parts:
    """Return the main text of a page, with every figure that stands within it.

    Raises DocumentError where there is no text at all.
    """
    # Where a line of the source ends, a page shows a blank: a parted word would stay apart.
    markup = join_parted_words(decode_lines(data))
    tree = load_html(markup)
    if tree is None:
        raise DocumentError("no readable HTML: save the words of the page as a text file")
    body = _set_out(_main_blocks(tree, markup))
    title = _title(tree)
    description = _meta(tree, ("og:description", "description", "twitter:description"))
    leads = [title] if title else []
    if description and tells_a_figure(description):
        leads.append(description)
    return Parts(body=body, leads=tuple(leads), title=title, published_on=_publication_day(tree))


def _set_out(blocks: Iterable[_Block]) -> str:
    """Set blocks apart by blank lines, but for the items of a list and the rows of a table."""
    text, last = "", ""
    for block in blocks:
        tag = str(block.element.tag)
        text += "\n" if tag == last and tag in ("li", "tr") else "\n\n"
        text, last = text + block.text, tag
    return text


def _main_blocks(tree: Any, markup: str) -> Iterator[_Block]:  # noqa: ANN401 - lxml ships no types
    """Yield the article's blocks in reading order.

    Trafilatura says which part of the page is the article. Within that part, blocks that it left
    out come back where they hold a number and are not mere links.
    """
    blocks = list(_blocks(tree))
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


def _blocks(tree: Any) -> Iterator[_Block]:  # noqa: ANN401 - the same
    """Yield each run of inline text and each table row, with an explicit stack: pages nest deep."""
    pieces: list[tuple[str, bool]] = []
    holder = tree

    def flush() -> Iterator[_Block]:
        lines = "".join(piece for piece, _ in pieces).split("\n")
        text = "\n".join(_one_space(line).strip() for line in lines).strip(" |\n")
        if text:
            linked = sum(len(piece.strip()) for piece, in_link in pieces if in_link) / len(text)
            yield _Block(text, holder, linked)
        pieces.clear()

    in_link = in_row = 0
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        element, is_done = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if is_done:
            in_link -= tag == "a"
            if tag == "tr":
                in_row -= 1
            if tag in ("td", "th") and in_row:
                pieces.append((" | ", False))
            elif _BLOCKS.fullmatch(tag) and not in_row:
                yield from flush()
            pieces.append((_one_space(element.tail), in_link > 0))
            continue
        if _BLOCKS.fullmatch(tag) and not in_row:
            yield from flush()
            holder = element
        if not tag or _NOT_TEXT.fullmatch(tag):
            pieces.append((_one_space(element.tail), in_link > 0))
            continue
        in_link += tag == "a"
        in_row += tag == "tr"
        pieces.append(("\n" if tag == "br" else _one_space(element.text), in_link > 0))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    yield from flush()


def _one_space(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


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


def _title(tree: Any) -> str | None:  # noqa: ANN401 - the same
    """Prefer the one h1, then og:title, then the page's title without the site's name."""
    headings = [_one_space(h.text_content()).strip() for h in tree.iterfind(".//h1")]
    headings = [heading for heading in headings if heading]
    stated = _meta(tree, ("og:title", "twitter:title"))
    page = _one_space(tree.findtext(".//title")).strip()
    if len(headings) == 1 or (headings and even_out(headings[0]) in even_out(stated or page)):
        return headings[0]
    return _SITE_SUFFIX.sub("", stated or page) or None


def _meta(tree: Any, names: tuple[str, ...] | list[str]) -> str | None:  # noqa: ANN401 - the same
    found: dict[str, str] = {}
    for meta in tree.iterfind(".//meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        found.setdefault(name.lower(), (meta.get("content") or "").strip())
    return next((found[name] for name in names if found.get(name)), None)


def _publication_day(tree: Any) -> date | None:  # noqa: ANN401 - the same
    stated: list[object] = [_meta(tree, [name]) for name in _DATE_PROPERTIES]
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        stated.extend(_dates_of_linked_data(script.text or ""))
    stated.extend(
        time.get("datetime")
        for time in tree.iterfind(".//time")
        if "published" in (time.get("class") or "").lower()
        or (time.get("itemprop") or "").lower() == "datepublished"
        or time.get("pubdate") is not None
    )
    return next((day for value in stated if (day := parse_day(value))), None)


def _dates_of_linked_data(script: str) -> list[object]:
    try:
        data = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return []
    items = data if isinstance(data, list) else [data]
    graph = [
        node for item in items if isinstance(item, dict) for node in _as_list(item.get("@graph"))
    ]
    return [i.get("datePublished") for i in (*items, *graph) if isinstance(i, dict)]


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
