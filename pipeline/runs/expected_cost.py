"""What a run will cost, told by past runs before it starts, else by its first documents."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipeline.lazy import lazy
from pipeline.plain_text import format_dollars
from pipeline.runs import SAMPLE, Progress, Watch
from pipeline.store import SAME_KEY, Store, key_columns
from schemas.reading import ReaderKey

if TYPE_CHECKING:
    from pipeline.calls import estimate as estimates
else:
    estimates = lazy("pipeline.calls.estimate")

_HISTORY = f"""
SELECT cost_usd FROM readings
WHERE cost_usd IS NOT NULL AND {SAME_KEY} ORDER BY read_at DESC LIMIT 500
"""  # noqa: S608 - a condition of ours


def history(store: Store, key: ReaderKey) -> list[float]:
    """Give what the latest documents cost that an equal reader read."""
    if not store.path.exists():
        return []
    with store.keep_open():
        store.prepare()  # an older database lacks columns that are asked for
        return [cost for (cost,) in store.read(_HISTORY, [*key_columns(key)]).rows]


def watch_cost(
    watch: Watch, past: Sequence[float], budget: float | None
) -> tuple[Watch, Callable[[], None]]:
    """Say once what the run will cost: from the past, or when its own sample is complete.

    The second of the two says it at the end from whatever sample there is, or why it cannot.
    """
    told = False
    latest = Progress()

    def step(progress: Progress) -> None:
        nonlocal latest
        latest = progress
        watch.step(progress)
        say(progress, SAMPLE)

    def tell_now() -> None:
        say(latest, estimates.FEWEST)
        if not told:
            watch.say(
                f"No cost can be told: {estimates.FEWEST} documents with a known cost are needed."
            )

    def say(progress: Progress, fewest: int) -> None:
        nonlocal told
        if told or progress.total is None or not (past or progress.sample):
            return
        known = past if len(past) >= estimates.FEWEST else progress.sample
        if len(known) < (estimates.FEWEST if known is past else fewest):
            return
        told = True
        left = max(0, progress.total - progress.done)
        if left and (found := estimates.estimate(known, remaining=left)) is not None:
            of = "to come" if known is not past else "if none of them has been read yet"
            watch.say(_line(found, left, of, budget))

    return watch._replace(step=step), tell_now


def _line(found: "estimates.Estimate", left: int, of: str, budget: float | None) -> str:
    told = f"Expected cost of the {left:,} documents {of}: {estimates.describe_estimate(found)}."
    if budget is None or found.low <= budget:
        return told
    enough = int(left * budget / found.mean)
    return f"{told} The budget of {format_dollars(budget)} is enough for about {enough:,} of them."
