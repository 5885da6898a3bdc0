"""The page's template and script, which `page_parts` holds, and how values are written in it."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Template
from markupsafe import Markup

from eval.report import number_format
from eval.report.comparison_sentence import describe_comparison
from eval.report.confusion_table import describe_kind, describe_value
from eval.report.variant_sentences import describe_repeats
from eval.scoring.align import FigureOutcome
from eval.scoring.score import MEASURES
from pipeline.pages.environment import make_environment

_SHADES = 10
_SCRIPTS = ("elements.js", "bulletin.js", "list.js")
"""Each uses what those before it define; a block holds them together."""

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


def _part(name: str) -> str:
    return files(__package__).joinpath("page_parts", name).read_text("utf-8")


@cache
def load_template() -> Template:
    """Load the template. The page's policy lets run what has the hash of the script, and no other.

    The hash is of all that stands between the script's tags.
    """
    script = f'\n"use strict";\n{{\n{"".join(map(_part, _SCRIPTS))}}}\n'
    environment = make_environment(_part)
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
        "style": Markup(_part("page.css")),  # noqa: S704 - a file of ours
        "script": Markup(script),  # noqa: S704 - a file of ours
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    return environment.get_template("page.html")


def _shade(value: float) -> int:
    return round(value * _SHADES)
