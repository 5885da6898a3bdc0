"""What is better and what is worse between two readings of a figure. Pure."""

from typing import Literal

from eval.scoring.align import FigureOutcome
from eval.scoring.score import HasOutcome, is_strictly_right

Direction = Literal["worse", "better", "other"]

DIRECTIONS: tuple[Direction, ...] = ("worse", "better", "other")
"""The gravest first, as changes are listed."""


def judge_change(before: HasOutcome | None, after: HasOutcome | None) -> Direction | None:
    """Tell whether a figure got better or worse from one reading to another; None: it is as before.

    Strictly right is better than not strictly right, and not invented than invented. Every other
    change is neither. A reading has None for a figure that it did not invent.
    """
    if _outcome_and_labels(before) == _outcome_and_labels(after):
        return None
    if before is None or after is None:
        gain = _is_invented(before) - _is_invented(after)
    else:
        gain = is_strictly_right(after) - is_strictly_right(before)
    if gain:
        return "better" if gain > 0 else "worse"
    return "other"


def judge_label_change(
    before: HasOutcome | None, after: HasOutcome | None, label: str
) -> Direction | None:
    """Tell whether one label of a figure got better or worse; None: it is wrong in both or neither.

    A label is right where the figure was found, and that label of it is not wrong.
    """
    had, has = (figure is not None and label in figure.wrong for figure in (before, after))
    if had == has:
        return None
    gain = _has_label_right(after, label) - _has_label_right(before, label)
    if gain:
        return "better" if gain > 0 else "worse"
    return "other"


def _has_label_right(figure: HasOutcome | None, label: str) -> bool:
    found = (FigureOutcome.RIGHT, FigureOutcome.WRONG_LABEL)
    return figure is not None and figure.outcome in found and label not in figure.wrong


def _outcome_and_labels(figure: HasOutcome | None) -> object:
    return figure and (figure.outcome, figure.wrong)


def _is_invented(figure: HasOutcome | None) -> bool:
    # A figure of the gold that one reading alone is judged by is no merit or fault of either.
    return figure is not None and figure.outcome in (
        FigureOutcome.INVENTED,
        FigureOutcome.UNGROUNDED,
    )
