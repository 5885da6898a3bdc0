"""A bulletin cut into sentences, each with its words, numerals and vocabulary terms."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple, TypeVar

from pipeline.numerals import numerals
from pipeline.rules.list_numbers import is_list_number
from pipeline.rules.named_days import without_named_days
from pipeline.rules.vocabulary import NOUN_ROLES, Role, Term, Vocabulary, Word
from pipeline.sentences import SentenceSpan, cut_long, cut_sentences
from pipeline.spanish.folding import fold
from pipeline.spanish.page_feet import without_page_feet
from pipeline.spanish.time_spans import TimeSpan, time_spans
from pipeline.spanish.unit_search import HospitalUnit, find_units
from schemas.document import QUANTITIES, Numeral, NumeralKind
from schemas.report import Service

_WORD = re.compile(r"[^\W_]+(?:-[ \t]?\n[ \t]*(?=[a-záéíóúñü])[^\W_]+)?|[,;:.()+]")
_HYPHENATION = re.compile(r"-\s*\n\s*")
CLAUSE_BREAK = re.compile(r"[,;:.()\d]|\by\b")
"""What parts a number's words from a cue that is said of another."""
_THAT = re.compile(r"\b(?:que|para que|si)\s+(?:se\s+|les?\s+)?$", re.IGNORECASE)
_THAT_REACH = 12
_DATELINE = re.compile(
    r"^\W*(?:ciudad de mexico|cdmx)\W|\n\s*(?:ciudad de mexico|cdmx),\s+(?:a\s+)?\d"
)


RARE = (Service.TRANSPLANT, Service.DONATION)
"""Services so rare that "un" and "una" before them count."""
_ORGAN_REACH = 18

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
    printed: tuple[Numeral, ...]
    """Those of them that are no "un" or "una"."""
    counted: tuple[Numeral, ...]
    """Those, and each "un" and "una" that opens a part of a list of organs: "y un corazón"."""
    cues: Mapping[Role, Sequence[tuple[int, int]]]
    """Where each role stands that is no noun's."""
    units: tuple[HospitalUnit, ...]
    has_percent: bool
    """One of the quantities is a percentage."""
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
    listed: tuple[Numeral, ...] = ()
    """Numerals that number the items of lists, which are no quantities."""
    names: tuple[Numeral, ...] = ()
    """Numerals that are hospitals' names: "en el 110"."""
    in_pieces: tuple[SentenceSpan, ...] = ()
    """Sentences that are longer than any real one, which are read piece by piece."""
    units: frozenset[str] = frozenset()
    """The names of all units."""
    first_units: frozenset[str] = frozenset()
    """Those that come first in a sentence."""

    def sentences_of(self, start: int, end: int) -> Sequence[Sentence]:
        """Return the sentences that hold what stands between two offsets."""
        first = bisect_right(self.sentences, start, key=_start) - 1
        behind = bisect_left(self.sentences, end, key=_start)
        held = self.sentences[max(0, first) : behind]
        return held[1:] if held and held[0].end <= start else held


def passages(text: str, vocabulary: Vocabulary) -> Passages:
    """Cut `text` into sentences and look up its words."""
    clean = without_page_feet(text)
    folded = fold(clean)
    everywhere = numerals(text, articles=True)
    found = tuple(n for n in everywhere if not clean[n.start].isspace())
    feet = tuple(n for n in everywhere if clean[n.start].isspace())
    listed = tuple(n for n in found if n.kind in QUANTITIES and is_list_number(clean, n))
    order = {numeral.start for numeral in listed}
    named = find_units(text)
    found_dates = without_named_days(clean, folded, time_spans(text), named)
    names = tuple(
        numeral
        for unit in named
        for numeral in _within(found, unit.start, unit.end)
        if numeral.kind in QUANTITIES and clean[numeral.start].isdigit()
    )
    order |= {numeral.start for numeral in names}
    words, places = _words(text, clean, vocabulary)
    whole = tuple(cut_sentences(clean, found))
    pieces = tuple(piece for one in whole for piece in cut_long(clean, one, found))
    sentences: list[Sentence] = []
    for start, end, block in pieces:
        held = _within(found, start, end)
        first, behind = bisect_left(places, (start,)), bisect_left(places, (end,))
        inside, where = words[first:behind], places[first:behind]
        terms = tuple(vocabulary.terms([word.canonical for word in inside], where))
        quantities = tuple(n for n in held if n.kind in QUANTITIES and n.start not in order)
        printed = tuple(n for n in quantities if not is_article(n))
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
                quantities,
                printed,
                _counted(quantities, printed, terms),
                _cues(terms),
                _within(named, start, end),
                any(n.kind is NumeralKind.PERCENT for n in quantities),
                tuple(_states(folded[start:end], start, terms, _touching(named, start, end))),
            )
        )
    in_pieces = tuple(set(whole) - set(pieces)) if len(pieces) > len(whole) else ()
    return Passages(
        text,
        clean,
        folded,
        tuple(sentences),
        found,
        found_dates,
        feet,
        listed,
        names,
        in_pieces,
        frozenset(unit.name for one in sentences for unit in one.units),
        frozenset(one.units[0].name for one in sentences if one.units),
    )


def is_article(numeral: Numeral) -> bool:
    """Tell whether a numeral is "un" or "una", which seldom counts."""
    return numeral.value == 1 and fold(numeral.raw) in ("un", "una")


def _counted(
    quantities: tuple[Numeral, ...], printed: tuple[Numeral, ...], terms: Sequence[Term]
) -> tuple[Numeral, ...]:
    """Return all but the articles that open no part of a list of organs."""
    organs = [
        (term.start, term.end)
        for term in terms
        if Role.DETAIL in term.roles and any(meaning.service in RARE for meaning in term.meanings)
    ]
    if not organs or len(printed) == len(quantities):
        return printed

    def opens(article: Numeral) -> bool:
        behind = article.end + _ORGAN_REACH
        first = bisect_left(organs, (article.end,))
        return any(end <= behind for _, end in organs[first : bisect_left(organs, (behind,))])

    return tuple(n for n in quantities if not is_article(n) or opens(n))


def _within(placed: tuple[Placed, ...], start: int, end: int) -> tuple[Placed, ...]:
    """Return what begins between two offsets."""
    first = bisect_left(placed, start, key=_start)
    return placed[first : bisect_left(placed, end, lo=first, key=_start)]


def _touching(named: tuple[HospitalUnit, ...], start: int, end: int) -> tuple[HospitalUnit, ...]:
    """Return the units of a stretch, with one before it that may reach in."""
    first = bisect_left(named, start, key=_start)
    return named[max(0, first - 1) : bisect_left(named, end, lo=first, key=_start)]


def _words(
    text: str, clean: str, vocabulary: Vocabulary
) -> tuple[list[Word], list[tuple[int, int]]]:
    """Return all words, and where each stands."""
    words: list[Word] = []
    places: list[tuple[int, int]] = []
    for match in _WORD.finditer(clean):
        printed = match[0]
        if "\n" in printed:
            printed = _HYPHENATION.sub("", printed)
        word = vocabulary.word(printed)
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
    if sentence.cues.keys().isdisjoint(roles):
        return []
    found = [
        (start, end, role)
        for role in roles
        if role in sentence.cues
        for start, end in sentence.cues[role]
    ]
    if len(found) > 1:
        found.sort(key=itemgetter(0, 1))
    return found
