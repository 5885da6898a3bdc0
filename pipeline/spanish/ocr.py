"""How OCR misreads Spanish letters: the folded forms in which a word may come."""

from itertools import product

from pipeline.spanish.folding import fold

# Accented letters are what OCR loses first: "diagndstico", "6rganos", "rifidén", "médula ésea".
_MISREADINGS = {
    "á": ("a", "4", "e"),
    "é": ("e", "6", "c"),
    "í": ("i", "f", "l", "t"),
    "ó": ("o", "6", "e", "d", "de", "c"),
    "ú": ("u", "i", "ti", "t", "a"),
    "ü": ("u", "ii"),
    "ñ": ("n", "fi", "fl", "h", "ii", "ri", "f"),
}
_DIGITS_AS_LETTERS = str.maketrans("01568", "oisob")


def misreadings(word: str) -> frozenset[str]:
    """Return the unified forms of an accented word, as printed and as OCR may read it."""
    options = [_MISREADINGS.get(char, (fold(char),)) for char in word.lower()]
    return frozenset(unify("".join(letters)) for letters in product(*options))


def unify(word: str) -> str:
    """Fold the letter shapes that OCR confuses in any word: 0/o/6, 1/l/i, 5/s, 8/b, rn/m."""
    if word.isdigit():
        return word
    if not word.isalpha():
        word = word.translate(_DIGITS_AS_LETTERS)
    return word.replace("l", "i").replace("rn", "m")
