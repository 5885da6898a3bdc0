"""The prompt forms: the ways in which a bulletin is shown to a model and its answer is read."""

from typing import Any

from pipeline.forms import anchored, quoted
from pipeline.forms.form import Form

FORMS: dict[str, Form[Any]] = {form.name: form for form in (quoted.FORM, anchored.FORM)}
"""Every form by its name, which a prompt's front matter gives."""
