"""Text folded for matching: lower case, no accents, every character still at its place."""

import re
import unicodedata


def _plain(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    return char if char in "ªº" else base


_TABLE = {code: _plain(chr(code)) for code in range(0x80, 0x250)} | {
    ord(odd): plain for odd, plain in {"‘": "'", "’": "'", "´": "'", "–": "-", "—": "-"}.items()
}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def fold(text: str) -> str:
    """Return `text` in lower case without accents; character i still stands at offset i."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital whose small letter takes two characters (İ)
        lower = "".join(char.lower()[0] for char in text)
    # Bulletins are nearly all ASCII: only the rest goes through the table, one run at a time.
    return _BEYOND_ASCII.sub(lambda run: run[0].translate(_TABLE), lower)
