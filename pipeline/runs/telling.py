"""Telling how far a run is, each second, also while nothing happens."""

import asyncio
import time
from collections.abc import Callable

from pipeline.calls.gateway import LocalGateway
from pipeline.runs.feeding import in_thread
from pipeline.runs.progress_file import ProgressFile, describe_progress
from pipeline.runs.recording import Recorder
from pipeline.store.rows import Run

_TELL_SECONDS = 1.0


async def tell_progress(
    recorder: Recorder,
    run: Run,
    file: ProgressFile | None,
    gateway: LocalGateway | None,
    total: Callable[[], int | None],
) -> None:
    """Tell until cancelled; `total` counts the sources, which may take long."""
    started = time.perf_counter()
    counting = asyncio.create_task(in_thread(total))
    while True:
        await asyncio.wait({counting}, timeout=_TELL_SECONDS)
        if counting.done():
            recorder.progress.total = counting.result()
        recorder.step()
        if file is not None:
            seconds = time.perf_counter() - started
            rates = None if gateway is None else gateway.rate_limiter.rates()
            file.tell(describe_progress(run, recorder.progress, seconds, rates))
        await asyncio.sleep(_TELL_SECONDS)
