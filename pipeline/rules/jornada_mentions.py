"""Where a bulletin names a jornada, with its ordinal and the kind that its name says."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.vocabulary import Role
from pipeline.spanish.dates import LONGEST_JORNADA, MONTHS
from pipeline.spanish.folding import one_of
from pipeline.spanish.number_words import roman_value
from schemas.document import Numeral, NumeralKind
from schemas.report import JornadaKind, Service

# Looks back after its letters: the engine then skips to those fast.
JORNADA = re.compile(
    r"(?:jornada(?<![a-z]jornada)s?|m(?:acro|ega)jornadas?"
    r"|semana\s{1,8}(?:nacional|estatal)(?<![a-z]semana\snacional)(?<![a-z]semana\sestatal)"
    r"|#jornada(?!s)[a-z]{1,60})(?![a-z])"
)
# What else takes place once and may be one of a series, if its number says so.
_NUMBERED = re.compile(
    r"(?:edicion|campana|brigada|caravana|cruzada|encuentro|feria|maraton|operativo|rally"
    r"|fin\s{1,8}de\s{1,8}semana(?=\s{1,8}(?:quirurgico|(?:de\s{1,8}(?:la|su|esta)|del)\s{1,8}(?:campana|estrategia|jornada|plan|programa))))"
    r"(?![a-z])"
)
_BETWEEN = re.compile(r"[\s\"“”'.]*(?:gran\s+|magna\s+|edicion\s+(?:de\s+la\s+)?)?")
_BEFORE_JORNADA = re.compile(rf"{_BETWEEN.pattern}{JORNADA.pattern}")
_ORDINAL_REACH = 30
_NUMBER_AFTER = re.compile(
    r"(?:\s{1,8}(?:nacional|extraordinaria|estatal))?\s?,?\s{0,8}(?:la\s{1,8})?"
    r"(?:numero|num\.|no\.)\s{0,8}(?P<number>\d{1,2})(?!\d)"
    r"|\s{1,8}(?P<bare>\d{1,2})(?=\s?[,.;:]|\s{1,8}(?:de|desde|del|en|que)(?![a-z]))(?![.,:]\d)"
)
_ROMAN_AFTER = re.compile(
    r"(?:\s{1,8}(?:Nacional|Extraordinaria|Estatal))?\s{1,8}([IVXL]{1,6})(?![\w-]|\.\w)"
)
_BRACKET = re.compile(r"(?:\s{1,8}[a-z]{3,15}){0,2}\s?\((?:la\s{1,8})?")
# "Por tercera ocasión en el año", of a jornada or of its days in the same sentence.
_TIME = re.compile(r"\s{1,8}(?:vez|ocasion)(?![a-z])")
_THIS_IS = re.compile(r"(?<![a-z])(?:es|fue|era)\s{1,8}(?:ya\s{1,8})?(?:por\s{1,8})?la\s{1,8}$")
_TIME_IN_YEAR = re.compile(
    r"\s{1,8}(?:vez|ocasion)\s{1,8}(?:(?:[a-z]{2,14}\s{1,8}){0,6}?"
    r"(?:en\s{1,8}(?:el|este|lo\s{1,8}que\s{1,8}va\s{1,8}del)|del|de|este|en)\s{1,8}(?:presente\s{1,8})?(?:ano|20\d\d)"
    r"|que\s{1,8}(?:se|lo|la)\s)"
)
_OF_DAYS = re.compile(
    r"(?<![a-z])(?:fin\s{1,8}de\s{1,8}semana|(?:el|este|pasado|ayer)\s{1,8}(?:viernes|sabado|domingo)"
    r"|(?:dos|tres|cuatro|cinco|seis)\s{1,8}dias|toda\s{1,8}una\s{1,8}semana)(?![a-z])"
)
_ORDINAL_AFTER = re.compile(r",\s{0,8}la\s{1,8}$")
_OF_THE_YEAR = re.compile(r"\s{1,8}(?:del\s{1,8}(?:presente\s{1,8})?ano|de\s{1,8}(?:este|20\d\d))")
_THE = re.compile(r"(?<![a-z])la\s+$")
_LINE_START = re.compile(r"(?:^|\n)[ \t•*-]{0,4}$")
_ROW = re.compile(r"\.?\s?\(\d")
_WITH_DAYS = re.compile(
    r",?\s{1,8}(?:(?:celebrada|realizada|programada|prevista|es|fue|sera|va)\s{1,8}"
    r"|que\s{1,8}(?:se\s{1,8})?[a-z]{2,12}\s{1,8})?(?:para\s{1,8}los\s{1,8}dias\s{1,8}|del\s{1,8}|el\s{1,8})"
    r"(?:[a-z]{5,9}\s{1,8})?\d|\s?\?|\s?\(\d"
)
_OF_SERIES = re.compile(
    r"\s?[,.;:?!)]|\s{1,8}(?:alcanzo|bajo|cayo|cerro|con|dejo|llego|logro|registro|repunto|subio|es|fue|fueron|hubo|ira|nos|se|sera|sumo|tendra|va)(?![a-z])"
)
# "La décima, a finales de julio": one of a series, some of which are named in full.
_IN_MONTH = re.compile(
    r"\s?,\s{1,8}(?:en|de|a\s{1,8}(?:fin(?:al)?es|inicios|mediados|principios)\s{1,8}de)\s{1,8}"
    rf"(?:{one_of([name for name in MONTHS if len(name) > 3])})(?![a-z])"  # noqa: PLR2004
)
# "En la inmediata anterior (undécima, 12 al 14 de agosto)".
_BESIDE_BEFORE = re.compile(
    r"(?<![a-z])(?:anterior|pasada|previa|proxima|siguiente|ultima)(?:\s{1,8}[a-z]{4,10})?\s?\(\s?(?:la\s)?$"
)
_BRACKETED = re.compile(r"\s?\)|,?\s{1,8}(?:del\s{1,8}|el\s{1,8})?\d")
_BRACKET_REACH = 40
_BESIDE_NAME = 12
_FEWEST = 3
"""From here up an ordinal beside that of a jornada is one too: "la primera" may be anything."""
_SECOND = 2
_COMMA = re.compile(r"\s?[,(]")
_SINCE = re.compile(r"\bdesde\s+(?:l[ao]|su|que)?")

_NAMES = (
    ("extraordinarias?", JornadaKind.EXTRAORDINARY),
    (r"monotematicas?", JornadaKind.MONOTHEMATIC),
    ("estatal(?:es)?", JornadaKind.STATE),
    ("nacional(?:es)?", JornadaKind.NATIONAL),
)
_NAMED = tuple(
    (re.compile(rf"\s+(?:\w+\s+){{0,2}}(?:{words})(?![a-z])"), kind) for words, kind in _NAMES
)
_START = attrgetter("start")
KINDS = tuple(kind for _, kind in _NAMES)
"""What a name says, the most telling first."""
# A jornada's name goes on over these words, and ends at any other that is no term.
_NAME_END = re.compile(
    r"[,.;:()“”\"\n]|(?<![a-z])(?:a|al|con|cuando|del\s{1,8}imss|donde|durante|efectu\w*|el|en|fue"
    r"|para|por|que|realiz\w*|se|son|todos?|hubo|del?\s{1,8}(?:este|\d))(?![a-z])"
)
_LONGEST_NAME = 80
_OF_HEALTH = re.compile(
    r"\s{1,8}(?:(?:nacional|estatal)\s{1,8})?de\s{1,8}salud\s{1,8}"
    r"(?:de\s{1,8}la\s{1,8}mujer|bucal|visual|mental|auditiva)(?![a-z])(?P<two>\s{1,8}y\s)?"
)
THEMES = (
    Service.DONATION,
    Service.FAMILY_PLANNING,
    Service.SCREENING,
    Service.TRANSPLANT,
    Service.VACCINATION,
)
"""Services that are a theme by themselves; others are with a detail alone."""
_GENERAL = frozenset(
    {"specialty", "family_medicine", "general_medicine", "first_visit", "follow_up"}
    | {"emergency", "elective", "outpatient", "laboratory", "imaging"}
)
"""Details that any jornada offers."""


class Mention(NamedTuple):
    """One place where a jornada is named; `edition` is None where no ordinal is printed."""

    start: int
    end: int
    edition: int | None
    kind: JornadaKind | None
    since: bool
    """"Since the first jornada": speaks of all from then on, and of none by itself."""


def mentions_of(source: Passages) -> tuple[Mention, ...]:
    """Find every place where a single jornada is named, in order."""
    return tuple(sorted(_mentions(source), key=_START))


def _mentions(source: Passages) -> Iterator[Mention]:
    ordinals = [n for n in source.numerals if n.kind is NumeralKind.ORDINAL]
    named = list(_named(source, ordinals))
    yield from named
    known = {m.edition for m in named if m.edition}
    ends = {(m.edition, m.end) for m in named}
    for mention in _elliptic(source, ordinals, known):
        # "La próxima Jornada (13ª)" is named once.
        beside = range(mention.start - _BESIDE_NAME + 1, mention.start + 1)
        if not any((mention.edition, end) in ends for end in beside):
            yield mention


def is_plural(jornada: re.Match[str]) -> bool:
    """Tell "las jornadas" from one."""
    return jornada[0].endswith("jornadas")


def _named(source: Passages, ordinals: list[Numeral]) -> Iterator[Mention]:
    values = {numeral.value for numeral in ordinals}
    for match in JORNADA.finditer(source.folded):
        if is_plural(match):
            continue
        before = _ordinal_before(source, ordinals, match.start())
        edition = _edition(before, values) if before else _edition_after(source, ordinals, match)
        begin = before.start if before else match.start()
        since = _SINCE.search(source.folded, max(0, begin - 14), begin) is not None
        kind = kind_after(source, match.end())
        # An ordinal that OCR has misread may be 0, which is no edition.
        yield Mention(match.start(), match.end(), edition or None, kind, since)
    for match in _NUMBERED.finditer(source.folded):
        before = _ordinal_before(source, ordinals, match.start())
        edition = _edition(before, values) if before else _edition_after(source, ordinals, match)
        if edition and not _BEFORE_JORNADA.match(source.folded, match.end()):
            kind = kind_after(source, match.end())
            yield Mention(match.start(), match.end(), edition, kind, since=False)


def _elliptic(source: Passages, ordinals: list[Numeral], known: set[int]) -> Iterator[Mention]:
    """Find jornadas named by ordinal alone: "La 1ª, del 2 al 4 de febrero, ...; la 2ª, ...".

    `known` are editions that are named in full, of which digits alone are enough; those that are
    found are added to it.
    """
    if not known:
        yield from _times_of_year(source, ordinals)
    if not JORNADA.search(source.folded):
        return
    for numeral in ordinals:
        named = _BEFORE_JORNADA.match(source.folded, numeral.end)
        if named:
            continue
        if numeral.value > 1 and _TIME.match(source.folded, numeral.end):
            sentence = sentence_at(source, numeral.start)
            if (
                any(
                    not is_plural(match)
                    for match in JORNADA.finditer(source.folded, sentence.start, sentence.end)
                )
                and not known
            ):
                yield Mention(numeral.start, numeral.end, int(numeral.value), None, since=False)
            continue
        row = _ROW.match(source.folded, numeral.end) and _LINE_START.search(
            source.folded, max(0, numeral.start - 5), numeral.start
        )
        the = _THE.search(source.folded, max(0, numeral.start - 5), numeral.start)
        bracket = source.folded[max(0, numeral.start - 4) : numeral.start].rstrip(" la")
        if not (the or row or bracket.endswith("(")):
            continue
        edition = int(numeral.value)
        in_digits = numeral.raw[:1].isdigit()
        beside = edition >= _FEWEST and not known.isdisjoint((edition - 1, edition, edition + 1))
        in_month = (
            edition >= _FEWEST and known and _IN_MONTH.match(source.folded, numeral.end) is not None
        )
        bracketed = _BESIDE_BEFORE.search(
            source.folded, max(0, numeral.start - _BRACKET_REACH), numeral.start
        ) and _BRACKETED.match(source.folded, numeral.end)
        if (
            row
            or (bracketed and edition not in known)
            or _WITH_DAYS.match(source.folded, numeral.end)
            or (in_digits and (edition in known or _COMMA.match(source.folded, numeral.end)))
            or (beside and _OF_SERIES.match(source.folded, numeral.end))
            or in_month
        ):
            known.add(edition)
            yield Mention(numeral.start, numeral.end, edition or None, None, since=False)


def _times_of_year(source: Passages, ordinals: list[Numeral]) -> Iterator[Mention]:
    """Find what tells a jornada's ordinal by how often it was held: "por cuarta vez en el año"."""
    for numeral in ordinals:
        if numeral.value < _SECOND or not _TIME_IN_YEAR.match(source.folded, numeral.end):
            continue
        sentence = sentence_at(source, numeral.start)
        before = max(sentence.start, numeral.start - _ORDINAL_REACH)
        if (
            _THIS_IS.search(source.folded, before, numeral.start)
            or _OF_DAYS.search(source.folded, sentence.start, sentence.end)
            or any(s.days and 1 < s.days <= LONGEST_JORNADA for s in sentence.dates)
        ):
            yield Mention(numeral.start, numeral.end, int(numeral.value), None, since=False)
            return


def kind_after(source: Passages, end: int) -> JornadaKind | None:
    """Return the kind that a jornada's name says, which goes on at `end`."""
    printed = next((kind for words, kind in _NAMED if words.match(source.folded, end)), None)
    if printed in (JornadaKind.EXTRAORDINARY, JornadaKind.MONOTHEMATIC):
        return printed
    if source.folded.startswith("nacional", end - 8):
        printed = JornadaKind.NATIONAL  # a Semana Nacional
    return JornadaKind.MONOTHEMATIC if _has_theme(source, end) else printed


def tells_theme(service: Service, detail: str | None) -> bool:
    """Tell whether a service, or a kind of it, is a theme that a jornada may have alone."""
    return service in THEMES or (detail is not None and detail not in _GENERAL)


def _has_theme(source: Passages, end: int) -> bool:
    """Tell whether a jornada's name holds one service alone that is a theme."""
    if health := _OF_HEALTH.match(source.folded, end):
        return health["two"] is None
    stop = _NAME_END.search(source.folded, end, end + _LONGEST_NAME)
    last = stop.start() if stop else end + _LONGEST_NAME
    services: set[Service] = set()
    themed = False
    terms = sentence_at(source, end - 1).terms
    for term in terms[bisect_left(terms, end, key=_START) : bisect_left(terms, last, key=_START)]:
        for meaning in term.meanings:
            if meaning.role in (Role.HEAD, Role.DETAIL, Role.SPECIALTY) and meaning.service:
                services.add(meaning.service)
                themed = themed or tells_theme(meaning.service, meaning.detail)
                break
    return themed and len(services) == 1


def _edition_after(source: Passages, ordinals: list[Numeral], jornada: re.Match[str]) -> int | None:
    """Return the edition that is printed behind: "la jornada número 15", ", la primera del año"."""
    if number := _NUMBER_AFTER.match(source.folded, jornada.end()):
        return int(number["number"] or number["bare"])
    if roman := _ROMAN_AFTER.match(source.text, jornada.end()):
        return roman_value(roman[1])
    following = bisect_left(ordinals, jornada.end(), key=_START)
    for numeral in ordinals[following : following + 1]:
        between = source.folded[jornada.end() : numeral.start][: _LONGEST_NAME + 1]
        if (
            len(between) <= _LONGEST_NAME
            and "." not in between
            and (
                (_ORDINAL_AFTER.search(between) and _OF_THE_YEAR.match(source.folded, numeral.end))
                or (_BRACKET.fullmatch(between) and source.folded.startswith(")", numeral.end))
            )
        ):
            return int(numeral.value)
    return None


def _ordinal_before(source: Passages, ordinals: list[Numeral], start: int) -> Numeral | None:
    before = bisect_left(ordinals, start, key=_START)
    for numeral in ordinals[max(0, before - 1) : before]:
        near = start - numeral.end <= _ORDINAL_REACH
        if near and _BETWEEN.fullmatch(source.folded, numeral.end, start):
            return numeral
    return None


def _edition(numeral: Numeral, values: AbstractSet[float]) -> int:
    """Return an ordinal's value; "32" is 3ª misread where a 3 is in the text's `values` too."""
    value = int(numeral.value)
    shorter, last = divmod(value, 10)
    misread = numeral.raw.isdigit() and last == 2 and shorter in values  # noqa: PLR2004
    return shorter if misread else value


def sentence_at(source: Passages, position: int) -> Sentence:
    """Return the sentence that `position` lies in."""
    return source.sentences[bisect_right(source.sentences, position, key=_START) - 1]
