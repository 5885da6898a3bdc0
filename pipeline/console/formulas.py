"""Text that no spreadsheet takes for a formula: for each file that one might open."""

import unicodedata

_SIGNS = frozenset("=+-@")
"""Small, wide and raised ones are read as these."""
_ENDS_A_CELL = ("\t", "\r", "\n")
"""A program that splits a cell there would begin the next one behind it."""
_QUOTES = frozenset(
    "'\"`\N{ACUTE ACCENT}\N{PRIME}\N{DOUBLE PRIME}\N{FULLWIDTH APOSTROPHE}"
    "\N{FULLWIDTH QUOTATION MARK}"
)
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a sign that show nothing."""
_UNSEEN = ("Z", "C", "M")
_QUOTING = ("Pi", "Pf")


def escape_formula(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula: an apostrophe goes first.

    Programs drop what cannot be seen, and quotes, before they look for the sign of a formula.
    """
    if text.startswith(_ENDS_A_CELL):
        return f"'{text}"
    first = next((sign for sign in text if not _is_dropped(sign)), "")
    return f"'{text}" if unicodedata.normalize("NFKC", first)[:1] in _SIGNS else text


def _is_dropped(sign: str) -> bool:
    if sign.isascii() and sign.isalnum():
        return False
    kind = unicodedata.category(sign)
    return kind[0] in _UNSEEN or kind in _QUOTING or sign in _QUOTES or sign in _BLANK_LETTERS
