"""Number words of Spanish and the grammar that joins them: atoms -> numbers."""

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple


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
_COLLECTIVES = {"decena": 10, "docena": 12, "veintena": 20, "treintena": 30, "cincuentena": 50}
_COLLECTIVES |= {"centena": 100, "centenar": 100}


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
    words |= {word: (Rank.TEEN, value) for word, value in _COLLECTIVES.items()}
    words |= {"medio": (Rank.HALF, 0), "media": (Rank.HALF, 0)}
    thousand = "mil rnil mii mi1 mll m1l millar"
    words |= dict.fromkeys(thousand.split(), (Rank.THOUSAND, 1000))
    for stem in ("millon", "millen", "milldn", "mill6n", "mill0n", "mi11on", "rnillon", "miilon"):
        words |= {stem: (Rank.MILLION, 10**6), stem + "es": (Rank.MILLION, 10**6)}
    return words


QUANTITIES = _quantities()
"""Folded number words, OCR's misreadings of "mil" and "millón" among them."""

AFTER_ARTICLE = {
    word
    for word, (rank, _) in QUANTITIES.items()
    if rank in (Rank.THOUSAND, Rank.MILLION) or word in _COLLECTIVES
}
"""Words before which "un" and "una" are surely the number."""


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


_MISREAD_DIGITS = str.maketrans("lio", "110", ",' ")
# Grouped by commas, apostrophe, dots or spaces, else with decimals. "l", "i", "o" are misread.
# Groups are counted so that no input, however long, makes a number that `int` refuses.
_DIGITS = (
    r"(?:(?=[lio,]{0,12}\d)[\dlio]{1,3}(?:,[\dlio]{3}){1,4}(?![\dlio])(?:\.\d{1,2}(?!\d))?"
    r"|\d{1,3}'\d{3}(?:,\d{3}){0,2}(?!\d)"
    r"|\d{1,3}(?:(?:\.\d{3}){1,4}(?:,\d{1,2}(?!\d))?|(?: \d{3}){1,4}(?!,\d{3}))(?!\d)"
    r"|(?!\d{19})[lio]{0,2}\d(?:[\dlio]{0,18}+(?=[^a-z\d]|$|r?mil)(?:[.,]\d{1,9}(?!\d))?"
    r"|\d{0,17}+(?=[a-z]{4})))"
)
# "58mil610", and "20milconsultas", but not "20 millones", "20miligramos".
_MIL = r"mil(?:(?=\d)|(?<=\dmil)(?=[a-z]{5})(?!lon|len|ldn|igr|ili|ime))"
_ATOM = re.compile(
    rf"(?:\s{{1,8}}y\s{{1,8}}|\s{{0,8}})(?:(?P<digits>{_DIGITS})|(?P<word>{_MIL}|[a-z][a-z\d]{{0,20}}))"
)
# Digits that end a number: before punctuation, or a word that does not begin as "mil", "rnil" do.
_LONE = re.compile(r"\d{1,9}(?=[.,;:)](?:\s|$)|\s?[|%]|\s(?:[^\s\dmry]|y\s[^m]))")
_FEW = {word: n for n, word in enumerate(_UNITS.split()) if n > 1}
# "un par de docenas", "tres docenas"; "decenas" and "docenas" alone say no number.
_SEVERAL = re.compile(
    rf"(?:un\s{{1,8}})?(?P<few>par\s{{1,8}}de|{'|'.join(_FEW)}|\d{{1,2}})\s{{1,8}}(?P<of>{'|'.join(_COLLECTIVES)})(?:s|es)(?![a-z])"
)
_POWERS = (Rank.THOUSAND, Rank.MILLION)
_BEFORE_DIGITS = (Rank.HUNDRED, Rank.TEN)
_LONGEST = 16
"""Atoms of the longest number: "novecientos noventa y nueve mil ... millones ..."."""


class Atom(NamedTuple):
    """One digit group or number word, at its place in the folded text."""

    start: int
    end: int
    rank: Rank
    value: int | float
    short: bool = False
    """Digits that can follow "mil": at most three, not grouped, no decimals."""

    @property
    def is_year(self) -> bool:
        """Whether four bare digits look like a year, which counts no thousands: "2024 mil 711"."""
        return self.rank is Rank.DIGITS and self.end - self.start == 4 and 1900 <= self.value < 2100  # noqa: PLR2004


def _digits_value(digits: str) -> int | float:
    """Return what one group of folded digits prints, misread ones mended."""
    plain = digits.translate(_MISREAD_DIGITS)
    if _DOTS_AND_COMMA.fullmatch(digits):
        plain = digits.replace(".", "").replace(",", ".")
    elif "," in digits and not _COMMA_GROUPS.search(digits):
        plain = digits.replace(",", ".").translate(_MISREAD_DIGITS)
    elif _DOT_GROUPS.fullmatch(digits):
        plain = plain.replace(".", "")
    return float(plain) if "." in plain else int(plain)


_COMMA_GROUPS = re.compile(r",[\dlio]{3}(?![\dlio])")
_DOT_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_DOTS_AND_COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,2}")


def _atoms(folded: str, start: int, limit: int) -> list[Atom]:
    """Read atoms for as long as they can be one number, bound by white space or "y" alone."""
    atoms: list[Atom] = []
    while len(atoms) < _LONGEST and (match := _ATOM.match(folded, start, limit)):
        if digits := match["digits"]:
            value = _digits_value(digits)
            short = len(digits) <= 3 and isinstance(value, int)  # noqa: PLR2004 - three digits
            atom = Atom(match.start("digits"), match.end(), Rank.DIGITS, value, short)
        elif word := QUANTITIES.get(match["word"]):
            atom = Atom(match.start("word"), match.end(), *word)
        else:
            break
        if atoms and not _may_follow(atoms[-1], atom, match["word"]):
            break
        atoms.append(atom)
        start = atom.end
    return atoms


def _may_follow(before: Atom, atom: Atom, word: str | None) -> bool:
    """Tell roughly whether two atoms can be in one number; the grammar has the last word."""
    if before.rank in _POWERS or atom.rank in _POWERS:
        return before.rank is not atom.rank and not before.is_year
    if atom.rank is Rank.DIGITS:
        return atom.short and before.rank in _BEFORE_DIGITS
    return atom.value < before.value or before.rank is Rank.HALF or word in _COLLECTIVES


def read_number(folded: str, start: int, limit: int) -> tuple[int, int | float] | None:
    """Read the number that begins at `start` and ends by `limit`: (end, value), None if none does.

    Of "veintiún mil y treinta y cinco mil" it reads "veintiún mil", of "15 20" it reads "15".
    """
    if lone := _LONE.match(folded, start, limit):
        return lone.end(), int(lone[0])
    if several := _SEVERAL.match(folded, start, limit):
        few = several["few"]
        times = int(few) if few.isdecimal() else _FEW.get(few, 2)
        return several.end(), times * _COLLECTIVES[several["of"]]
    atoms = _atoms(folded, start, limit)
    if len(atoms) == 1 and atoms[0].rank not in (Rank.HALF, Rank.MILLION):
        return atoms[0].end, atoms[0].value
    parsed = _Parser(folded, atoms).number(0) if atoms else None
    return parsed and (atoms[parsed[1] - 1].end, parsed[0])


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
        if self.word(after) == "medio" and self.is_joined(after, link=True):
            value, after = value + 0.5, after + 1  # "dos y medio millones"
        if self.rank(after) is not Rank.MILLION or not self.is_joined(after, bare=head is None):
            return head
        if head is None and self.word(at).endswith("s"):
            return None  # "millones" by itself says no number
        return self._below_million(_exact(value * 10**6), after + 1)

    def _half(self, at: int) -> Parsed | None:
        if self.rank(at + 1) is Rank.MILLION and self.is_joined(at + 1):
            return 500_000, at + 2
        halved = {"docena": 6, "centenar": 50, "millar": 500}.get(self.word(at + 1))
        return (halved, at + 2) if halved else None

    def _below_million(self, value: float, at: int) -> Parsed:
        if self.word(at) == "medio" and self.is_joined(at, link=True):
            return _exact(value + 500_000), at + 1
        if not self.is_joined(at) or value % 10**6:
            return value, at
        if self.rank(at) is Rank.DIGITS and not self.atoms[at].short:
            grouped = self.atoms[at].value
            return (_exact(value + grouped), at + 1) if grouped < 10**6 else (value, at)
        rest = self.thousands(at)
        if rest is None or self.rank(rest[1]) is Rank.MILLION:
            return value, at
        return _exact(value + rest[0]), rest[1]

    def thousands(self, at: int) -> Parsed | None:
        """[below a thousand] mil [below a thousand] | below a thousand | digits."""
        head = self.hundreds(at)
        value, after = head or (1, at)
        if self.rank(after) is not Rank.THOUSAND or not self.is_joined(after, bare=head is None):
            return head
        value, after = _exact(value * 1000), after + 1
        if value != int(value) or not self.is_joined(after) or not self._may_follow_mil(after):
            return value, after
        rest = self.hundreds(after)
        if rest is None or (self.rank(rest[1]) is Rank.THOUSAND and self.is_joined(rest[1])):
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
        if self.word(at) == "cien" or not self.is_joined(at + 1):
            return value, at + 1
        if self.is_digits(at + 1, most=2):
            return value + self.atoms[at + 1].value, at + 2  # "ciento 20 mil"
        rest = self.tens(at + 1)
        return (value + rest[0], rest[1]) if rest else (value, at + 1)

    def tens(self, at: int) -> Parsed | None:
        """Words below a hundred; "diez y seis" as well as "dieciséis"."""
        rank = self.rank(at)
        if rank not in (Rank.UNIT, Rank.TEEN, Rank.TEN):
            return None
        value = self.atoms[at].value
        if self.word(at) in ("un", "una") and self.word(at + 1) in _COLLECTIVES:
            return self.atoms[at + 1].value, at + 2
        takes_unit = rank is Rank.TEN or self.word(at) in ("diez", "veinte")
        is_unit = self.rank(at + 1) is Rank.UNIT or self.is_digits(at + 1, most=1)
        if takes_unit and is_unit and self.is_joined(at + 1, link=True):
            return value + self.atoms[at + 1].value, at + 2
        return value, at + 1

    def is_digits(self, at: int, most: int) -> bool:
        """Tell whether atom `at` is printed in at most so many digits, none misread."""
        if self.rank(at) is not Rank.DIGITS or not self.atoms[at].short:
            return False
        printed = self.folded[self.atoms[at].start : self.atoms[at].end]
        return len(printed) <= most and printed.isdecimal() and printed[0] != "0"

    def rank(self, at: int) -> Rank | None:
        """Return the rank of atom `at`, None past the end."""
        return self.atoms[at].rank if at < len(self.atoms) else None

    def word(self, at: int) -> str:
        """Return the folded word of atom `at`, empty past the end."""
        return (
            self.folded[self.atoms[at].start : self.atoms[at].end] if at < len(self.atoms) else ""
        )

    def is_joined(self, at: int, *, link: bool = False, bare: bool = False) -> bool:
        """Tell whether atom `at` continues the number before it ("y" between where `link`).

        A paragraph break is crossed only by what no paragraph begins with: "mil", three digits.
        """
        if bare:
            return at < len(self.atoms)
        if not 0 < at < len(self.atoms):
            return False
        atom = self.atoms[at]
        gap = self.folded[self.atoms[at - 1].end : atom.start]
        if link:
            return gap.split() == ["y"]
        if gap.strip():
            return False
        three_digits = atom.short and atom.end - atom.start == 3  # noqa: PLR2004
        return gap.count("\n") <= 1 or three_digits or atom.rank in _CROSSING


_CROSSING = (Rank.HUNDRED, Rank.THOUSAND, Rank.MILLION)


def _exact(value: float) -> int | float:
    """Undo binary rounding: 6.552 * 10**6 is a whole number."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def roman_value(letters: str) -> int:
    """Return what a Roman number of the letters I, V, X and L is worth."""
    values = [_ROMAN_DIGITS[letter] for letter in letters]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50}
