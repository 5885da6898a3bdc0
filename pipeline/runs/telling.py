"""Telling how far a run is, each second, also while nothing happens."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace

from pipeline.calls.gateway import LocalGateway
from pipeline.runs.feeding import in_thread
from pipeline.runs.progress_file import ProgressFile, ProgressRecord
from pipeline.runs.recording import Recorder
from pipeline.store.rows import Run, now

_TELL_SECONDS = 1.0


async def tell(
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
            facts = {
                **run.key.model_dump(),
                **asdict(replace(recorder.progress, sample=[])),
                "expected_usd": recorder.progress.expected_usd,
                "started_at": run.started_at.isoformat(timespec="seconds"),
                "seconds": time.perf_counter() - started,
            }
            if gateway is not None:
                facts["rates"] = gateway.rate_limiter.rates()._asdict()
            at = now().isoformat(timespec="seconds")
            file.tell(ProgressRecord(run.run_id, os.getpid(), at, json.dumps(facts)))
        await asyncio.sleep(_TELL_SECONDS)
