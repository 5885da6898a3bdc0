"""Charts as SVG that stands in the page: wide and narrow, in the page's own colours, inert.

Altair describes a chart and vl-convert draws it, in this process and without a network. What comes
out is pruned to elements and attributes that only draw: no link, no script, no picture.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup

from pipeline.lazy import lazy
from pipeline.pages.text import shorten, visible

if TYPE_CHECKING:
    import altair as alt
    import vl_convert
else:
    alt = lazy("altair")
    vl_convert = lazy("vl_convert")

INK, MUTED, RULE, ACCENT, SURFACE, HATCH = (
    f"var(--{name})" for name in ("ink", "muted", "rule", "accent", "surface", "hatch")
)
"""Colours of the page's style sheet, which knows light, dark and print; the last is a pattern."""

_SVG = "http://www.w3.org/2000/svg"
_DRAWN = frozenset(("svg", "g", "path", "line", "rect", "circle", "text", "tspan"))
_KEPT = frozenset(
    (
        *("width", "height", "viewBox", "transform", "d", "x", "y", "x1", "x2", "y1", "y2", "r"),
        *("cx", "cy", "dx", "dy", "fill", "stroke", "opacity", "fill-opacity", "stroke-opacity"),
        *("stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "font-size"),
        *("font-weight", "text-anchor", "stroke-miterlimit"),
    )
)
_FONT_SIZES = frozenset(("fontSize", "labelFontSize"))
_DECIMALS = re.compile(r"(\.\d\d)\d+")
_FONT = "Liberation Sans"
"""What texts are measured in: vl-convert brings it along, so that drawings are the same everywhere.

To measure a text in a font of the system takes about six times as long.
"""
_WIDER = 1.13
"""Widths in fonts that a page may be shown in (DejaVu Sans, Verdana), of widths in that one."""
_MOST_CHARACTERS = 60
"""Of a text in a drawing; tables have the whole."""


class Size(NamedTuple):
    """How a chart is drawn: on a wide page, or on a phone; lengths are CSS pixels."""

    width: int
    label: int
    font: int
    is_narrow: bool


WIDE = Size(width=840, label=270, font=12, is_narrow=False)
NARROW = Size(width=330, label=150, font=11, is_narrow=True)


class Chart(NamedTuple):
    """What is drawn, and the rows that it draws.

    They are apart, as each step in the making of a chart would copy them.
    """

    layers: "alt.LayerChart | alt.FacetChart"
    rows: Sequence[dict[str, Any]]


class Drawing(NamedTuple):
    """A chart in both sizes; one of them is shown."""

    wide: Markup
    narrow: Markup


def draw(make: Callable[[Size], Chart], title: str, description: str, name: str) -> Drawing:
    """Draw a chart in both sizes; `name` is its own on the page."""
    # To see whether each part fits the schema of charts takes longer than to draw it.
    with alt.utils.schemapi.debug_mode(False):  # noqa: FBT003 - altair's own signature
        return Drawing(
            *(
                _to_svg(make(size), size, (title, description), f"{name}-{size.width}")
                for size in (WIDE, NARROW)
            )
        )


def label(text: str) -> str:
    """Make a text from anywhere fit for a drawing: visible, on one line, not too long."""
    return shorten(visible(" ".join(text.split())), _MOST_CHARACTERS)


def moment(day: date) -> int:
    """Give a day as charts take it: milliseconds since 1970, UTC."""
    return (day - date(1970, 1, 1)).days * 86_400_000


def rows(*several: dict[str, Any]) -> "alt.InlineData":
    """Give rows as the data of a chart."""
    return alt.InlineData(values=list(several))


def fit(chart: "alt.LayerChart | alt.FacetChart", size: Size) -> "alt.LayerChart | alt.FacetChart":
    """Have a chart with axes take the width of the page, its axes included."""
    within = alt.AutoSizeParams(type="fit-x", contains="padding")
    return chart.properties(width=size.width, padding=2, autosize=within)


def _to_svg(chart: Chart, size: Size, told: tuple[str, str], name: str) -> Markup:
    layers = chart.layers.configure(
        background="transparent",
        font=_FONT,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelFontSize=size.font,
            labelColor=INK,
            labelLimit=size.label,
            gridColor=RULE,
            domainColor=RULE,
            tickColor=RULE,
            title=None,
        ),
    )
    spec = layers.to_dict(validate=False) | {"data": {"values": list(chart.rows)}}
    for layer in spec["layer"]:
        if spec["datasets"].get(layer["data"].get("name")) == [{}]:
            del layer["data"]  # a chart of no rows of its own draws those of the whole
    for part in ("config", "layer"):
        spec[part] = _scale_fonts(spec[part], _WIDER)
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return Markup(prune(drawn, told, name))  # noqa: S704 - what may do anything has been taken out


def _scale_fonts(part: Any, by: float) -> Any:  # noqa: ANN401 - JSON
    if isinstance(part, list):
        return [_scale_fonts(each, by) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: value * by if name in _FONT_SIZES else _scale_fonts(value, by)
        for name, value in part.items()
    }


def prune(drawn: str, told: tuple[str, str], name: str) -> str:
    """Keep what draws, and say what it is; everything else goes. Texts get their own size again."""
    root = etree.fromstring(drawn.encode(), _parser())
    for element in list(root.iter()):
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if tag not in _DRAWN or _is_empty(element, tag):
            _remove(element)
            continue
        for attribute, value in list(element.attrib.items()):
            if attribute not in _KEPT or "://" in value:
                del element.attrib[attribute]
            else:
                element.set(attribute, _DECIMALS.sub(r"\1", value))
        if size := element.get("font-size"):
            element.set("font-size", f"{round(float(size.removesuffix('px')) / _WIDER, 1):g}px")
        for paint in ("fill", "stroke"):
            if element.get(paint) == HATCH:
                element.set(paint, "url(#hatch)")
    width, height = root.get("width") or "", root.get("height") or ""
    root.attrib.update(
        {
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "aria-labelledby": f"{name}-t {name}-d",
        }
    )
    for place, (tag, text) in enumerate(zip(("title", "desc"), told, strict=True)):
        element = etree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag[0]}"})
        element.text = visible(text)
        root.insert(place, element)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _is_empty(element: Any, tag: str) -> bool:  # noqa: ANN401 - lxml's element has no public type
    """Tell a group's frame, which shows nothing, and labels that overlap and are not shown."""
    if tag == "text":
        return element.get("opacity") == "0" or not element.text
    return tag == "path" and (
        not element.get("d")
        or element.get("display") == "none"
        or (element.get("class") in ("background", "foreground") and not element.get("stroke"))
    )


def _remove(element: Any) -> None:  # noqa: ANN401 - as above
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
