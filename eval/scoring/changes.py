"""What is better and what is worse between two readings of a figure. Pure."""

from typing import Literal

from eval.scoring.score import Judged, Outcome, is_strictly_right

Direction = Literal["worse", "better", "other"]

DIRECTIONS: tuple[Direction, ...] = ("worse", "better", "other")
"""The gravest first, as changes are listed."""


def direction(before: Judged | None, after: Judged | None) -> Direction | None:
    """Tell how a figure is judged after another reading; None: no other than before.

    Strictly right is better than not strictly right, and not invented than invented. Every other
    change is neither. A reading has None for a figure that it did not invent.
    """
    if _judgement(before) == _judgement(after):
        return None
    if before is None or after is None:
        gain = _is_invented(before) - _is_invented(after)
    else:
        gain = is_strictly_right(after) - is_strictly_right(before)
    if gain:
        return "better" if gain > 0 else "worse"
    return "other"


def _judgement(judged: Judged | None) -> object:
    return judged and (judged.outcome, judged.wrong)


def _is_invented(judged: Judged | None) -> bool:
    # A figure of the gold that one reading alone is judged by is no merit or fault of either.
    return judged is not None and judged.outcome in (Outcome.INVENTED, Outcome.UNGROUNDED)
