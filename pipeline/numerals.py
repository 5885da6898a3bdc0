"""Spanish numerals as the press prints them: text -> tuple of `Numeral`, in order, no overlaps.

One walk over the places where a numeral can begin: a digit, or the first letter of a number word.
The days and years of dates and the Roman numbers of jornadas are marked beforehand, and the walk
steps over them. At every other place, in this order:

1. `_COMMON`: "58 mil 610", "mil 576", "dos mil 590" and "58,610", which most figures are;
2. `_by_form`: digits that are no quantity (telephones, clock times, ordinals, identifiers);
3. `_quantity`: any other number, by the grammar of number_words; what follows and precedes it says
   whether it is a percentage or a year.

OCR slips are read as the number that was printed. Every repetition in a pattern is either bounded
or cannot be entered twice from one place, so that the time grows with the text and no faster.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter

from pipeline.spanish.damaged_numbers import resolve
from pipeline.spanish.dates import DATE_WORDS, date_numbers
from pipeline.spanish.folding import fold, one_of
from pipeline.spanish.number_words import (
    AFTER_ARTICLE,
    ORDINALS,
    QUANTITIES,
    read_number,
    roman_value,
)
from schemas.document import Ambiguity, Numeral, NumeralKind

_START = attrgetter("start")
_DIGITS = re.compile(r"\d\d*")  # not \d+: it hides from `re` what a match begins with
_FIRST_WORDS = {word.split()[0] for word in (*QUANTITIES, *ORDINALS)} - {"un", "una"}


# Begins with a character class: the engine then skips from word to word at C speed.
_WORD_START = re.compile(
    rf"[^a-z\d](?=({one_of({*_FIRST_WORDS, *DATE_WORDS})})(?![a-z])|[li][lio,]{{0,3}}\d"
    rf"|un\s{{1,8}}par\s{{1,8}}de\s{{1,8}}(?:docen|decen|veinten|treinten|cincuenten|centen)"
    rf"|una?\s{{1,8}}{one_of(AFTER_ARTICLE)}(?![a-z])|un[ao]?\s{{0,8}}(?:%|por\s?ciento))"
)
ARTICLE = re.compile(r"(?<![a-z\d])una?(?![a-z])")
"""An "un" or "una" in folded text; whether it counts, what stands around it says."""
_ARTICLE_OR_MORE = re.compile(
    r"[^a-z\d](?=(una?)(?![a-z])"
    rf"(?P<more>\s{{0,8}}(?:%|por|(?:y\s{{1,8}})?{one_of(QUANTITIES)}(?![a-z])))?)"
)
"""The character before "un" or "una", and what may make a larger number of it."""

_UNITS = ("", "", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_SMALL = rf"(\d{{1,3}}|{'|'.join(_UNITS[2:])})"
# Beginnings of words that change nothing: no numbers, "por ciento", "horas", "gran jornada".
_PLAIN_WORD = (
    r"(?!am[^a-z]|de\sla\s|gran\s|[lio]{1,2}\d)(?:[abefgikl][a-z]|c[lo]|ca[^t]|ci[^en]|de|di[af]"
    r"|do[^cs]|jornadas|m[aeou]|n[aei]|o[^cn]|p[aeilr]|que|r[^mn]|s[aou]|se[^ist]|t[^r]|tr[^e]"
    r"|u[^n]|uni|v[ai])"
)
_COMMON = re.compile(
    rf"(?:(?:{_SMALL}\s?)?(mil)(?:\s(\d{{1,3}}))?|(\d{{1,3}}),(\d{{3}})|(?<=[\s(]){_SMALL})"
    rf"(?=[.,;:](?:\s|$)|\)(?!\s?\d)|[,;.)]?\s{_PLAIN_WORD})"
)

_HOUR = r"(?:[01]?\d|2[0-4])"
_MINUTES = r"[0-2]?\d:[0-5]\d"
_HOURS = (
    r"(?:(?:horas|hrs|hr|h|[ap]\.?\s?m\.?)(?![a-z])"
    r"|de\s{1,8}la\s{1,8}(?:manana|tarde|noche))"
)
# "7 a 15", "7 y las 15", "9, 11 y las 13".
_OTHER_HOUR = rf"(?:las\s{{1,8}})?(?:{_MINUTES}|{_HOUR})"
_MORE_HOURS = (
    rf"(?:\s{{0,8}},\s{{1,8}}{_OTHER_HOUR}){{0,6}}"
    rf"(?:\s{{0,8}}a\s{{0,8}}|\s{{1,8}}[yo]\s{{1,8}}(?:a\s{{1,8}})?){_OTHER_HOUR}"
)
_FORM = re.compile(
    # "6rganos", "6seo": the accented capital of órganos, óseo read as a digit.
    r"(?P<misread>[60](?:rg|rd|se[ao]|pt|vu|xi|nc))"
    r"|(?P<phone>(?:01[ -]?)?(?=[lo]{0,2}\d)[\dlo]{2,3}\)?[ .-](?=[lo]{0,3}\d)[\dlo]{3,4}[ .-]"
    r"(?=[lo]{0,3}\d)[\dlo]{4}(?![\dlo])"
    r"|\d{3}[ .-]\d{3}[ .-]\d{2}[ .-]\d{2}(?!\d)|\d{2}(?:[ .-]\d{2}){4}(?!\d)"
    r"|(?:01)?800\d{7}(?!\d)|[1-9]\d{9}(?!,?\d))"
    rf"|(?P<time>{_MINUTES}(?::[0-5]\d)?(?:\s{{0,8}}{_HOURS})?|{_HOUR}\s{{0,8}}{_HOURS}"
    rf"|{_HOUR}(?={_MORE_HOURS}\s{{0,8}}{_HOURS}))"
    r"|(?P<ordinal>(?P<digits>[\dlo]{0,3}\d)"
    r"(?:\s?[ªº°]|(?:er|[ao]|[rdtmvn][ao]|av[ao])(?![a-z\d]|\s{0,8}r?[mn]il)"
    r"|(?:[*?'\"^”“`]|\s[ao])?(?=\s{1,8}(?:gran\s{1,8})?jornada(?![a-z]))))"
)
_TWO_WORDS = re.compile(r"([a-z]{1,20})(?:\s{1,4}([a-z]{1,20}))?")

_EXTENSION = {"ext", "ext.", "exts.", "extension", "extensiones"}
_NUMBER_SIGNS = {
    *("no", "no.", "nos.", "no.°", "no°", "n°", "nº", "num", "num.", "nums.", "numero", "numeros"),
    *("#", "folio", "c.p.", "cp.", "cp", "km", "km.", "semana"),
    *("contrato", "expediente", "factura", "licitacion", "birads", "oficio", "poliza"),
}
_NUMBERED_PLACES = {
    *("umae", "umaa", "hes", "hto", "cmn", "ooad", "clinica", "zona", "subzona", "regional"),
    *("calle", "articulo", "modulo", "piso"),
}
_NAMES = _EXTENSION | _NUMBER_SIGNS | _NUMBERED_PLACES
"""Words after which a number is a name; and hospitals and family clinics, however abbreviated."""
_HOSPITAL = re.compile(r"hg[rzopse][a-z/]{0,6}|umf[a-z/]{0,3}")
_IDENTIFIER = re.compile(
    r"\d{1,6}(?:[/-]\d{1,4}){0,8}(?![\d.,]{0,20}\d|\s{0,8}(?:mil(?![a-z])|millon))"
)
_LISTED = re.compile(r"\d{1,3}(?=\s{0,8}[,;.)]|\s{1,8}y\s{1,8}\d)")
_MORE_IDENTIFIERS = re.compile(
    r"(?:\s{0,8},\s{0,8}|\s{0,8},?\s{1,8}y\s{1,8})(?:[Nn]o\.\s{0,8})?(\d{1,3})"
    r"(?=\s{0,8}[,.;:)(]|\s{1,8}y\s{1,8}(?:[Nn]o\.\s{0,8})?\d{1,3}\b|\s{1,8}de\s{1,8}[A-ZÁÉÍÓÚÑ])"
)
_GLUED_BEFORE = re.compile(r"(?s:.?)[^\W\d_]|[A-Za-zÀ-ÿ\d.][-_/=@]")
# The second number of "45/50", which stands alone between tabs, bars or runs of blanks.
_CELL_BEFORE = re.compile(r"(?:\t| {2}) *$")
_SLASH_BEFORE = re.compile(r"(?:[|\t] *| {2})\d[\d,]{0,9}/$")
_IN_CELL = re.compile(r"\d[\d,]{0,9} *(?:[|\t\n(]| {2}|$)")
_GLUED = re.compile(
    r"[a-z]{0,3}(?P<digits>\d++)(?!\s?r?mil(?![a-z])|,\d{3})(?:\w*\d\w*)?(?:[-_./]\w*\d\w*){0,8}"
)
_SLASHED = re.compile(
    r"\d{1,9}/(?:19|20)\d\d(?!\d)|\d{1,9}(?:-\d{1,9}){2,8}(?!\d)|\d{1,2}(?:\.\d{1,2}){2,4}(?![\d.]?\d)"
)
# "urgencias1.4 millones": a plain word has run into its number; not "T3", "IMSS2022", "a1.com",
# and a lone digit behind a word is a misread letter ("realiz6").
_WORD_BEFORE = re.compile(
    r"(?:^|[\s(“\"¡¿,;:])(?:[A-ZÁÉÍÓÚÑ]?(?!covid|sars|imss|umf|hg)[a-záéíóúñü]{3,30}|de|el|en|al)$"
)
_NUMBER_AFTER_WORD = re.compile(
    r"(?!(?:19|20)\d\d(?!\d))(?:\d{2,9}|\d(?=[.,]\d))(?:[.,]\d{1,9}){0,4}(?=\s|$|[,;:)%”\"]|\.(?:\s|$)|[a-z]{4})"
)

_ROMAN = re.compile(r"[IVXL](?<!\w.)[IVXL]{0,6}(?=\s{1,8}(?:Jornada|JORNADA)(?![A-Za-z]))")

_PERCENT = re.compile(
    r"\s{0,8}(?:%|por\s{0,8}ciento(?!s)|por\s{1,8}cien(?![a-z])|puntos\s{1,8}porcentuales)"
)
_YEAR = re.compile(r"[12][\dlo]{3}")
_POR = ("por ", "por\n")
_IN_YEAR = re.compile(
    r"(?<![a-z\d])(?:en|del|ano|anos|durante|desde|hasta|hacia|al|para|vs|contra)\s+$|[-/(]\s?$"
)
_PLURAL_NOUN = re.compile(
    r"\s{1,8}(?!(?:las|los|sus|unas|unos|mas|tras|dichas|dichos)\b)[a-z]{3,20}s\b"
)


_Mark = tuple[int, int, int | float, NumeralKind]  # start, end, value, kind


# Readers, checks and validation ask for the same text many times, a run for some 700 at once.
@lru_cache(maxsize=1024)
def numerals(text: str, *, articles: bool = False) -> tuple[Numeral, ...]:
    """Find every numeral of `text` with its span, value and kind, in order.

    A percentage's span takes in "por ciento" or "%". "un" and "una" are articles far more often
    than numbers: they are left out unless `articles` is set. Works for any text; never raises.
    """
    if not articles:
        return read_numerals(text)[0]
    folded, known = fold(text), numerals(text)
    added = [
        match
        for match in _ARTICLE_OR_MORE.finditer("\n" + folded)
        if not _is_inside(known, match.start())  # "un millón"
    ]
    if any(match["more"] for match in added):
        starts, date_words = _scan(folded)
        starts.extend(match.start() for match in added)
        return resolve(text, folded, _walk(text, folded, sorted(starts), date_words))[0]
    lone = [
        Numeral(start, end, text[start:end], 1, NumeralKind.COUNT)
        for start, end in ((match.start(), match.end(1) - 1) for match in added)
    ]
    return tuple(sorted((*known, *lone)))


def count_beginnings(text: str) -> int:
    """Count the places where a numeral can begin: no fewer than there are, and fast to find."""
    return len(_scan(fold(text))[0])


def ambiguities(text: str) -> tuple[Ambiguity, ...]:
    """Find where `text` can be read in several ways, in order; the first is that of `numerals`."""
    return read_numerals(text)[1]


# A check asks for both, one after the other.
@lru_cache(maxsize=1024)
def read_numerals(text: str) -> tuple[tuple[Numeral, ...], tuple[Ambiguity, ...]]:
    """Find what `numerals` and `ambiguities` give: it is found together, and remembered so."""
    folded = fold(text)
    return resolve(text, folded, _walk(text, folded, *_scan(folded)))


def _walk(
    text: str, folded: str, starts: Iterable[int], date_words: Sequence[tuple[int, str]]
) -> list[Numeral]:
    """Read what begins at each of `starts`, in order."""
    fixed = sorted((*_date_marks(folded, date_words), *_roman_marks(text)))
    marks = fixed.copy()
    fixed.append((len(folded), len(folded), 0, NumeralKind.COUNT))
    done, ahead = 0, 0
    for start in starts:
        if start < done:
            continue
        while fixed[ahead][1] <= start:
            ahead += 1
        limit = fixed[ahead][0]
        if limit <= start:
            continue
        common = _COMMON.match(folded, start, limit)
        if common and not (common[6] and _name_before(folded, start)[0]):
            done = common.end()
            marks.append((start, done, _common_value(common), NumeralKind.COUNT))
        elif (found := _marks_at(text, folded, start, limit)) and found[-1][1] <= limit:
            marks.extend(found)
            done = found[-1][1]
    marks.sort()
    return [Numeral(start, end, text[start:end], value, kind) for start, end, value, kind in marks]


def _ordinal_before_jornada(digits: str) -> int:
    """Undo OCR's reading of the mark in "10ª" as a further digit ("102", "104", "109").

    No programme has had as many as 60 editions, so a larger number ends in the misread mark.
    """
    value = int(digits)
    return value // 10 if value > 60 else value  # noqa: PLR2004 - see above


def _is_inside(known: Sequence[Numeral], position: int) -> bool:
    before = bisect_right(known, position, key=_START) - 1
    return before >= 0 and known[before].end > position


def _scan(folded: str) -> tuple[list[int], list[tuple[int, str]]]:
    """List where a numeral can begin, in order, and the words that dates stand around."""
    starts = [match.start() for match in _DIGITS.finditer(folded)]
    date_words: list[tuple[int, str]] = []
    # The break in front is the character before a word that begins the text; it shifts by one.
    for match in _WORD_START.finditer("\n" + folded):
        if match[1] in DATE_WORDS:
            date_words.append((match.start(), match[1]))
        else:
            starts.append(match.start())
    starts.sort()
    return starts, date_words


def _common_value(match: re.Match[str]) -> int:
    thousands, mil, rest, grouped, units, lone = match.groups()
    if mil:
        return 1000 * (_small_value(thousands) if thousands else 1) + int(rest or 0)
    return int(grouped + units) if grouped else _small_value(lone)


def _small_value(printed: str) -> int:
    return int(printed) if printed.isdecimal() else _UNITS.index(printed)


def _marks_at(text: str, folded: str, start: int, limit: int) -> list[_Mark]:
    """Read what begins at `start`: by its form first, else as a quantity that ends by `limit`."""
    if folded[start].isdigit() or folded[start] in "li":
        formed = _by_form(text, folded, start)
        if formed is not None:
            return formed
    elif ordinal := _ordinal_word(folded, start, limit):
        return [ordinal]
    quantity = _quantity(folded, start, limit)
    return [quantity] if quantity else []


def _by_form(text: str, folded: str, start: int) -> list[_Mark] | None:
    """Read digits that are no quantity; None where they may be one."""
    match = _FORM.match(folded, start)
    form = match.lastgroup if match else None
    # A capital O behind digits is a misread zero ("92O"), a small one makes an ordinal ("2o").
    if match and form and not (form == "ordinal" and text[match.end() - 1] == "O"):
        if form == "misread":
            return []
        return [(start, match.end(), _form_value(match), NumeralKind(form))]
    name, plural = _name_before(folded, start)
    if name in _EXTENSION and (match := _IDENTIFIER.match(folded, start)):
        return [(start, match.end(), _int(match[0]), NumeralKind.PHONE)]
    if name == "no" and "N" not in text[max(0, start - 4) : start]:
        name = ""  # "no 300 sino 200"
    return [
        (begin, end, _int(text[begin:end]), NumeralKind.IDENTIFIER)
        for begin, end in _identifiers(text, folded, start, name, plural=plural)
    ] or None


def _name_before(folded: str, start: int) -> tuple[str, bool]:
    """Return the word before `start` if a number behind it is a name, and if "las" precedes it."""
    before = folded[max(0, start - 32) : start]
    words = before.split()
    if not words:
        return "", False
    last = words[-1].rpartition("(")[2].lstrip('[¡¿"“«-')
    if last in _NUMBERED_PLACES and _CELL_BEFORE.search(before):
        return "", False  # "SUMA REGIONAL   866"
    if last in _NAMES or (last[:2] in ("hg", "um") and _HOSPITAL.fullmatch(last)):
        return last, last == words[-1] and words[-2:-1] in (["las"], ["los"])
    return "", False


def _form_value(match: re.Match[str]) -> int:
    if match.lastgroup == "phone":
        return int(re.sub(r"\D", "", match[0].replace("l", "1").replace("o", "0")))
    if match.lastgroup == "time":
        return _int(match[0])
    digits = match["digits"].replace("l", "1").replace("o", "0")
    return int(digits) if match["digits"] != match[0] else _ordinal_before_jornada(digits)


def _int(text: str) -> int:
    """Return the number that `text` begins with, within what `int` takes."""
    digits = re.match(r"\D*(\d{1,18})", text)
    return int(digits[1]) if digits else 0


def _identifiers(
    text: str, folded: str, start: int, name: str, *, plural: bool
) -> list[tuple[int, int]]:
    """Span the identifier at `start` and those listed after it: "1, 2 y 50" behind "HGZ No."."""
    glued = _GLUED_BEFORE.fullmatch(text, max(0, start - 2), start)
    if glued and _follows_word(text, folded, start):
        return []
    if glued and (match := _GLUED.match(folded, start)):
        if _SLASH_BEFORE.search(text, max(0, start - 20), start) and _IN_CELL.match(text, start):
            return []
        return [(match.start("digits"), match.end())]
    if match := _SLASHED.match(folded, start):
        return [match.span()]
    if name:
        listed = plural and name not in _NUMBER_SIGNS
        match = (_LISTED if listed else _IDENTIFIER).match(folded, start)
    spans: list[tuple[int, int]] = []
    is_list = plural
    while match:
        spans.append(match.span(match.lastindex or 0))
        match = _MORE_IDENTIFIERS.match(text, match.end())
        is_list = is_list or (match is not None and match[0].lstrip(" ,\n")[:1] in ("y", "N", "n"))
    return spans if is_list else spans[:1]  # "HGZ 6, 41; HGZ 11, 18": their counts


def _follows_word(text: str, folded: str, start: int) -> bool:
    return bool(
        _NUMBER_AFTER_WORD.match(folded, start)
        and _WORD_BEFORE.search(text, max(0, start - 32), start)
    )


def _date_marks(folded: str, words: Sequence[tuple[int, str]]) -> Iterator[_Mark]:
    for start, end, value, is_year in date_numbers(folded, words):
        yield (start, end, value, NumeralKind.YEAR if is_year else NumeralKind.DATE)


def _roman_marks(text: str) -> Iterator[_Mark]:
    for match in _ROMAN.finditer(text):
        yield (*match.span(), roman_value(match[0]), NumeralKind.ORDINAL)


def _ordinal_word(folded: str, start: int, limit: int) -> _Mark | None:
    words = _TWO_WORDS.match(folded, start, limit)
    if not words or words[1] not in ORDINALS:
        return None
    both = f"{words[1]} {words[2]}"
    word, end = (both, words.end()) if both in ORDINALS else (words[1], words.end(1))
    return (start, end, ORDINALS[word], NumeralKind.ORDINAL)


def _quantity(folded: str, start: int, limit: int) -> _Mark | None:
    if folded.startswith("ciento", start) and folded[max(0, start - 8) : start].endswith(_POR):
        return None
    number = read_number(folded, start, limit)
    if number is None:
        return None
    end, value = number
    if percent := _PERCENT.match(folded, end):
        return (start, percent.end(), value, NumeralKind.PERCENT)
    kind = NumeralKind.YEAR if _is_year(folded, start, end, value) else NumeralKind.COUNT
    return (start, end, value, kind)


def _is_year(folded: str, start: int, end: int, value: float) -> bool:
    if not (1900 <= value < 2100 and _YEAR.fullmatch(folded, start, end)):  # noqa: PLR2004
        return False
    if _PLURAL_NOUN.match(folded, end):
        return bool(_IN_YEAR.search(folded, max(0, start - 12), start))
    return True
