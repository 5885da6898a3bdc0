"""The page's template and script, which `page_parts` holds, and how values are written in it."""

from functools import cache
from importlib.resources import files

from jinja2 import Template

from eval.report import number_format
from eval.report.comparison_sentence import describe_comparison
from eval.report.confusion_table import describe_kind, describe_value
from eval.report.variant_sentences import describe_repeats
from eval.scoring.align import FigureOutcome
from eval.scoring.score import MEASURES
from pipeline.pages.standalone import make_standalone

_SHADES = 10
_SCRIPTS = ("wording.js", "bulletin.js", "list.js")

SIGNS = {
    FigureOutcome.RIGHT: "✓",
    FigureOutcome.WRONG_LABEL: "≠",
    FigureOutcome.WRONG_VALUE: "✗",
    FigureOutcome.OMITTED: "−",
    FigureOutcome.INVENTED: "+",
    FigureOutcome.UNGROUNDED: "?",
}
"""So that outcomes differ without colour too."""

NAMES = {
    FigureOutcome.RIGHT: "right",
    FigureOutcome.WRONG_LABEL: "wrong label",
    FigureOutcome.WRONG_VALUE: "wrong value",
    FigureOutcome.OMITTED: "missed",
    FigureOutcome.INVENTED: "invented",
    FigureOutcome.UNGROUNDED: "ungrounded",
}


@cache
def load_template() -> Template:
    """Load the template."""
    parts = files(__package__).joinpath("page_parts")
    environment = make_standalone(parts, "page.css", _SCRIPTS)
    environment.filters |= {
        "ratio": number_format.format_ratio,
        "difference": number_format.format_difference,
        "count": number_format.format_count,
        "average": number_format.format_average,
        "money": number_format.format_money,
        "p_value": number_format.format_p_value,
        "interval": number_format.format_interval,
        "difference_interval": number_format.format_difference_interval,
        "shade": _shade,
    }
    environment.globals |= {
        "describe_comparison": describe_comparison,
        "describe_kind": describe_kind,
        "describe_repeats": describe_repeats,
        "describe_value": describe_value,
        "Outcome": FigureOutcome,
        "signs": SIGNS,
        "names": NAMES,
        "measures": MEASURES,
    }
    return environment.get_template("page.html")


def _shade(value: float) -> int:
    return round(value * _SHADES)
