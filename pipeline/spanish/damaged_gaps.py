"""What the gap between two neighbouring numbers may be read as, if they are one damaged number."""

import re
from typing import NamedTuple

from pipeline.spanish.number_words import QUANTITIES, Rank

_DIGIT = r"[\dlio]"
_GROUP_BEFORE = re.compile(
    rf"(?<![a-z\d.,])(?=[lio]{{0,2}}\d)[1-9li]{_DIGIT}{{0,2}}(?:,{_DIGIT}{{3}}){{0,3}}$"
)
_GROUPS = re.compile(rf"(?=[lio]{{0,2}}\d){_DIGIT}{{3}}(?:,{_DIGIT}{{3}}){{0,2}}")
_SPACED_GROUPS = re.compile(r"\d{3}(?:,\d{3})+")
_SHORT = re.compile(rf"(?=[lio]{{0,2}}\d){_DIGIT}{{1,3}}")
_ONE_OR_TWO = re.compile(r"[1-9]\d?")
_DECIMALS = re.compile(r"\d{1,2}(?P<scale>\s{0,3}m[i1r][a-z0-9]{1,8})?")
_MIL_BEFORE = re.compile(r"(?:^|[\s\d])(?:r?mil|mi[i1]|m[l1]l)$")
_HALF_A_GROUP_BEFORE = re.compile(r"(?:(?<![\d.])\d{1,3}(?:,\d{3}){0,3},|mil )(?P<half>\d{1,2})$")
_FEW_DIGITS = re.compile(r"(?P<digits>\d{1,2})(?:\s{0,2}mil(?:\s\d{1,3})?)?")
_EXACT = re.compile(r"\d{3}$|[^l\d]$")
_LAST_WORD = re.compile(r"[a-z\d]{1,12}$")

_SEPARATOR = re.compile(r"[ \t]?[.,;'·]{1,2}\s{0,3}")
_POINT = re.compile(r"[ \t]?[.,][ \t]{0,2}")
_PAUSE = re.compile(r"[ \t]?[.,;-]{1,2}\s{0,3}")
_PARAGRAPH = re.compile(r"\n\s*\n")
_AND = re.compile(r"\s{1,3}y\s{1,3}")
# A further number, unless it is damaged in the same way: "8, 610 y 9, 200".
_LIST_GOES_ON = re.compile(
    r"\s?[,;]?\s{1,3}(?:[yeou]\s{1,3})?\d{1,3}+(?![\d.,]|\s?mil)(?!\s?[.,]\s?\d{3}(?!\d))"
    r"|\s?[,;]?\s{1,3}(?:[yeou]\s{1,3})?\d{1,3}+(?=[.,](?:\D|$))(?![.,]\s\d{3}(?!\d))"
)
MAY_JOIN = re.compile(r"[ \t]?[.,;'·-]{1,2}\s{0,3}| |\s{1,3}y\s{1,3}")
"""A gap that may join two numbers, depending on them."""
_LIST_BEFORE = re.compile(r"(?:\d|mil|millon|millones)\s?[,;]\s{1,3}$")
_LINE_START = re.compile(r"(?:^|\n)[^\w\n]{0,4}$")


class Link(NamedTuple):
    """What a gap may be read as, and whether the two numbers are likely one."""

    glue: str
    likely: bool


class _Gap(NamedTuple):
    """Two neighbours, folded, with what is printed between them and whether it may be a list's."""

    left: str
    gap: str
    right: str
    opens_line: bool
    in_list: bool
    is_percent: bool


def link_between(
    folded: str, start: int, end: int, right_start: int, right_end: int, close: int
) -> Link | None:
    """Say what may join the numbers at (start, end) and (right_start, right_end), None if nothing.

    `close` is where the second ends with its percent sign.
    """
    gap = folded[end:right_start]
    in_list = "," in gap or ";" in gap
    both = _Gap(
        folded[start:end],
        gap,
        folded[right_start:right_end],
        opens_line=gap[0] == "."
        and _LINE_START.search(folded, max(0, start - 8), start) is not None,
        in_list=in_list
        and bool(
            _LIST_GOES_ON.match(folded, close)
            or _LIST_BEFORE.search(folded, max(0, start - 12), start)
        ),
        is_percent=close > right_end,
    )
    if gap == " ":
        return _over_space(both)
    if _AND.fullmatch(gap):
        joins = _MIL_BEFORE.search(both.left) and _SHORT.fullmatch(both.right)
        return Link(" ", likely=False) if joins else None
    return _over_separator(both) or _over_point(both) or _over_pause(both)


def _over_space(both: _Gap) -> Link | None:
    """Join what a stray space parts: "12,34 5", "2 mil 5 90", "3 5 mil", "42 325,120"."""
    few = _FEW_DIGITS.fullmatch(both.right)
    if few and (half := _HALF_A_GROUP_BEFORE.search(both.left)):
        whole = len(half["half"]) + len(few["digits"]) == 3  # noqa: PLR2004 - a group's digits
        return Link("", likely=True) if whole and few["digits"] == both.right else None
    if few and _ONE_OR_TWO.fullmatch(both.left):
        fits = len(both.left) + len(few["digits"]) <= 3  # noqa: PLR2004
        return Link("", likely=False) if fits else None
    if _SPACED_GROUPS.fullmatch(both.right) and _SHORT.fullmatch(both.left):
        return Link(",", likely=False)
    return None


def _over_separator(both: _Gap) -> Link | None:
    """Join groups of digits over a damaged comma: "64, 255", "106,.576", "12. 345"."""
    if not (
        _SEPARATOR.fullmatch(both.gap)
        and _GROUPS.fullmatch(both.right)
        and _GROUP_BEFORE.search(both.left)
    ):
        return None
    apart = ";" in both.gap and both.gap[-1:].isspace()
    return Link(",", likely=not (apart or both.in_list or both.opens_line or both.is_percent))


def _over_point(both: _Gap) -> Link | None:
    """Join decimals over a point with space around it: "98. 5 por ciento", "1. 4 millones"."""
    decimals = _DECIMALS.fullmatch(both.right)
    if not (
        decimals
        and (both.is_percent or decimals["scale"])
        and _POINT.fullmatch(both.gap)
        and _SHORT.fullmatch(both.left)
    ):
        return None
    return Link(".", likely="." in both.gap and not both.opens_line)


def _over_pause(both: _Gap) -> Link | None:
    """Join over a stray mark behind "mil" or "millones": "mil, 576", "23 mil. 138"."""
    word = _LAST_WORD.search(both.left)
    rank = QUANTITIES.get(word[0], (None, 0))[0] if word else None
    if (
        rank not in (Rank.THOUSAND, Rank.MILLION)
        or not _PAUSE.fullmatch(both.gap)
        or _PARAGRAPH.search(both.gap)
    ):
        return None
    if rank is Rank.THOUSAND:
        is_rest = _GROUPS.fullmatch(both.right) is not None or not both.right[0].isdigit()
    else:
        is_rest = "." not in both.gap and _EXACT.search(both.right) is not None
    return Link(" ", likely=is_rest and not both.in_list and not both.is_percent)
