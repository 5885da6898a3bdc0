"""Telling how far a run is, each second, also while nothing happens."""

import asyncio
import time
from collections.abc import Callable

from pipeline.calls.gateway import LocalGateway
from pipeline.isolation.slot import InHand
from pipeline.runs.feeding import in_thread
from pipeline.runs.progress_file import ProgressFile, describe_progress
from pipeline.runs.recording import Recorder
from pipeline.store.rows import Run

_TELL_SECONDS = 1.0
_LONG_SECONDS = 10.0
"""What takes longer is told of."""


async def tell_progress(
    recorder: Recorder,
    run: Run,
    file: ProgressFile | None,
    gateway: LocalGateway | None,
    total: Callable[[], int | None],
    find_in_hand: Callable[[], InHand | None],
) -> None:
    """Tell until cancelled; `total` counts the sources, which may take long."""
    started = time.perf_counter()
    last = None
    counting = asyncio.create_task(in_thread(total))
    while True:
        await asyncio.wait({counting}, timeout=_TELL_SECONDS)
        if counting.done():
            recorder.progress.total = counting.result()
        in_hand = find_in_hand()
        recorder.progress.in_hand = in_hand and in_hand.name
        recorder.progress.in_hand_seconds = in_hand and in_hand.seconds
        if in_hand is not None and in_hand.seconds > _LONG_SECONDS and in_hand.name != last:
            last = in_hand.name
            recorder.say(f"{last}: in hand for {in_hand.seconds:.0f} s")
        recorder.step()
        if file is not None:
            seconds = time.perf_counter() - started
            rates = None if gateway is None else gateway.rate_limiter.rates()
            file.tell(describe_progress(run, recorder.progress, seconds, rates))
        await asyncio.sleep(_TELL_SECONDS)
