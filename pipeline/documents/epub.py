"""EPUB -> the text of its chapters, in the order in which they are read."""

import posixpath
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from pipeline.documents import fragment
from pipeline.documents.decoding import decode_lines
from pipeline.documents.element_count import require_few_elements
from pipeline.documents.limits import require_size
from pipeline.documents.packed import unpack
from pipeline.documents.stylesheet import with_sheets
from pipeline.documents.text import Parts

_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def parse(data: bytes) -> Parts:
    """Return the whole book as one text.

    Raises DocumentError for a ZIP bomb, and what zipfile and lxml raise for a broken or locked
    file.
    """
    files = unpack(data)
    (root_file, *_) = _tree(files["META-INF/container.xml"]).iter("{*}rootfile")
    package_name = root_file.get("full-path")
    package = _tree(files[package_name])
    folder = posixpath.dirname(package_name)
    links = {item.get("id"): item.get("href", "") for item in package.iter("{*}item")}
    # Each chapter once, however often the order of reading names it.
    chapters = dict.fromkeys(links[item.get("idref")] for item in package.iter("{*}itemref"))
    paths = [posixpath.normpath(posixpath.join(folder, unquote(each))) for each in chapters]
    pages = [decode_lines(files[path]) for path in paths]
    require_few_elements("".join(pages))
    sheets = [decode_lines(files[name]) for name in files if name.lower().endswith(".css")]
    require_size(*len(pages) * [with_sheets("", sheets)])
    hidden: list[str] = []
    texts = [fragment.plain(with_sheets(page, sheets), hidden) for page in pages]
    title = next((element.text for element in package.iter(_TITLE) if element.text), None)
    leads = (title,) if title else ()
    return Parts(body="\n\n".join(texts), leads=leads, title=title, hidden=tuple(hidden))


def _tree(data: bytes) -> Any:  # noqa: ANN401 - lxml ships no types
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
