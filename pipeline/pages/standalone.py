"""Pages that are one file: style and script are inside, and a policy lets nothing else run or load.

Their templates extend `standalone.html`, their style follows `tokens.css` and `base.css`, and their
scripts use what `elements.js` defines.
"""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment
from markupsafe import Markup

from pipeline.pages.environment import make_environment


def make_standalone(parts: Traversable, style: str, scripts: Sequence[str] = ()) -> Environment:
    """Make an environment for pages of which `parts` has the templates, the style and the scripts.

    Each script uses what those before it define; a block holds them together. Pages are rendered
    with `lang`, the language that they are in.
    """
    script = _join_scripts(parts, scripts) if scripts else ""
    environment = make_environment(lambda name: _read(parts, name))
    environment.globals |= {
        "lang": "en",
        "style": Markup("".join(_read(parts, one) for one in ("tokens.css", "base.css", style))),  # noqa: S704 - ours
        "script": Markup(script),  # noqa: S704 - ours
        "policy": _write_policy(script),
    }
    return environment


def _read(parts: Traversable, name: str) -> str:
    own = parts.joinpath(name)
    found = own if own.is_file() else files(__package__).joinpath(name)
    return found.read_text("utf-8")


def _join_scripts(parts: Traversable, names: Sequence[str]) -> str:
    joined = "".join(_read(parts, name) for name in ("elements.js", *names))
    return f'\n"use strict";\n{{\n{joined}}}\n'


def _write_policy(script: str) -> str:
    """Let run what has the hash of the script, which is of all that stands between its tags."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    runs = f"'sha256-{digest}'" if script else "'none'"
    return (
        f"default-src 'none'; script-src {runs}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
