"""The 32 states as tiles, each about where it lies: numbers in them, a shade beside."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.lazy import lazy
from pipeline.pages.report.drawing import ACCENT, INK, MUTED, Chart, Drawing, Size, draw
from pipeline.pages.report.phrases import Phrases

if TYPE_CHECKING:
    import altair as alt
else:
    alt = lazy("altair")

TILES = {
    "Baja California": ("BC", 0, 0),
    "Sonora": ("SON", 1, 0),
    "Chihuahua": ("CHIH", 2, 0),
    "Coahuila": ("COAH", 3, 0),
    "Nuevo León": ("NL", 4, 0),
    "Tamaulipas": ("TAM", 5, 0),
    "Baja California Sur": ("BCS", 0, 1),
    "Sinaloa": ("SIN", 1, 1),
    "Durango": ("DGO", 2, 1),
    "Zacatecas": ("ZAC", 3, 1),
    "San Luis Potosí": ("SLP", 4, 1),
    "Nayarit": ("NAY", 1, 2),
    "Jalisco": ("JAL", 2, 2),
    "Aguascalientes": ("AGS", 3, 2),
    "Guanajuato": ("GTO", 4, 2),
    "Querétaro": ("QRO", 5, 2),
    "Hidalgo": ("HGO", 6, 2),
    "Colima": ("COL", 1, 3),
    "Michoacán": ("MICH", 2, 3),
    "Estado de México": ("MEX", 3, 3),
    "Ciudad de México": ("CDMX", 4, 3),
    "Tlaxcala": ("TLAX", 5, 3),
    "Veracruz": ("VER", 6, 3),
    "Guerrero": ("GRO", 3, 4),
    "Morelos": ("MOR", 4, 4),
    "Puebla": ("PUE", 5, 4),
    "Tabasco": ("TAB", 7, 4),
    "Campeche": ("CAM", 8, 4),
    "Yucatán": ("YUC", 9, 4),
    "Oaxaca": ("OAX", 5, 5),
    "Chiapas": ("CHIS", 6, 5),
    "Quintana Roo": ("QROO", 9, 5),
}
"""Each state's short name, column and row."""

_COLUMNS, _LINES = 10, 6
_THOUSAND = 1000
_FAINTEST, _STRONGEST = 0.1, 0.42
"""Of the colour behind the ink: the ink keeps its contrast in both schemes."""


def draw_tiles(counts: Mapping[str, int], phrases: Phrases, told: str) -> Drawing:
    """Draw how many bulletins each state has; one without any is an empty frame, no 0."""
    return draw(lambda size: _make(counts, size), phrases.say("states"), told, "state-chart")


def _short(count: int) -> str:
    return f"{count:,}" if count < 10 * _THOUSAND else f"{count // _THOUSAND:,}k"


def _make(counts: Mapping[str, int], size: Size) -> Chart:
    most = max(counts.values(), default=1)
    given = [
        {
            "short": short,
            "column": column,
            "line": line,
            "count": counts.get(state),
            "text": _short(counts[state]) if state in counts else "–",
            "shade": _FAINTEST + (_STRONGEST - _FAINTEST) * counts.get(state, 0) / most,
        }
        for state, (short, column, line) in TILES.items()
    ]
    step = 33 if size.is_narrow else 62
    x = alt.X(
        "column:O", axis=None, scale=alt.Scale(domain=list(range(_COLUMNS)), paddingInner=0.07)
    )
    y = alt.Y("line:O", axis=None, scale=alt.Scale(domain=list(range(_LINES)), paddingInner=0.07))
    base = alt.Chart().encode(x=x, y=y)
    known = base.transform_filter("isValid(datum.count)")
    empty = base.transform_filter("!isValid(datum.count)")
    lift = step // 6
    small, large = (8.5, 10) if size.is_narrow else (12, 15)
    layers = alt.layer(
        known.mark_rect(fill=ACCENT, stroke=ACCENT, strokeWidth=1, strokeOpacity=0.9).encode(
            fillOpacity=alt.FillOpacity("shade:Q", scale=None)
        ),
        empty.mark_rect(fillOpacity=0, fill=ACCENT, stroke=MUTED, strokeDash=[3, 3]),
        *(
            tiles.mark_text(color=colour, dy=dy, fontSize=font).encode(text=alt.Text(field))
            for colour, tiles in ((INK, known), (MUTED, empty))
            for field, dy, font in (("short:N", -lift, small), ("text:N", lift, large))
        ),
    ).properties(
        width=_COLUMNS * step,
        height=_LINES * step,
        padding=0 if size.is_narrow else {"left": 110, "right": 110, "top": 0, "bottom": 0},
        autosize="none",
    )
    return Chart(layers, given)
