"""Number words of Spanish and the grammar that joins them: atoms -> numbers."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple, Self


class Rank(Enum):
    """What an atom can stand beside."""

    UNIT = auto()  # uno ... nueve
    TEEN = auto()  # diez ... veintinueve: complete below a hundred
    TEN = auto()  # treinta ... noventa: may take "y" and a unit
    HUNDRED = auto()
    THOUSAND = auto()
    MILLION = auto()
    HALF = auto()
    DIGITS = auto()


_UNITS = "cero uno dos tres cuatro cinco seis siete ocho nueve"
_TEENS = (
    "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno"
    " veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
)
_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos"
    " novecientos"
)


def _quantities() -> dict[str, tuple[Rank, int]]:
    words = {word: (Rank.UNIT, n) for n, word in enumerate(_UNITS.split())}
    words |= {word: (Rank.TEEN, n) for n, word in enumerate(_TEENS.split(), start=10)}
    words |= {word: (Rank.TEN, 10 * n) for n, word in enumerate(_TENS.split(), start=3)}
    words |= {word: (Rank.HUNDRED, 100 * n) for n, word in enumerate(_HUNDREDS.split(), start=1)}
    words |= {
        word[:-2] + "as": rank
        for word, rank in words.items()
        if word.endswith(("cientos", "ientos"))
    }
    words |= {"un": (Rank.UNIT, 1), "una": (Rank.UNIT, 1), "cien": (Rank.HUNDRED, 100)}
    words |= {"veintiun": (Rank.TEEN, 21), "veintiuna": (Rank.TEEN, 21)}
    # An accented letter is what OCR loses first: veintidós, veintitrés, veintiún, dieciséis.
    words |= {"veintides": (Rank.TEEN, 22), "veintitin": (Rank.TEEN, 21)}
    words |= {
        "docena": (Rank.TEEN, 12),
        "veintena": (Rank.TEEN, 20),
        "centenar": (Rank.HUNDRED, 100),
    }
    words |= {"medio": (Rank.HALF, 0), "media": (Rank.HALF, 0)}
    thousand = "mil rnil mii mi1 mll m1l millar"
    words |= {word: (Rank.THOUSAND, 1000) for word in thousand.split()}
    for stem in ("millon", "millen", "milldn", "mill6n", "mill0n", "mi11on", "rnillon", "miilon"):
        words |= {stem: (Rank.MILLION, 10**6), stem + "es": (Rank.MILLION, 10**6)}
    return words


QUANTITIES = _quantities()
"""Folded number words, OCR's misreadings of "mil" and "millón" among them."""


def _ordinals() -> dict[str, int]:
    simple = {
        "primer": 1, "segund": 2, "tercer": 3, "cuart": 4, "quint": 5, "sext": 6, "septim": 7,
        "setim": 7, "octav": 8, "noven": 9,
    }  # fmt: skip
    stems = simple | {"decim": 10, "undecim": 11, "duodecim": 12, "vigesim": 20, "trigesim": 30}
    fractions = "onceav doceav treceav catorceav quinceav dieciseisav diecisieteav dieciochoav"
    stems |= {stem: n for n, stem in enumerate(fractions.split(), start=11)}
    stems |= {"diecinueveav": 19, "veinteav": 20, "veintiunav": 21, "veintidosav": 22}
    stems |= {"veintitresav": 23, "veinticuatroav": 24, "veinticincoav": 25, "treintav": 30}
    for ten, value in (("decim", 10), ("vigesim", 20)):
        for stem, unit in simple.items():
            for joint in ("o", "a", "o ", "a "):
                stems[ten + joint + stem] = value + unit
    stems |= {"decimoctav": 18}
    words = {stem + ending: n for stem, n in stems.items() for ending in "oa"}
    return words | {"primer": 1, "tercer": 3, "decimoprimer": 11, "decimotercer": 13}


ORDINALS = _ordinals()
"""Folded ordinal words, both genders; "catorceava" is used in the press for the fourteenth."""


_MISREAD_DIGITS = str.maketrans("lio", "110")
_GROUPED = re.compile(r"\d{1,3}(?:[,' .]\d{3})+")


class Atom(NamedTuple):
    """One digit group or number word, at its place in the folded text."""

    start: int
    end: int
    rank: Rank
    value: int | float
    short: bool
    """Digits that can follow "mil": at most three, not grouped, no decimals."""

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Build one from a match of the atom pattern in the folded text."""
        start, end, text = match.start(), match.end(), match[0]
        if match["word"]:
            rank, value = QUANTITIES[text]
            return cls(start, end, rank, value, short=False)
        if text.isdecimal():
            return cls(start, end, Rank.DIGITS, int(text), short=len(text) <= 3)  # noqa: PLR2004
        digits = text.translate(_MISREAD_DIGITS)
        if _GROUPED.fullmatch(digits):
            return cls(start, end, Rank.DIGITS, int(re.sub(r"\D", "", digits)), short=False)
        number = float(digits.replace(",", "."))
        value = int(digits) if digits.isdigit() else number
        return cls(start, end, Rank.DIGITS, value, short=digits.isdigit() and len(digits) <= 3)  # noqa: PLR2004


def parse_atoms(folded: str, atoms: Sequence[Atom]) -> Iterator[tuple[int, int, int | float]]:
    """Join the atoms of one run into numbers: yields (start, end, value).

    "veintiún mil y treinta y cinco mil" is two numbers, and so is "15 20".
    """
    if len(atoms) == 1 and atoms[0].rank is Rank.DIGITS:
        yield atoms[0].start, atoms[0].end, atoms[0].value
        return
    position = 0
    while position < len(atoms):
        parsed = _Parser(folded, atoms).number(position)
        if parsed is None:
            position += 1
            continue
        value, after = parsed
        yield atoms[position].start, atoms[after - 1].end, value
        position = after


Parsed = tuple[int | float, int]


class _Parser(NamedTuple):
    """The grammar over one run; each rule returns (value, index after it) or None."""

    folded: str
    atoms: Sequence[Atom]

    def number(self, at: int) -> Parsed | None:
        """[multiplier] millones [thousands] | thousands | digits."""
        if self.rank(at) is Rank.HALF:
            return self._half(at)
        head = self.thousands(at)
        value, after = head or (1, at)
        if self.rank(after) is Rank.MILLION and self.joined(after, bare=head is None):
            if head is None and self.folded[self.atoms[at].start : self.atoms[at].end].endswith(
                "s"
            ):
                return None  # "millones" by itself says no number
            return self._below_million(_exact(value * 10**6), after + 1)
        return head

    def _half(self, at: int) -> Parsed | None:
        if self.rank(at + 1) is Rank.MILLION and self.joined(at + 1):
            return 500_000, at + 2
        if self.word(at + 1) == "docena":
            return 6, at + 2
        return None

    def _below_million(self, value: float, at: int) -> Parsed:
        if self.word(at) == "medio" and self.joined(at, link=True):
            return _exact(value + 500_000), at + 1
        if not self.joined(at) or value != int(value):
            return value, at
        if self.rank(at) is Rank.DIGITS and not self.atoms[at].short:
            grouped = self.atoms[at].value
            return (_exact(value + grouped), at + 1) if grouped < 10**6 else (value, at)  # noqa: PLR2004
        rest = self.thousands(at)
        if rest is None or self.rank(rest[1]) is Rank.MILLION:
            return value, at
        return _exact(value + rest[0]), rest[1]

    def thousands(self, at: int) -> Parsed | None:
        """[below a thousand] mil [below a thousand] | below a thousand | digits."""
        head = self.hundreds(at)
        value, after = head or (1, at)
        if self.rank(after) is not Rank.THOUSAND or not self.joined(after, bare=head is None):
            return head
        value, after = _exact(value * 1000), after + 1
        if value != int(value) or not self.joined(after) or not self._may_follow_mil(after):
            return value, after
        rest = self.hundreds(after)
        if rest is None or self.rank(rest[1]) in (Rank.THOUSAND, Rank.MILLION):
            return value, after
        return value + rest[0], rest[1]

    def _may_follow_mil(self, at: int) -> bool:
        atom = self.atoms[at]
        if atom.rank is Rank.DIGITS:
            return atom.short and not re.match(
                r"\s*(?:%|por\s+ciento)", self.folded[atom.end :][:14]
            )
        return self.folded[atom.start : atom.end] not in ("un", "una") or self.rank(at + 1) is None

    def hundreds(self, at: int) -> Parsed | None:
        """Digits, or words below a thousand."""
        rank = self.rank(at)
        if rank is Rank.DIGITS:
            return self.atoms[at].value, at + 1
        if rank is not Rank.HUNDRED:
            return self.tens(at)
        value = self.atoms[at].value
        if self.word(at) in ("cien", "centenar") or not self.joined(at + 1):
            return value, at + 1
        rest = self.tens(at + 1)
        return (value + rest[0], rest[1]) if rest else (value, at + 1)

    def tens(self, at: int) -> Parsed | None:
        """Words below a hundred; "diez y seis" as well as "dieciséis"."""
        rank = self.rank(at)
        if rank not in (Rank.UNIT, Rank.TEEN, Rank.TEN):
            return None
        value = self.atoms[at].value
        if self.word(at) == "un" and self.word(at + 1) in ("docena", "centenar", "veintena"):
            return None
        if self.word(at) in ("un", "una") and self.word(at + 1) in ("docena", "veintena"):
            return self.atoms[at + 1].value, at + 2
        takes_unit = rank is Rank.TEN or self.word(at) in ("diez", "veinte")
        if takes_unit and self.rank(at + 1) is Rank.UNIT and self.joined(at + 1, link=True):
            return value + self.atoms[at + 1].value, at + 2
        return value, at + 1

    def rank(self, at: int) -> Rank | None:
        """Return the rank of atom `at`, None past the end."""
        return self.atoms[at].rank if at < len(self.atoms) else None

    def word(self, at: int) -> str:
        """Return the folded word of atom `at`, empty past the end."""
        return (
            self.folded[self.atoms[at].start : self.atoms[at].end] if at < len(self.atoms) else ""
        )

    def joined(self, at: int, *, link: bool = False, bare: bool = False) -> bool:
        """Tell whether atom `at` continues the number before it ("y" between where `link`).

        A paragraph break is crossed only in mid-number: after "mil", before three digits.
        """
        if bare:
            return at < len(self.atoms)
        if not 0 < at < len(self.atoms):
            return False
        gap = self.folded[self.atoms[at - 1].end : self.atoms[at].start]
        if link:
            return gap.split() == ["y"]
        if gap.strip():
            return False
        three_digits = self.atoms[at].short and self.atoms[at].end - self.atoms[at].start == 3  # noqa: PLR2004
        return gap.count("\n") <= 1 or three_digits


def _exact(value: float) -> int | float:
    """Undo binary rounding: 6.552 * 10**6 is a whole number."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded
