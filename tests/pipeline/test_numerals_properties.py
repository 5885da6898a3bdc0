"""The other direction: a number, printed in every way the press prints it, comes back exactly."""

import re
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.numerals import numerals

QUICK = settings(max_examples=150, deadline=None)
THOROUGH = settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Piece(NamedTuple):
    """A stretch of text; with a kind it is a numeral that must come back."""

    text: str
    value: int | float = 0
    kind: str = ""


Pieces = list[Piece]

UP_TO_29 = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
    " dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro"
    " veinticinco veintiséis veintisiete veintiocho veintinueve"
)
TENS_UP = "- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa"
HUNDREDS_UP = (
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos"
    " novecientos"
)
MONTH_NAMES = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
SMALL = UP_TO_29.split()
TENS = TENS_UP.split()
HUNDREDS = HUNDREDS_UP.split()
MONTHS = MONTH_NAMES.split()
ORDINAL_WORDS = {
    "primera": 1, "segunda": 2, "tercera": 3, "cuarta": 4, "quinta": 5, "sexta": 6, "séptima": 7,
    "octava": 8, "novena": 9, "décima": 10, "undécima": 11, "duodécima": 12, "decimotercera": 13,
    "decimocuarta": 14, "catorceava": 14, "décimo quinta": 15, "vigésima primera": 21,
    "Tercer": 3, "Primer": 1, "decimoctavo": 18,
}  # fmt: skip


def below_thousand(number: int, one: str) -> str:
    """Spell 1 to 999; `one` is "uno", "una" or "un", as the noun behind it wants."""
    hundreds, rest = divmod(number, 100)
    words = []
    if hundreds:
        word = "cien" if number == 100 else HUNDREDS[hundreds]
        words.append(
            word.replace("cientos", "cientas").replace("nientos", "nientas")
            if one == "una"
            else word
        )
    if rest >= 30:
        ten, unit = divmod(rest, 10)
        words.append(TENS[ten] + (f" y {SMALL[unit]}" if unit else ""))
    elif rest:
        words.append(SMALL[rest])
    spelled = " ".join(words)
    if spelled.endswith("veintiuno") and one == "un":
        return spelled[:-3] + "ún"
    return re.sub(r"uno$", one, spelled)


def spelled(number: int, one: str) -> str:
    millions, rest = divmod(number, 10**6)
    thousands, units = divmod(rest, 1000)
    words = []
    if millions:
        words.append("un millón" if millions == 1 else spelled(millions, "un") + " millones")
    if thousands:
        before = (
            "" if thousands == 1 else below_thousand(thousands, "una" if one == "una" else "un")
        )
        words.append(f"{before} mil".strip())
    if units or not number:
        words.append(below_thousand(units, one) if units else "cero")
    return " ".join(words)


def plain_ways(number: int) -> list[str]:
    """List the digits and mixed forms of a whole number below a thousand million."""
    millions, rest = divmod(number, 10**6)
    thousands, units = divmod(rest, 1000)
    ways = [f"{number:,}"]
    if not 1900 <= number < 2100 and number < 10**6:
        ways.append(str(number))
    if number >= 1000:
        ways.append(f"{number:,}".replace(",", " "))
    heads = [""]
    if millions == 1:
        heads = ["un millón", "1 millón", "Un millón"]
    elif millions:
        heads = [
            f"{millions} millones",
            spelled(millions, "un") + " millones",
            f"{millions:,} millones",
        ]
    tails = [""]
    if thousands:
        tails = [f"{thousands} mil", f"{thousands}mil", below_thousand(thousands, "un") + " mil"]
        if thousands == 1:
            tails = ["mil", "un mil"] if millions == 0 else ["mil"]
        if units:
            tails = [f"{tail} {end}" for tail in tails for end in {str(units), f"{units:03}"}]
    elif units and millions:
        tails = [f"{units:03}", str(units), below_thousand(units, "uno")]
    if millions and thousands:
        tails.append(f"{rest:,}")
    if millions or thousands:
        ways += [f"{head} {tail}".strip() for head in heads for tail in tails]
    if millions and rest % 10**4 == 0 and rest:
        ways.append(f"{number / 10**6:.2f}".rstrip("0") + " millones")
    if not millions and number % 100 == 0 and number % 1000:
        ways.append(f"{number / 1000:.1f} mil")
    return ways


WHOLE = st.one_of(
    st.integers(2, 999),
    st.integers(1000, 99_999),
    st.integers(100_000, 10**9 - 1),
    st.integers(1, 999).map(lambda n: n * 1000),
    st.integers(1, 999).map(lambda n: n * 10**6),
    st.integers(101, 99_999).map(lambda n: n * 10_000),
)


@st.composite
def counts(draw: st.DrawFn) -> Pieces:
    number = draw(WHOLE)
    ways = plain_ways(number) + [spelled(number, one) for one in ("uno", "una", "un")]
    text = draw(st.sampled_from(ways))
    if draw(st.booleans()):
        text = draw(broken(text))
    elif draw(st.booleans()):
        text = draw(misread(text))
    elif draw(st.booleans()):
        text = draw(st.sampled_from([text.upper(), text.capitalize()]))
    return [Piece(text, number, "count")]


@st.composite
def broken(draw: st.DrawFn, text: str) -> str:
    """Break the line at an inner space, or the page before what only a number goes on with."""
    # Between digit groups a break would part two numbers: "1 325" is never set on two lines.
    places = [m.start() for m in re.finditer(r" (?!\d)|(?<=[a-z]) (?=\d)", text)]
    if not places:
        return text
    at = draw(st.sampled_from(places))
    page = re.match(r" (?:\d{3}(?![\d,])|mil)", text[at:]) is not None
    gap = draw(st.sampled_from(["\n", " \n", "\n ", *(["\n\n", "\n \n"] if page else [])]))
    return text[:at] + gap + text[at + 1 :]


@st.composite
def misread(draw: st.DrawFn, text: str) -> str:
    """Damage one place as OCR does; a digit stays in every group that is damaged."""
    slips = [
        (m.span(), new) for m in re.finditer(r"\bmil\b", text) for new in ("rnil", "mii", "mi1")
    ]
    slips += [(m.span(), new) for m in re.finditer("millón", text) for new in ("millén", "mill6n")]
    for group in re.finditer(r"\d{2,3}(?![\d.])", text):
        if re.search(r"[\d.]$|\d $", text[: group.start()]):
            continue
        for digit in re.finditer("[01]", group[0]):
            at = group.start() + digit.start()
            slips += [((at, at + 1), new) for new in ("O" if digit[0] == "0" else "lI")]
    # Digits grouped by spaces, and a number of four bare digits, are not mended.
    if not slips or re.search(r"\d \d|\d{4}", text):
        return text
    (start, end), new = draw(st.sampled_from(slips))
    return text[:start] + new + text[end:]


@st.composite
def percents(draw: st.DrawFn) -> Pieces:
    tenths = draw(st.integers(1, 2500))
    value = tenths / 10
    printed = draw(st.sampled_from([f"{value:.1f}", f"{value:.1f}".replace(".", ",")]))
    if tenths % 10 == 0:
        whole = tenths // 10
        printed = draw(st.sampled_from([str(whole), spelled(whole, "uno")]))
    sign = draw(st.sampled_from(["%", " %", " por ciento", "\npor ciento", " por\nciento"]))
    return [Piece(printed + sign, value, "percent")]


def roman(number: int) -> str:
    tens, units = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[units]


@st.composite
def ordinals(draw: st.DrawFn) -> Pieces:
    number = draw(st.integers(1, 39))
    words = st.sampled_from(sorted(ORDINAL_WORDS.items())).map(lambda item: Piece(*item, "ordinal"))
    marked = st.sampled_from(["ª", "º", "°", "a", "va", "ra"]).map(
        lambda mark: Piece(f"{number}{mark}", number, "ordinal")
    )
    piece = draw(st.one_of(words, marked, st.just(Piece(roman(number), number, "ordinal"))))
    return [piece, Piece(draw(st.sampled_from([" Jornada", "\nJornada"])))]


@st.composite
def day_runs(draw: st.DrawFn) -> Pieces:
    days = draw(st.lists(st.integers(1, 31), min_size=1, max_size=3, unique=True).map(sorted))
    joints = {
        1: [],
        2: [draw(st.sampled_from([" al ", " y ", " a ", "-", "\nal "]))],
        3: [", ", " y "],
    }
    pieces = [Piece(draw(st.sampled_from(["del ", "los días ", "el viernes "])))]
    for day, joint in zip(days, [*joints[len(days)], ""], strict=True):
        printed = draw(st.sampled_from([str(day), f"{day:02}"]))
        pieces += [Piece(printed, day, "date"), Piece(joint)]
    month = draw(st.sampled_from([*MONTHS, "este mes", "ENERO", "Septiembre", "el presente mes"]))
    of = " del " if month.startswith("el ") else draw(st.sampled_from([" de ", "\nde "]))
    pieces.append(Piece(of + month.removeprefix("el ")))
    if "mes" not in month and draw(st.booleans()):
        year = draw(st.integers(2019, 2031))
        pieces += [
            Piece(draw(st.sampled_from([" de ", " del ", ", ", "\nde "]))),
            Piece(str(year), year, "year"),
        ]
    return pieces


@st.composite
def weekdays(draw: st.DrawFn) -> Pieces:
    first, second = draw(st.tuples(st.integers(1, 31), st.integers(1, 31)))
    return [
        *(Piece("viernes "), Piece(str(first), first, "date")),
        *(
            Piece(draw(st.sampled_from([" y sábado ", " y el sábado "]))),
            Piece(str(second), second, "date"),
        ),
        Piece(draw(st.sampled_from([" se hicieron", ", las", ".", "\nlos"]))),
    ]


@st.composite
def phones(draw: st.DrawFn) -> Pieces:
    digits = draw(st.from_regex(r"[2-9][0-9]{9}", fullmatch=True))
    groups = draw(st.sampled_from([(3, 3, 4), (2, 4, 4), (10,), (3, 3, 2, 2), (2, 2, 2, 2, 2)]))
    parts, at = [], 0
    for size in groups:
        parts.append(digits[at : at + size])
        at += size
    return [
        Piece("al "),
        Piece(draw(st.sampled_from([" ", "-"])).join(parts), int(digits), "phone"),
    ]


@st.composite
def identifiers(draw: st.DrawFn) -> Pieces:
    number = draw(st.integers(1, 999))
    sign = draw(st.sampled_from(["HGR No. ", "UMF ", "HGZ núm. ", "COVID-", "folio ", "Clínica "]))
    return [Piece(sign), Piece(str(number), number, "identifier")]


@st.composite
def times(draw: st.DrawFn) -> Pieces:
    start, end = draw(st.integers(1, 12)), draw(st.integers(13, 23))
    sign = draw(st.sampled_from([" horas", " hrs", "\nhoras"]))
    if draw(st.booleans()):
        return [
            Piece(f"{start}:00", start, "time"),
            Piece(" a "),
            Piece(f"{end}:30{sign}", end, "time"),
        ]
    return [Piece(str(start), start, "time"), Piece(" a "), Piece(f"{end}{sign}", end, "time")]


@st.composite
def years(draw: st.DrawFn) -> Pieces:
    year = draw(st.integers(1943, 2040))
    return [
        Piece(draw(st.sampled_from(["en ", "durante ", "del año "]))),
        Piece(str(year), year, "year"),
    ]


FILLING = (
    "se otorgaron consultas cirugías en todo el país además atenciones de Especialidad Medicina"
    " Familiar el Instituto Mexicano Seguro Social informó que durante detecciones realizó más con"
    " pacientes riñón hígado hospitales las los para derechohabientes; médicos, enfermeras. (IMSS)"
    " “Esfuerzo” así como mastografías: córneas trasplantes millares población niñas opciones"
)
WORDS = FILLING.split()
LEAD = st.sampled_from(
    ["con ", "de ", "Se otorgaron ", "fueron: ", "más de ", "suman\n", "(", "- ", "¡", "“"]
)
TAIL = st.sampled_from(
    [
        " consultas",
        " en total",
        ". Además",
        ", entre",
        "; así",
        ") que",
        "\ncirugías",
        " de riñón",
        "”.",
    ]
)
FILLER = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@st.composite
def passages(draw: st.DrawFn) -> Pieces:
    """Mix numerals of all kinds with words that hold no number and change none."""
    kinds = (
        counts(),
        counts(),
        counts(),
        percents(),
        ordinals(),
        day_runs(),
        weekdays(),
        phones(),
        identifiers(),
        times(),
        years(),
    )
    pieces = [Piece(draw(st.one_of(st.just(""), FILLER.map(lambda words: words + "\n"))))]
    for item in draw(st.lists(st.one_of(*kinds), min_size=1, max_size=4)):
        pieces += [
            Piece(draw(LEAD)),
            *item,
            Piece(draw(TAIL)),
            Piece(" "),
            Piece(draw(FILLER) + draw(st.sampled_from([" ", "\n\n"]))),
        ]
    return pieces


def check(pieces: Pieces) -> None:
    expected, at = [], 0
    for piece in pieces:
        end = at + len(piece.text)
        if piece.kind:
            expected.append((at, end, piece.text, piece.value, piece.kind))
        at = end
    text = "".join(piece.text for piece in pieces)
    assert [(*n[:4], n.kind.value) for n in numerals(text)] == expected, text


@given(counts())
@QUICK
def test_a_printed_count_by_itself_comes_back(pieces: Pieces) -> None:
    check(pieces)


@given(passages())
@QUICK
def test_printed_numerals_come_back_from_any_surroundings(pieces: Pieces) -> None:
    check(pieces)


@pytest.mark.slow
@given(counts())
@THOROUGH
def test_many_printed_counts_come_back(pieces: Pieces) -> None:
    check(pieces)


@pytest.mark.slow
@given(passages())
@THOROUGH
def test_many_printed_passages_come_back(pieces: Pieces) -> None:
    check(pieces)


TOKENS = (
    "1 9 0 58 2021 , . ' - / : % ª lO l, o mil millón millones y un una medio por ciento de del al"
    " a julio ene 15/07/21 No. ext HGZ Jornada X h 8:00 mes día viernes décima segunda docena \n \t"
    " 0@ A1 1/1/00 İ ﬁ ² ٣ ½"
)
FRAGMENTS = st.lists(st.sampled_from(TOKENS.split(" ")), max_size=24)


@given(st.one_of(st.text(), FRAGMENTS.map("".join), FRAGMENTS.map(" ".join)), st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_text_gives_ordered_numerals_that_stand_in_it(text: str, articles: bool) -> None:  # noqa: FBT001 - drawn
    end = 0
    for numeral in numerals(text, articles=articles):
        assert end <= numeral.start < numeral.end
        assert text[numeral.start : numeral.end] == numeral.raw
        end = numeral.end
