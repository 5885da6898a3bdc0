"""Numbers that print, OCR or layout took apart or ran together, and every way to read them.

"64, 255" may be 64255, or 64 and 255. Rules say what the gap between two neighbours may be read as
(a group's comma, a decimal point, nothing at all) and whether that is likely; the grammar of
number_words has the last word. A long row of neighbours is a list, not one damaged number.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from operator import attrgetter
from typing import NamedTuple

from pipeline.spanish.damaged_gaps import MAY_JOIN, Link, link_between
from pipeline.spanish.number_words import read_number
from pipeline.spanish.page_feet import without_page_feet
from schemas.document import QUANTITIES, Ambiguity, Numeral, NumeralKind

_LONGEST_GAP = 6
_MOST_PARTS = 4
"""Neighbours that may be one damaged number."""

# Where one number may be two: "1 234", "ciento 20 mil", "treinta y 5", and over an empty line.
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+")
_SPACE = re.compile(" ")
_SPLIT = re.compile(
    r"(?<=ciento)\s+(?=\d)|(?<=ient[oa]s)\s+(?=\d)|(?<=nta)\s+y\s+(?=\d)|\s*\n\s*\n\s*"
)
_DECIMAL_MILLIONS = re.compile(r"(\d{1,3}\.\d{3})\s{0,8}m[i1r]")
# Begins with a character class: the engine then skips to those fast.
_MAY_BE_SEVERAL = re.compile(
    r"[ \n.](?:(?<=\d )\d{3}|(?<=\n)[^\S\n]*\n|(?:(?<=ciento\s)|(?<=ient[oa]s\s))\s*\d"
    r"|(?<=nta\s)\s*y\s+\d|(?<=\.)\d{3}\s{0,8}m)"
)
_SPACES = re.compile(r"\s*")
_START = attrgetter("start")
_BEFORE_FOOT = re.compile(r"(?:mil|millon|millones)[ \t]{0,8}\n[ \t]{0,8}\n")


class _Part(NamedTuple):
    """A piece of the numeral `whole`, mostly all of it; `close` takes in a percent sign."""

    start: int
    end: int
    close: int
    whole: Numeral


def resolve(
    text: str, folded: str, found: Sequence[Numeral]
) -> tuple[tuple[Numeral, ...], tuple[Ambiguity, ...]]:
    """Mend the numerals that were `found` in a text, and list where it can be read otherwise.

    The first reading of each ambiguity is what stands among the numerals.
    """
    stretches = [*_over_page_feet(text, folded, found), *_stretches(text, folded, found)]
    if not stretches:
        return tuple(found), ()
    ambiguities: list[Ambiguity] = []
    for one in sorted(stretches):
        if not ambiguities or one.start >= ambiguities[-1].end:
            ambiguities.append(one)
    mended: list[Numeral] = []
    ahead = 0
    for numeral in found:
        while ahead < len(ambiguities) and ambiguities[ahead].end <= numeral.start:
            ahead += 1
        if ahead == len(ambiguities) or numeral.end <= ambiguities[ahead].start:
            mended.append(numeral)
    mended += (numeral for one in ambiguities for numeral in one.readings[0])
    return tuple(sorted(mended)), tuple(one for one in ambiguities if len(one.readings) > 1)


def _stretches(text: str, folded: str, found: Sequence[Numeral]) -> Iterator[Ambiguity]:
    """Yield neighbours that may be one number, and numbers that may be several."""
    run: list[Numeral] = []
    for index in _candidates(folded, found):
        numeral = found[index]
        if run and numeral.start - run[-1].end > _LONGEST_GAP:
            yield from _read_run(text, folded, run)
            run = []
        if numeral.kind in QUANTITIES:
            run.append(numeral)
        elif run:
            yield from _read_run(text, folded, run)
            run = []
    if run:
        yield from _read_run(text, folded, run)


def _candidates(folded: str, found: Sequence[Numeral]) -> list[int]:
    """Index the few numerals that have a near neighbour, or may be several themselves."""
    may_join = MAY_JOIN.fullmatch
    near = [
        index
        for index in range(1, len(found))
        if found[index][0] - found[index - 1][1] <= _LONGEST_GAP
        and found[index - 1][4] is NumeralKind.COUNT
        and may_join(folded, found[index - 1][1], found[index][0])
    ]
    search = _MAY_BE_SEVERAL.search
    several = [
        index
        for index, (start, end, *_) in enumerate(found)
        if end - start > 4 and search(folded, start, end)  # noqa: PLR2004 - "1 234" is the shortest
    ]
    return sorted({*near, *(index - 1 for index in near), *several})


def _read_run(text: str, folded: str, run: Sequence[Numeral]) -> Iterator[Ambiguity]:
    """Cut a run where neighbours are surely two numbers, and read what is left together."""
    parts: list[_Part] = []
    links: list[Link] = []
    for numeral in run:
        inner, joints = _split(folded, numeral)
        link = None
        if (
            parts
            and parts[-1].whole.kind is NumeralKind.COUNT
            and not _begins_a_sentence(text, parts[-1].end, numeral.start)
        ):
            before, part = parts[-1], inner[0]
            link = link_between(
                folded, before.start, before.end, part.start, part.end, inner[-1].close
            )
        if link is None:
            yield from _read_parts(text, folded, parts, links)
            parts, links = inner, joints
        else:
            parts += inner
            links += [link, *joints]
    yield from _read_parts(text, folded, parts, links)


def _begins_a_sentence(text: str, end: int, start: int) -> bool:
    """Tell "diez mil. Ochenta salieron", or a new paragraph, from "23 mil. 138"."""
    gap = text[end:start]
    return "." in gap and (text[start].isupper() or gap.count("\n") > 1)


def _split(folded: str, numeral: Numeral) -> tuple[list[_Part], list[Link]]:
    """Return the pieces of a numeral, one unless print leaves it open, and what joins them."""
    start, close = numeral.start, numeral.end
    if numeral.kind is NumeralKind.COUNT and not _MAY_BE_SEVERAL.search(folded, start, close):
        return [_Part(start, close, close, numeral)], []
    read = read_number(folded, start, close)
    end = read[0] if read else close
    spaced = _SPACED.fullmatch(folded, start, end)
    gaps = [match.span() for match in (_SPACE if spaced else _SPLIT).finditer(folded, start, end)]
    edges = [start, *(edge for gap in gaps for edge in gap), end]
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    if gaps and not all(_stands_alone(folded[begin:finish]) for begin, finish in spans):
        gaps, spans = [], [(start, end)]
    parts = [_Part(begin, finish, finish, numeral) for begin, finish in spans]
    parts[-1] = parts[-1]._replace(close=close)
    return parts, [Link(folded[begin:finish], likely=True) for begin, finish in gaps]


def _stands_alone(printed: str) -> bool:
    return _value(printed) is not None and (printed == "0" or printed[0] != "0")


def _value(printed: str) -> int | float | None:
    """Return what a folded text is worth that holds a number and nothing else."""
    read = read_number(printed, 0, len(printed))
    return read[1] if read and read[0] == len(printed) else None


def _read_parts(
    text: str, folded: str, parts: Sequence[_Part], links: Sequence[Link]
) -> Iterator[Ambiguity]:
    """Read a chain in each way that joins some of its parts and keeps the others apart."""
    if not parts or len(parts) > _MOST_PARTS:
        return
    likely = tuple(link.likely for link in links)
    as_found = tuple(a.whole is b.whole for a, b in pairwise(parts))
    ways = sorted(
        product((True, False), repeat=len(links)), key=lambda way: (way != likely, way != as_found)
    )
    readings = [_read_joined(text, folded, parts, links, way) for way in ways]
    possible = [reading for reading in readings if reading]
    if len(parts) == 1 and (match := _DECIMAL_MILLIONS.match(folded, parts[0].start)):
        whole = parts[0].whole
        possible.append((whole._replace(value=round(float(match[1]) * 10**6)),))
    different = tuple(dict.fromkeys(possible))
    if len(different) > 1:
        yield Ambiguity(parts[0].start, parts[-1].close, different)


def _read_joined(
    text: str, folded: str, parts: Sequence[_Part], links: Sequence[Link], way: Sequence[bool]
) -> tuple[Numeral, ...]:
    """Read the parts, joined over those links that `way` says; empty where a joint is no number."""
    segments = [[0]]
    for at, joined in enumerate(way, start=1):
        if joined:
            segments[-1].append(at)
        else:
            segments.append([at])
    reading: list[Numeral] = []
    for segment in segments:
        first, last = parts[segment[0]], parts[segment[-1]]
        if first.start == first.whole.start and last.close == first.whole.end:
            reading.append(first.whole)
            continue
        glued = "".join(
            (links[at - 1].glue if at > segment[0] else "")
            + folded[parts[at].start : parts[at].end]
            for at in segment
        )
        value = _value(glued)
        if value is None:
            return ()
        kind = last.whole.kind if last.close == last.whole.end else NumeralKind.COUNT
        span = first.start, last.close
        reading.append(Numeral(*span, text[slice(*span)], value, kind))
    return tuple(reading)


def _over_page_feet(text: str, folded: str, found: Sequence[Numeral]) -> Iterator[Ambiguity]:
    """Yield numbers with the foot of a page in them: behind "23 mil" and the foot comes "138"."""
    broken = [match.start() for match in _BEFORE_FOOT.finditer(folded)]
    clean = without_page_feet(text) if broken else text
    if clean == text:
        return
    for at in broken:
        index = bisect_right(found, at, key=_START) - 1
        goes_on = _SPACES.match(clean, found[index].end) if index >= 0 else None
        after = bisect_left(found, goes_on.end(), key=_START) if goes_on else len(found)
        if goes_on and after < len(found) and found[after].start == goes_on.end():
            yield from _join_over_foot(text, folded, found[index : after + 1])


def _join_over_foot(text: str, folded: str, parts: Sequence[Numeral]) -> Iterator[Ambiguity]:
    first, last = parts[0], parts[-1]
    if len(parts) == 1 or first.kind is not NumeralKind.COUNT or last.kind not in QUANTITIES:
        return
    read = read_number(folded, last.start, last.end)
    end = read[0] if read else last.end
    value = _value(f"{folded[first.start : first.end]} {folded[last.start : end]}")
    if value is not None:
        whole = last._replace(start=first.start, raw=text[first.start : last.end], value=value)
        yield Ambiguity(first.start, last.end, ((whole,), tuple(parts)))
