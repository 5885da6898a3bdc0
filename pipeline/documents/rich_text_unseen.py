"""RTF -> the same without the characters that are struck out or that nobody sees."""

import re
from typing import NamedTuple

from pipeline.documents import colours

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]+)(?P<number>-?\d{1,9})? ?|\\'..|\\.|[{}]|[^\\{}]+|\\", re.DOTALL
)
_STRUCK = frozenset(("strike", "striked", "deleted"))  # struck out once, twice; a tracked deletion
_HIDING = frozenset(("v", "webhidden"))
_GROUNDS = frozenset(("highlight", "cb", "chcbpat"))
_NO_TEXT = frozenset(("stylesheet", "fonttbl", "colortbl", "info", "listtable"))
_COLOURS = re.compile(r"\\colortbl([^{}]{0,20000})")
_PART = re.compile(r"\\(red|green|blue)(\d{1,3})")
# What may colour the ground behind words in ways that are not followed.
_OTHER_GROUNDS = re.compile(r"\\clcbpat[1-9]|\\shp\b|\\background|\\trcbpat[1-9]")
_SMALLEST = 4  # half points
_LOWEST = 20  # twentieths of a point


class _State(NamedTuple):
    """What holds for the characters that follow, until their group ends."""

    switched: frozenset[str] = frozenset()
    size: int = 24
    ink: int = 0
    ground: int = 0
    ground_of_paragraph: int = 0
    is_flat: bool = False
    """Whether the line has no height."""
    is_text: bool = True


def without_unseen(text: str, hidden: list[str]) -> str:
    """Return RTF without the characters that are struck out or not seen.

    What is not seen, and not only struck out, is added to `hidden`, as RTF.
    """
    table = _colours_of(text)
    page = None if _OTHER_GROUNDS.search(text) else colours.WHITE
    kept: list[str] = []
    outer: list[_State] = []
    state = _State()
    last = 0
    for token in _TOKEN.finditer(text):
        piece, word = token[0], token["word"]
        if piece == "{":
            outer.append(state)
        elif piece == "}":
            state = outer.pop() if outer else _State()
        elif word and word != "u":
            state = _after(state, word, token["number"])
        elif piece == r"\*":
            state = state._replace(is_text=False)
        elif not state.switched.isdisjoint(_STRUCK):
            continue
        elif _is_hidden(state, table, page):
            if state.is_text:
                hidden += [piece] if len(kept) == last else [" ", piece]
                last = len(kept)
            continue
        kept.append(piece)
    return "".join(kept)


def _after(state: _State, word: str, number: str | None) -> _State:  # noqa: PLR0911 - a word each
    """Return what holds behind a control word."""
    value = int(number or 0)
    if word in _STRUCK or word in _HIDING:
        rest = state.switched - {word}
        return state._replace(switched=rest if number == "0" else rest | {word})
    if word in _GROUNDS:
        return state._replace(ground=value)
    if word in _NO_TEXT:
        return state._replace(is_text=False)
    match word:
        case "plain":
            return _State(
                ground_of_paragraph=state.ground_of_paragraph,
                is_flat=state.is_flat,
                is_text=state.is_text,
            )
        case "pard":
            return state._replace(ground_of_paragraph=0, is_flat=False)
        case "fs":
            return state._replace(size=value)
        case "cf":
            return state._replace(ink=value)
        case "cbpat":
            return state._replace(ground_of_paragraph=value)
        case "sl":
            return state._replace(is_flat=-_LOWEST <= value < 0)  # below 0 it is exact
    return state


def _is_hidden(state: _State, table: list[str | None], page: str | None) -> bool:
    if state.switched or state.size < _SMALLEST or state.is_flat:
        return True
    ink = _colour(table, state.ink)
    ground = _colour(table, state.ground) or _colour(table, state.ground_of_paragraph) or page
    return ink is not None and ground is not None and colours.are_alike(ink, ground)


def _colour(table: list[str | None], number: int) -> str | None:
    return table[number] if 0 <= number < len(table) else None


def _colours_of(text: str) -> list[str | None]:
    """Return the table of colours; None stands for the one that the reader's program takes."""
    found = _COLOURS.search(text)
    table: list[str | None] = []
    for entry in found[1].split(";") if found else ():
        parts = {name: min(255, int(value)) for name, value in _PART.findall(entry)}
        shades = "".join(f"{parts.get(name, 0):02x}" for name in ("red", "green", "blue"))
        table.append(f"#{shades}" if parts else None)
    return table
