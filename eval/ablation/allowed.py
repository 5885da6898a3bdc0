"""What is allowed to be of no use in the bulletins at hand, or of use in one of them alone."""

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.rules.vocabulary import Phrase

_FILE = Path(__file__).with_name("allowed.toml")


@cache
def _allowed() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def closed_class(where: str) -> str | None:
    """Say of which closed class a list is; None where more words could always be added to it."""
    closed: dict[str, str] = _allowed()["closed"]
    return next((why for pattern, why in closed.items() if fnmatchcase(where, pattern)), None)


def plain_spanish(phrase: Phrase) -> str | None:
    """Say why a phrase is plain Spanish for what it does; None where nobody said so.

    What a whole list is stands under "*", and a list may be a pattern of several.
    """
    plain: dict[str, dict[str, str]] = _allowed()["plain"]
    for pattern, phrases in plain.items():
        if fnmatchcase(phrase.where, pattern) and (
            why := phrases.get(phrase.written) or phrases.get("*")
        ):
            return why
    return None
