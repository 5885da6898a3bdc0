"""Selectors of CSS -> which elements of a page they mean.

Tags, classes, IDs and attributes, one within, in or behind another; places among siblings; and
`:not()`, `:is()`, `:where()` of single elements. What else a selector asks for, as where the
pointer is, no reading can know: such a selector means nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|(.))")
# Possessive: a name that could be read in two ways would take 2ⁿ steps.
_NAME = r"(?:[A-Za-z0-9_-]|[^\x00-\x7f]|\\(?:[0-9a-fA-F]{1,6}+[ \t\n]?+|[^\n]))++"
_PART = re.compile(
    rf"(?P<kind>[.#]?)(?P<name>{_NAME}|\*)"
    rf"|\[\s*(?P<attribute>{_NAME})\s*(?:(?P<how>[~|^$*]?=)\s*"
    rf"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>{_NAME}))\s*(?P<flag>[is])?\s*)?\]"
    r"|:(?P<function>not|is|where)\((?P<inner>[^()]*)\)"
    r"|:(?P<place>nth-(?:last-)?(?:child|of-type))\((?P<which>[^()]*)\)"
    r"|:(?P<word>(?:first|last)-(?:child|of-type)|root)(?![\w(-])",
    re.IGNORECASE,
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_BRACKET_OR_COMMA = re.compile(r"[()\[\],]")
_STEP = re.compile(r"([+-]?\d{0,4})n\s*(?:([+-])\s*(\d{1,4}))?|[+-]?\d{1,4}")
_MOST_STEPS, _MOST_SIBLINGS, _LONGEST = 12, 500, 2000

Element = Any
"""Of lxml, which ships no types."""
Weight = tuple[int, int, int]


class Condition(NamedTuple):
    """One thing that is asked of an element, and how much it weighs against other rules.

    `key` is "#id", ".class" or a tag where nothing else can be meant, else "".
    """

    fits: Callable[[Element], bool]
    weight: Weight
    key: str = ""


Compound = tuple[Condition, ...]


class Selector(NamedTuple):
    """What is asked of the element itself, then of those around it, and how each stands to it."""

    own: Compound
    around: tuple[tuple[str, Compound], ...]
    weight: Weight

    @property
    def names(self) -> frozenset[str]:
        """The classes and IDs without which nothing is meant."""
        compounds = (self.own, *(compound for _, compound in self.around))
        keys = (each.key for compound in compounds for each in compound)
        return frozenset(key[1:] for key in keys if key[:1] in ("#", "."))

    @property
    def key(self) -> str:
        """What an element must have to be meant: the rarest thing that is asked, "" for none."""
        return min((each.key for each in self.own if each.key), key=_rarity, default="")


def _rarity(key: str) -> int:
    return (key[0] != "#") + (key[0] not in "#.")


def unescape(text: str) -> str:
    r"""Return what escapes stand for: "\64 isplay" is "display"."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _char(found[1]) if found[1] else found[2], text)


def _char(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the end of Unicode


def parse_selectors(prelude: str) -> Iterator[Selector]:
    """Yield the selectors of a rule; those that no reading can follow go."""
    if len(prelude) > _LONGEST * _MOST_STEPS:
        return
    for one in _split(prelude):
        if len(one) <= _LONGEST and (selector := _selector(one.strip())):
            yield selector


def _split(selectors: str) -> Iterator[str]:
    """Split at commas that stand in no brackets."""
    depth = start = 0
    for mark in _BRACKET_OR_COMMA.finditer(selectors):
        depth += {"(": 1, "[": 1, ",": 0}.get(mark[0], -1)
        if mark[0] == "," and depth <= 0:
            yield selectors[start : mark.start()]
            start = mark.end()
    yield selectors[start:]


def _selector(text: str) -> Selector | None:
    """Read one selector from the left; the element itself is asked about by the last compound."""
    compounds: list[Compound] = []
    between: list[str] = []
    conditions: list[Condition] = []
    at = 0
    while at < len(text):
        if part := _PART.match(text, at):
            condition = _condition(part)
            if condition is None:
                return None
            conditions.append(condition)
            at = part.end()
        elif conditions and (mark := _COMBINATOR.match(text, at)):
            compounds.append(tuple(conditions))
            between.append(mark[1] or " ")
            conditions = []
            at = mark.end()
        else:
            return None
    if not conditions or len(compounds) >= _MOST_STEPS:
        return None
    around = tuple(zip(reversed(between), reversed(compounds), strict=True))
    weight = _sum(each.weight for compound in (*compounds, conditions) for each in compound)
    return Selector(tuple(conditions), around, weight)


def _sum(weights: Iterable[Weight]) -> Weight:
    ids, classes, tags = zip((0, 0, 0), *weights, strict=True)
    return sum(ids), sum(classes), sum(tags)


def _condition(part: re.Match[str]) -> Condition | None:
    if part["name"]:
        return _by_name(part["kind"], unescape(part["name"]))
    if part["attribute"]:
        return _by_attribute(part)
    if part["function"]:
        return _by_others(part["function"].lower(), part["inner"])
    place = (part["place"] or part["word"]).lower()
    if place == "root":
        return Condition(lambda element: element.getparent() is None, (0, 1, 0))
    return _by_place(place, (part["which"] or "1").lower())


def _by_name(kind: str, name: str) -> Condition:
    if kind == "#":
        return Condition(lambda element: bool(element.get("id") == name), (1, 0, 0), f"#{name}")
    if kind == ".":
        return Condition(
            lambda element: name in (element.get("class") or "").split(), (0, 1, 0), f".{name}"
        )
    if name == "*":
        return Condition(lambda _: True, (0, 0, 0))
    tag = name.lower()
    return Condition(lambda element: bool(element.tag == tag), (0, 0, 1), tag)


def _by_attribute(part: re.Match[str]) -> Condition:
    name, how = unescape(part["attribute"]).lower(), part["how"]
    wanted = part["double"] or part["single"] or unescape(part["bare"] or "")
    folds = (part["flag"] or "").lower() == "i"
    wanted = wanted.lower() if folds else wanted

    def fits(element: Element) -> bool:
        value = element.get(name)
        if value is None or how is None:
            return value is not None
        return _compares(how, value.lower() if folds else value, wanted)

    return Condition(fits, (0, 1, 0))


def _compares(how: str, value: str, wanted: str) -> bool:
    match how:
        case "=":
            return value == wanted
        case "~=":
            return wanted in value.split()
        case "|=":
            return value == wanted or value.startswith(f"{wanted}-")
        case "^=":
            return bool(wanted) and value.startswith(wanted)
        case "$=":
            return bool(wanted) and value.endswith(wanted)
    return bool(wanted) and wanted in value


def _by_others(function: str, inner: str) -> Condition | None:
    others = [_selector(one.strip()) for one in _split(inner)]
    compounds = [one.own for one in others if one and not one.around]
    if len(compounds) < len(others):
        return None
    heaviest = max(_sum(each.weight for each in compound) for compound in compounds)
    is_meant = function != "not"
    return Condition(
        lambda element: any(_fits(each, element) for each in compounds) is is_meant,
        (0, 0, 0) if function == "where" else heaviest,
    )


def _by_place(place: str, which: str) -> Condition | None:
    which = {"odd": "2n+1", "even": "2n"}.get(which.strip(), which.strip())
    step = _STEP.fullmatch(which)
    if step is None:
        return None
    if "n" not in which:
        every, first = 0, int(which)
    else:
        every = int(step[1]) if step[1] not in ("", "+", "-") else int(f"{step[1]}1")
        first = int(f"{step[2]}{step[3]}") if step[3] else 0
    of_type, from_the_end = place.endswith("of-type"), "last" in place

    def fits(element: Element) -> bool:
        tags = (element.tag,) if of_type else ()
        before = element.itersiblings(*tags, preceding=not from_the_end)
        number = 1 + sum(1 for _ in islice(before, _MOST_SIBLINGS))
        if not every:
            return number == first
        return (number - first) % every == 0 and (number - first) // every >= 0

    return Condition(fits, (0, 1, 0))


def means(selector: Selector, element: Element) -> bool:
    """Say whether a selector means this element."""
    if not _fits(selector.own, element):
        return False
    reached = [element]
    for how, compound in selector.around:
        around = dict.fromkeys(other for each in reached for other in _neighbours(each, how))
        reached = [each for each in around if _fits(compound, each)]
    return bool(reached)


def _neighbours(element: Element, how: str) -> Iterator[Element]:
    """Yield the elements that stand to this one as a combinator says."""
    match how:
        case " ":
            yield from element.iterancestors()
        case "~":
            yield from islice(element.itersiblings(preceding=True), _MOST_SIBLINGS)
        case _:
            other = element.getparent() if how == ">" else element.getprevious()
            if other is not None:
                yield other


def _fits(compound: Compound, element: Element) -> bool:
    return all(condition.fits(element) for condition in compound)
