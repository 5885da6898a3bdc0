"""The styles that hold for an element of a page -> whether anybody sees its words. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from pipeline.documents import colours

_SIDES = ("left", "right", "top", "bottom")
NAMES = frozenset(
    (
        *(
            "direction",
            "unicode-bidi",
            "display",
            "visibility",
            "content-visibility",
            "opacity",
            "filter",
            "animation",
        ),
        *("animation-name", "color", "background", "background-color", "background-image"),
        *("background-clip", "-webkit-background-clip", "-webkit-text-fill-color", "text-shadow"),
        *("font", "font-size", "text-indent", "transform", "scale", "clip", "clip-path"),
        *("width", "min-width", "max-width", "height", "min-height", "max-height"),
        *("overflow", "overflow-x", "overflow-y", "position", "inset", *_SIDES),
        *("margin", "margin-left", "margin-top", "padding"),
        *(f"padding-{side}" for side in _SIDES),
    )
)
"""The properties that are looked at."""
WHOLE = ("html", "body")
"""What holds the whole page. To hide it hides nothing from anybody: a script will show it."""

_FONT = 16.0  # pixels
_SMALLEST_FONT = 2.0
_SMALLEST_SIDE = 1.0
_OFF_SCREEN = -500.0  # above, or to the left
_FAR_RIGHT = 3000.0
_UNKNOWN = 99999.0
_FAINTEST = 0.05
_LENGTH = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-z%]*)")
# A page of 1280 by 800 pixels.
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "q": 0.945,
    "rem": _FONT,
    "em": _FONT,
    "ex": 8.0,
    "ch": 8.0,
    "vw": 12.8,
    "vh": 8.0,
    "vmin": 8.0,
    "vmax": 12.8,
    "%": 8.0,
}
_FONT_OF = re.compile(r"(?:^|\s)([-+.\d]+[a-z%]*)(?:\s*/\s*\S+)?\s+\S")
_NUMBERS = re.compile(r"-?\d*\.?\d+")
_TURNED = re.compile(r"(translate(?:x|y|3d)?|scale(?:x|y|3d)?|rotate[xy]|matrix)\(([^()]*)\)")

Style = Mapping[str, str]
"""Values by the names of properties, both in lower case."""


class State(NamedTuple):
    """What an element's own words inherit: whether they are seen, how large, in which colours."""

    is_visible: bool = True
    font: float = _FONT
    ink: str | None = None
    paper: str | None = None
    """Either is None where it is not known: a picture is there, or a file of styles says it."""

    @property
    def shows(self) -> bool:
        """Whether words that inherit this are seen."""
        return (
            self.is_visible
            and self.font >= _SMALLEST_FONT
            and not (self.ink and colours.is_clear(self.ink))
            and not (self.ink and self.paper and colours.are_alike(self.ink, self.paper))
        )


@lru_cache(maxsize=4096)
def can_hide(name: str, value: str) -> bool:
    """Say whether a declaration can hide or turn words, whatever holds beside it; colours apart."""
    if name == "unicode-bidi":
        return "override" in value
    style = {"overflow": "hidden", "position": "absolute", name: value}
    return is_gone(style) or not inherit(State(), style, is_whole=False).shows


def is_turned_round(style: Style) -> bool:
    """Say whether an element's words are shown from right to left, letter by letter."""
    return style.get("direction") == "rtl" and "override" in style.get("unicode-bidi", "")


def is_gone(style: Style) -> bool:
    """Say whether an element is not there to be seen, with all that is in it."""
    if not style:
        return False
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return True
    if _is_clipped(style) or _is_of_no_size(style) or _is_moved_off(style):
        return True
    if _is_animated(style):
        return False
    faint = style.get("filter", "")
    shares = [style.get("opacity"), faint[8:] if faint.startswith("opacity(") else None]
    return min(map(_number, shares)) < _FAINTEST or _is_turned_off(style)


def _is_animated(style: Style) -> bool:
    """Say whether what is set is how an animation begins, which shows what it is about."""
    return style.get("animation-name", style.get("animation", "none")) not in ("none", "initial")


def _is_of_no_size(style: Style) -> bool:
    overflow = " ".join(style.get(f"overflow{axis}", "") for axis in ("", "-x", "-y"))
    if not re.search("hidden|clip", overflow):
        return False
    paddings = [style.get(f"padding{side}", "") for side in ("", "-top", "-bottom")]
    if _is_tiny("height", style) and not any(re.search("[1-9]", each) for each in paddings):
        return True
    return _is_tiny("width", style)


def _is_tiny(side: str, style: Style) -> bool:
    """Say whether a height or width is next to nothing, and nothing makes it larger."""
    least, own, most = (
        _pixels(style.get(f"{bound}{side}", ""), default=_UNKNOWN) for bound in ("min-", "", "max-")
    )
    if least not in (0, _UNKNOWN):
        return False
    if side == "width" and own > _SMALLEST_SIDE and style.get("width"):
        return False  # cells of tables that are cut with "..." have no greatest width
    return min(abs(own), abs(most)) <= _SMALLEST_SIDE


def _is_moved_off(style: Style) -> bool:
    across = [style.get("text-indent", "")]
    down: list[str] = []
    if style.get("position") in ("absolute", "fixed", "relative", "sticky"):
        inset = style.get("inset", "").split()
        across += [style.get("left", ""), style.get("right", ""), *inset[-1:], *inset[1:2]]
        down += [style.get("top", ""), style.get("bottom", ""), *inset[:1]]
    paddings = [style.get(f"padding{side}", "") for side in ("", *(f"-{each}" for each in _SIDES))]
    if all(_pixels(each) < -_OFF_SCREEN for said in paddings for each in said.split()):
        margin = style.get("margin", "").split()
        across += [style.get("margin-left", ""), *(margin[3:4] or margin[1:2] or margin[:1])]
        down += [style.get("margin-top", ""), *margin[:1]]
    return any(map(_is_far_aside, across)) or any(_pixels(each) <= _OFF_SCREEN for each in down)


def _is_far_aside(length: str) -> bool:
    return not _OFF_SCREEN < _pixels(length) < _FAR_RIGHT


def _is_turned_off(style: Style) -> bool:
    """Say whether a transformation leaves nothing of an element, or nothing on the screen."""
    turns = _TURNED.findall(style.get("transform", ""))
    if (scale := style.get("scale")) is not None:
        turns.append(("scale", scale))
    for how, said in turns:
        lengths = [_pixels(each, default=1) for each in re.split(r"[\s,]+", said.strip())]
        if how.startswith("scale") and 0 in lengths:
            return True
        if how == "matrix" and not (any(lengths[:2]) and any(lengths[2:4])):
            return True
        if how.startswith("translate") and "%" not in said and min(lengths) <= _OFF_SCREEN:
            return True
        if how.startswith("rotate") and abs(lengths[0]) == 90:  # noqa: PLR2004 - a quarter
            return True
    return False


def _is_clipped(style: Style) -> bool:
    clip = style.get("clip", "")
    if clip.startswith("rect") and style.get("position") in ("absolute", "fixed"):
        sides = [float(side) for side in _NUMBERS.findall(clip)]
        if len(sides) == 4 and (sides[0] >= sides[2] or sides[3] >= sides[1]):  # noqa: PLR2004
            return True
    path = style.get("clip-path", "")
    numbers = [float(number) for number in _NUMBERS.findall(path)]
    if path.startswith("inset"):
        return "%" in path and bool(numbers) and min(numbers[:4]) >= 50  # noqa: PLR2004 - per cent
    if path.startswith(("circle", "ellipse")):
        return bool(numbers) and numbers[0] == 0
    return path.startswith("polygon") and bool(numbers) and not any(numbers)


def inherit(outer: State, style: Style, *, is_whole: bool) -> State:
    """Return how an element's own words are seen; `is_whole` is one that holds the whole page."""
    if not style:
        return outer
    visibility = style.get("visibility")
    is_visible = outer.is_visible
    if visibility in ("hidden", "collapse"):
        is_visible = is_whole or _is_animated(style)
    elif visibility in ("visible", "initial"):
        is_visible = True
    font = outer.font
    size = style.get("font-size")
    if size is None and (short := _FONT_OF.search(style.get("font", ""))):
        size = short[1]
    if size is not None:
        font = _font_size(size, outer.font)
    ink = ink_of(style)
    clip = style.get("background-clip") or style.get("-webkit-background-clip") or ""
    paper = paper_of(style, outer.paper)
    if ink in (None, "inherit", "currentcolor"):
        ink = outer.ink
    elif "text" in clip:
        ink = None  # the words are a window on a picture
    return State(is_visible, font, ink, paper)


def ink_of(style: Style) -> str | None:
    """Return the colour that is said for an element's words."""
    return style.get("-webkit-text-fill-color") or style.get("color")


def paper_of(style: Style, outer: str | None = None) -> str | None:
    """Return the colour behind an element's words, None where that is no colour."""
    if style.get("position") in ("absolute", "fixed"):
        outer = None  # it lies on something else
    said = style.get("background-color") or style.get("background")
    image = f"{style.get('background-image', '')} {style.get('background', '')}"
    if "url(" in image or "gradient(" in image or style.get("text-shadow", "none") != "none":
        return None
    if said is None:
        return outer
    for word in colours.WORDS.findall(said):
        if colours.is_colour(word):
            return outer if colours.is_clear(word) else str(word)
    return outer if said in ("none", "inherit", "initial", "unset") else None


def _font_size(size: str, outer: float) -> float:
    length = _LENGTH.fullmatch(size)
    if length is None:
        return outer if size in ("inherit", "smaller", "larger") else _FONT
    number, unit = float(length[1]), length[2]
    if unit in ("em", "%"):
        return number * outer / (100 if unit == "%" else 1)
    return number * _PIXELS.get(unit, _FONT)


def _pixels(length: str, default: float = 0) -> float:
    """Return a length in pixels of an ordinary page, about."""
    found = _LENGTH.match(length.strip().removeprefix("calc("))
    return float(found[1]) * _PIXELS.get(found[2], 1) if found else default


def _number(value: str | None) -> float:
    """Return a share: "0.5", "50%"; 1 where none is said."""
    found = _LENGTH.match(value.strip()) if value else None
    return 1.0 if found is None else float(found[1]) / (100 if found[2] == "%" else 1)
