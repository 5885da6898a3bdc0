"""HTML in what should be plain text (a field, a letter, a `.txt`): told, and taken out."""

import html
import re
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.documents.text import Parts
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from pipeline.documents import fragment, webpage
else:
    fragment = lazy("pipeline.documents.fragment")
    webpage = lazy("pipeline.documents.webpage")

# No "<" within them, so that a hostile text takes no n² steps.
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'|[^\s\"'<>]{1,999})){0,30}"
# Any name: to try sixty of them at each "<" takes long where there are millions.
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:]{{0,9}}){_ATTRIBUTES}\s*/?>")
_NAME = re.compile(
    r"p|br|div|span|b|strong|i|em|u|a|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]"
    r"|font|img|hr|center|blockquote|small|sup|sub|section|article|figure|figcaption|main|header"
    r"|footer|nav|aside|o:p|body|html|head|title|meta|link|script|style|pre|dl|dt|dd|iframe|form"
)
_MOST_TAGS = 10_000  # that are looked at: if these say nothing, no more do
_VOID = frozenset(("br", "hr", "img"))
_OPEN_ENDED = frozenset(("p", "li", "br"))
_START = re.compile(
    r"(?:\s|<\?xml[^>]{0,200}\?>|<!--(?:(?!-->).){0,2000}-->)*"
    r"<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGE = re.compile(r"<(?:html|body)\b[^<>]{0,4000}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}\d{0,2}|#\d{2,5}|#[xX][\da-fA-F]{2,5});")
_BEFORE_A_WORD, _AFTER_A_WORD = " \t\xa0\"'“«(", " \t\xa0\"'”»),.;:"
_MOST_ESCAPED = 3  # times over, by exports of exports


def is_page(text: str) -> bool:
    """Say whether `text` is a whole page of HTML."""
    return _START.match(text) is not None or (
        _PAGE.search(text) is not None and "</body>" in text.lower()
    )


def holds_markup(text: str) -> bool:
    """Say whether `text` is written in HTML, and not only speaks of it, of less or of more.

    It is where it begins with a tag, where one is closed that was opened, or where one that needs
    no end stands between words and not as a word of its own. "5 < 7" and "<prensa@imss.gob.mx>"
    are none.
    """
    opened: set[str] = set()
    for tag in islice(_TAG.finditer(text), _MOST_TAGS):
        name = tag["name"].lower()
        if not _NAME.fullmatch(name):
            continue
        if tag["end"]:
            if name in opened:
                return True
            continue
        if name in opened and name in _OPEN_ENDED:
            return True
        if name in _VOID and not _is_a_word(text, tag):
            return True
        if not opened and not text[: tag.start()].strip():
            return True
        opened.add(name)
    return is_page(text)


def _is_a_word(text: str, tag: re.Match[str]) -> bool:
    if "/" in tag[0] or "=" in tag[0]:
        return False
    start, end = tag.span()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return before in _BEFORE_A_WORD and after in _AFTER_A_WORD


def plain(text: str, hidden: list[str]) -> str:
    """Return `text` without tags and entities, its paragraphs, lists and tables set out.

    What holds none comes back as it is. What nobody sees of it is added to `hidden`.
    """
    for _ in range(_MOST_ESCAPED):
        if holds_markup(text):
            text = fragment.plain(text, hidden)
        elif _ENTITY.search(text):
            text = _ENTITY.sub(_unescape, text)
        else:
            break
    return text


def _unescape(entity: re.Match[str]) -> str:
    char = html.unescape(entity[0])
    # "&notario;" would become "¬ario;".
    return entity[0] if len(char) > 2 else char  # noqa: PLR2004 - the longest entity


def without_markup(parts: Parts) -> Parts:
    """Take the markup out of all that named fields say; a whole page is read as one.

    What the fields state goes before what the page does.
    """
    hidden = list(parts.hidden)
    leads = tuple(plain(lead, hidden) for lead in parts.leads)
    title = plain(parts.title, []) if parts.title else None  # which is one of the leads
    if not is_page(parts.body):
        body = plain(parts.body, hidden)
        return parts._replace(body=body, leads=leads, title=title, hidden=tuple(hidden))
    page = webpage.article(parts.body)
    return Parts(
        body=page.body,
        leads=leads or page.leads,
        title=title or page.title,
        published_on=parts.published_on or page.published_on,
        hidden=(*hidden, *page.hidden),
    )
