"""Where the services of a number were given: the narrowest place that its words say."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.towns import find_towns
from pipeline.rules.vocabulary import Role
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.places import JOINT, read_place
from schemas.document import Numeral
from schemas.report import PlaceKind

# Between a number's words and the place behind them: ", en el", "se hicieron en la".
_AT = re.compile(
    r"\s*(?:,\s*)?(?:(?!y\b)[a-z]+,?\s+){0,5}?(?P<how>en|al|a|del|de)"
    r"(?:\s+(?:el|la|los|las))?(?:\s+\d{1,2})?\s*"
)
_REACH, _FAR = 60, 100
_JOINED = re.compile(r"\s*,?\s+y\s+(?:en\s+|de\s+)?(?:(?:el|la|los|las)\s+)?(?:\d{1,2}\s+)?")
_BESIDE = re.compile(r"\s*,?\s+y\s+(?:(?:otr[oa]s?|un|una|dos|tres|cuatro|cinco|\d+)\s)")
_EACH = re.compile(r"\b(?:tod[ao]s|cada)\b")
_TOGETHER = re.compile(
    r"\s*(?:en conjunto|en total|entre (?:ambos|ambas|los dos|las dos)|junt[oa]s)"
)
_TURN = re.compile(
    r"\b(?:el|la)\s+(?:(?P<first>primer[oa])|segund[oa])(?=\s*(?:[,;.:]|$|\w+o\s|y\s|con\s|se\s))"
)
_TURN_REACH = 60
_THERE = re.compile(
    r"\b(?:ahi|alli|(?:est[ea]|es[ea]|dich[oa]|mism[oa]) (?:hospital|nosocomio|unidad|clinica))\b"
)
_OF_THESE = re.compile(r"\W*de (?:est[ao]s|es[ao]s|ell[ao]s|l[ao]s)\b")
_EARLIER = 3
_OPENING = 40
_GOALS_OF_THE_COUNTRY = re.compile(r"\b2-30-100\b")
_BEFORE_NAME = 4
_FEW = 2
_MILLION = 1_000_000
_LED = re.compile(r"(?:^|[•*;:.,\n–—-]|\b(?:a|en|y|quedo|destaco))\s*(?:(?:la|el|los|las)\s+)?$")
_WITH = re.compile(r"\s*[,:]?\s*(?:con|les? tocaron|les? correspondieron)?\s*(?:otr[ao]s\s+)?")
_BOTH = re.compile(r"\sy\s+(?:(?:el|la|los|las)\s+)?(?:\d{1,2}\s+)?$")
_LIST = re.compile(r",|\s[ye]\s")


class _Mention(NamedTuple):
    start: int
    end: int
    name: str


def place_of(
    source: Passages, sentence: Sentence, numeral: Numeral, last: int, bulletin: str
) -> str:
    """Return the place that governs a number, whose words end at `last`.

    What stands right behind its words, a unit or town of its clause, a state, OOAD or UMAE set
    apart, what "ahí" takes up, or else the bulletin's place.
    """
    return (
        _said_place(source, sentence, numeral, last, bulletin)
        or _by_turn(source, sentence, numeral, last)
        or _taken_up(source, sentence, numeral, bulletin)
        or bulletin
    )


def _said_place(
    source: Passages, sentence: Sentence, numeral: Numeral, last: int, bulletin: str
) -> str | None:
    """Return the place that a number's own sentence says."""
    units = tuple(_Mention(*unit) for unit in sentence.units)
    towns = _towns(source, sentence, units)
    states = _states(sentence)
    sides = _sides(source, sentence, units)
    wide = bulletin == NATIONAL or JOINT in bulletin
    apart = sides if wide and {"OOAD", "UMAE"} <= {side.name for side in sides} else ()
    named = (
        _respectively(source, sentence, numeral, last, (units, states))
        or _behind(source, sentence, last, (*units, *towns, *states, *apart))
        or _unit_before(source, sentence, numeral, last, units)
        or _town_before(source, sentence, numeral, towns)
    )
    if named:
        return named
    if wide:
        return _last_before(source, numeral, states, sides)
    return NATIONAL if _is_of_the_country(source, sentence, numeral, sides) else None


def _states(sentence: Sentence) -> tuple[_Mention, ...]:
    if not sentence.states:
        return ()
    ends = {term.start: term.end for term in sentence.terms if Role.STATE in term.roles}
    return tuple(_Mention(start, ends[start], label) for start, label in sentence.states)


def _towns(source: Passages, sentence: Sentence, units: Sequence[_Mention]) -> tuple[_Mention, ...]:
    found = find_towns(source.text)
    first = bisect_left(found, sentence.start, key=attrgetter("start"))
    behind = bisect_left(found, sentence.end, lo=first, key=attrgetter("start"))
    return tuple(
        _Mention(town.start, town.end, town.name)
        for town in found[first:behind]
        if not any(unit.start <= town.start < unit.end for unit in units)
    )


def _respectively(
    source: Passages,
    sentence: Sentence,
    numeral: Numeral,
    last: int,
    groups: Sequence[Sequence[_Mention]],
) -> str | None:
    """Share several numbers out among as many places, in order."""
    if "respectivamente" not in source.folded[last : sentence.end]:
        return None
    counted = [other.start for other in sentence.quantities]
    for named in groups:
        if len(counted) == len(named) > 1:
            return named[counted.index(numeral.start)].name
    return None


def _behind(
    source: Passages, sentence: Sentence, last: int, named: Sequence[_Mention]
) -> str | None:
    """Return the place right behind a number's words: "41 en Puebla"; two that "y" joins."""
    near = sorted(one for one in named if last <= one.start < last + _REACH)
    if not near:
        return None
    first = near[0]
    match = _AT.fullmatch(source.folded, last, first.start)
    following = [one for one in sentence.quantities if one.start >= last]
    if match is None or any(one.end <= first.start - _BEFORE_NAME for one in following):
        return None
    end = following[0].start if following else sentence.end
    if sum(1 for unit in sentence.units if first.start <= unit.start < end) > _FEW:
        return None  # a list of hospitals: the state's
    is_unit = any(first.start == unit.start for unit in sentence.units)
    if not is_unit and match["how"] in ("de", "del"):
        return None
    if len(near) > 1 and _JOINED.fullmatch(source.folded, first.end, near[1].start):
        return JOINT.join((first.name, near[1].name))
    return first.name


def _unit_before(
    source: Passages,
    sentence: Sentence,
    numeral: Numeral,
    last: int,
    units: Sequence[_Mention],
) -> str | None:
    """Return the one unit that leads a number's clause, or two that share it."""
    clause = max(source.text.rfind(";", sentence.start, numeral.start), sentence.start)
    before = [unit for unit in units if clause <= unit.start and unit.end <= numeral.start]
    if len(before) > 1:
        floor = max(
            (n.end for n in sentence.quantities if n.end <= numeral.start), default=sentence.start
        )
        before = [unit for unit in before if unit.start >= floor]
    if len(before) == 2 and _TOGETHER.match(source.folded, last):  # noqa: PLR2004 - a pair
        return JOINT.join(unit.name for unit in before)
    if len(before) != 1 or _BESIDE.match(source.folded, before[0].end):
        return None
    return before[0].name


def _town_before(
    source: Passages, sentence: Sentence, numeral: Numeral, towns: Sequence[_Mention]
) -> str | None:
    """Return the town that leads a number's clause, or those of a claim over a list."""
    before = [town for town in towns if town.end <= numeral.start]
    if not before:
        return None
    nearest = before[-1]
    between = source.folded[nearest.end : numeral.start]
    if len(before) > 1 and _EACH.search(between):
        return JOINT.join(town.name for town in before)
    if len(between) > _OPENING or re.search(r"\d", between):
        return None
    led = _LED.search(source.folded, max(sentence.start, nearest.start - _OPENING), nearest.start)
    if led and _WITH.fullmatch(between):
        return nearest.name
    opening = source.folded[sentence.start : nearest.start].split()
    return nearest.name if opening == ["en"] else None


def _last_before(
    source: Passages, numeral: Numeral, states: Sequence[_Mention], sides: Sequence[_Mention]
) -> str | None:
    """Return the last state or side before a number, or all states of a claim over a list."""
    before = sorted(one for one in (*states, *sides) if one.end <= numeral.start)
    if not before:
        return None
    last = before[-1]
    listed = [one for one in before if one in states]
    if last in sides or len(listed) == 1:
        return last.name
    each = _EACH.search(source.folded, last.end, numeral.start)
    if not each:
        return last.name
    found = map(read_place, _LIST.split(source.text[listed[0].start : last.end]))
    kinds = (PlaceKind.STATE, PlaceKind.OOAD)
    return JOINT.join(dict.fromkeys(one.name for one in found if one.kind in kinds))


def _sides(source: Passages, sentence: Sentence, units: Sequence[_Mention]) -> tuple[_Mention, ...]:
    """Return OOAD, UMAE and the whole country, which both are where "y" joins them."""
    found: list[_Mention] = []
    for start, end, role in role_terms(sentence, Role.OOAD, Role.UMAE, Role.NATIONAL):
        if any(unit.start <= start < unit.end for unit in units):
            continue
        if found and start - found[-1].end <= _BEFORE_NAME:
            continue  # "Unidades Médicas de Alta Especialidad (UMAE)"
        name = NATIONAL if role is Role.NATIONAL else role.name
        if found and name != found[-1].name and NATIONAL not in (name, found[-1].name):
            between = source.folded[found[-1].end : start]
            if len(between) < _FAR and _BOTH.search(between):
                found[-1] = _Mention(found[-1].start, end, NATIONAL)
                continue
        found.append(_Mention(start, end, name))
    return tuple(found)


def _is_of_the_country(
    source: Passages, sentence: Sentence, numeral: Numeral, sides: Sequence[_Mention]
) -> bool:
    """Tell whether a number in a state's bulletin is the whole country's."""
    before = sorted(
        (one.start, one.name)
        for one in (*sides, *_states(sentence))
        if one.end <= numeral.start and one.name not in ("OOAD", "UMAE")
    )
    if before and before[-1][1] == NATIONAL:
        return True
    goals = _GOALS_OF_THE_COUNTRY.search(source.folded, sentence.start, numeral.start)
    return goals is not None and numeral.value >= _MILLION


def _by_turn(source: Passages, sentence: Sentence, numeral: Numeral, last: int) -> str | None:
    """Return which of the two units that were named last "the first" or "the second" is."""
    behind = _TURN.search(source.folded, last, last + _OPENING)
    if behind and not _AT.fullmatch(source.folded, last, behind.start() + 3):
        behind = None
    start = max(sentence.start, numeral.start - _TURN_REACH)
    turns = list(_TURN.finditer(source.folded, start, numeral.start))
    turn = behind or (turns[-1] if turns else None)
    if turn is None or re.search(r"\d", source.folded[turn.end() : numeral.start]):
        return None
    for earlier in (sentence, *_sentences_before(source, sentence)):
        named = _units(earlier, numeral.start)
        if len(named) == 2:  # noqa: PLR2004 - the first and the second
            return named[0 if turn["first"] else 1]
    return None


def _sentences_before(source: Passages, sentence: Sentence) -> Sequence[Sentence]:
    at = bisect_left(source.sentences, sentence.start, key=attrgetter("start"))
    return source.sentences[max(0, at - _EARLIER) : at][::-1]


def _units(sentence: Sentence, before: int) -> list[str]:
    return list(dict.fromkeys(unit.name for unit in sentence.units if unit.end <= before))


def _taken_up(source: Passages, sentence: Sentence, numeral: Numeral, bulletin: str) -> str | None:
    """Return the place of the sentence before, where a number's sentence goes on about it."""
    there = _THERE.search(source.folded, sentence.start, numeral.start)
    of_these = _OF_THESE.match(source.folded, sentence.start, numeral.start)
    if not (there or of_these):
        return None
    for earlier in _sentences_before(source, sentence)[:1]:
        if len(named := _units(earlier, numeral.start)) == 1:
            return named[0]
        if of_these and earlier.quantities and sentence.block == earlier.block:
            before = earlier.quantities[-1]
            return _said_place(source, earlier, before, before.end, bulletin)
    return None
