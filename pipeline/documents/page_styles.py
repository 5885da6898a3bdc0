"""The styles of one page -> what holds for each of its elements, and whether any can hide words."""

import html
import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from pipeline.documents import colours
from pipeline.documents.selectors import means
from pipeline.documents.stylesheet import Declaration, Rule, Sheet, is_for_screens
from pipeline.documents.unseen_styles import NAMES, Style, can_hide, ink_of, paper_of
from pipeline.errors import DocumentError

# For markup in lower case and UTF-8; each begins with letters, which are looked for at C speed.
_VALUE = rb"\s*=\s*(\"[^\"]*|'[^']*|[^\s>]+)"
_STYLE = re.compile(rb"style" + _VALUE)
_NAMES = (re.compile(rb"class" + _VALUE), re.compile(rb"id" + _VALUE))
_HIDDEN = re.compile(rb"hidden(?=[\s=>/])")
_COLOURS = (re.compile(rb"color\s*="), re.compile(rb"text\s*="))
_TAGS = (b"<dialog", b"<datalist", b"<noframes", b"<noembed", b"<canvas", b"<rp", b"<bdo")
_TELLTALES = (b"style", b"hidden", b"color", b"text", *_TAGS)
_UNSEEN_TAGS = frozenset(("datalist", "noframes", "noembed", "canvas", "rp"))
MOST_MATCHES = 1_000_000
"""How often an element is held against a selector: some seconds; real pages need a tenth."""

Element = Any
"""Of lxml, which ships no types."""


def may_have_styles(markup: str) -> bool:
    """Say whether a page may have any styles, or attributes and tags that hide."""
    low = _in_lower_case(markup)
    return any(word in low for word in _TELLTALES)


class PageStyles:
    """The rules of a page's own sheets, by what an element must have to be meant."""

    def __init__(self, tree: Element, markup: str) -> None:
        links = [link for link in tree.iter("link") if _is_sheet(link)]
        own = [sheet for sheet in tree.iter("style") if _is_for_screens(sheet)]
        css = "\n".join([*map(_packed, links), *(sheet.text or "" for sheet in own)])
        self._sheet, rules = _read_sheet(css)
        self._tree, self._low = tree, _in_lower_case(markup)
        self.has_files = bool(links) or "@import" in css
        self._relevant = _relevant(rules, self._low) if rules else []
        self._rules: defaultdict[str, list[tuple[int, Rule]]] = defaultdict(list)
        for order, rule in enumerate(self._relevant):
            self._rules[rule.selector.key].append((order, rule))
        self._matches = 0

    def can_hide(self) -> bool:
        """Say whether any rule that may mean an element, or any attribute, can hide words."""
        if self._hides_by_attribute():
            return True
        found = {one for rule in self._relevant for one in rule.declarations}
        for value in _values(_STYLE, self._low):
            found.update(self._sheet.declarations(value))
        if any(can_hide(each.name, each.value) for each in found):
            return True
        inks = {ink for each in found if (ink := ink_of({each.name: each.value}))}
        papers = {paper for each in found if (paper := paper_of({each.name: each.value}))}
        inks.add(colours.BLACK)
        papers.update(() if self.has_files else (colours.WHITE,))
        return any(colours.are_alike(ink, paper) for ink in inks for paper in papers)

    def _hides_by_attribute(self) -> bool:
        low = self._low
        return (
            next(self._tree.iter("dialog", "bdo", *_UNSEEN_TAGS), None) is not None
            or any(low[at.start() - 1] in b" \t\n\"'/" for at in _HIDDEN.finditer(low))
            or any(pattern.search(low) for pattern in _COLOURS)
        )

    def of(self, element: Element) -> Style:
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

    def _apply_rules(self, element: Element, found: dict[str, Any]) -> None:
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


def _in_lower_case(markup: str) -> bytes:
    return markup.encode("utf-8", "surrogatepass").lower()  # ten times as fast as `str.lower`


def _values(pattern: re.Pattern[bytes], low: bytes) -> set[str]:
    """Return what attributes hold."""
    found = (value.lstrip(b"\"'").decode(errors="replace") for value in set(pattern.findall(low)))
    return set(map(html.unescape, found))


def _relevant(rules: Iterable[Rule], low: bytes) -> list[Rule]:
    """Return the rules all of whose classes and IDs stand somewhere in the page."""
    there = {name for each in _NAMES for value in _values(each, low) for name in value.split()}
    return [rule for rule in rules if rule.names <= there]


@lru_cache(maxsize=4)  # pages of one site have one sheet
def _read_sheet(css: str) -> tuple[Sheet, tuple[Rule, ...]]:
    sheet = Sheet(css, NAMES)
    return sheet, tuple(sheet.rules())


def _is_sheet(link: Element) -> bool:
    return "stylesheet" in (link.get("rel") or "").lower() and _is_for_screens(link)


def _is_for_screens(sheet: Element) -> bool:
    return is_for_screens(sheet.get("media") or "")


def _packed(link: Element) -> str:
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


def _attributes(element: Element) -> Iterator[tuple[str, str]]:
    """Yield what a browser makes of attributes and tags before it looks at any style."""
    is_shut = element.tag == "dialog" and element.get("open") is None
    if element.get("hidden") is not None or is_shut or element.tag in _UNSEEN_TAGS:
        yield "display", "none"
    if element.tag == "bdo":
        yield "unicode-bidi", "bidi-override"
        yield "direction", (element.get("dir") or "").strip().lower()
    if element.tag == "a" and element.get("href") is not None:
        yield "color", "#0000ee"
    if element.tag == "font" and (ink := element.get("color")):
        yield "color", ink.strip().lower()
    if element.tag == "body" and (ink := element.get("text")):
        yield "color", ink.strip().lower()
    if paper := element.get("bgcolor"):
        yield "background-color", paper.strip().lower()
    if element.get("background"):
        yield "background-image", "url()"
