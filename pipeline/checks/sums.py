"""Sums: the parts that a bulletin prints against the total that it prints.

Breakdowns are often partial, so parts that fall short are told only where the text gives them as
complete. Parts that exceed their total are always told. Figures of
different places, periods and editions are never compared, except both halves of the institute
(`OOAD` and `UMAE`) with the nation; approximate figures take no part.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from operator import attrgetter
from typing import NamedTuple

from pipeline.checks.breakdown import Breakdown, Groups, Kinds, breakdown_of, kinds_within
from pipeline.facts import Kind, Scope, distance, format_value, kind_of, scope_of
from pipeline.quotes import span_of
from pipeline.spanish.folding import fold
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import Figure, JornadaReport, Period, Service, Unit

_TOTAL = Kind(Service.TOTAL, None)
# One donor gives several organs and tissues: what was obtained is no part of the donations.
_WITHOUT_PARTS = frozenset((Service.TOTAL, Service.OTHER, Service.DONATION))
_HALVES = ("OOAD", "UMAE")
_WHOLE = "national"
_WIDE = (_WHOLE, *_HALVES)

_NEAR = 800
"""Characters. Two cumulative figures that stand farther apart may count from different days."""
_MOST_SUMS = 1024
"""Beyond so many possible sums one of them fits by chance, so nothing is said."""
_MOST_ELSEWHERE = 200
"""Of so many figures of other places some add up to what is missing by chance, too."""
_MOST_MISSING = 0.2
"""Parts that leave out more of the total than this are examples, no breakdown."""
_MOST_EXCESS = 0.25
"""Kinds that exceed their service by more are parts of something else, unless the text lists them.
All services are part of all actions."""
_HARDLY_MISSING = 0.01
_FEWEST = 3
"""Fewer parts may be examples, and one digit from the total by chance."""
_LONG, _HUNDRED, _TEN = 1000, 100, 10

_OPENS = re.compile(r":|de l[oa]s cuales|de (?:est|ell|es)[ao]s|desglos|correspond|distribu|son:")
_EXAMPLES = re.compile(
    r"entre (?:otr|ell|est|l)[ao]s|destac|sobresal|principal|por ejemplo|como son|resalt"
)
_AFTER = 40
_SENTENCE_ENDS = re.compile(r"[.!?]\s+[^a-z\d\s]")
_MAIN_PARTS = frozenset(
    (
        Kind(Service.CONSULTATION, "family_medicine"),
        Kind(Service.CONSULTATION, "specialty"),
        Kind(Service.SURGERY, None),
        Kind(Service.SCREENING, None),
    )
)

Sums = dict[float, tuple[Figure, ...]]
_value = attrgetter("value")


class Gap(NamedTuple):
    """A total that its parts do not add up to; `difference` is the parts' sum less the total."""

    whole: Figure
    parts: tuple[Figure, ...]

    @property
    def difference(self) -> float:
        """Say by how much the parts exceed the total; below 0 they fall short of it."""
        return sum(part.value for part in self.parts) - self.whole.value


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each total that its parts exceed, or fall short of though they are given as all."""
    for gap in gaps(report.figures):
        if _is_fault(document.text, gap):
            yield _finding(gap)


def gaps(figures: Iterable[Figure]) -> Iterator[Gap]:
    """Find the totals that their parts do not add up to; the order of `figures` does not matter."""
    scopes: dict[Scope, Kinds] = defaultdict(lambda: defaultdict(list))
    vague: dict[Scope, set[Service]] = defaultdict(set)
    for figure in figures:
        if figure.unit is not Unit.COUNT:
            continue
        if figure.approximate:
            vague[scope_of(figure)].add(figure.service)
        else:
            scopes[scope_of(figure)][kind_of(figure)].append(figure)
    elsewhere = _by_time(scopes)
    for scope, kinds in scopes.items():
        details = Counter(kind.service for kind in kinds if kind.detail is not None)
        for kind, wholes in kinds.items():
            if kind == _TOTAL:
                unknown = vague.get(scope, set()) - {Service.TOTAL}
                for gap in _gap(wholes, breakdown_of(kinds), certain=not unknown):
                    near = elsewhere[scope._replace(place="")]
                    if gap.difference > 0 or not _closes_elsewhere(gap, near):
                        yield gap
            elif (
                kind.detail is None
                and kind.service not in _WITHOUT_PARTS
                and details[kind.service] > 1
            ):
                parts = kinds_within(kind.service, kinds)
                certain = kind.service not in vague.get(scope, ())
                if len(parts.core) > 1:
                    yield from _gap(wholes, parts, certain=certain)
    yield from _split_gaps(scopes)


def _by_time(scopes: Mapping[Scope, Kinds]) -> Mapping[Scope, list[Figure]]:
    """List the figures that a place gives of its own, by their time, the smallest first."""
    found: dict[Scope, list[Figure]] = defaultdict(list)
    for scope, kinds in scopes.items():
        if scope.place not in _WIDE:
            found[scope._replace(place="")] += (
                figure
                for kind, figures in kinds.items()
                if kind.service not in (Service.TOTAL, Service.STAFF)
                for figure in figures
            )
    for figures in found.values():
        figures.sort(key=_value)
    return found


def _closes_elsewhere(gap: Gap, given: Iterable[Figure]) -> bool:
    """Tell whether what a total lacks was done at hospitals that the text gives by themselves.

    `given` are the figures of the total's time. What the nation lacks is at none of them.
    """
    if gap.whole.place in _WIDE:
        return False
    lacking = takewhile(lambda figure: figure.value <= -gap.difference, given)
    elsewhere = (figure for figure in lacking if figure.place != gap.whole.place)
    others = [[figure] for figure in islice(elsewhere, _MOST_ELSEWHERE + 1)]
    if len(others) > _MOST_ELSEWHERE:
        return True
    added = sum(part.value for part in gap.parts)
    return _may_close([gap.whole], {added}, Breakdown([], [], others))


def _split_gaps(scopes: dict[Scope, Kinds]) -> Iterator[Gap]:
    """Compare the nation with the sum of both of its halves."""
    for scope, kinds in list(scopes.items()):
        if scope.place != _WHOLE:
            continue
        halves = [scopes.get(scope._replace(place=half), {}) for half in _HALVES]
        if not all(halves):
            continue
        for kind, wholes in kinds.items():
            parts = [half.get(kind, []) for half in halves]
            if all(parts):
                yield from _gap(wholes, Breakdown(parts, [], []), certain=True)


def _gap(wholes: Sequence[Figure], parts: Breakdown, *, certain: bool) -> Iterator[Gap]:
    """Yield the smallest gap that the printed values allow, if none of them closes it.

    Where a bulletin prints two values of one kind, each is tried. `certain` is false where a
    part is known only roughly, so that falling short means nothing.
    """
    sums = _add(parts.core)
    if not sums or _may_close(wholes, sums, parts):
        return
    gap = _smallest(wholes, sums)
    if gap.difference > 0 and gap.whole.period is not Period.JORNADA:
        sums = _add(parts.near(wholes, _NEAR).core)
        gap = _smallest(wholes, sums) if sums else gap._replace(parts=())
    if gap.difference > 0:
        yield gap
    elif certain:
        fuller = _fill(gap, parts.extra)
        if _is_slip(gap):
            yield gap
        elif _is_slip(fuller) or _is_breakdown(fuller):
            yield fuller


def _smallest(wholes: Sequence[Figure], sums: Sums) -> Gap:
    """Take the total and the sum that are nearest to each other."""
    ordered = sorted(sums)
    pairs: list[tuple[Figure, float]] = []
    for whole in wholes:
        at = bisect_left(ordered, whole.value)
        pairs += ((whole, total) for total in ordered[max(0, at - 1) : at + 1])
    whole, total = min(pairs, key=lambda p: (abs(p[1] - p[0].value), p[0].value, p[1]))
    return Gap(whole, sums[total])


def _fill(gap: Gap, extra: Groups) -> Gap:
    """Add the figures that may be parts, as long as all of them together leave room."""
    fuller = gap._replace(parts=(*gap.parts, *(min(group, key=_value) for group in extra)))
    return fuller if fuller.difference <= 0 else gap


def _is_breakdown(gap: Gap) -> bool:
    missing = -gap.difference
    return len(gap.parts) > 1 and 0 < missing <= _MOST_MISSING * gap.whole.value


def _is_slip(gap: Gap) -> bool:
    """Tell whether the total, or a part, would be right with one other digit in it.

    A round total tells nothing, and neither does its last digit.
    """
    whole, missing = int(gap.whole.value), int(-gap.difference)
    if len(gap.parts) < _FEWEST or whole < _LONG or whole % _HUNDRED == 0 or missing < _TEN:
        return False
    return any(
        _differ_in_one_digit(one, other)
        for one, other in (
            (whole, whole - missing),
            *((int(part.value), int(part.value) + missing) for part in gap.parts),
        )
    )


def _differ_in_one_digit(one: int, other: int) -> bool:
    first, second = str(one), str(other)
    return (
        len(first) == len(second) and sum(a != b for a, b in zip(first, second, strict=True)) == 1
    )


def _add(groups: Iterable[Sequence[Figure]]) -> Sums:
    """Add up one figure of each group in every way; nothing where there are too many ways."""
    sums: Sums = {0: ()}
    for group in groups:
        sums = {
            total + figure.value: (*parts, figure)
            for total, parts in sums.items()
            for figure in group
        }
        if len(sums) > _MOST_SUMS:
            return {}
    return {total: parts for total, parts in sums.items() if parts}


def _may_close(wholes: Iterable[Figure], core: Iterable[float], parts: Breakdown) -> bool:
    """Tell whether the core meets a total, with or without figures that may be parts too."""
    targets = {whole.value for whole in wholes}
    most = max(targets)
    sums = set(core)
    for group in (*parts.extra, *parts.inner):
        if targets & sums:
            return True
        values = [figure.value for figure in group]
        sums |= {total + value for total in sums for value in values if total + value <= most}
        if len(sums) > _MOST_SUMS:
            return True
    return bool(targets & sums)


def _finding(gap: Gap) -> Finding:
    whole, count = gap.whole, len(gap.parts)
    added = " + ".join(format_value(part.value) for part in gap.parts)
    total = format_value(sum(part.value for part in gap.parts))
    way = "more" if gap.difference > 0 else "less"
    parts = f"the parts {added} add up to {total}" if count > 1 else f"the part {total} alone"
    return Finding(
        check="sums",
        severity=Severity.WARNING,
        field="figures",
        message=(
            f"{kind_of(whole)} ({scope_of(whole)}): {parts}{',' if count > 1 else ' is'} "
            f"{format_value(abs(gap.difference))} {way} than "
            f"the {format_value(whole.value)} given as the whole"
        ),
        span=span_of(whole),
    )


def _is_fault(text: str, gap: Gap) -> bool:
    """Tell a slip of the bulletin or the reading from a breakdown that does not say it is whole."""
    if gap.difference > 0 and not _is_one_time(text, gap):
        return False
    if gap.difference in {part.value for part in gap.parts}:
        return False  # without that one they add up: it is no part of the total
    far = gap.difference > _MOST_EXCESS * gap.whole.value
    if far and gap.whole.service is not Service.TOTAL and not _says_complete(text, gap):
        return False
    if gap.difference > 0 or {part.place for part in gap.parts} != {gap.whole.place}:
        return True
    if _is_slip(gap):
        return True
    small = -gap.difference <= _HARDLY_MISSING * gap.whole.value
    all_main = {kind_of(part) for part in gap.parts} >= _MAIN_PARTS
    return (small and all_main) or _says_complete(text, gap)


def _is_one_time(text: str, gap: Gap) -> bool:
    """Tell whether details that exceed their service were surely counted over its time.

    Where no day of a long span is known, another sentence may be about another span.
    """
    whole = gap.whole
    if whole.period is Period.JORNADA or whole.service is Service.TOTAL:
        return True
    if whole.starts_on or whole.ends_on:
        return True
    spans = [span for figure in (whole, *gap.parts) if (span := span_of(figure))]
    return not spans or not _SENTENCE_ENDS.search(
        text, min(span.start for span in spans), max(span.start for span in spans)
    )


def _says_complete(text: str, gap: Gap) -> bool:
    """Look for words that open a full list behind the total, and none that give examples."""
    starts = [part.char_start for part in gap.parts if part.char_start is not None]
    ends = [part.char_end for part in gap.parts if part.char_end is not None]
    start, end = gap.whole.char_start, gap.whole.char_end
    if start is None or end is None or not starts or min(starts) < end:
        return False
    if max(ends) - start > _NEAR or distance(gap.whole, gap.parts[0]) > _NEAR:
        return False
    words = fold(text[start : max(ends) + _AFTER])
    return bool(_OPENS.search(words, 0, min(starts) - start)) and not _EXAMPLES.search(words)
