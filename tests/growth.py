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
    counts: Counter[CodeType] = Counter()

    def trace(frame: FrameType, _event: str, _argument: object) -> "TraceFunction":
        counts[frame.f_code] += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return counts


def growing(run: Callable[[int], object], rounds: tuple[int, int] = ROUNDS) -> list[str]:
    """Name the functions whose steps grow faster than the size that `run` is given."""
    few, many = rounds
    run(3 * many)  # what is loaded or remembered once is not counted
    once, twice = (steps(lambda size=size: run(size)) for size in rounds)  # type: ignore[misc]
    found = [
        code for code, taken in once.items() if taken > FEWEST and twice[code] > MOST_GROWTH * taken
    ]
    # What a bound stops only now has grown for the last time.
    later = steps(lambda: run(4 * few)) if found else twice
    return [
        f"{code.co_qualname}: {once[code]} steps, then {twice[code]} and {later[code]}"
        for code in found
        if later[code] > MOST_GROWTH * twice[code]
    ]
