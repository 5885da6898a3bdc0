"""Words that a reader copied: whether a text prints them, and how."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from pipeline.quotes import LINE_END_HYPHEN
from pipeline.spanish.folding import fold

_SHORTEST_DAMAGED, _LETTERS_A_SLIP = 5, 8
"""Letters of a word that OCR may have damaged; from eight on it may have a slip in each eight."""
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2}|\d\W\d")  # "2-30-100" is a programme
_SMALL_WORDS = frozenset(("de", "del", "la", "el", "los", "las"))


class _Words(NamedTuple):
    """The words of a text, folded, in order, small ones left out; and where each stands in it."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    places: Mapping[str, Sequence[int]]

    def find(self, wanted: Sequence[str]) -> str | None:
        """Return the text's own words where all that are wanted stand, one after another.

        One of them at least is undamaged.
        """
        known = [(self.places[word], at) for at, word in enumerate(wanted) if word in self.places]
        if not known:
            return None
        places, at = min(known, key=lambda one: len(one[0]))
        for place in places:
            first, last = place - at, place - at + len(wanted)
            if first >= 0 and last <= len(self.words):
                pairs = zip(wanted, self.words[first:last], strict=True)
                if all(_is_like(*pair) for pair in pairs):
                    return self.text[self.spans[first][0] : self.spans[last - 1][1]]
        return None


def find_printed(text: str, words: str) -> str | None:
    """Return `words` as `text` prints them, None where it does not.

    Letter for letter and mark for mark they come back as they are, but for white space; accents and
    capitals do not matter. Otherwise marks and small words do not matter either, nor a letter that
    OCR took for another, and the text's own words come back, on one line. Numbers are never taken
    for others.
    """
    words, text = unicodedata.normalize("NFC", words), unicodedata.normalize("NFC", text)
    copied = fold(" ".join(words.split()))
    if not _LETTERS.search(copied):
        return None
    if any(_stands(copied, line) for line in _on_one_line(text)):
        return words
    wanted = _content(words)
    printed = _words_of(text).find(wanted) if wanted else None
    return None if printed is None else " ".join(printed.split())


def _stands(words: str, line: str) -> bool:
    """Tell whether words stand in a line as they are, not as a part of others."""
    if words not in line:
        return False
    before, behind = (r"(?<!\w)" * words[0].isalnum(), r"(?!\w)" * words[-1].isalnum())
    return re.search(f"{before}{re.escape(words)}{behind}", line) is not None


def has_words(text: str, words: str) -> bool:
    """Tell whether `text` prints each of `words`, wherever: "cirugía general y pediátrica"."""
    printed, wanted = _words_of(unicodedata.normalize("NFC", text)).places, _content(words)
    return bool(wanted) and all(word in printed for word in wanted)


def _is_like(word: str, printed: str) -> bool:
    if word == printed:
        return True
    if len(word) < _SHORTEST_DAMAGED or word.isdigit():
        return False
    slips = max(1, len(word) // _LETTERS_A_SLIP)
    return Levenshtein.distance(word, printed, score_cutoff=slips) <= slips


@lru_cache(maxsize=16)  # asked for each field of a report
def _on_one_line(text: str) -> tuple[str, ...]:
    """Fold white space, and join words that a line's end cuts, with their hyphen and without."""
    joined = dict.fromkeys((text, *(LINE_END_HYPHEN.sub(hyphen, text) for hyphen in ("-", ""))))
    return tuple(fold(" ".join(one.split())) for one in joined)


@lru_cache(maxsize=16)
def _words_of(text: str) -> _Words:
    joined = LINE_END_HYPHEN.sub("", text)
    found = [match for match in _WORD.finditer(fold(joined)) if match[0] not in _SMALL_WORDS]
    words = tuple(match[0] for match in found)
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    return _Words(joined, words, tuple(match.span() for match in found), places)


def _content(words: str) -> list[str]:
    folded = fold(unicodedata.normalize("NFC", words))
    return [word for word in _WORD.findall(folded) if word not in _SMALL_WORDS]
