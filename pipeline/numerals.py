"""Spanish numerals as the press prints them: text -> tuple of `Numeral`, in order, no overlaps.

Three steps. First the digits that are no quantities are marked by their form (dates, telephone
numbers, clock times, identifiers, ordinals). Then every run of number atoms (digits, number words,
"mil", "millones") that is left is parsed into the numbers it prints. Last, what follows a number
says whether it is a percentage or a year. OCR slips are read as the number that was printed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.dates import dates_in_folded, day_value
from pipeline.folding import fold
from pipeline.number_words import ORDINALS, QUANTITIES, Atom, parse_atoms
from schemas.document import Numeral, NumeralKind

_PHONE = re.compile(
    r"(?:01[ -]?)?\d{2,3}\)?[ .-]\d{3,4}[ .-]\d{4}(?!\d)"
    r"|\d{3}[ .-]\d{3}[ .-]\d{2}[ .-]\d{2}(?!\d)|\d{2}(?:[ .-]\d{2}){4}(?!\d)|(?:01)?800\d{7}(?!\d)"
    r"|[1-9]\d{9}(?![\d,])"
)
_EXTENSION = frozenset(("ext", "ext.", "exts.", "extension", "extensiones"))
_CLOCK = (
    r"(?:[0-2]?\d:[0-5]\d(?::[0-5]\d)?(?:\s*(?:horas|hrs|hr|h)\b)?"
    r"|(?:[01]?\d|2[0-4])(?:\s*a\s*(?:las\s*)?(?:[01]?\d|2[0-4]))?"
    r"\s*(?:(?:horas|hrs|hr|h)(?![a-z])|[ap]\.?\s?m\.?(?![a-z])|de\s+la\s+(?:manana|tarde|noche)))"
)
_TIME = re.compile(_CLOCK)
_NUMBER_SIGNS = frozenset(
    "no no. nos. no.° num num. nums. numero numeros n° nº no° # folio c.p. cp. cp km km. semana".split()
)
_NUMBERED_UNIT = re.compile(
    r"hg[rzopse][a-z/]{0,6}|hgsz[a-z/]{0,4}|umf[a-z/]{0,3}|umae|umaa|hes|hto|cmn|ooad|clinica|zona"
    r"|subzona|regional|calle|articulo|modulo|piso"
)
_LISTED = re.compile(r"\d{1,3}(?=\s*[,;.)]|\s+y\s+\d)")
_IDENTIFIER = re.compile(r"\d{1,6}(?:[/-]\d{1,4})*(?![\d.,]*\d|\s*(?:mil(?![a-z])|millon))")
_GLUED_BEFORE = re.compile(r"[A-Za-zÀ-ÿ\d.][-_/=@]")
_GLUED = re.compile(r"[a-z]*(?P<digits>\d+)(?:[-_./]?\w*\d\w*)*")
_SLASHED = re.compile(r"\d+/(?:19|20)\d\d(?!\d)|\d+(?:-\d+){2,}(?!\d)")
_MORE_IDENTIFIERS = re.compile(
    r"(?:\s*,\s*|\s*,?\s+y\s+)(?:[Nn]o\.\s*)?(\d{1,3})"
    r"(?=\s*[,.;:)(]|\s+y\s+(?:[Nn]o\.\s*)?\d{1,3}\b|\s+de\s+[A-ZÁÉÍÓÚÑ])"
)
_ORDINAL_DIGITS = re.compile(
    r"(?P<digits>[\dlo]*\d)"
    r"(?:(?:\s?[ªº°]|(?:er|[ao]|[rdtmvn][ao]|av[ao])(?![a-z0-9]|\s*r?[mn]il))"
    r"|(?P<mark>[*?'\"^”“`]|\s[ao])(?=\s+(?:gran\s+)?jornada(?![a-z]))"
    r"|(?P<bare>(?=\s+(?:gran\s+)?jornada(?![a-z]))))"
)
_ORDINAL_WORD = re.compile(
    "(?:" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + r")(?![a-z])"
)
_ROMAN = re.compile(r"[IVXL](?<!\w.)[IVXL]{0,6}(?=\s+(?:Jornada|JORNADA)(?![A-Za-z]))")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50}

_DIGITS = (
    r"(?:(?=[lio,]*\d)[\dlio]{1,3}(?:,[\dlio]{3})+(?![\dlio])|\d{1,3}'\d{3}(?:,\d{3})*(?!\d)"
    r"|\d{1,3}(?:\.\d{3})+(?!\d)|\d{1,3}(?: \d{3})+(?!\d)|[\dlio]*\d[\dlio]*(?:[.,]\d+)?)"
)
_WORDS = "|".join(sorted(QUANTITIES, key=len, reverse=True))
_ATOM = rf"(?:{_DIGITS}(?=$|[^a-z]|(?:mil|millon)|[a-z]{{4}})|(?:{_WORDS})(?![a-z0-9])|mil(?=\d))"
_RUN = re.compile(rf"{_ATOM}(?:(?:\s{{0,8}}|\s+y\s+){_ATOM})*")
_ONE_ATOM = re.compile(rf"(?P<digits>{_DIGITS})|(?P<word>{_WORDS})")
_PERCENT = re.compile(r"\s*(?:%|por\s*ciento(?![a-z])|por\s+cien(?![a-z])|puntos\s+porcentuales)")
_BEFORE_YEAR = re.compile(
    r"(?:^|[\s(/-])(?:en|de|del|ano|anos|durante|desde|hasta|hacia|y|a|al|para|entre|e|que|vs|contra)"
    r"\s+$|[-/(]\s?$|^\s*$|\n\s*$"
)
_PLURAL_NOUN = re.compile(r"\s+(?!(?:las|los|sus|unas|unos|mas|tras|dichas|dichos)\b)[a-z]{3,}s\b")
_YEAR_DIGITS = re.compile(r"(?:19|20)\d\d(?!\d)")


def _candidates(*, articles: bool) -> re.Pattern[str]:
    """Match what can begin a numeral, without the character before it."""
    stems = {word.split()[0] for word in (*QUANTITIES, *ORDINALS)} - {"un", "una"}
    words = [
        letter + "(?:" + "|".join(sorted(w[1:] for w in stems if w[0] == letter)) + ")(?![a-z])"
        for letter in sorted({word[0] for word in stems})
    ]
    words.append("una?(?![a-z])" if articles else r"una?\s+(?:mill|doc|cent|vein)")
    return re.compile(r"\d|[li][\d,]|" + "|".join(words))


# Each begins with a character class, so that the engine skips from word to word at C speed.
_FIRST = {flag: _candidates(articles=flag) for flag in (False, True)}
_NEXT = {
    flag: re.compile(rf"[^a-z0-9](?={pattern.pattern})|[a-z](?=\d)")
    for flag, pattern in _FIRST.items()
}
# "6rganos", "6seo": the accented capital of órganos, óseo read as a digit.
_MISREAD_CAPITAL = re.compile(r"[60](?:rg|rd|se[ao]|pt|vu|xi|nc)")
_PLAIN = re.compile(r"\d{1,3}(?:,\d{3})* ?mil[ ,]|\d{1,3},\d{3}\s")
_SIMPLE = re.compile(r"(\d+)|(?:(\d{1,3}) ?)?mil(?:\s(\d{1,3}))?")


class _Mark(NamedTuple):
    start: int
    end: int
    value: int | float
    kind: NumeralKind


def numerals(text: str, *, articles: bool = False) -> tuple[Numeral, ...]:
    """Find every numeral of `text` with its span, value and kind, in order.

    A percentage's span takes in "por ciento" or "%". "un" and "una" are articles far more often
    than numbers: they are left out unless `articles` is set. Works for any text; never raises.
    """
    folded = fold(text)
    fixed = sorted((*_date_marks(folded), *_roman_marks(text)))
    fixed.append(_Mark(len(folded), len(folded), 0, NumeralKind.COUNT))
    starts = [candidate.end() for candidate in _NEXT[articles].finditer(folded)]
    if _FIRST[articles].match(folded):
        starts.insert(0, 0)
    marks: list[_Mark] = []
    done, ahead = 0, 0
    for start in starts:
        if start < done:
            continue
        while fixed[ahead].end <= start:
            ahead += 1
        if fixed[ahead].start <= start:
            continue
        for mark in _marks_at(text, folded, start, fixed[ahead].start):
            marks.append(mark)
            done = mark.end
    marks.extend(fixed[:-1])
    marks.sort()
    return tuple(Numeral(m.start, m.end, text[m.start : m.end], m.value, m.kind) for m in marks)


def ordinal_before_jornada(digits: str) -> int:
    """Undo OCR's reading of the mark in "10ª" as a further digit ("102", "104", "109").

    No programme has had as many as 60 editions, so a larger number ends in the misread mark.
    """
    value = int(digits)
    return value // 10 if value > 60 else value  # noqa: PLR2004 - see above


def _marks_at(text: str, folded: str, start: int, limit: int) -> list[_Mark]:
    """Read what begins at `start`: by its form first, else as a run of quantities up to `limit`."""
    if _MISREAD_CAPITAL.match(folded, start):
        return []
    first = folded[start]
    if first.isdigit() or folded[start + 1 : start + 2].isdigit():
        formed = None if _PLAIN.match(folded, start) else _by_form(text, folded, start)
        if formed:
            return formed
    elif ordinal := _ORDINAL_WORD.match(folded, start, limit):
        return [_Mark(start, ordinal.end(), ORDINALS[ordinal[0]], NumeralKind.ORDINAL)]
    return list(_quantities(folded, start, limit))


def _by_form(text: str, folded: str, start: int) -> list[_Mark]:
    """Read digits that are no quantity: telephone, clock, ordinal, identifier."""
    if match := _PHONE.match(folded, start):
        number = int(re.sub(r"\D", "", match[0]))
        return [_Mark(start, match.end(), number, NumeralKind.PHONE)]
    if match := _TIME.match(folded, start):
        return [_Mark(start, match.end(), _leading_int(match[0]), NumeralKind.TIME)]
    match = _ORDINAL_DIGITS.match(folded, start)
    # A capital O behind digits is a misread zero ("92O"), a small one makes an ordinal ("2o").
    if match and text[match.end() - 1] != "O":
        return [_Mark(start, match.end(), _ordinal_value(match), NumeralKind.ORDINAL)]
    words = folded[max(0, start - 40) : start].split()
    last = words[-1].lstrip("(") if words else ""
    if last in _EXTENSION and (match := _IDENTIFIER.match(folded, start)):
        return [_Mark(start, match.end(), _leading_int(match[0]), NumeralKind.PHONE)]
    return [
        _Mark(begin, end, int(digits), NumeralKind.IDENTIFIER)
        for begin, end, digits in _identifiers(text, folded, start, words)
    ]


def _identifiers(
    text: str, folded: str, start: int, words: list[str]
) -> Iterator[tuple[int, int, str]]:
    """Yield the identifier at `start`, and those listed after it ("No. 1, 2 y 50")."""
    if match := _SLASHED.match(folded, start):
        yield start, match.end(), str(_leading_int(match[0]))
        return
    lettered = text[start - 1 : start].isalpha()
    if lettered or _GLUED_BEFORE.match(text[max(0, start - 2) : start]):
        glued = _GLUED.match(folded, start)
        if glued:
            yield glued.start("digits"), glued.end(), glued["digits"]
            return
    last = words[-1].lstrip("(") if words else ""
    if last == "no" and "N" not in text[start - 4 : start]:
        return  # "no 300 sino 200"
    plural = words[-2:-1] in (["las"], ["los"])
    if last in _NUMBER_SIGNS:
        match = _IDENTIFIER.match(folded, start)
    elif _NUMBERED_UNIT.fullmatch(last):
        match = (_LISTED if plural else _IDENTIFIER).match(folded, start)
    else:
        return
    if not match:
        return
    yield start, match.end(), str(_leading_int(match[0]))
    end = match.end()
    while more := _MORE_IDENTIFIERS.match(text, end):
        yield more.start(1), more.end(1), more[1]
        end = more.end()


def _leading_int(text: str) -> int:
    return int(re.match(r"\d+", text)[0])  # type: ignore[index]  # every caller's pattern begins so


def _date_marks(folded: str) -> Iterator[_Mark]:
    """Mark each day and each year of each date by itself."""
    for span in dates_in_folded(folded):
        for match in re.finditer(r"[\dl]*\d|[a-z]+(?: y uno)?", folded[span.start : span.end]):
            start, end = span.start + match.start(), span.start + match.end()
            token = match[0]
            if _YEAR_DIGITS.fullmatch(token):
                yield _Mark(start, end, int(token), NumeralKind.YEAR)
            elif (day := day_value(token)) is not None:
                yield _Mark(start, end, day, NumeralKind.DATE)
            elif token.isdigit():
                yield _Mark(start, end, int(token), NumeralKind.DATE)


def _ordinal_value(match: re.Match[str]) -> int:
    digits = match["digits"].replace("l", "1").replace("o", "0")
    return int(digits) if match["bare"] is None else ordinal_before_jornada(digits)


def _roman_value(roman: str) -> int:
    values = [_ROMAN_DIGITS[letter] for letter in roman]
    return sum(
        -value if value < max(values[index:]) else value for index, value in enumerate(values)
    )


def _roman_marks(text: str) -> Iterator[_Mark]:
    for match in _ROMAN.finditer(text):
        yield _Mark(match.start(), match.end(), _roman_value(match[0]), NumeralKind.ORDINAL)


def _quantities(folded: str, start: int, limit: int) -> Iterator[_Mark]:
    run = _RUN.match(folded, start, limit)
    if not run or (folded.startswith("ciento", start) and folded.endswith("por ", 0, start)):
        return
    simple = _SIMPLE.fullmatch(run[0])
    if simple:
        digits, thousands, rest = simple.groups()
        value = int(digits) if digits else 1000 * int(thousands or 1) + int(rest or 0)
        numbers: Iterable[tuple[int, int, int | float]] = ((start, run.end(), value),)
    else:
        atoms = [Atom.of(match) for match in _ONE_ATOM.finditer(folded, start, run.end())]
        numbers = parse_atoms(folded, atoms)
    for begin, end, value in numbers:
        percent = _PERCENT.match(folded, end)
        if percent:
            yield _Mark(begin, percent.end(), value, NumeralKind.PERCENT)
        elif _is_year(folded, begin, end):
            yield _Mark(begin, end, value, NumeralKind.YEAR)
        else:
            yield _Mark(begin, end, value, NumeralKind.COUNT)


def _is_year(folded: str, start: int, end: int) -> bool:
    if not _YEAR_DIGITS.fullmatch(folded, start, end):
        return False
    if _BEFORE_YEAR.search(folded, max(0, start - 12), start):
        return True
    return not _PLURAL_NOUN.match(folded, end)
