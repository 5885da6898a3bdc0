"""Paths as they are shown: from the working folder where they lie below it."""

import os


def shorten(path: str | None) -> str:
    """Give a stored path as a person would type it here; nothing for none."""
    if path is None:
        return ""
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - stored paths are text
    return path.removeprefix(here)
