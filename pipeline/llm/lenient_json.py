"""JSON as models write it: one value out of the middle of a text, and where it ends. Pure.

Beside what is JSON it takes comments, commas before a closing bracket, single quotes, bare keys,
the literals of Python, control characters in strings, and quotation marks in them that were not
escaped. Nothing is made up: each text and number that comes out stands in what was read. What the
text ends within is left out, and so is a number right at its end, which may lack digits.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

_DEEPEST = 40
_MOST_QUOTES = 20
"""So many quotation marks that were not escaped may stand in one string."""
_LONGEST_INTEGER = 40
"""Digits; longer ones are read as floats, which are infinite from some length on."""

_GAP = re.compile(r"(?:[\s\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|Infinity)(?![\w.])")
_NUMBER_AT_END = re.compile(r"[-+.\deE]+$")
_GROUPED = re.compile(r"\d{1,3}(?:[ ,]\d{3})+(?![\w.])")
_WORD = re.compile(r"[A-Za-z_]\w*")
_LITERALS = {
    **dict.fromkeys(("true", "True"), True),
    **dict.fromkeys(("false", "False"), False),
    **dict.fromkeys(("null", "None")),
    "NaN": math.nan,
    "Infinity": math.inf,
}
_QUOTES = {'"': '"', "'": "'", "“": "”"}
_BEHIND_STRING = re.compile(r"[\s\ufeff]*(?:[,:}\]]|$|//|/\*)")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\n": ""}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Value(NamedTuple):
    """A value that was read and the place behind it.

    It is not `whole` where the text ended within it; `lacks_bracket` where no more is known to be
    missing than the last one.
    """

    value: Any
    end: int
    whole: bool = True
    lacks_bracket: bool = False


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Read a text that is JSON and nothing else. Raises `ValueError`, `RecursionError`."""
    return json.loads(text, parse_int=read_integer, object_pairs_hook=_object)


def read_value(text: str, start: int) -> Value | None:
    """Read the object or list that begins at `start`; None if none does."""
    return _Reader(text, start).read()


class _Ended(Exception):  # noqa: N818 - no error, but where a text ends
    """The text ended within a value."""


class _Reader:
    """Reads one value, from one place of a text to another."""

    def __init__(self, text: str, place: int) -> None:
        self._text = text
        self._place = place
        self._ended = False
        self._lacks_more = False

    def read(self) -> Value | None:
        try:
            value = self._container(0)
        except ValueError:
            return None
        lacks_bracket = self._ended and not self._lacks_more
        return Value(value, self._place, not self._ended, lacks_bracket)

    def _container(self, depth: int) -> Any:  # noqa: ANN401 - any JSON
        """Read an object or a list; where the text ends within, what it has is kept."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        is_object = self._text[self._place] == "{"
        closing = "}" if is_object else "]"
        self._place += 1
        pairs: list[tuple[str, Any]] = []
        is_separate = True
        try:
            while (char := self._next()) != closing:
                if char == "," and not is_separate:
                    self._place += 1
                    is_separate = True
                    continue
                if not is_separate:
                    raise ValueError("no comma")
                key = self._key(char) if is_object else ""
                pairs.append((key, self._value(depth, in_object=is_object)))
                is_separate = False
                if self._ended:
                    break
            else:
                self._place += 1
        except _Ended:
            self._ended = True
            # The last bracket may be forgotten; behind an inner one more was to come.
            self._lacks_more = depth > 0 or is_separate
        return _object(pairs) if is_object else [value for _, value in pairs]

    def _next(self) -> str:
        """Step over white space and comments, and give the character behind them."""
        gap = _GAP.match(self._text, self._place)
        self._place = gap.end() if gap else self._place
        if self._place >= len(self._text):
            raise _Ended
        return self._text[self._place]

    def _key(self, char: str) -> str:
        key = self._string(char) if char in _QUOTES else self._match(_WORD)
        if self._next() != ":":
            raise ValueError("no colon")
        self._place += 1
        return key

    def _value(self, depth: int, *, in_object: bool) -> Any:  # noqa: ANN401 - any JSON
        char = self._next()
        if char in "{[":
            return self._container(depth + 1)
        if char in _QUOTES:
            return self._string(char)
        if char.isalpha():
            return self._literal()
        if _NUMBER_AT_END.match(self._text, self._place):
            raise _Ended
        if in_object and (grouped := _GROUPED.match(self._text, self._place)):
            # No key is a number, so that a comma between digits can only be one of thousands.
            if grouped.end() == len(self._text):
                raise _Ended
            self._place = grouped.end()
            return grouped[0]
        return self._number()

    def _number(self) -> int | float:
        digits = self._match(_NUMBER)
        is_integer = digits.lstrip("+-").isdigit()
        return read_integer(digits) if is_integer else float(digits)

    def _literal(self) -> bool | float | None:
        word = self._match(_WORD)
        if word in _LITERALS:
            return _LITERALS[word]
        if self._place == len(self._text) and any(each.startswith(word) for each in _LITERALS):
            raise _Ended
        raise ValueError("no literal")

    def _string(self, quote: str) -> str:
        """Read a string; a quotation mark ends it where what follows fits behind a string."""
        start = place = self._place + 1
        closing, inside = _QUOTES[quote], 0
        while inside <= _MOST_QUOTES:
            end = self._text.find(closing, place)
            if end < 0:
                raise _Ended
            escape = self._text.find("\\", place, end)
            if escape >= 0:
                place = escape + 2
            elif _BEHIND_STRING.match(self._text, end + 1):
                self._place = end + 1
                return _unescape(self._text[start:end])
            else:
                place, inside = end + 1, inside + 1
        raise ValueError("no end")

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._place)
        if found is None:
            raise ValueError("neither this nor that")
        self._place = found.end()
        return found[0]


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_plain, text)
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), plain)


def _plain(escape: re.Match[str]) -> str:
    if digits := escape[1] or escape[2]:
        return chr(int(digits, 16))
    letter = escape[3]
    # What stands for nothing stands for itself.
    return _ESCAPED.get(letter, letter if letter in "\"'/\\" else escape[0])


def read_integer(digits: str) -> int | float:
    """Read an integer of any length; Python refuses to read the longest."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; of a key that comes twice the last value counts that says something."""
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key not in made or value not in ([], {}, None, ""):
            made[key] = value
    return made
