"""How much room an answer may have, by what a server says of a request that asked for more. Pure.

Servers word it each in their own way; what is read is the numbers, and what stands beside them.
"""

import re
from typing import NamedTuple

LEAST_ROOM = 256
"""Tokens in which no answer fits: where less is left, it is the bulletin that is too long."""
_N = r"[`'\"(\[]?(\d[\d,]*)"
_ABOUT = re.compile(
    r"max_(?:completion_|new_|output_)?tokens|maxOutputTokens|num_predict"
    r"|(?:completion|output|generated) tokens|in the (?:completion|output)",
    re.IGNORECASE,
)
_TOO_MUCH = re.compile(
    r"too (?:large|high|big|many)|exceed|greater|larger|more than|less than|lower than|at most"
    r"|invalid|maximum|up to|\bmax\b|between|range|limit|<=|>",
    re.IGNORECASE,
)
_SUM = re.compile(rf"{_N}\s*\+\s*{_N}\s*>\s*{_N}")
_CONTEXT = re.compile(
    rf"(?:context|max[_ ]?model[_ ]?len|n_ctx|`?inputs`? tokens \+)\D{{0,60}}?{_N}", re.IGNORECASE
)
_INPUTS = (
    re.compile(
        rf"{_N}[`'\"]?\s+(?:of |in |tokens in )?(?:the |your |text )*"
        r"[`'\"]?(?:inputs?|prompt|messages)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:inputs?|prompt|messages)[^\d.;]{{0,40}}?{_N}", re.IGNORECASE),
)
_AT_LEAST = re.compile(r"at least \d", re.IGNORECASE)
_MOST = re.compile(
    rf"(?:at most|up to|less than or equal to|lower than or equal to|not exceed|no more than|<=|>"
    rf"|maximum(?: \w+){{0,8}}?(?: is| of| value of|:)|limit(?: is| of|:)?"
    rf"|\[\s*\d+\s*,|between \d+\D{{0,20}}?(?:and|to))\s*{_N}(?P<without>\)|\s*\(exclusive)?",
    re.IGNORECASE,
)


class RoomLeft(NamedTuple):
    """What is left for an answer.

    `context` and `taken`, where they are said, are the tokens that the model reads and writes
    together, and those that the messages took of them; else it is what the model writes at most.
    """

    room: int
    context: int | None = None
    taken: int | None = None


def is_about_room(said: str) -> bool:
    """Tell whether a message says that a request asked for too much room."""
    return bool(_ABOUT.search(said) and _TOO_MUCH.search(said))


def read_room(said: str, asked: int) -> RoomLeft | None:
    """Read what room a refusal of `asked` tokens leaves; None where it leaves none.

    Where it does not say how much, half of what was asked for is tried.
    """
    context, taken = _read_context(said)
    if context is not None and taken is not None:
        room = min(context - taken, asked - 1)
        return RoomLeft(room, context, taken) if room >= LEAST_ROOM else None
    most = [
        _whole(match[1]) - bool(match["without"])
        for match in _MOST.finditer(said)
        if LEAST_ROOM <= _whole(match[1]) - bool(match["without"]) < asked
    ]
    if most:
        return RoomLeft(max(most))
    if is_about_room(said) and asked // 2 >= LEAST_ROOM:
        return RoomLeft(asked // 2)
    return None


def _read_context(said: str) -> tuple[int | None, int | None]:
    if together := _SUM.search(said):
        return _whole(together[3]), _whole(together[1])
    context = _CONTEXT.search(said)
    taken = next(filter(None, (pattern.search(said) for pattern in _INPUTS)), None)
    if context is None or taken is None:
        return None, None
    room, read = _whole(context[1]), _whole(taken[1])
    if _AT_LEAST.search(said) and read < room:
        return None, None  # "at least" so many: the server stopped counting
    return room, read


def _whole(digits: str) -> int:
    return int(digits.replace(",", "")[:12])
