"""Words that a hyphen parts at a line's end, put together: "85 ciru-/gías" says "85 cirugías".

A hyphen that belongs to the word stays ("médico-/quirúrgica", "IMSS-/Bienestar"), and so does
whatever stands between numbers ("10-/12"). Where nothing speaks for the hyphen the word is whole:
print parts a hundred words for each compound that happens to end a line. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_BREAK = re.compile(
    rf"(?<=[{_LETTER}])[-\u2010\u2011¬][ \t]*\n[ \t]*(?:\n[ \t]*)?(?=[{_LETTER}\d])"
)
_LAST_LETTERS = re.compile(rf"[{_LETTER}]+\Z")
_LETTERS = re.compile(rf"[{_LETTER}]+")
_COMPOUND = re.compile(rf"(?<![{_LETTER}])[{_LETTER}]{{2,40}}-[{_LETTER}]{{2,40}}")
_BLANK = re.compile(r"\s")
_ROW = re.compile(r"[^\n|]*\|")
_LONGEST_WORD = 40
_MOST_PARTED = 100_000  # of a text: more are no words

_ACRONYMS = frozenset(("imss", "issste", "covid"))
_BEFORE_NUMBER = frozenset(("covid", "cov"))
# First halves of compounds that are spelt with a hyphen; none begins a longer word of the field.
_FIRST_HALF = re.compile(
    "administrativo|civico|cientifico|clinico|costo|educativo|fisico|franco|gineco|historico"
    "|hispano|juridico|materno|medico|obrero|politico|preventivo|publico|quirurgico|riesgo"
    "|sanitario|tecnico|teorico"
)
_FEWEST_SECOND = 4  # letters: "costo-" and "sas" are one word
_SMALL_WORD = re.compile("al?|con|del?|el|en|las?|los?|para|pero|por|que|se|sin|sus?|una?")
_CONJUNCTIONS = frozenset(("e", "o", "u", "y"))  # "pre-/y posoperatorio": a word is left out
_FEWEST_BEFORE_DASH = 5  # letters: "gran-" and "de" are one word, "consultas-" and "de" are not

_ACCENTS = "áéíóú"
_NUCLEUS = re.compile("[aeoáéíóú]|[iuü]+(?![aeoáéó])")
_MOST_AFTER_ACCENT = 2  # syllables that follow the stressed one in a Spanish word
_ADVERB_OR_GERUND = re.compile("mente$|[áé]ndo")


class _Parted(NamedTuple):
    """Where the hyphen and the line's end stand, and the letters on both sides."""

    start: int
    end: int
    left: str
    right: str


class _Words(NamedTuple):
    """What the text prints elsewhere, in small letters: whole words, and compounds in a line."""

    whole: frozenset[str]
    compounds: frozenset[str]


def join_parted_words(text: str) -> str:
    r"""Put parted words together (line breaks are \\n); the line ends after the word instead.

    Doing it twice changes nothing. A text of more of them than print has is left as it is.
    """
    parted = list(islice(_find(text), _MOST_PARTED + 1))
    if not parted or len(parted) > _MOST_PARTED:
        return text
    words = _words_beside(text, parted)
    pieces: list[str] = []
    at = 0
    for one, after in zip(parted, [*parted[1:], None], strict=True):
        joint = _joint(one, text, words)
        if joint is None:
            continue
        pieces += (text[at : one.start], joint)
        at = one.end
        end = _word_end(text, one)
        if end is not None and (after is None or end < after.start):
            pieces += (text[at:end], "\n")
            at = end + 1
    pieces.append(text[at:])
    return "".join(pieces)


def _find(text: str) -> Iterator[_Parted]:
    for found in _BREAK.finditer(text):
        start, end = found.span()
        left = _LAST_LETTERS.search(text[max(0, start - _LONGEST_WORD) : start])
        right = _LETTERS.match(text, end, end + _LONGEST_WORD)
        if left:
            yield _Parted(start, end, left[0], right[0] if right else "")


def _words_beside(text: str, parted: Sequence[_Parted]) -> _Words:
    rest, at = [], 0
    for one in parted:
        rest.append(text[at : max(at, one.start - len(one.left))])
        at = one.end + len(one.right)
    whole = " ".join((*rest, text[at:])).lower()
    return _Words(frozenset(_LETTERS.findall(whole)), frozenset(_COMPOUND.findall(whole)))


def _word_end(text: str, one: _Parted) -> int | None:
    """Return where a blank ends the word that follows, None where no line may end there.

    A row of a table stays in one line, and no hyphen comes to stand at a line's end.
    """
    blank = _BLANK.search(text, one.end)
    if blank is None or blank[0] == "\n" or text[blank.start() - 1] in "-\u2010\u2011¬":
        return None
    before = text.rfind("\n", 0, one.start) + 1
    is_row = "|" in text[before : one.start] or _ROW.match(text, one.end)
    return None if is_row else blank.start()


def _joint(one: _Parted, text: str, words: _Words) -> str | None:
    """Return what comes between both parts: nothing or a hyphen; None leaves them as they are."""
    left, right = one.left.lower(), one.right.lower()
    if not right:
        return "-" if left in _BEFORE_NUMBER else None
    if left in _ACRONYMS and one.left.isupper():
        return "-"
    is_label = len(left) == 1 and text[max(0, one.start - 2) : one.start - 1] in ("", "\n")
    is_shouted = one.left.isupper() and one.right.isupper() and len(left + right) > 2  # noqa: PLR2004 - two letters are initials
    is_written = one.right.islower() and (one.left[-1].islower() or len(left) == 1)
    if is_label or not (is_shouted or is_written):
        return None
    if right in _CONJUNCTIONS or _is_dash(left, right, words):
        return None
    if left + right in words.whole:
        return ""
    is_compound = (
        f"{left}-{right}" in words.compounds
        or (is_shouted and left in words.whole)
        or _is_compound(left, right)
    )
    return "-" if is_compound else ""


def _is_dash(left: str, right: str, words: _Words) -> bool:
    """Tell a dash that is set like a hyphen, between two words."""
    is_long = len(left) >= _FEWEST_BEFORE_DASH
    return is_long and left in words.whole and bool(_SMALL_WORD.fullmatch(right))


def _is_compound(left: str, right: str) -> bool:
    """Tell two words by their stress, which no single Spanish word has, or by the first one."""
    accents = [i for i, letter in enumerate(left) if letter in _ACCENTS]
    if accents and any(letter in _ACCENTS for letter in right):
        return True
    if accents and not _ADVERB_OR_GERUND.search(left + right):
        following = _NUCLEUS.findall((left + right)[accents[0] + 1 :])
        return len(following) > _MOST_AFTER_ACCENT
    return bool(_FIRST_HALF.fullmatch(left)) and len(right) >= _FEWEST_SECOND
