"""A text cut into sentences: hard-wrapped lines, lists, page breaks and abbreviations minded."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from schemas.document import Numeral
from schemas.finding import Span

_BULLET = r"(?:[•●▪■◆·*–—-]|[eo](?=\s+[A-ZÁÉÍÓÚÑ0-9])|[\uf000-\uf0ff]|\d{1,2}[.)])"
# Begins with a character class and looks back afterwards: the engine then skips to those fast.
_BREAK = re.compile(
    r"[\n.!?;…](?:(?<=\n)(?:(?P<blank>[ \t]*\n\s*)|(?P<line>[ \t]*))"
    r"|(?P<stop>(?<!\n)(?<![.!?;…]{2})[.!?;…]*+[\"”»’)]*\s+)(?=[^\s]))"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-ZÁÉÍÓÚÑ]|no|nos|num|dr|dra|lic|ing|mtro|mtra|gro|gto|jal|ver|tamps|qro|chih|coah|"
    r"edo|sto|sta|av|col|art|pag|tel|ext|sr|sra|gral|cd|mpio|aprox|etc|hrs|c\.p|a\.c|s\.a|ee\.uu)\.$",
    re.IGNORECASE,
)
_NARROW = 130
_SHORT_LINE = 0.7
_LONGEST, _MOST_NUMBERS = 5_000, 1_000
"""Characters and numbers of a sentence, ten times what any bulletin has in one."""
_FARTHEST = 500
"""Characters of a sentence before and after a quote that are shown with it."""

_start = attrgetter("start")


class SentenceSpan(NamedTuple):
    """Characters of a text that are read as one; `block` counts the paragraphs before them."""

    start: int
    end: int
    block: int


def find_context(text: str, sentences: Sequence[SentenceSpan], quote: Span) -> Span:
    """Give the sentence that a quote stands in, all of them where it goes over several.

    Of a long one, at most 500 characters before and after the quote; without blanks at its ends.
    """
    own = _find_sentence(sentences, quote.start)
    last = _find_sentence(sentences, max(quote.start, quote.end - 1))
    start, end = min(own.start, quote.start), max(last.end, quote.end)
    if quote.start - start > _FARTHEST:
        start = quote.start - _FARTHEST
        start += len(text[start : quote.start].partition(" ")[0])
    if end - quote.end > _FARTHEST:
        end = quote.end + _FARTHEST
        end -= len(text[quote.end : end].rpartition(" ")[2])
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    return Span(start, start + len(stretch.strip()))


def _find_sentence(sentences: Sequence[SentenceSpan], offset: int) -> SentenceSpan:
    return sentences[max(0, bisect_right(sentences, offset, key=_start) - 1)]


def cut_sentences(text: str, found: Sequence[Numeral] = ()) -> Iterator[SentenceSpan]:
    """Yield the stretches of `text` that are read as one; no number of `found` is broken."""
    width = _line_width(text)
    inside_number = bytearray(len(text) + 1)
    for numeral in found:
        inside_number[numeral.start + 1 : numeral.end] = b"\1" * (numeral.end - numeral.start - 1)
    start, block = 0, 0
    for match in _BREAK.finditer(text):
        if inside_number[match.start()]:
            continue
        paragraph = _ends_paragraph(text, match, width)
        if not paragraph and not _ends_sentence(text, start, match):
            continue
        if text[start : match.end()].strip():
            yield SentenceSpan(start, match.end(), block)
        block += paragraph
        start = match.end()
    if text[start:].strip():
        yield SentenceSpan(start, len(text), block)


def cut_long(text: str, sentence: SentenceSpan, found: Sequence[Numeral]) -> Iterator[SentenceSpan]:
    """Yield a sentence, in pieces where it is longer than any real one; no number is broken.

    Rules look around in a number's sentence, so that a bound to its length bounds their work.
    """
    start = sentence.start
    while (end := _piece_end(text, start, sentence.end, found)) < sentence.end:
        yield sentence._replace(start=start, end=end)
        start = end
    yield sentence._replace(start=start)


def _piece_end(text: str, start: int, end: int, found: Sequence[Numeral]) -> int:
    if end - start <= _MOST_NUMBERS:
        return end
    cut = min(end, start + _LONGEST)
    behind = bisect_left(found, start, key=_start) + _MOST_NUMBERS
    if behind < len(found):
        cut = min(cut, found[behind].start)
    if cut == end:
        return end
    blank = max(text.rfind(mark, start + 1, cut) for mark in " \n") + 1
    cut = blank or cut
    before = bisect_left(found, cut, key=_start) - 1
    inside = before >= 0 and found[before].end > cut and found[before].start > start
    return found[before].start if inside else cut


def _line_width(text: str) -> int:
    """Return the length of the longest line: a hard-wrapped text's margin."""
    return max(map(len, text.splitlines()), default=0)


def _ends_paragraph(text: str, match: re.Match[str], width: int) -> bool:
    if match["stop"]:
        lines = match["stop"].count("\n")
        if match[0].startswith("..") and not lines:
            return False
        return "\n\n" in match["stop"] or bool(
            lines and (width > _NARROW or _line_is_short(text, match, width))
        )
    after = text[match.end() : match.end() + 1]
    before = text[max(0, match.start() - 20) : match.start()].rstrip()[-1:]
    continues = before not in ".!?:" and (after.islower() or (after.isdigit() and before in ",;"))
    if match["blank"]:
        # A page break in mid-sentence leaves a blank line too.
        return not continues or bool(re.match(_BULLET + r"\s", text[match.end() : match.end() + 8]))
    if re.match(rf"{_BULLET}\s", text[match.end() : match.end() + 8]):
        return True
    if width > _NARROW:
        return not continues
    return not continues and (before == ":" or _line_is_short(text, match, width))


def _line_is_short(text: str, match: re.Match[str], width: int) -> bool:
    """Tell whether the line before a break ends well before the margin, as a last line does."""
    begin = text.rfind("\n", 0, match.start()) + 1
    following = text[match.end() : match.end() + 30].split(maxsplit=1)
    room = width - (match.start() - begin)
    return room > max(len(following[0]) + 2 if following else 0, (1 - _SHORT_LINE) * width)


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    stop = match[0] if match["stop"] else ""
    if not stop or stop.startswith(";"):
        return False
    after = text[match.end()]
    if len(stop.rstrip()) > 2 and after.isdigit():  # noqa: PLR2004 - a row of dots before a number
        return False
    if after.islower() and not stop.startswith(("!", "?")):
        return False
    dot = match.start() + 1
    return not (stop.startswith(".") and _ABBREVIATION.search(text[max(start, dot - 12) : dot]))
