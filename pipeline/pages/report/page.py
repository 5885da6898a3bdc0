"""The report as one HTML file, which loads nothing and lets nothing run but its own few lines."""

from functools import cache
from importlib.resources import files

from jinja2 import Template

from pipeline.pages.report.content import About, Content, describe_jornadas, gather
from pipeline.pages.report.curve_charts import is_contradicted
from pipeline.pages.report.phrases import UNKNOWN, Phrases, write_known
from pipeline.pages.report.timeline_chart import SHAPES
from pipeline.pages.standalone import make_standalone
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
    return _load_template().render(
        **content._asdict(),
        lang=phrases.language,
        phrases=phrases,
        say=phrases.say,
        count=phrases.count,
        jornadas_say=describe_jornadas(content.jornadas, phrases),
    )


@cache
def _load_template() -> Template:
    environment = make_standalone(
        files(__package__).joinpath("parts"), "report.css", ("report.js",)
    )
    environment.filters["number"] = write_known
    environment.globals |= {
        "UNKNOWN": UNKNOWN,
        "coverages": list(SHAPES),
        "signs": _SIGNS,
        "is_contradicted": is_contradicted,
    }
    return environment.get_template("report.html")
