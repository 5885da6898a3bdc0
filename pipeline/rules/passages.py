"""A bulletin cut into sentences, each with its words, numerals and vocabulary terms."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple, TypeVar

from pipeline.numerals import numerals
from pipeline.rules.vocabulary import NOUN_ROLES, Role, Term, Vocabulary, Word
from pipeline.spanish.folding import fold
from pipeline.spanish.page_feet import without_page_feet
from pipeline.spanish.time_spans import TimeSpan, time_spans
from pipeline.spanish.unit_search import HospitalUnit, find_units
from schemas.document import QUANTITIES, Numeral

_WORD = re.compile(r"[^\W_]+|[,;:.()+]")
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
CLAUSE_BREAK = re.compile(r"[,;:.()\d]|\by\b")
"""What parts a number's words from a cue that is said of another."""
_THAT = re.compile(r"\b(?:que|para que|si)\s+(?:se\s+|les?\s+)?$", re.IGNORECASE)
_THAT_REACH = 12
_DATELINE = re.compile(
    r"^\W*(?:ciudad de mexico|cdmx)\W|\n\s*(?:ciudad de mexico|cdmx),\s+(?:a\s+)?\d"
)
_NARROW = 130
_SHORT_LINE = 0.7


Placed = TypeVar("Placed", Numeral, TimeSpan, HospitalUnit)
_start = attrgetter("start")


class Sentence(NamedTuple):
    """A stretch of text that is read as one; `block` counts the paragraphs before it."""

    start: int
    end: int
    block: int
    words: Sequence[Word]
    places: Sequence[tuple[int, int]]
    """Where each of the words starts and ends."""
    terms: tuple[Term, ...]
    numerals: tuple[Numeral, ...]
    dates: tuple[TimeSpan, ...]
    quantities: tuple[Numeral, ...]
    """The numerals that can be figures."""
    cues: Mapping[Role, Sequence[tuple[int, int]]]
    """Where each role stands that is no noun's."""
    units: tuple[HospitalUnit, ...]
    states: tuple[tuple[int, str], ...]
    """Where a state is named, and which, but no dateline and no unit's town."""

    def words_between(self, start: int, end: int) -> Sequence[Word]:
        """Return the words that lie between two offsets."""
        first = bisect_left(self.places, (start,))
        last = bisect_left(self.places, (end,), lo=first)
        if last > first and self.places[last - 1][1] > end:
            last -= 1
        return self.words[first:last]


class Passages(NamedTuple):
    """A whole bulletin, ready to be read."""

    text: str
    clean: str
    """The text with page feet in mid-sentence blanked out."""
    folded: str
    sentences: tuple[Sentence, ...]
    numerals: tuple[Numeral, ...]
    dates: tuple[TimeSpan, ...]
    feet: tuple[Numeral, ...]
    """Numerals of page feet, which no sentence holds."""


def passages(text: str, vocabulary: Vocabulary) -> Passages:
    """Cut `text` into sentences and look up its words."""
    clean = without_page_feet(text)
    folded = fold(clean)
    printed = numerals(text, articles=True)
    found = tuple(n for n in printed if not clean[n.start].isspace())
    feet = tuple(n for n in printed if clean[n.start].isspace())
    found_dates = time_spans(text)
    named = find_units(text)
    words, places = _words(text, clean, vocabulary)
    sentences: list[Sentence] = []
    for start, end, block in _spans(clean, found):
        held = _within(found, start, end)
        first, behind = bisect_left(places, (start,)), bisect_left(places, (end,))
        inside, where = words[first:behind], places[first:behind]
        terms = tuple(vocabulary.terms([word.canonical for word in inside], where))
        sentences.append(
            Sentence(
                start,
                end,
                block,
                inside,
                where,
                terms,
                held,
                _within(found_dates, start, end),
                tuple(n for n in held if n.kind in QUANTITIES),
                _cues(terms),
                _within(named, start, end),
                tuple(_states(folded[start:end], start, terms, named)),
            )
        )
    return Passages(text, clean, folded, tuple(sentences), found, found_dates, feet)


def _within(placed: tuple[Placed, ...], start: int, end: int) -> tuple[Placed, ...]:
    """Return what begins between two offsets."""
    first = bisect_left(placed, start, key=_start)
    return placed[first : bisect_left(placed, end, lo=first, key=_start)]


def _words(
    text: str, clean: str, vocabulary: Vocabulary
) -> tuple[list[Word], list[tuple[int, int]]]:
    """Return all words, and where each stands."""
    words: list[Word] = []
    places: list[tuple[int, int]] = []
    for match in _WORD.finditer(clean):
        word = vocabulary.word(match[0])
        start, end = place = match.span()
        if word.future and _follows_that(text, start, end):
            word = word._replace(future=False)
        words.append(word)
        places.append(place)
    return words, places


def _follows_that(text: str, start: int, end: int) -> bool:
    """Tell "que se efectuaran" from a verb in the future whose accent OCR lost."""
    return text[end - 2 : end].isascii() and bool(
        _THAT.search(text, max(0, start - _THAT_REACH), start)
    )


def _spans(text: str, found: tuple[Numeral, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, block) of each sentence."""
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
            yield start, match.end(), block
        block += paragraph
        start = match.end()
    if text[start:].strip():
        yield start, len(text), block


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


def _cues(terms: Sequence[Term]) -> dict[Role, list[tuple[int, int]]]:
    """List where each cue stands, once, since every number of the sentence asks for them."""
    places: dict[Role, list[tuple[int, int]]] = {}
    for term in terms:
        for role in term.roles:
            if role not in NOUN_ROLES:
                places.setdefault(role, []).append((term.start, term.end))
    return places


def _states(
    folded: str, start: int, terms: Sequence[Term], named: Sequence[HospitalUnit]
) -> Iterator[tuple[int, str]]:
    """Yield the states that a sentence names, which begins at `start` and is `folded`."""
    found = [(term.start, state.label) for term in terms if (state := term.get(Role.STATE))]
    if not found:
        return
    dateline = _DATELINE.search(folded)
    apart = [(unit.start, unit.end) for unit in named]
    if dateline:
        apart.append((start + dateline.start(), start + dateline.end()))
    for at, label in found:
        if not any(first <= at < after for first, after in apart):
            yield at, label


def role_terms(sentence: Sentence, *roles: Role) -> list[tuple[int, int, Role]]:
    """Return (start, end, role) of each term of a sentence that has one of `roles`, in order."""
    found = [
        (start, end, role)
        for role in roles
        if role in sentence.cues
        for start, end in sentence.cues[role]
    ]
    if len(found) > 1:
        found.sort(key=itemgetter(0, 1))
    return found
