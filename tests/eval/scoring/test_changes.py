from itertools import product
from typing import NamedTuple

import pytest

from eval.scoring.align import FigureOutcome
from eval.scoring.changes import DIRECTIONS, Direction, judge_change, judge_label_change


class Verdict(NamedTuple):
    outcome: FigureOutcome
    wrong: tuple[str, ...] = ()


RIGHT, OMITTED = Verdict(FigureOutcome.RIGHT), Verdict(FigureOutcome.OMITTED)
INVENTED, UNGROUNDED = Verdict(FigureOutcome.INVENTED), Verdict(FigureOutcome.UNGROUNDED)
PLACE, STATUS = (Verdict(FigureOutcome.WRONG_LABEL, (label,)) for label in ("place", "status"))
MORE = Verdict(FigureOutcome.WRONG_LABEL, ("detail", "status"))
VALUE = Verdict(FigureOutcome.WRONG_VALUE, ("value",))
BACKWARDS: dict[Direction | None, Direction | None] = {
    "better": "worse", "worse": "better", "other": "other", None: None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (STATUS, RIGHT, "better"),
        (STATUS, PLACE, "better"),
        (OMITTED, PLACE, "better"),
        (VALUE, RIGHT, "better"),
        (INVENTED, None, "better"),
        (UNGROUNDED, None, "better"),
        (RIGHT, PLACE, "other"),
        (OMITTED, STATUS, "other"),
        (OMITTED, VALUE, "other"),
        (STATUS, MORE, "other"),
        (INVENTED, UNGROUNDED, "other"),
    ],
)
def test_strictly_right_and_not_invented_are_better(
    before: Verdict | None, after: Verdict | None, said: Direction
) -> None:
    assert judge_change(before, after) == said
    assert judge_change(after, before) == BACKWARDS[said]


@pytest.mark.parametrize("verdict", [RIGHT, PLACE, OMITTED, VALUE])
def test_a_label_that_the_gold_of_one_alone_has_is_neither(verdict: Verdict) -> None:
    assert judge_change(None, verdict) == judge_change(verdict, None) == "other"


def test_no_change_is_none_and_any_change_is_one() -> None:
    known = (None, RIGHT, PLACE, STATUS, MORE, OMITTED, VALUE, INVENTED, UNGROUNDED)
    for before, after in product(known, repeat=2):
        found = judge_change(before, after)
        assert found in DIRECTIONS if before != after else found is None


@pytest.mark.parametrize(
    ("label", "before", "after", "said"),
    [
        ("place", PLACE, RIGHT, "better"),
        ("place", PLACE, STATUS, "better"),
        ("place", PLACE, OMITTED, "other"),
        ("place", PLACE, VALUE, "other"),
        ("place", PLACE, None, "other"),
        ("status", MORE, STATUS, None),
        ("detail", MORE, STATUS, "better"),
        ("status", OMITTED, RIGHT, None),
        ("value", VALUE, STATUS, "better"),
        ("value", VALUE, OMITTED, "other"),
        ("value", INVENTED, None, None),
    ],
)
def test_a_change_of_a_label_is_judged_by_that_label_alone(
    label: str, before: Verdict | None, after: Verdict | None, said: Direction | None
) -> None:
    assert judge_label_change(before, after, label) == said
    assert judge_label_change(after, before, label) == BACKWARDS[said]
