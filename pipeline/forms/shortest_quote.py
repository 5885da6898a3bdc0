"""The quote of a number: the shortest stretch that holds it and the words that say what it counts.

A number is quoted with the words that make it approximate and the noun phrase behind it, or, where
nothing stands behind it, the label before it ("Consultas: 1,200"). A quote never reaches into
another number, over the end of a clause, or over a page's foot.
"""

import re
from bisect import bisect_left
from functools import lru_cache
from operator import attrgetter

from pipeline.numerals import numerals
from pipeline.spanish.approximation import ABOUT, EXCEED, MORE_THAN, pattern_of
from pipeline.spanish.folding import fold
from pipeline.spanish.page_feet import without_page_feet
from schemas.document import Numeral
from schemas.finding import Span

_APPROXIMATE = re.compile(pattern_of((*ABOUT, *MORE_THAN, *EXCEED)) + r"\s+(?:l[ao]s\s+)?$")
_APPROXIMATE_REACH = 32

# Between the words of a noun phrase: white space, or a line's end before a small letter; behind a
# preposition a line may begin with a capital, too.
_CAPITAL = "\v"
_GAP = r"(?:[^\S\n\v]+|[^\S\n\v]*-?\n[^\S\n\v]*(?=[a-z]))"
_WIDE_GAP = r"(?:[^\S\n\v]+|[^\S\n\v]*-?[\n\v][^\S\n\v]*(?=[a-z]))"
_ARTICLE = rf"(?:(?:la|el|los|las|su|sus){_WIDE_GAP})"
_VERB = rf"(?:(?:son|fueron|eran|corresponden|correspondieron){_GAP})"
_JOINT = rf"(?:{_VERB}?(?:(?:a|al|de|del|en|para|por|contra|con){_WIDE_GAP})?{_ARTICLE}?)"
_STOP = (
    r"(?!(?:a|al|ante|como|con|contra|cuando|cuya|de|del|desde|durante|e|el|en|entre|era|eran|es|fue"
    r"|fueron|ha|han|hasta|la|las|lo|los|lo|mientras|ni|no|num|o|otras|para|pero|por|que|se|segun|sin|sobre|son|su"
    r"|sus|tras|u|un|una|y|ya)\b)"
)
_WORD = rf"{_STOP}[^\W\d_][\w'’/+-]*"
_PHRASE = re.compile(
    rf"{_GAP}{_JOINT}{_WORD}(?:{_GAP}{_WORD})?(?:{_GAP}{_WORD})?"
    rf"(?:{_GAP}del?{_WIDE_GAP}{_ARTICLE}?{_WORD}(?:{_GAP}{_WORD})?){{0,2}}"
)
_LABEL = re.compile(rf"(?<!\w){_STOP}[^\s.,;:()|•·?!\"“”][^\n\v.,;:()|•·?!\"“”]*[\s:|,(.…·–—=-]*$")
_LONGEST_LABEL = 60
_LINE = re.compile(r"\n[^\S\n]*([^\W\d_])")
_START = attrgetter("start")


def quote_of(text: str, numeral: Numeral) -> Span:
    """Span the quote of one of the numerals of `text`."""
    folded, feet = _prepare(text)
    floor, ceiling = _room(text, numeral)
    foot = feet.find("#", numeral.end, ceiling)
    ceiling = foot if foot >= 0 else ceiling
    before = max(floor, numeral.start - _APPROXIMATE_REACH)
    approximate = _APPROXIMATE.search(folded, before, numeral.start)
    start = approximate.start() if approximate else numeral.start
    phrase = _PHRASE.match(folded, numeral.end, ceiling)
    if phrase:
        return Span(start, phrase.end())
    opening = text[floor:start].rstrip()[-1:]
    own = _PHRASE.match(folded, floor, start) if opening == "," else None
    if own:  # "300 consultas de Medicina Familiar, 20": the words are the other number's
        floor = own.end()
    label = _LABEL.search(folded, max(floor, start - _LONGEST_LABEL), start)
    if label is None or "#" in feet[label.start() : start]:
        return Span(start, numeral.end)
    bracketed = opening == "(" and text.startswith(")", numeral.end)
    return Span(label.start(), numeral.end + bracketed)


@lru_cache(maxsize=64)  # asked for each number of a text
def _prepare(text: str) -> tuple[str, str]:
    """Fold a text, lines that begin with a capital marked; and mark page feet in it with #."""
    clean = without_page_feet(text)
    feet = " " * len(text)
    if clean != text:
        feet = "".join("#" if a != b else " " for a, b in zip(text, clean, strict=True))
    folded = list(fold(text))
    for line in _LINE.finditer(text):
        if line[1].isupper():
            folded[line.start()] = _CAPITAL
    return "".join(folded), feet


def _room(text: str, numeral: Numeral) -> tuple[int, int]:
    """Return where the number before ends and the number after begins, of whatever kind."""
    found = numerals(text)
    behind = bisect_left(found, numeral.end, key=_START)
    before = bisect_left(found, numeral.start, key=_START) - 1
    return (
        # Read otherwise, what stands before may reach into this number.
        min(found[before].end, numeral.start) if before >= 0 else 0,
        found[behind].start if behind < len(found) else len(text),
    )
