"""Markdown without its markup: what is said, the figures and the order of lines stay."""

import html
import re
from typing import TYPE_CHECKING

from pipeline.documents.markdown_unseen import without_unseen
from pipeline.documents.text import tells_a_figure
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from pipeline.documents import fragment
else:
    fragment = lazy("pipeline.documents.fragment")

_DROPPED_LINE = re.compile(
    r"[ ]{0,3}(?:-{3,}|\*{3,}|_{3,}|={3,}|`{3,}.*|~{3,}.*"  # rules, fences
    r"|\[[^\]^]+\]:[ ]*\S+(?:[ ]+[\"'(].*)?"  # link targets set apart
    r"|\|?(?:[ ]*:?-{2,}:?[ ]*\|)+(?:[ ]*:?-{2,}:?[ ]*)?)\s*"  # the line below a table's head
)
_PREFIX = re.compile(r"[ ]{0,3}(?:>[ ]?)*(?:#{1,6}[ \t]+)?")
_HEADING_END = re.compile(r"(?<=\S)[ \t]{1,9}#{1,6}[ \t]{0,9}$")
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,500})\](?:\([^()\n]{0,500}\)|\[[^\]\n]{0,200}\])")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\](?:\([^()\n]{0,500}\)|\[[^\]\n]{0,200}\])")
_TAG = re.compile(
    r"</?(?:a|article|b|blockquote|br|center|div|em|figure|font|h[1-6]|i|img|p|s"
    r"|section|small|span|strong|sub|sup|u|details|summary|dialog|canvas|datalist|option|noframes|input|link|main|header|footer|aside)\b[^<>\n]{0,500}>",
    re.IGNORECASE,
)
_SET_OUT = re.compile(r"<(table|ul|ol)\b[^<>\n]{0,500}>", re.IGNORECASE)
_EMPHASIS = re.compile(
    # Markers go wherever they hug a word, paired or not: pairing them up would take n² steps.
    r"(?<!\\)(?:\*{2,3}(?=[^\s*])|(?<=[^\s*])\*{2,3}(?!\*)|~~|`"
    r"|(?<![\w*])(?:\*|_{1,3})(?=[^\W_]|[¿¡“\"«(\[])"
    r"|(?<=[^\W_])(?:\*|_{1,3})(?![\w*])|(?<=[.,;:!?”\"»)%\]])(?:\*|_{1,3})(?![\w*]))"
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")


def plain(text: str, hidden: list[str]) -> str:
    r"""Return Markdown `text` (line breaks as \\n) as plain text.

    An image goes, but for an alternative text that tells a figure in words. What HTML in it hides
    is added to `hidden`.
    """
    text = _without_tables(without_unseen(text, hidden), hidden)
    text = _TAG.sub(lambda tag: "\n" if tag[0][1:3].lower() == "br" else "", text)
    lines = (_plain_line(line) for line in text.split("\n") if not _DROPPED_LINE.fullmatch(line))
    return html.unescape("\n".join(lines))


def _without_tables(text: str, hidden: list[str]) -> str:
    """Set out the tables and lists of HTML that Markdown may hold."""
    pieces: list[str] = []
    at = 0
    while opened := _SET_OUT.search(text, at):
        closed = re.compile(f"</{opened[1]}>", re.IGNORECASE).search(text, opened.end())
        if closed is None:
            break
        pieces += [
            text[at : opened.start()],
            fragment.plain(text[opened.start() : closed.end()], hidden),
        ]
        at = closed.end()
    return "\n\n".join([*pieces, text[at:]]) if pieces else text


def _plain_line(line: str) -> str:
    line = _HEADING_END.sub("", _PREFIX.sub("", line, count=1)) if line[:1] in " >#" else line
    line = _IMAGE.sub(lambda image: image[1] if tells_a_figure(image[1]) else "", line)
    line = _EMPHASIS.sub("", _LINK.sub(r"\1", line))
    if line.startswith("|") and line.rstrip().endswith("|"):
        line = line.strip().strip("|").strip()
    return _ESCAPE.sub(r"\1", line.removesuffix("\\"))
