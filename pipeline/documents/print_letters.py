"""Letters and digits alone, by which print is known again however it is spaced and joined. Pure."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class PrintLetters(NamedTuple):
    """Letters and digits, small and without accents, and the index that each of them came from."""

    text: str
    offsets: tuple[int, ...]


def print_letters(characters: Iterable[str]) -> PrintLetters:
    """Take the letters out of a text, or of characters one by one."""
    letters: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(characters):
        for letter in _plain(character):
            letters.append(letter)
            offsets.append(index)
    return PrintLetters("".join(letters), tuple(offsets))


def letters_in(text: str) -> str:
    """Give the letters alone."""
    return "".join(map(_plain, text))


@lru_cache(maxsize=1024)
def _plain(character: str) -> str:
    spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(filter(str.isalnum, spelt))
