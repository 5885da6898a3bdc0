"""What was done, as bars: by jornada and by year."""

from pipeline.pages.report.bars import Bar, draw_bars
from pipeline.pages.report.drawing import Drawing
from pipeline.pages.report.phrases import Phrases, write_known
from pipeline.pages.report.services import Panel


def draw_jornadas(panel: Panel, phrases: Phrases, name: str) -> Drawing:
    """Draw the jornadas of a panel in the order of time."""
    bars = [
        Bar(
            each.jornada,
            each.value,
            ("≈ " if each.approximate else "") + write_known(each.value),
            is_whole=each.is_whole,
            sign=each.bulletins > 1,
        )
        for each in panel.jornadas
    ]
    return draw_bars(bars, phrases.say("by_jornada", of=_of(panel, phrases)), phrases, name)


def draw_years(panel: Panel, phrases: Phrases, name: str) -> Drawing | None:
    """Draw the years of a panel; None where none has two jornadas: these tell the same then."""
    if max((each.jornadas for each in panel.years), default=0) <= 1:
        return None
    bars = [
        Bar(
            str(each.year),
            each.value,
            phrases.say("year_none")
            if each.value is None
            else phrases.say(
                "year_sum",
                value=("≈ " if each.approximate else "") + write_known(each.value),
                jornadas=phrases.count(each.jornadas, "jornada"),
            ),
            is_whole=False,
        )
        for each in panel.years
    ]
    return draw_bars(bars, phrases.say("by_year", of=_of(panel, phrases)), phrases, name)


def _of(panel: Panel, phrases: Phrases) -> str:
    return phrases.service(panel.service, panel.detail)
