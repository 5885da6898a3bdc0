"""A tree of HTML -> the same without what nobody sees on the page.

Words that are not displayed, of no size, in the colour of what is behind them, moved off the
screen. What a click opens (`<details>`) is seen, and so is what is not read aloud (`aria-hidden`).
Files of styles are not fetched: where a page has them, it is not known what is behind words whose
page says no colour for it, and they are taken to be seen.
"""

import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from pipeline.documents import colours
from pipeline.documents.selectors import means
from pipeline.documents.stylesheet import Declaration, Rule, Sheet, is_for_screens
from pipeline.documents.unseen_styles import NAMES, WHOLE, State, Style, inherit, is_gone
from pipeline.errors import DocumentError

_STYLED = re.compile(
    r"<style|<link\b[^<>]{0,500}data:|[\s\"'/](?:style|color|text)\s*=|[\s\"'/]hidden\b"
    r"|<(?:font|dialog|datalist|noframes|noembed|canvas|rp)\b",
    re.IGNORECASE,
)
_UNSEEN_TAGS = frozenset(("datalist", "noframes", "noembed", "canvas", "rp"))
_NO_WORDS = frozenset(("style", "script", "template", "noscript", "head", "title"))
MOST_MATCHES = 1_000_000
"""How often an element is held against a selector: some seconds; real pages need a tenth."""


def may_hide(markup: str) -> bool:
    """Say whether a page has any styles, or attributes and tags that hide."""
    return _STYLED.search(markup) is not None


def drop_unseen(tree: Any, markup: str) -> list[str]:  # noqa: ANN401 - lxml ships no types
    """Take out of `tree`, parsed of `markup`, what nobody sees; return the words of it.

    Raises DocumentError for a page with more styles than anybody writes.
    """
    if not may_hide(markup):
        return []
    styles = _Styles(tree)
    dropped: list[str] = []
    start = State(paper=None if styles.has_files else colours.WHITE)
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


class _Styles:
    """The rules of a page's own sheets, by what an element must have to be meant."""

    def __init__(self, tree: Any) -> None:  # noqa: ANN401 - the same
        links = [link for link in tree.iter("link") if _is_sheet(link)]
        own = [sheet for sheet in tree.iter("style") if _is_for_screens(sheet)]
        css = "\n".join([*map(_packed, links), *(sheet.text or "" for sheet in own)])
        self._sheet = Sheet(css, NAMES)
        self._rules: defaultdict[str, list[tuple[int, Rule]]] = defaultdict(list)
        for order, rule in enumerate(self._sheet.rules()):
            self._rules[rule.selector.key].append((order, rule))
        self._matches = 0
        self.has_files = bool(links) or "@import" in css

    def of(self, element: Any) -> Style:  # noqa: ANN401 - the same
        """Return what holds for an element of all that its attributes and the rules say."""
        found: dict[str, tuple[tuple[Any, ...], str]] = {}
        for name, value in _attributes(element):
            found[name] = ((False, False, (-1, 0, 0), 0), value)
        if self._rules:
            self._apply_rules(element, found)
        if own := element.get("style"):
            for declaration in self._sheet.declarations(own):
                _put(found, declaration, is_own=True, weight=(0, 0, 0), order=0)
        return {name: value for name, (_, value) in found.items()}

    def _apply_rules(self, element: Any, found: dict[str, Any]) -> None:  # noqa: ANN401
        keys = ["", element.tag]
        if name := element.get("id"):
            keys.append(f"#{name}")
        if classes := element.get("class"):
            keys.extend(f".{name}" for name in set(classes.split()))
        for key in keys:
            for order, rule in self._rules.get(key, ()):
                self._matches += 1
                if means(rule.selector, element):
                    for declaration in rule.declarations:
                        weight = rule.selector.weight
                        _put(found, declaration, is_own=False, weight=weight, order=order)
        if self._matches > MOST_MATCHES:
            raise DocumentError("styles beyond all bounds: save the words of the page as text")


def _is_sheet(link: Any) -> bool:  # noqa: ANN401 - the same
    return "stylesheet" in (link.get("rel") or "").lower() and _is_for_screens(link)


def _is_for_screens(sheet: Any) -> bool:  # noqa: ANN401 - the same
    return is_for_screens(sheet.get("media") or "")


def _packed(link: Any) -> str:  # noqa: ANN401 - the same
    """Return the styles that a link itself holds: "data:text/css,..."."""
    about, comma, data = (link.get("href") or "").strip().partition(",")
    if not comma or not about.lower().startswith("data:"):
        return ""
    if not about.lower().endswith(";base64"):
        return unquote(data)
    try:
        return b64decode(unquote(data)).decode(errors="replace")
    except ValueError:
        return ""


def _put(
    found: dict[str, Any],
    declaration: Declaration,
    *,
    is_own: bool,
    weight: tuple[int, int, int],
    order: int,
) -> None:
    rank = (declaration.is_important, is_own, weight, order)
    if declaration.name not in found or found[declaration.name][0] <= rank:
        found[declaration.name] = (rank, declaration.value)


def _attributes(element: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - the same
    """Yield what a browser makes of attributes and tags before it looks at any style."""
    is_shut = element.tag == "dialog" and element.get("open") is None
    if element.get("hidden") is not None or is_shut or element.tag in _UNSEEN_TAGS:
        yield "display", "none"
    if element.tag == "font" and (ink := element.get("color")):
        yield "color", ink.strip().lower()
    if element.tag == "body" and (ink := element.get("text")):
        yield "color", ink.strip().lower()
    if paper := element.get("bgcolor"):
        yield "background-color", paper.strip().lower()
    if element.get("background"):
        yield "background-image", "url()"


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
