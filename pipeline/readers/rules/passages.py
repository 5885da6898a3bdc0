"""A bulletin cut into sentences, each with its words, numerals and vocabulary terms."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.dates import DateSpan, dates
from pipeline.folding import fold
from pipeline.numerals import numerals
from pipeline.readers.rules.page_feet import without_page_feet
from pipeline.readers.rules.units import Unit, units
from pipeline.readers.rules.vocabulary import NOUN_ROLES, Role, Term, Vocabulary
from schemas.document import QUANTITIES, Numeral

_WORD = re.compile(r"[^\W_]+|[,;:.()+]")
_BULLET = r"(?:[•●▪■◆·*–—-]|[eo](?=\s+[A-ZÁÉÍÓÚÑ0-9])|[\uf000-\uf0ff]|\d{1,2}[.)])"
_BREAK = re.compile(
    r"(?P<blank>\n[ \t]*\n\s*)|(?P<line>\n[ \t]*)"
    r"|(?P<stop>(?<![.!?;…])[.!?;…]++[\"”»’)]*\s+)(?=[^\s])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-ZÁÉÍÓÚÑ]|no|nos|num|dr|dra|lic|ing|mtro|mtra|gro|gto|jal|ver|tamps|qro|chih|coah|"
    r"edo|sto|sta|av|col|art|pag|tel|ext|sr|sra|gral|cd|mpio|aprox|etc|hrs|c\.p|a\.c|s\.a|ee\.uu)\.$",
    re.IGNORECASE,
)
_PAST = re.compile(r"\w{2,}(?:aron|ieron|[^\W\d_]ó)|ha|han")
CLAUSE_BREAK = re.compile(r"[,;:.()\d]|\by\b")
"""What parts a number's words from a cue that is said of another."""
_THAT = re.compile(r"\b(?:que|para que|si)\s+(?:se\s+|les?\s+)?$", re.IGNORECASE)
_THAT_REACH = 12
_NARROW = 130
_SHORT_LINE = 0.7


class Word(NamedTuple):
    """One word: its span in the text and the canonical form that the vocabulary knows."""

    start: int
    end: int
    canonical: str
    future: bool
    """A verb in the future tense ("realizarán")."""
    past: bool
    """A verb in the past tense ("realizaron")."""


def _start(placed: Word | Numeral) -> int:
    return placed.start


class Sentence(NamedTuple):
    """A stretch of text that is read as one; `block` counts the paragraphs before it."""

    start: int
    end: int
    block: int
    words: tuple[Word, ...]
    terms: tuple[Term, ...]
    numerals: tuple[Numeral, ...]
    dates: tuple[DateSpan, ...]
    quantities: tuple[Numeral, ...]
    """The numerals that can be figures."""
    cues: dict[Role, tuple[tuple[int, int], ...]]
    """Where each role stands that is no noun's."""

    def words_between(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that lie between two offsets."""
        first = bisect_left(self.words, start, key=_start)
        last = bisect_left(self.words, end, lo=first, key=_start)
        if last > first and self.words[last - 1].end > end:
            last -= 1
        return self.words[first:last]

    def term_start(self, term: Term) -> int:
        """Offset of a term's first character."""
        return self.words[term.first].start

    def term_end(self, term: Term) -> int:
        """Offset after a term's last character."""
        return self.words[term.last - 1].end


class Passages(NamedTuple):
    """A whole bulletin, ready to be read."""

    text: str
    clean: str
    """The text with page feet in mid-sentence blanked out."""
    folded: str
    sentences: tuple[Sentence, ...]
    numerals: tuple[Numeral, ...]
    dates: tuple[DateSpan, ...]
    units: tuple[Unit, ...]
    feet: tuple[Numeral, ...]
    """Numerals of page feet, which no sentence holds."""


def passages(text: str, vocabulary: Vocabulary) -> Passages:
    """Cut `text` into sentences and look up its words."""
    clean = without_page_feet(text)
    folded = fold(clean)
    printed = numerals(text, articles=True)
    found = tuple(n for n in printed if not clean[n.start].isspace())
    feet = tuple(n for n in printed if clean[n.start].isspace())
    found_dates = dates(text)
    words = [
        Word(
            m.start(),
            m.end(),
            vocabulary.canonical(m[0]),
            _is_future(text, m.start(), m.end(), vocabulary),
            _PAST.fullmatch(text, m.start(), m.end()) is not None,
        )
        for m in _WORD.finditer(folded)
    ]
    starts = [word.start for word in words]
    number_starts = [numeral.start for numeral in found]
    date_starts = [span.start for span in found_dates]
    sentences: list[Sentence] = []
    for start, end, block in _spans(clean, found):
        held = tuple(found[bisect_left(number_starts, start) : bisect_left(number_starts, end)])
        inside = tuple(words[bisect_left(starts, start) : bisect_left(starts, end)])
        sentences.append(
            Sentence(
                start,
                end,
                block,
                inside,
                tuple(vocabulary.terms([word.canonical for word in inside])),
                held,
                tuple(found_dates[bisect_left(date_starts, start) : bisect_left(date_starts, end)]),
                tuple(n for n in held if n.kind in QUANTITIES),
                {},
            )
        )
        _place_cues(sentences[-1])
    named = units(text, vocabulary.units)
    return Passages(text, clean, folded, tuple(sentences), found, found_dates, named, feet)


def _is_future(text: str, start: int, end: int, vocabulary: Vocabulary) -> bool:
    """Tell a verb in the future from "que se efectuaran", whose accent OCR did not lose."""
    if vocabulary.future.fullmatch(text, start, end) is None:
        return False
    return text[end - 2 : end].isascii() is False or not _THAT.search(
        text, max(0, start - _THAT_REACH), start
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
    if match["stop"] and match["stop"].startswith("..") and "\n" not in match["stop"]:
        return False
    if match["stop"]:
        return "\n\n" in match["stop"] or bool(
            "\n" in match["stop"] and (width > _NARROW or _line_is_short(text, match, width))
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
    stop = match["stop"]
    if not stop:
        return False
    if stop.startswith(";"):
        return False
    after = text[match.end()]
    if len(stop.rstrip()) > 2 and after.isdigit():  # noqa: PLR2004 - a row of dots before a number
        return False
    if after.islower() and not stop.startswith(("!", "?")):
        return False
    dot = match.start() + 1
    return not (stop.startswith(".") and _ABBREVIATION.search(text[max(start, dot - 12) : dot]))


def _place_cues(sentence: Sentence) -> None:
    """Enter where each cue stands, once, since every number of the sentence asks for them."""
    places: dict[Role, list[tuple[int, int]]] = {}
    for term in sentence.terms:
        for role in {meaning.role for meaning in term.meanings} - NOUN_ROLES:
            places.setdefault(role, []).append((sentence.term_start(term), sentence.term_end(term)))
    sentence.cues.update((role, tuple(spans)) for role, spans in places.items())


def role_terms(sentence: Sentence, *roles: Role) -> list[tuple[int, int, Role]]:
    """Return (start, end, role) of each term of a sentence that has one of `roles`, in order."""
    found = [(start, end, role) for role in roles for start, end in sentence.cues.get(role, ())]
    if len(roles) > 1:
        found.sort(key=lambda place: place[:2])
    return found
