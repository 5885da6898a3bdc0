"""RSS and Atom -> one record an item: title, link, day and text."""

import html
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from pipeline.documents.decoding import decode
from pipeline.documents.headline import parse_day
from pipeline.documents.limits import require_size
from pipeline.documents.markup import plain
from pipeline.documents.records import Record
from pipeline.documents.text import Parts
from pipeline.errors import DocumentError

# Stands for "&" while XML is parsed, so that there is no entity in it: none can grow, none names a
# file, and the parser, which mends what is broken, drops none that it does not know.
_AMPERSAND = "\ue0a6"
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\ufeff]+")
_LONGEST_PROLOGUE = 20_000
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[[^\]]*\])?[^<>]*>", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_DAYS = ("post_date", "pubdate", "published", "issued", "date", "created", "updated", "modified")
_TEXTS = ("encoded", "content", "body", "description", "summary")
_ITEMS = ("item", "entry")
_OF_OTHERS = ("media", "itunes", "excerpt", "georss")  # what is named alike and is not the item's
# What an export of WordPress holds beside what was published.
_NO_POST = re.compile(
    r"attachment|nav_menu_item|revision|custom_css|customize_changeset|oembed_cache|wp_\w+"
)


def parse(data: bytes) -> Iterator[Record]:
    """Yield a record for each item, known by its link, else by its number.

    A feed that is broken is read as far as it can be told. Raises DocumentError where it is none.
    """
    # Huge texts too: else they would be cut in silence.
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    root = etree.fromstring(_without_entities(decode(data)).encode("utf-8", "ignore"), parser)
    if root is None:
        raise DocumentError("broken feed: no item can be told in it")
    number = read = 0
    for element in root.iter(etree.Element):
        if _name(element)[1] not in _ITEMS:
            continue
        fields = _fields(element)
        read += sum(map(len, fields.values()))
        if read > 4 * len(data):  # blanks and brackets are written in several letters
            raise DocumentError("broken feed: items within items; those after it unread")
        if _NO_POST.fullmatch(fields.get("post_type", "")):
            continue
        number += 1
        key = fields.get("link") or fields.get("guid") or fields.get("id") or str(number)
        try:
            yield Record(key, _parts(fields))
        except DocumentError as error:
            yield Record(key, None, f"item {number}: {error}")


def _without_entities(text: str) -> str:
    """Return XML without CDATA, entities and what declares them, or what is no character in it."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _NO_XML.sub("", text))
    pieces: list[str] = []
    at = 0
    while (start := text.find(_CDATA, at)) >= 0:
        end = text.find(_CDATA_END, start)
        end = len(text) if end < 0 else end
        inner = text[start + len(_CDATA) : end]
        pieces += [text[at:start], inner.replace("&", "&amp;").replace("<", "&lt;")]
        at = end + len(_CDATA_END)
    text = "".join([*pieces, text[at:]])
    if declared := _DOCTYPE.search(text, 0, _LONGEST_PROLOGUE):
        text = text[: declared.start()] + text[declared.end() :]
    return text.replace("&", _AMPERSAND)


def _name(element: Any) -> tuple[str, str]:  # noqa: ANN401 - lxml ships no types
    """Return the prefix and the name of an element, declared or not, in lower case."""
    prefix, _, name = str(element.tag).rpartition("}")[2].lower().rpartition(":")
    return (element.prefix or prefix).lower(), name


def _fields(item: Any) -> dict[str, str]:  # noqa: ANN401 - the same
    """Return what an item says by the name of its elements, the first of a name."""
    fields: dict[str, str] = {}
    for child in item.iterchildren(etree.Element):
        prefix, name = _name(child)
        if prefix in _OF_OTHERS or name in _ITEMS:  # which is read by itself
            continue
        if name == "link" and child.get("rel", "alternate") != "alternate":
            continue
        value = child.get("href", "").replace(_AMPERSAND, "&") or _value(child)
        if value.strip():
            fields.setdefault(name, value.strip())
    return fields


def _value(element: Any) -> str:  # noqa: ANN401 - the same
    """Return an element's text, or the HTML that it is in (XHTML in Atom)."""
    text = str(element.text or "").replace(_AMPERSAND, "&")
    if len(element) == 0:
        return html.unescape(text)
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return text + "".join(inner).replace(_AMPERSAND, "&")


def _parts(fields: dict[str, str]) -> Parts:
    require_size(*fields.values())
    hidden: list[str] = []
    texts = [plain(fields[name], hidden).strip() for name in _TEXTS if fields.get(name)]
    title = " ".join(plain(fields.get("title", ""), hidden).split()) or None
    body = texts[0] if texts else ""
    if not body and not title:
        raise DocumentError("no text in it")
    said = set(_NUMBER.findall(body))
    more = [text for text in texts[1:] if set(_NUMBER.findall(text)) - said]
    day = next((day for name in _DAYS if (day := _day(fields.get(name)))), None)
    leads = tuple(lead for lead in (title, *more) if lead)
    unseen = tuple(dict.fromkeys(hidden))  # of a summary that begins the text too
    return Parts(body, leads, title, published_on=day, hidden=unseen)


def _day(value: str | None) -> Any:  # noqa: ANN401 - the same
    try:
        return parsedate_to_datetime(value or "").date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return parse_day(value)
