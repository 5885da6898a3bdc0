"""How many figures the checks touch, and how many a person has looked at."""

from collections.abc import Mapping

from pipeline.pages.report.bars import Bar, draw_bars
from pipeline.pages.report.drawing import Drawing
from pipeline.pages.report.overview import Overview
from pipeline.pages.report.phrases import Phrases

CHECKED = ("", "info", "warning", "error")
"""What the worst finding is that touches a figure; empty for none. The last two are doubtful."""
DECIDED = ("accepted", "changed", "added", "")
_SURE = 2


def draw_quality(overview: Overview, phrases: Phrases) -> Drawing:
    """Draw both as bars; those without doubt are filled, others hatched."""
    bars = [
        *_bars(overview.checked, CHECKED, "checked", phrases, filled=CHECKED[:_SURE]),
        *_bars(overview.decided or {}, DECIDED, "decided", phrases, filled=DECIDED[:-1]),
    ]
    return draw_bars(bars, phrases.say("quality"), phrases, "quality-chart")


def _bars(
    counts: Mapping[str, int],
    order: tuple[str, ...],
    about: str,
    phrases: Phrases,
    *,
    filled: tuple[str, ...],
) -> list[Bar]:
    whole = sum(counts.values())
    if not whole:
        return []
    return [
        Bar(
            phrases.say(f"{about}_{kind or 'none'}"),
            counts.get(kind, 0),
            f"{counts.get(kind, 0):,} · {phrases.share(counts.get(kind, 0), whole)}",
            is_whole=kind in filled,
        )
        for kind in order
    ]
