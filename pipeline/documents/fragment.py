"""Pieces of HTML, and letters -> all of their text; no part of them is taken for the article."""

import re

from lxml import etree  # type: ignore[import-untyped]

from pipeline.documents.blocks import blocks_of, set_out, with_whole_words
from pipeline.documents.element_count import require_few_elements
from pipeline.documents.page_styles import may_have_styles
from pipeline.documents.table_spans import undo_spans
from pipeline.documents.unseen_elements import drop_unseen

__all__ = ("may_have_styles", "plain")

_BLOCK_TAG = re.compile(
    r"<(?:p|div|table|ul|ol|li|h[1-6]|body|section|article|blockquote|center|dl)\b", re.IGNORECASE
)


def plain(markup: str, hidden: list[str]) -> str:
    """Return the text of a piece of HTML; "" where there is none.

    What nobody sees is added to `hidden`. Lines stay where no tag says how it is set out, and blank
    ones in any case: editors that turn them into paragraphs keep texts without.
    """
    markup = with_whole_words(markup)
    if not _BLOCK_TAG.search(markup):
        markup = markup.replace("\n", "<br>")
    require_few_elements(markup)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(markup.replace("\0", "").encode(errors="ignore"), parser)
    except etree.XMLSyntaxError:  # nothing but comments, or nesting beyond all bounds
        tree = None
    if tree is None:
        return ""
    hidden += drop_unseen(tree, markup)
    undo_spans(tree)
    return set_out(blocks_of(tree, blank_lines=True)).strip()
