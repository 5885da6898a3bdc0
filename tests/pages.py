"""The code on pages of the documentation, and the output that stands below it."""

import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One block of code: its language, and what the block without one that follows it shows."""

    language: str
    code: str
    output: str | None


def blocks_of(page: str) -> list[Block]:
    """Give the blocks of code of a page of `docs`, in order."""
    text = (DOCS / page).read_text("utf-8")
    return [Block(language, code, shown or None) for language, code, shown in _BLOCK.findall(text)]


def without_edges(text: str) -> str:
    """Give the text without the blank lines and spaces that a terminal does not show."""
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip("\n")
