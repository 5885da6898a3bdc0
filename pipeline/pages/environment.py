"""How templates are rendered: everything in them is escaped, and made visible.

Names, quotes and texts come from anywhere. What does not print, or would turn the direction of
writing, is shown as a sign of its own; markup is ours alone.
"""

from collections.abc import Callable

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from pipeline.pages.text import visible


def make_environment(load: Callable[[str], str]) -> Environment:
    """Make an environment whose templates `load` gives by their names."""
    return Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
