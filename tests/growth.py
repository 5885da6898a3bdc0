"""Steps that code takes at two sizes: seconds tell nothing of how they grow, on a busy machine."""

import sys
from collections import Counter
from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import TraceFunction

ROUNDS = (30, 60)
MOST_GROWTH = 2.7
"""Between twice the steps for twice the size, and four times as many."""
FEWEST = 500
"""Steps of one function that are too few to tell how they grow."""


def steps(run: Callable[[], object]) -> Counter[CodeType]:
    """Count the lines of each function that `run` runs, each turn of a loop one."""
    taken: dict[CodeType, list[int]] = {}
    # One for each function, as to look up a function takes longer than most of its lines.
    tracers: dict[CodeType, TraceFunction] = {}

    def trace(frame: FrameType, event: str, argument: object) -> "TraceFunction":
        code = frame.f_code
        if code not in tracers:
            taken[code] = [0]
            tracers[code] = _counting(taken[code])
        tracer = tracers[code]
        tracer(frame, event, argument)
        return tracer

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return Counter({code: count for code, (count,) in taken.items()})


def _counting(taken: list[int]) -> "TraceFunction":
    def trace(_frame: FrameType, _event: str, _argument: object) -> None:
        taken[0] += 1  # and it goes on being called, as it gives no other

    return trace


def growing(
    run: Callable[[int], object], rounds: tuple[int, int] = ROUNDS, fewest: int = FEWEST
) -> list[str]:
    """Name the functions whose steps grow faster than the size that `run` is given.

    Those that take no more than `fewest` steps for the smaller size are not judged.
    """
    few, _ = rounds
    run(4 * few)  # what is loaded or remembered once is not counted
    once, twice = (steps(lambda size=size: run(size)) for size in rounds)  # type: ignore[misc]
    found = [
        code for code, taken in once.items() if taken > fewest and twice[code] > MOST_GROWTH * taken
    ]
    # What a bound stops only now has grown for the last time.
    later = steps(lambda: run(4 * few)) if found else twice
    return [
        f"{code.co_qualname}: {once[code]} steps, then {twice[code]} and {later[code]}"
        for code in found
        if later[code] > MOST_GROWTH * twice[code]
    ]
