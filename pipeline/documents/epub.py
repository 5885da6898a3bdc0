"""EPUB -> the text of its chapters, in the order in which they are read."""

import posixpath
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from pipeline.documents import fragment
from pipeline.documents.decoding import decode_lines
from pipeline.documents.packed import unpack
from pipeline.documents.stylesheet import with_sheets
from pipeline.documents.text import Parts

_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def parse(data: bytes) -> Parts:
    """Return the whole book as one text.

    Raises DocumentError for a ZIP bomb, and what zipfile and lxml raise for a broken or locked
    file.
    """
    with unpack(data) as archive:
        (root_file, *_) = _tree(archive.read("META-INF/container.xml")).iter("{*}rootfile")
        package_name = root_file.get("full-path")
        package = _tree(archive.read(package_name))
        folder = posixpath.dirname(package_name)
        files = {item.get("id"): item.get("href", "") for item in package.iter("{*}item")}
        chapters = [files[item.get("idref")] for item in package.iter("{*}itemref")]
        paths = [posixpath.normpath(posixpath.join(folder, unquote(each))) for each in chapters]
        names = [name for name in archive.namelist() if name.lower().endswith(".css")]
        sheets = [decode_lines(archive.read(name)) for name in names]
        pages = [with_sheets(decode_lines(archive.read(path)), sheets) for path in paths]
    hidden: list[str] = []
    texts = [fragment.plain(page, hidden) for page in pages]
    title = next((element.text for element in package.iter(_TITLE) if element.text), None)
    leads = (title,) if title else ()
    return Parts(body="\n\n".join(texts), leads=leads, title=title, hidden=tuple(hidden))


def _tree(data: bytes) -> Any:  # noqa: ANN401 - lxml ships no types
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
