"""Where the services of a number were given: the narrowest place that its words say."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.passages import Passages, Sentence
from pipeline.rules.place_mentions import (
    OOAD,
    PRECISE,
    UMAE,
    Mention,
    Mentions,
    listed_from,
    listed_up_to,
    mentions_of,
)
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.places import JOINT, read_place
from schemas.document import Numeral
from schemas.report import PlaceKind

_START, _END = attrgetter("start"), attrgetter("end")
# Between a number's words and the place behind them: ", en el", "se hicieron en la".
_AT = re.compile(
    r"\s*(?P<comma>,\s*|y\s+(?=en\s))?(?:(?!(?:y|mientras|pero|aunque|cuando|donde)\b)[a-z]+,?\s+){0,5}?"
    r"(?P<how>en|al|a|del|de)(?:\s+(?:el|la|los|las))?(?:(?<=\bel|\bla|\bal)\s+del?)?(?:\s+\d{1,2})?\s*"
)
_AGES = re.compile(r",?\s*de\s[^,;.]{1,40}\banos(?: de edad)?\b")
_REACH = 60
_OF_THE_NEXT = re.compile(r"[^,;.]{0,20}")
_FEW = 2
_LEAD, _LONGEST_LINE = 70, 5_000
_DIGIT = re.compile(r"\d")
_MARK = re.compile(r"^[^\w\n]*(?:\d{1,2}[.)]\s+|en\s+)?", re.IGNORECASE)
_BESIDE = re.compile(r"\s*,?\s+y\s+(?:(?:otr[oa]s?|un|una|dos|tres|cuatro|cinco|\d+)\s)")
_TURN = re.compile(
    r"\b(?:el|la)\s+(?:(?P<first>primer[oa])|segund[oa])(?=\s*(?:[,;.:]|$|\w+o\s|y\s|con\s|se\s))"
)
_THERE = re.compile(
    r"\b(?:ahi|alli|(?:est[ea]|es[ea]|dich[oa]|mism[oa]) (?:hospital|nosocomio|unidad|clinica)"
    r"|(?:el (?:hospital|nosocomio)|la (?:unidad|clinica))"
    r"(?! (?:que|de|del|general|regional|rural|medica)\b))\b"
)
_THEY = re.compile(r"\W*(?:si,?\s+)?(?:ell[oa]s|est[ea])\s")
_THE_HOSPITAL = re.compile(r"\b(?:el (?:hospital|nosocomio)|la (?:unidad|clinica))\b")
_OF_THESE = re.compile(r"\W*de (?:est[ao]s|es[ao]s|ell[ao]s|l[ao]s)\b")
_EARLIER = 3
_IN_THE_STATE = re.compile(
    r"\b(?:en|de) (?:el estado|la entidad|el territorio estatal)\b(?! de\b)"
    r"|\b(?:nivel|escala) estatal\b"
    r"|\bla (?:delegacion|representacion|entidad)\b|\b(?:en|de) tod[oa] (?:el estado|la entidad)\b"
)
_THE_OFFICE = re.compile(r"\b(?:la|esta) (?:delegacion|representacion)\b(?! de\b)")
_COUNTRY_BEHIND = 60
_OPENING = 40
_TURN_REACH = 60
_GOALS_OF_THE_COUNTRY = re.compile(r"\b2-30-100\b")
_MILLION = 1_000_000
_LED = re.compile(r"(?:^|\n|[^\w\s]|\b(?:a|en|y|quedo|destaco))\s*(?:(?:la|el|los|las)\s+)?$")
_IN = re.compile(r"\ben\s+(?:(?:la|el|los|las)\s+)?$")
_WITH = re.compile(
    r"\s*[,:(]?\s*(?:con|lleva|suma|va|les? tocaron|les? correspondieron"
    r"|[a-z]+(?:o|aron|ieron)(?: a cabo)?)?"
    r"\s*(?:l[ao]s\s+)?(?:otr[ao]s\s+)?"
)
_THE = re.compile(r"\bl[ao]s\s+$")
_AT_THE_HEAD = re.compile(
    r",\s+[a-z][^;:.,\d]{0,40},\s*(?:con\s+)?"  # "y Jalpan, sede y último punto, 497"
    r"|\s+(?:va|van|fue|es|esta|encabeza|lidera|sigue|quedo|destaco|sobresale)\b[^;:.\d]{0,30}"
)
_SENT = re.compile(
    r"\b(?:envi|traslad|canaliz|refer|refir|remit|deriv|destin|mand|llev|export)[a-z]+\s+(?:\w+\s+){0,2}?"
    r"(?:a|al|hacia)\s+(?:el|la|l[ao]s)?\s*$"
)
_PART = re.compile(r"\b(?:mitad|mayoria|mayor parte|parte de ell[oa]s)\b")
_VERBS = re.compile(r"[^,;:.\d]{1,40}")


class PlaceSpot(NamedTuple):
    """A number, whose words end at `last`, and the places that its sentence names."""

    source: Passages
    sentence: Sentence
    numeral: Numeral
    last: int
    named: Mentions

    def before(self, named: Sequence[Mention]) -> list[Mention]:
        """Return those places that stand before the number."""
        return list(named[: bisect_right(named, self.numeral.start, key=_END)])


def without_homes(source: Passages, sentence: Sentence, named: Mentions) -> Mentions:
    """Leave out towns that no "en" leads to: of one hospital, they are where patients live."""
    led = tuple(
        town
        for town in named.towns
        if _IN.search(source.folded, max(sentence.start, town.start - _OPENING), town.start)
    )
    return named._replace(towns=led)


def place_of(spot: PlaceSpot, bulletin: str, state: str | None = None) -> str:
    """Return the place that governs a number, `state` being that of the whole bulletin.

    What stands right behind its words, a unit or town of its clause, a state, OOAD or UMAE set
    apart, what "ahí" takes up, or else the bulletin's place.
    """
    said = _said_place(spot, bulletin) or _taken_up(spot, bulletin)
    return said or (state if state and _is_of_the_state(spot, bulletin) else None) or bulletin


def _said_place(spot: PlaceSpot, bulletin: str) -> str | None:
    """Return the place that a number's own sentence says."""
    wide = bulletin == NATIONAL or JOINT in bulletin
    if named := _respectively(spot) or _behind(spot, wide=wide):
        return named
    if named := _leading_the_line(spot):
        return named
    if named := _by_turn(spot) or _unit_before(spot) or _town_before(spot):
        return named
    if _country_behind(spot):
        return NATIONAL
    if wide:
        return _last_before(spot)
    return NATIONAL if _is_of_the_country(spot) else None


def _is_of_the_state(spot: PlaceSpot, bulletin: str) -> bool:
    """Tell whether a number in a bulletin of one place is its whole state's."""
    if bulletin == NATIONAL or read_place(bulletin).kind in (PlaceKind.STATE, PlaceKind.OOAD, None):
        return False
    if _THE_OFFICE.search(spot.source.folded, spot.sentence.start, spot.numeral.start):
        return True
    quantities = spot.sentence.quantities
    counted = bisect_left(quantities, spot.numeral.start, key=_START)
    start = quantities[counted - 1].end if counted else spot.sentence.start
    end = min(spot.last + _TURN_REACH, spot.sentence.end)
    end = min(end, _quantity_from(spot.sentence, spot.last, default=end))
    return bool(_IN_THE_STATE.search(spot.source.folded, start, end))


def _leading_the_line(spot: PlaceSpot) -> str | None:
    """Return the place that opens the number's line: "- Tijuana: 24 cirugías y 31 consultas"."""
    text, folded = spot.source.text, spot.source.folded
    start = spot.numeral.start
    far = max(0, start - _LONGEST_LINE)
    opening = text.rfind("\n", far, start) + 1
    lead = text.find(":", opening, min(opening + _LEAD, start)) if opening or not far else -1
    if lead < 0 or not _DIGIT.search(folded, lead, start):
        return None  # the first number of the line is said to be there as any number is
    name = _MARK.sub("", text[opening:lead])
    named = spot.before((*spot.named.units, *spot.named.towns, *spot.named.states))
    if not name or any(one.start > lead for one in named):
        return None
    place = read_place(name)
    return place.name if place.kind in PRECISE else None


def _respectively(spot: PlaceSpot) -> str | None:
    """Share several numbers out among as many places, in order."""
    if spot.source.folded.find("respectivamente", spot.last, spot.sentence.end) < 0:
        return None
    counted = [other.start for other in spot.sentence.quantities]
    for named in (spot.named.units, spot.named.states, spot.named.towns):
        if len(counted) == len(named) > 1:
            return named[counted.index(spot.numeral.start)].name
    return None


def _behind(spot: PlaceSpot, *, wide: bool) -> str | None:
    """Return the place right behind a number's words, or a list: "41 en Puebla y Colima"."""
    folded = spot.source.folded
    aside = _AGES.match(folded, spot.last)
    last = aside.end() if aside else spot.last
    units, towns, states, sides = spot.named
    both = {OOAD, UMAE} <= {side.name for side in sides}
    apart = [
        side
        for side in sides
        if (wide and both) or (side.name == UMAE and (wide or _IN.search(folded, last, side.start)))
    ]
    near = (
        group[bisect_left(group, last, key=_START) :] for group in (units, towns, states, apart)
    )
    behind = sorted(one for group in near for one in group)
    if not behind or behind[0].start >= last + _REACH:
        return None
    first = behind[0]
    match = _AT.fullmatch(folded, last, first.start)
    if _PART.search(folded, last, first.start) or _SENT.search(folded, last, first.start):
        return None
    if match is None or (first not in units and match["how"] in ("de", "del")):
        return None
    if _quantity_from(spot.sentence, last, default=last + _REACH) < match.start("how"):
        return None  # "33 cirugías, doce en el HGZ 1"
    ahead = _quantity_from(spot.sentence, first.end, default=-1)
    if match["comma"] and ahead >= 0 and _OF_THE_NEXT.fullmatch(folded, first.end, ahead):
        return None  # "en León a 40, en Silao a 31"
    listed = [one.name for one in listed_from(spot.source, behind, 0)]
    return JOINT.join(dict.fromkeys(listed))


def _unit_before(spot: PlaceSpot) -> str | None:
    """Return the one unit that leads a number's clause, or those of a list that does."""
    start, numeral = spot.sentence.start, spot.numeral
    before = spot.before(spot.named.units)
    if not before:
        return None
    quantities = spot.sentence.quantities
    counted = bisect_left(quantities, numeral.start, key=_START)
    first_end, last_end = (
        (quantities[0].end, quantities[counted - 1].end) if counted else (numeral.start, start)
    )
    clause = spot.source.text.rfind(";", first_end, numeral.start)
    before = before[bisect_left(before, max(clause, start), key=_START) :]
    if not before or _BESIDE.match(spot.source.folded, before[-1].end):
        return None
    listed = listed_up_to(spot.source, before, len(before) - 1)
    if len(listed) < len({unit.name for unit in before}):
        since = before[bisect_left(before, last_end, key=_START) :]
        listed = listed_up_to(spot.source, since, len(since) - 1) if since else []
        if len(listed) < len({unit.name for unit in since}):
            return None
    return JOINT.join(listed) or None


def _town_before(spot: PlaceSpot) -> str | None:
    """Return the town that leads a number's clause, or those of a claim over a list."""
    before = spot.before(spot.named.towns)
    if not before:
        return None
    folded, start = spot.source.folded, spot.sentence.start
    listed = listed_up_to(spot.source, before, len(before) - 1)
    between = folded[before[-1].end : spot.numeral.start]
    first = before[-len(listed)]
    lead = max(start, first.start - _OPENING)
    opens = not folded[start : first.start].strip(" \n•*-–—")
    leads = opens or _LED.search(folded, lead, first.start)
    if leads and _WITH.fullmatch(between):
        return _in_brackets(spot, listed) or (
            JOINT.join(listed) if len(listed) > _FEW or _THE.search(between) else before[-1].name
        )
    if leads and len(listed) == 1 and _AT_THE_HEAD.fullmatch(between):
        return listed[0]
    if shared := _in_brackets(spot, listed):
        return shared
    if (opens and len(listed) > 1) or _IN.search(folded, lead, first.start):
        claimed = _VERBS.fullmatch(between.lstrip(", "))
        return JOINT.join(listed) if claimed and len(between) <= _OPENING else None
    return None


def _in_brackets(spot: PlaceSpot, listed: Sequence[str]) -> str | None:
    """Share numbers in brackets out among the places before: "Silao y León (40 y 31)"."""
    folded, start = spot.source.folded, spot.numeral.start
    opened = folded.rfind("(", spot.sentence.start, start)
    closed = folded.find(")", start, spot.sentence.end)
    if opened < 0 or closed < 0 or folded.find(")", opened, start) >= 0:
        return None
    inside = [one.start for one in spot.sentence.quantities if opened < one.start < closed]
    if len(listed) != len(inside) or len(listed) < _FEW:
        return None
    return listed[inside.index(start)]


def _last_before(spot: PlaceSpot) -> str | None:
    """Return the last state or side before a number, or all states of a claim over a list."""
    states = spot.before(spot.named.states)
    last = max((*states, *spot.before(spot.named.sides)), default=None)
    if last is None or not states or last != states[-1]:
        return last.name if last else None
    return JOINT.join(listed_up_to(spot.source, states, len(states) - 1))


def _is_of_the_country(spot: PlaceSpot) -> bool:
    """Tell whether a number in a state's bulletin is the whole country's."""
    country = [one for one in spot.named.sides if one.name == NATIONAL]
    last = max((*spot.before(country), *spot.before(spot.named.states)), default=None)
    if last is not None and last.name == NATIONAL:
        return True
    goals = _GOALS_OF_THE_COUNTRY.search(
        spot.source.folded, spot.sentence.start, spot.numeral.start
    )
    return goals is not None and spot.numeral.value >= _MILLION


def _country_behind(spot: PlaceSpot) -> bool:
    """Tell whether the whole country follows a number: "de las 2 mil que hubo en el país"."""
    first = spot.numeral.end
    country = [one.start for one in spot.named.sides if one.name == NATIONAL]
    if not country:
        return False
    end = first + _COUNTRY_BEHIND
    end = min(end, _quantity_from(spot.sentence, first, default=end))
    behind = [start for start in country if first <= start < end]
    return bool(behind) and not re.search(r"[;:.]", spot.source.folded[first : behind[0]])


def _by_turn(spot: PlaceSpot) -> str | None:
    """Return which of the two units that were named last "the first" or "the second" is."""
    folded, last = spot.source.folded, spot.last
    turn = _TURN.search(folded, last, last + _OPENING)
    if turn is None or not _AT.fullmatch(folded, last, turn.start() + len("el ")):
        start = max(spot.sentence.start, spot.numeral.start - _TURN_REACH)
        *_, turn = (None, *_TURN.finditer(folded, start, spot.numeral.start))
    if turn is None or re.search(r"\d", folded[turn.end() : spot.numeral.start]):
        return None
    for earlier in (spot.sentence, *_sentences_before(spot)):
        named = _units(earlier, spot.numeral.start)
        if len(named) == _FEW:
            return named[0 if turn["first"] else 1]
    return None


def _quantity_from(sentence: Sentence, offset: int, default: int) -> int:
    """Return where the first number of a sentence begins from an offset on."""
    at = bisect_left(sentence.quantities, offset, key=_START)
    return sentence.quantities[at].start if at < len(sentence.quantities) else default


def _sentences_before(spot: PlaceSpot) -> Sequence[Sentence]:
    sentences = spot.source.sentences
    at = bisect_left(sentences, spot.sentence.start, key=_START)
    return sentences[max(0, at - _EARLIER) : at][::-1]


def _units(sentence: Sentence, before: int) -> list[str]:
    return list(dict.fromkeys(unit.name for unit in sentence.units if unit.end <= before))


def _taken_up(spot: PlaceSpot, bulletin: str) -> str | None:
    """Return the place of the sentence before, where a number's sentence goes on about it."""
    source, sentence, start = spot.source, spot.sentence, spot.numeral.start
    there = _THERE.search(source.folded, sentence.start, start)
    there = there or _THEY.match(source.folded, sentence.start, start)
    of_these = _OF_THESE.match(source.folded, sentence.start, start)
    if not (there or of_these):
        return None
    if there and _THE_HOSPITAL.match(there[0]) and len(source.units) == 1:
        return next(iter(source.units))
    for earlier in _sentences_before(spot)[:1]:
        if len(named := _units(earlier, start)) == 1:
            return named[0]
        if of_these and earlier.quantities and sentence.block == earlier.block:
            numeral = earlier.quantities[-1]
            mentions = mentions_of(source, earlier)
            return _said_place(PlaceSpot(source, earlier, numeral, numeral.end, mentions), bulletin)
    return None
