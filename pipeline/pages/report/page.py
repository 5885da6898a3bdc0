"""The report as one HTML file, which loads nothing and lets nothing run but its own few lines."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Template
from markupsafe import Markup

from pipeline.pages.environment import make_environment
from pipeline.pages.report.content import About, Content, describe_jornadas, gather, is_first
from pipeline.pages.report.curve_charts import is_contradicted, name_line
from pipeline.pages.report.phrases import UNKNOWN, Phrases, write_number
from pipeline.pages.report.timeline_chart import SHAPES
from pipeline.store import Store

_SIGNS = {"reported": "●", "announced": "△", "mentioned": "◇", "undated": "□", "missing": "✕"}
"""The shapes of the time line, as letters."""


def make_report(store: Store, about: About, phrases: Phrases) -> str:
    """Make the page of what a store holds. Raises `SqlError` for a condition that cannot be run."""
    return render(gather(store, about, phrases), phrases)


def render(content: Content, phrases: Phrases) -> str:
    """Build the page.

    Names, quotes and titles come from anywhere: each is escaped, and what does not print is made
    visible. Links lead within the page alone.
    """
    page = _load_template().render(
        **content._asdict(),
        phrases=phrases,
        say=phrases.say,
        count=phrases.count,
        jornadas_say=describe_jornadas(content.jornadas, phrases),
    )
    return page.lstrip()


def _part(name: str) -> str:
    return files(__package__).joinpath("parts", name).read_text("utf-8")


@cache
def _load_template() -> Template:
    """Load the template; the page's policy lets run what has the hash of its script alone."""
    script = _part("report.js")
    environment = make_environment(_part)
    environment.filters["number"] = write_number
    environment.globals |= {
        "UNKNOWN": UNKNOWN,
        "coverages": list(SHAPES),
        "signs": _SIGNS,
        "is_contradicted": is_contradicted,
        "is_first": is_first,
        "name_line": name_line,
        "style": Markup(_part("report.css")),  # noqa: S704 - a file of ours
        "script": Markup(script),  # noqa: S704 - a file of ours
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    return environment.get_template("report.html")
