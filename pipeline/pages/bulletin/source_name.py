"""Where a bulletin is from, as far as somebody else should know. Pure.

Whoever gets a page is told the name of the file, not the folders it lies in: these tell of a
machine and of its people. An address on the Web is given whole if it carries no name, password or
key, and is a link if a click can do no more than open it.
"""

import re
from typing import NamedTuple

from pipeline.urls import stored_url
from schemas.document import Source

_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
_OF_A_FILE = re.compile(r"\.gguf$|^(?:[/\\~.]|[A-Za-z]:[/\\])", re.IGNORECASE)


class SourceName(NamedTuple):
    """What a source is called, and its address if it is one on the Web that may be opened."""

    name: str
    link: str | None = None


def name_source(source: Source) -> SourceName:
    """Name a file, or a record of one."""
    if source.record is not None and _WEB.match(source.record):
        return _name_address(source.record)
    if _WEB.match(source.path):
        address = _name_address(source.path)
        return address if source.record is None else SourceName(f"{address.name}#{source.record}")
    name = _FOLDERS.sub("", source.path.rstrip("/\\"))
    return SourceName(name if source.record is None else f"{name}#{source.record}")


def name_model(model: str) -> str:
    """Name a model; of one that is a file here, it is the name of the file."""
    return _FOLDERS.sub("", model) if _OF_A_FILE.search(model) else model


def _name_address(url: str) -> SourceName:
    shown = stored_url(url)
    return SourceName(shown, url if shown == url else None)
