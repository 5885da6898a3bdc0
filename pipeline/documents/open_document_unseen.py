"""An ODT's tree -> the same without what is struck out or what nobody sees.

The names of its properties are those of CSS, and mean the same. Text boxes and pictures behind the
words may colour the ground: then nothing is taken to be hidden by its colour.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.documents import colours
from pipeline.documents.tree_words import blank
from pipeline.documents.unseen_styles import NAMES, State, Style, inherit, is_gone

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _STYLE, _DRAW = (
    f"{{{_NAMESPACE}{name}:1.0}}" for name in ("text", "table", "style", "drawing")
)
_FO, _SVG = (f"{{{_NAMESPACE}{name}-compatible:1.0}}" for name in ("xsl-fo", "svg"))
_FAMILIES = {
    f"{_TEXT}p": "paragraph",
    f"{_TEXT}h": "paragraph",
    f"{_TEXT}span": "text",
    f"{_TEXT}a": "text",
    f"{_TEXT}section": "section",
    f"{_TABLE}table-cell": "table-cell",
    f"{_TABLE}table-row": "table-row",
    f"{_TABLE}table": "table",
}
_LONGEST_CHAIN = 50  # styles that build on one another; a broken file has them in a ring


class _Look(NamedTuple):
    """What a style says: whether it strikes out, and the rest as CSS does."""

    is_struck: bool
    style: Style


def drop_unseen(content: Any, styles: Any) -> list[str]:  # noqa: ANN401 - lxml ships no types
    """Empty what is struck out or not seen; return the words of it that are not only struck out.

    `styles` is the tree of `styles.xml`, None where there is none.
    """
    looks = _Looks([content] if styles is None else [content, styles])
    hidden: list[str] = []
    stack = [(content, State(paper=looks.page))]
    while stack:
        element, outer = stack.pop()
        look = looks.of(element)
        is_hidden = _is_switched_off(element) or is_gone(look.style)
        if look.is_struck or is_hidden:
            if is_hidden:
                hidden.append(" ".join(" ".join(element.itertext()).split()))
            tail = element.tail
            element.clear()
            element.tail = tail
            continue
        state = inherit(outer, look.style, is_whole=False)
        if isinstance(element.tag, str) and element.tag.startswith(_DRAW):
            state = state._replace(paper=None)
        if not state.shows:
            hidden.extend(blank(element))
        stack.extend((child, state) for child in reversed(element))
    return [words for words in hidden if words]


def _is_switched_off(element: Any) -> bool:  # noqa: ANN401 - the same
    """Tell whether a section, a row, or a paragraph by a field in it, is not shown."""
    if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
        return True
    if element.tag == f"{_TEXT}section":
        display = element.get(f"{_TEXT}display")
        is_met = element.get(f"{_TEXT}is-hidden") == "true"
        return bool(display == "none" or (display == "condition" and is_met))
    if element.tag == f"{_TEXT}hidden-text":
        return bool(element.get(f"{_TEXT}is-hidden") == "true")
    if element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
        fields = element.iter(f"{_TEXT}hidden-paragraph")
        return any(field.get(f"{_TEXT}is-hidden") == "true" for field in fields)
    return False


class _Looks:
    """The styles of one document, by family and name; a family's default has no name."""

    def __init__(self, trees: list[Any]) -> None:
        self._styles = {
            (style.get(f"{_STYLE}family"), style.get(f"{_STYLE}name")): style
            for tree in reversed(trees)
            for style in tree.iter(f"{_STYLE}default-style", f"{_STYLE}style")
        }
        self._known: dict[tuple[str, str | None], _Look] = {}
        self.page = _page_colour(trees)

    def of(self, element: Any) -> _Look:  # noqa: ANN401 - the same
        family = _FAMILIES.get(element.tag)
        if family is None:
            return _Look(is_struck=False, style=_shape(element))
        prefix = _TEXT if element.tag.startswith(_TEXT) else _TABLE
        key = (family, element.get(f"{prefix}style-name"))
        if key not in self._known:
            self._known[key] = self._look(*key)
        return self._known[key]

    def _look(self, family: str, name: str | None) -> _Look:
        said: dict[str, str] = {}
        is_default = family == "text"  # which has none: it is the paragraph's
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get((family, name))
            if style is None and is_default:
                break
            if style is None:
                style, is_default = self._styles.get((family, None)), True
                if style is None:
                    break
            for name_of, value in _properties(style).items():
                said.setdefault(name_of, value)
            if is_default and name is None:
                break
            name = style.get(f"{_STYLE}parent-style-name")
        struck = said.pop("text-line-through-style", "none") != "none"
        return _Look(struck, said)


def _properties(style: Any) -> dict[str, str]:  # noqa: ANN401 - the same
    """Return what a style says by the names of CSS; letters before what is around them."""
    said: dict[str, str] = {}
    groups = sorted(style, key=lambda group: not str(group.tag).endswith("}text-properties"))
    for group in groups:
        for name, value in group.attrib.items():
            bare = name.rpartition("}")[2]
            if bare in NAMES or bare == "text-line-through-style":
                said.setdefault(bare, value.lower())
        if group.get(f"{_TEXT}display") == "none":
            said["display"] = "none"
        if group.get(f"{_STYLE}use-window-font-color") == "true":
            said["color"] = "auto"
    return said


def _shape(element: Any) -> Mapping[str, str]:  # noqa: ANN401 - the same
    """Return where a drawing stands, and how large it is."""
    if not isinstance(element.tag, str) or not element.tag.startswith(_DRAW):
        return {}
    places = {"x": "left", "y": "top", "width": "width", "height": "height"}
    said = {css: element.get(f"{_SVG}{name}") for name, css in places.items()}
    found = {name: value for name, value in said.items() if value}
    return {**found, "position": "absolute", "overflow": "hidden"} if found else {}


def _page_colour(trees: list[Any]) -> str | None:
    """Return the colour of a document's pages, None where they have several, or pictures."""
    for tree in trees:
        for group in tree.iter(f"{_STYLE}graphic-properties"):
            if group.get(f"{_STYLE}run-through") == "background":
                return None
    pages = {
        group.get(f"{_FO}background-color", "transparent").lower()
        for tree in trees
        for group in tree.iter(f"{_STYLE}page-layout-properties")
    } - {"transparent"}
    return pages.pop() if len(pages) == 1 else None if pages else colours.WHITE
