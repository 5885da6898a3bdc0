"""Towns that no gazetteer holds, told by the list that they stand in: "Chalco 402, Ayapango 31".

Each name of such a list has its number; one of them at least is a town that is known. A town
whose long name the text gives is also known by its first word: "Jalpan" of "Jalpan de Serra".
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.spanish.other_hospitals import CAPITALISED

_NAME = rf"{CAPITALISED}(?: (?:del? (?:l[ao]s? )?|l[ao]s? )?{CAPITALISED}){{0,4}}"
_NUMBER = r"\d[\d,.]*(?: mil(?: \d{1,3})?)?"
_ITEM = re.compile(
    rf"(?P<name>{_NAME})(?:, [a-záéíóúñ][^,;.\d\n]{{0,40}})?(?: (?:tuvo|lleva|sum[aó]|hizo|con))?"
    rf"[,:]? ?(?:\(|con )?(?P<number>{_NUMBER})\)?(?=[\s,;.)…]|$)"
)
_BETWEEN = re.compile(r" ?[,;]? ?(?:y |e )?(?:en )?")
_LONG = re.compile(r"(?P<first>\w{5,})\s+del?\s")
_FEWEST = 2

Span = tuple[int, int, str]


def listed_towns(text: str, known: Sequence[Span]) -> Iterator[Span]:
    """Yield where a list of places and numbers names a town that is not among those known."""
    names = {start: end for start, end, _ in known}
    short = _short_names(known)
    run: list[re.Match[str]] = []
    for match in _ITEM.finditer(text):
        if run and not _BETWEEN.fullmatch(text, run[-1].end(), match.start("name")):
            yield from _towns_of(run, names, short)
            run = []
        run.append(match)
    yield from _towns_of(run, names, short)


def _short_names(known: Sequence[Span]) -> dict[str, str]:
    """Return the towns whose long names begin with a word that no other begins with."""
    found: dict[str, set[str]] = {}
    for _, _, name in known:
        if long := _LONG.match(name):
            found.setdefault(long["first"], set()).add(name)
    return {first: next(iter(names)) for first, names in found.items() if len(names) == 1}


def _towns_of(
    run: Sequence[re.Match[str]], names: Mapping[int, int], short: Mapping[str, str]
) -> Iterator[Span]:
    is_known = [one.start() in names or one["name"] in short for one in run]
    if len(run) < _FEWEST or not any(is_known):
        return
    for one in run:
        if one.start() not in names:
            yield (one.start(), one.end("name"), short.get(one["name"], one["name"]))
