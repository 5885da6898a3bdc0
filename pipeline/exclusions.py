"""Numbers that are surely no figure, and why; and numbers that surely count something.

What stands around a number says so: "120 días" is a length of time, "Página 2 de 5" counts nothing.
Numbers of which neither is sure lie in between. What is surely no figure is refused as one, too,
unless the noun of its service stands right behind it (`pipeline/checks/numeral_use.py`).
"""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from pipeline.facts import DISTINCTIVE_FROM
from pipeline.spanish.dates import MONTHS
from pipeline.spanish.folding import fold, one_of
from pipeline.spanish.number_words import QUANTITIES as QUANTITY_WORDS
from schemas.document import QUANTITIES, Numeral, NumeralKind

NOT_SURE = "not surely a quantity"
_NAME, _DATE, _YEAR, _TIME = "part of a name", "a date", "a year", "a time of day"
_PHONE = "a telephone number"
_LASTING, _MONEY, _MEASURE = "a length of time or an age", "money", "a measure"
_EACH, _PRONOUN, _OFTEN = "each", "a pronoun", "how often"
_MARK, _SECTION, _PAGE, _COUNTER = (
    "an enumeration mark",
    "a section number",
    "a page number",
    "a counter of the page",
)

_BEFORE, _AFTER = 64, 48
"""Characters on each side that say what a number is; they bound the work for each."""


class _Rule(NamedTuple):
    """Numbers of up to `most` with `before` right before them and `after` right behind them."""

    reason: str
    before: re.Pattern[str]
    after: re.Pattern[str]
    most: float = float("inf")


def _rule(reason: str, before: str = "", after: str = "", most: float = float("inf")) -> _Rule:
    return _Rule(reason, re.compile(rf"(?:{before})$" if before else ""), re.compile(after), most)


_NUMBER = r"[\dlio.,]{1,9}"
_WORDS = one_of(QUANTITY_WORDS)
_GAP = r"\s{1,4}"
_SAME_PARAGRAPH = r"(?:[^\S\n]|\n(?!\s{0,4}\n)){1,4}"
_NO_NOUN = (
    rf"(?!\s{{0,2}}(?:%|por\s|mil)|{_SAME_PARAGRAPH}(?:de{_SAME_PARAGRAPH})?"
    r"(?!(?:las|los|sus|es)\b)[a-z]{3,}s\b)"
)
"""No plural noun in the paragraph: "nivel 2" is a name, "en este nivel 45 citas" holds a count."""
_SPAN = (
    r"(?:dias?|noches?|a(?:n|ni|fi|ii|fl)os?|mes|meses|semanas?|horas?|hrs?|min|minutos?|segundos?"
    r"|trimestres?|semestres?|bimestres?|decadas?|fin(?:es)?\s{1,4}de\s{1,4}semana)(?![a-z])"
)
_MONEY_WORDS = r"(?:pesos|mdp|mdd|dolares|centavos|euros|m\.\s?n\.)(?![a-z])"
_MEASURES = (
    r"(?:grados?|°|kilometros?|km|metros?|mts?|centimetros?|cm|milimetros?|mm|litros?|mililitros?|ml"
    r"|kilogramos?|kilos?|kg|gramos?|miligramos?|mg|hectareas?|toneladas?|pulgadas?|megapixeles|dioptrias?)"
    r"(?![a-z])"
)
_COUNTED_BY_PAGE = (
    r"(?:me\s{1,4}gusta|likes?|retweets?|retuits?|tweets?|tuits?|comentarios?|respuestas?|replies"
    r"|shares?|compartid[oa]s?|veces\s{1,4}compartid[oa]|vistas?|views|visualizaciones"
    r"|reproducciones|seguidores|followers|suscriptores|min(?:utos)?\s{1,4}(?:de\s{1,4}lectura|read))(?![a-z])"
)

_RULES = (
    _rule(_EACH, before=rf"(?<![a-z])cada{_GAP}"),
    _rule(_EACH, after=rf"{_GAP}(?:de|por){_GAP}cada(?![a-z])"),
    _rule(_OFTEN, after=rf"{_GAP}veces(?!{_GAP}compartid)(?![a-z])"),
    _rule(_LASTING, after=rf"(?:{_GAP}o{_GAP}mas)?{_GAP}{_SPAN}"),
    _rule(
        _LASTING,
        after=rf"(?:{_GAP}(?:a|al|y|o|e){_GAP}(?:l[ao]s{_GAP})?|\s?-\s?)"
        rf"(?:{_NUMBER}|{_WORDS}(?:{_GAP}y{_GAP}{_WORDS})?){_GAP}(?:o{_GAP}mas{_GAP})?{_SPAN}",
        most=365,
    ),
    _rule(
        _LASTING,
        before=rf"(?<![a-z])(?:mayor|menor)(?:es)?{_GAP}(?:de|a|que){_GAP}",
        after=_NO_NOUN,
        most=120,
    ),
    _rule(
        _LASTING,  # "una paciente de 45", "mujeres de entre 18 y 60"
        before=rf"(?<![a-z])(?:adolescente|adult[ao]|bebe|derechohabiente|hombre|joven|menor|mujer"
        rf"|nin[ao]|paciente|persona|senora?|usuari[ao])(?:e?s)?{_GAP}de{_GAP}(?:entre{_GAP})?"
        rf"(?:\d{{1,3}}{_GAP}[ay]{_GAP})?",
        after=_NO_NOUN,
        most=120,
    ),
    _rule(_LASTING, before=rf"(?<![a-z])edad(?:es)?{_GAP}(?:de|entre){_GAP}", most=120),
    _rule(_LASTING, before=rf",{_GAP}de{_GAP}", after=r"\s?[,;)]", most=120),  # "José, de 67, dijo"
    _rule(
        _LASTING,  # "a partir de los 40, hágase la prueba"
        before=rf"(?<![a-z])(?:a{_GAP}partir{_GAP}de|antes{_GAP}de|despues{_GAP}de|cumpl\w{{1,6}}){_GAP}los{_GAP}",
        after=_NO_NOUN,
        most=120,
    ),
    _rule(_LASTING, after=r"\s?/\s?7(?!\d)", most=24),  # "24/7"
    _rule(
        _YEAR,
        before=rf"(?<![a-z])los{_GAP}anos{_GAP}(?:\d\d{_GAP}y{_GAP})?",
        after=_NO_NOUN,
        most=99,
    ),
    _rule(_TIME, after=rf"{_GAP}en{_GAP}punto(?![a-z])", most=24),
    _rule(
        _TIME,
        before=rf"(?<![a-z])(?:desde|de){_GAP}las{_GAP}",
        after=rf"{_GAP}(?:y{_GAP})?(?:a|hasta){_GAP}las(?![a-z])",
        most=24,
    ),
    _rule(
        _TIME,
        before=rf"(?<![a-z])(?:desde|de){_GAP}las{_GAP}(?:{_NUMBER}|{_WORDS}){_GAP}(?:y{_GAP})?(?:a|hasta){_GAP}las{_GAP}",
        after=_NO_NOUN,
        most=24,
    ),
    _rule(
        _TIME,
        after=rf"{_GAP}de{_GAP}la{_GAP}(?:man?[a-z]{{0,2}}ana|tarde|noche|madrugada)",
        most=12,
    ),
    _rule(_TIME, after=rf"{_GAP}(?:horas|hrs|[ap]\.?\s?m\.?)(?![a-z])", most=24),
    _rule(_TIME, after=r"\s?:\s?[o0]{2}(?![a-z\d])", most=24),
    _rule(_MONEY, before=r"(?:\$|\busd|\bmxn)\s{0,3}"),
    _rule(_MONEY, after=rf"{_GAP}(?:de{_GAP})?{_MONEY_WORDS}"),
    _rule(
        _MONEY,  # "una inversión superior a los 300 millones"
        before=rf"(?<![a-z])(?:inversion|presupuesto|costo|gasto|precio)(?:e?s)?(?:{_GAP}[a-z]{{3,12}})?"
        rf"{_GAP}(?:de|por|(?:cercan[ao]|inferior|mayor|menor|superior)(?:e?s)?{_GAP}a){_GAP}(?:l[ao]s{_GAP})?",
        after=_NO_NOUN,
    ),
    _rule(_MEASURE, after=rf"\s{{0,4}}{_MEASURES}"),
    _rule(
        _MEASURE,
        before=rf"(?<![a-z])(?:km|kilometro|mide|pesa)\.?{_GAP}",
        after=_NO_NOUN,
    ),
    _rule(_COUNTER, after=rf"{_GAP}{_COUNTED_BY_PAGE}"),
    _rule(
        _COUNTER,
        before=r"(?<![a-z])(?:me gusta|likes?|retweets?|comentarios|comments|compartir|share|shares"
        r"|vistas|views)\s?[:·|(]\s{0,3}",
    ),
    _rule(_COUNTER, before=r"[❤♥♡💙💬🗨🔁🔄👁👍🔖]\ufe0f?\s{0,2}", after=_NO_NOUN),
    _rule(
        _PAGE,
        before=rf"(?<![a-z])(?:p[a4]g(?:ina|s)?\.?|page|hoja)\s{{0,4}}"
        rf"(?:no\.?{_GAP})?(?:\d{{1,4}}\s{{0,4}}(?:de|of|/)\s{{0,4}})?",
    ),
    _rule(
        _PAGE,
        before=r"(?:www\.|https?:|@\w|\.(?:mx|com|org))[^\n|]{0,40}\s?[|·•–—-]\s{0,3}",
        after=r"\s{0,4}(?:\n|$)",
        most=999,
    ),
    _rule(
        _PAGE,
        before=r"(?:^|\n|\s{4})\(?",
        after=r"\s{1,2}(?:de|of|/)\s{1,2}\d{1,3}\)?\s{0,4}(?:\n|$)",
        most=99,
    ),
    _rule(
        _PAGE,
        before=r"(?:^|\n|\s{4})\(?\d{1,3}\s{1,2}(?:de|of|/)\s{1,2}",
        after=r"\)?\s{0,4}(?:\n|$)",
        most=99,
    ),
    _rule(_YEAR, before=r"(?:©|\(c\)|copyright|derechos\s{1,4}reservados)[\s,.:]{0,3}", most=2100),
    _rule(
        _SECTION,
        before=r"(?<![a-z])(?:lineas? de accion|arts?\.|apartado|seccion|inciso|fraccion|anexo"
        r"|capitulo|numeral|articulo|parrafo)\s{1,4}(?:no\.?\s{1,4}|numero\s{1,4})?",
        after=_NO_NOUN,
    ),
    _rule(
        _NAME,
        before=r"(?<![a-z])(?:boletin|comunicado|folio|oficio|expediente|ficha|nota)"
        r"(?:\s{1,4}(?:de\s{1,4}prensa|informativ[oa]|tecnica))?\s{0,3}[:#]?\s{0,3}(?:n[o°º]\.?\s{1,4}|num\.?\s{1,4})?",
        after=_NO_NOUN,
    ),
    _rule(
        _NAME,
        before=rf"(?<![a-z])(?:tipo|fase|etapa|grado|estadio|categoria|ruta|plan|sala|torre|piso"
        rf"|opcion|lugar|siglo|version|covid|foto|cuadro|tabla|figura|grafica|turno|consultorio|quirofano"
        rf"|cama|lote|manzana|edificio|modulo|puerta|ventanilla|delegacion|edicion|emision)"
        rf"{_GAP}(?:n[uo]m?\.?{_GAP})?",
        after=_NO_NOUN,
        most=30,
    ),
    _rule(
        _NAME,
        before=rf"(?<![a-z])(?:ley|convenio|codigo(?:{_GAP}postal)?|clave|lada|modalidad|regimen|norma"
        rf"|cedula(?:{_GAP}profesional)?|matricula|numero{_GAP}de{_GAP}seguridad{_GAP}social){_GAP}",
        after=_NO_NOUN,
    ),
    _rule(
        _NAME,
        before=rf"(?<![a-z])(?:unidad{_GAP}de{_GAP}medicina{_GAP}familiar"
        rf"|hospital{_GAP}(?:general|rural)(?:{_GAP}de{_GAP}(?:sub)?zona|{_GAP}regional)?"
        rf"(?:{_GAP}con{_GAP}medicina{_GAP}familiar)?){_GAP}(?:n[uo]m?\.?{_GAP})?",
        after=_NO_NOUN,
        most=500,
    ),
    _rule(
        _NAME,
        before=r"(?<![a-z])(?:programa|estrategia|plan|campana|proyecto|iniciativa|modelo|lema|accion"
        r"|denominad[oa]|llamad[oa]|titulad[oa]|nombre)\b[^.,;:\n]{0,16}[“\"«'‘]\s?",
    ),
    _rule(
        _PHONE,
        before=r"(?<![a-z])(?:ext|exts|extension|extensiones|tel|tels|telefonos?)[^a-z]{1,24}(?:y\s|o\s)?",
        after=_NO_NOUN,
    ),
)
_CODE = re.compile(r"0\d{2,}")
"""No count is printed so: "072", "06700 Ciudad de México"."""
_ADDRESS = re.compile(
    r"\b(?:Av\.|Avenida|Calle|Calz\.|Calzada|Blvd\.?|Boulevard|Bulevar|Carretera|Prolongación)"
    r"(?:\s{1,4}(?:de|del|la|los|las|\d{1,2}|[A-ZÁÉÍÓÚÑ][\w.]{0,20})){1,6},?\s{1,4}$"
)
_LINE_MARK = re.compile(r"(?:^|\n)[ \t•●▪■◆·*]{0,6}(\d{1,2})(?:\.[-–]|[.)])[^\S\n]")
_INLINE_MARK = re.compile(r"\)\s")
_LAST_MARK = 60
_ARTICLE = re.compile(r"una?")
_ONE = re.compile(r"un[oa]?")
_ONE_BEFORE = re.compile(r"(?<![a-z])(?:el|ni|otro)\s{1,4}$")
_ONE_AFTER = re.compile(
    r"\s{1,4}(?:(?:y|u|con|al|a|por)\s{1,4}(?:el\s{1,4})?(?:otr[oa]|un[oa])|mism[oa])(?![a-z])"
)
_DAYS_AND_MONTH = re.compile(
    r"(?:\s{0,3}(?:,|al?|y|-)\s{0,3}(?:el\s{1,3})?\d{1,2}){0,4}\s{1,3}de\s{0,3}(?P<month>[a-z01|]{4,12})(?![a-z])"
)
_MONTHS_SHORT = "ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic|jan|apr|aug|dec"
_SHORT_MONTH_AFTER = re.compile(rf"\s{{0,3}}[/-]?\s?(?:de\s{{1,3}})?(?:{_MONTHS_SHORT})(?![a-z])")
_SHORT_MONTH_BEFORE = re.compile(
    rf"(?<![a-z])(?:{_MONTHS_SHORT}|january|february|march|april|june|july|august|september|october"
    r"|november|december)\.?\s{1,3}$"
)
_BARE = re.compile(_NO_NOUN)
_MISREAD = str.maketrans("01|", "oil")
_MONTH_DAYS = 31

_NOUN = re.compile(
    r"(?:[^\S\n]|\n(?!\s*\n)){1,8}(?:(?:fueron|son|eran|corresponden|correspondieron|resultaron)\s{1,4})?"
    r"(?:(?:de|del|para|por|con|a|en)\s{1,4})?"
    r"(?!(?:a|al|ante|como|con|contra|cuando|cuales|cual|cuya|cada|de|del|desde|durante|e|el|ella|ellas|ello"
    r"|ellos|en|entre|era|eran|es|esa|esas|ese|esos|esta|estas|este|estos|fue|fueron|ha|han|hasta|la|las|lo|los"
    r"|mas|mientras|mil|millon|millones|ni|no|o|otra|otras|otro|otros|para|pero|por|que|se|segun|sin|sobre|son|su"
    r"|sus|tras|u|un|una|uno|y|ya)\b)[^\W\d_]{3}"
)
_LABEL = re.compile(r"[^\W\d_]{4}\)?\s?[:=|]\s{1,4}$|[^\W\d_]{4}\s{1,3}\($")


@lru_cache(maxsize=4096)  # asked when numbers are marked, and again when an answer is judged
def exclusion_of(text: str, numeral: Numeral) -> str | None:
    """Say why one of the counts of `text` is surely no figure; None where it may be one."""
    if numeral.kind is not NumeralKind.COUNT:
        return None
    folded = fold(text)
    start, end = numeral.start, numeral.end
    low, high = max(0, start - _BEFORE), end + _AFTER
    for rule in _RULES:
        if (
            numeral.value <= rule.most
            and rule.after.match(folded, end, high)
            and rule.before.search(folded, low, start)
        ):
            return rule.reason
    if _is_in_date(folded, numeral):
        return _DATE
    if _CODE.fullmatch(folded, start, end):
        return _NAME
    if _ADDRESS.search(text, low, start) and _BARE.match(folded, end):
        return _NAME
    if _ONE.fullmatch(folded, start, end) and (
        _ONE_BEFORE.search(folded, low, start) or _ONE_AFTER.match(folded, end, high)
    ):
        return _PRONOUN
    return _MARK if _is_mark(folded, numeral) else None


def is_surely_quantity(text: str, numeral: Numeral) -> bool:
    """Tell whether a numeral counts something without doubt: it has a noun, a label, or a size."""
    if numeral.kind not in QUANTITIES or exclusion_of(text, numeral):
        return False
    if numeral.kind is NumeralKind.PERCENT or numeral.value >= DISTINCTIVE_FROM:
        return True
    folded = fold(text)
    if _ARTICLE.fullmatch(folded, numeral.start, numeral.end):
        return False
    return bool(
        _NOUN.match(folded, numeral.end, numeral.end + _AFTER)
        or _LABEL.search(folded, max(0, numeral.start - 16), numeral.start)
    )


def _is_in_date(folded: str, numeral: Numeral) -> bool:
    """Tell whether a day stands beside a month, be it misread: "12 al 14 de noviernbre"."""
    if not 1 <= numeral.value <= _MONTH_DAYS:
        return False
    start, end = numeral.start, numeral.end
    if _SHORT_MONTH_AFTER.match(folded, end) or (
        _SHORT_MONTH_BEFORE.search(folded, max(0, start - 16), start) and _BARE.match(folded, end)
    ):
        return True
    match = _DAYS_AND_MONTH.match(folded, end, end + _AFTER)
    return match is not None and read_month(match["month"]) is not None


@lru_cache(maxsize=4096)  # asked for each short word of a text, and most stand in many
def read_month(word: str) -> int | None:
    """Return the month that a folded word names, but for one letter, and "rn" for "m"."""
    mended = word.replace("rn", "m").translate(_MISREAD)
    for month, number in MONTHS.items():
        if mended == month or (
            len(month) > 4 and Levenshtein.distance(mended, month, score_cutoff=1) <= 1  # noqa: PLR2004 - "mayo" is like too many words
        ):
            return number
    return None


def _is_mark(folded: str, numeral: Numeral) -> bool:
    """Tell whether digits number an item of a list, at a line's start or by a bracket alone."""
    if numeral.start in _line_marks(folded):
        return True
    is_small = numeral.raw.isdecimal() and numeral.value <= _LAST_MARK
    if not is_small or not _INLINE_MARK.match(folded, numeral.end):
        return False
    low = max(0, numeral.start - 200)
    opens = folded.rfind("(", low, numeral.start) > folded.rfind(")", low, numeral.start)
    return not opens and (numeral.start == 0 or folded[numeral.start - 1].isspace())


@lru_cache(maxsize=64)
def _line_marks(folded: str) -> frozenset[int]:
    """Return where marks stand that open lines and follow one another: 1., 2., 3.

    A lone "25." that opens a line is the end of a sentence.
    """
    found = [(int(match[1]), match.start(1)) for match in _LINE_MARK.finditer(folded)]
    values = {value for value, _ in found}
    return frozenset(at for value, at in found if value == 1 or value - 1 in values)
