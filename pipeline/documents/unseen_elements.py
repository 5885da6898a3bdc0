"""A tree of HTML -> the same without what nobody sees on the page.

Words that are not displayed, of no size, in the colour of what is behind them, moved off the
screen. What a click opens (`<details>`) is seen, and so is what is not read aloud (`aria-hidden`).
Files of styles are not fetched: where a page has them, it is not known what is behind words whose
page says no colour for it, and they are taken to be seen.
"""

from typing import Any

from pipeline.documents import colours
from pipeline.documents.page_styles import PageStyles, may_have_styles
from pipeline.documents.tree_words import blank, take_out, turn_round, words_in
from pipeline.documents.unseen_styles import WHOLE, State, inherit, is_gone, is_turned_round


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
            dropped.append(words_in(element))
            take_out(element)
            continue
        if is_turned_round(style):
            turn_round(element)
        state = inherit(outer, style, is_whole=element.tag in WHOLE)
        if not state.shows:
            dropped.extend(blank(element))
        stack.extend((child, state) for child in reversed(element) if isinstance(child.tag, str))
    return [words for words in dropped if words]
