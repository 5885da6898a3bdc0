"""Text folded for matching: lower case, no accents, every character still at its place."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache


def _plain(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    return char if char in "ªº" else base


_PLAIN = {chr(code): _plain(chr(code)) for code in range(0x80, 0x250)}
_PLAIN |= {"‘": "'", "’": "'", "´": "'", "–": "-", "—": "-"}
_ASCII = bytes(range(0x80))


@lru_cache(maxsize=256)  # one text is folded by several stages, one after another
def fold(text: str) -> str:
    """Return `text` in lower case without accents; character i still stands at offset i."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital whose small letter takes two characters (İ)
        lower = "".join(char.lower()[0] for char in text)
    # Bulletins are nearly all ASCII: a dozen replacements are cheaper than to translate it all.
    beyond = lower.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    for char in set(beyond.decode("utf-8", "surrogatepass")):
        if char in _PLAIN:
            lower = lower.replace(char, _PLAIN[char])
    return lower


def one_of(words: Iterable[str]) -> str:
    """Return a pattern for any of `words`, the longest that fits, that branches letter by letter.

    `re` tries alternatives one after another: sharing their beginnings saves it most of the work.
    """
    tails: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        tails.setdefault(word[:1], []).append(word[1:])
    optional = tails.pop("", None) is not None
    branches = [
        re.escape(letter) + (one_of(rest) if rest != [""] else "") for letter, rest in tails.items()
    ]
    pattern = branches[0] if len(branches) == 1 and not optional else f"(?:{'|'.join(branches)})"
    return pattern + "?" * optional
