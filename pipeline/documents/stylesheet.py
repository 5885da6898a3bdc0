"""CSS -> its rules that a screen applies, as far as declarations of some names go.

What it says without a condition counts, or for screens of a desktop's width; what it does
elsewhere, as in print or under a pointer, does not. No file is fetched.
"""

import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from pipeline.documents.selectors import Selector, parse_selectors, unescape

_COMMENT = re.compile(r"(\"[^\"\n]*\"|'[^'\n]*')|/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_ENDS_A_BLOCK = re.compile("[{};]")
_PIECE = re.compile(r"([^{};]*)([{};]|\Z)")
_IMPORTANT = re.compile(r"\s*!\s*important\s*$")
_CONDITIONAL = re.compile(r"@(?:media|supports|layer)\b")
_WIDTH = re.compile(r"\(\s*(min|max)-width\s*:\s*(\d+(?:\.\d+)?)\s*(px|r?em)\s*\)")
_MEDIUM = re.compile(r"(?:only\s+)?(?:screen|all)?")
_DESKTOP, _EM = 1280, 16  # pixels
_VARIABLE = re.compile(r"(?<![\w-])(--[\w-]++)\s*+:([^;{}]*)")
_USE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
_MOST_RULES = 20_000


class Declaration(NamedTuple):
    """What a rule or an attribute `style` says of one property, in lower case."""

    name: str
    value: str
    is_important: bool


class Rule(NamedTuple):
    """One selector of a rule, and its declarations."""

    selector: Selector
    names: frozenset[str]
    """The classes and IDs without which an element is not meant, in lower case."""
    declarations: tuple[Declaration, ...]


class Sheet:
    """A page's own styles, as far as they are about properties of these names."""

    def __init__(self, css: str, names: Container[str]) -> None:
        self._names = names
        self._css = _uncommented(css)
        # One that is set several times, as for a dark screen, has its first value.
        self._variables: dict[str, str] = {}
        for name, value in _VARIABLE.findall(self._css):
            self._variables.setdefault(name.lower(), value.strip().lower())

    def declarations(self, block: str) -> Iterator[Declaration]:
        """Yield the declarations of an attribute `style`: "Display : NONE !important"."""
        for piece in _uncommented(block).split(";"):
            yield from self._declaration(piece)

    def rules(self) -> Iterator[Rule]:
        """Yield the rules in order; broken ones go, and what is beyond all bounds."""
        preludes: list[str] = []
        found: list[Declaration] = []
        left = _MOST_RULES
        for match in _PIECE.finditer(self._css):
            piece, end = match[1], match[2]
            if end == "{":
                preludes.append(piece.strip())
                found = []
                continue
            if not preludes:
                continue
            found.extend(self._declaration(piece))
            if end == "}":
                prelude = preludes.pop()
                if found and left > 0 and all(map(_applies, preludes)):
                    for selector in parse_selectors(prelude):
                        left -= 1
                        names = frozenset(map(str.lower, selector.names))
                        yield Rule(selector, names, tuple(found))
                found = []

    def _declaration(self, piece: str) -> Iterator[Declaration]:
        name, colon, value = piece.partition(":")
        name = unescape(name).strip().lower()
        if colon and name in self._names:
            value = unescape(value).strip().lower()
            if "var(" in value:
                value = _USE.sub(self._value_of, value)
            bare = _IMPORTANT.sub("", value)
            yield Declaration(name, bare, bare != value)

    def _value_of(self, use: re.Match[str]) -> str:
        return self._variables.get(use[1], (use[2] or "").strip())


def with_sheets(markup: str, sheets: Iterable[str]) -> str:
    """Put sheets that came with a page, as in one archive, into the page itself."""
    own = "".join(f"<style>{sheet.replace('<', ' ')}</style>" for sheet in sheets)
    head = _HEAD_END.search(markup)
    at = head.start() if head else 0
    return f"{markup[:at]}{own}{markup[at:]}" if own else markup


def _uncommented(css: str) -> str:
    """Take comments out, and what would end a block within quotes."""
    if "/*" not in css and '"' not in css and "'" not in css and "--" not in css:
        return css
    return _COMMENT.sub(lambda it: _ENDS_A_BLOCK.sub("", it[1]) if it[1] else " ", css)


def _applies(prelude: str) -> bool:
    """Say whether what stands within an at-rule counts on a desktop's screen."""
    prelude = prelude.lower()
    if not _CONDITIONAL.match(prelude):
        return False
    condition = _CONDITIONAL.sub("", prelude).strip()
    if prelude.startswith("@layer"):
        return True
    if prelude.startswith("@supports"):
        return not condition.startswith("not")
    return is_for_screens(condition)


def is_for_screens(condition: str) -> bool:
    """Say whether a media query, such as an attribute `media`, holds for a desktop's screen."""
    return not condition.strip() or any(map(_holds, condition.lower().split(",")))


def _holds(query: str) -> bool:
    medium, *features = re.split(r"\s+and\s+", query.strip())
    if medium.startswith("("):
        medium, features = "", [medium, *features]
    return _MEDIUM.fullmatch(medium) is not None and all(map(_has_width, features))


def _has_width(feature: str) -> bool:
    width = _WIDTH.fullmatch(feature.strip())
    if width is None:
        return False
    pixels = float(width[2]) * (1 if width[3] == "px" else _EM)
    return pixels <= _DESKTOP if width[1] == "min" else pixels >= _DESKTOP
