"""Work on what is stored: by one process at a time, and others can ask how far it is."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.runs.lock import alone
from pipeline.runs.progress import Progress, Watch
from pipeline.runs.progress_file import ProgressFile, ProgressRecord, progress_path
from pipeline.store.rows import Run, now


@contextmanager
def work_alone(db: Path, watch: Watch) -> Iterator[Callable[[Run, Progress], None]]:
    """Hold the lock of a database; what the function is given is told here and to whoever asks.

    Raises `UsageError` if another run holds it, `StoreError` if its folder cannot be written.
    """
    started = time.perf_counter()
    runs: set[str] = set()
    file = ProgressFile(progress_path(db))
    with alone(db):

        def report(run: Run, progress: Progress) -> None:
            runs.add(run.run_id)
            watch.step(progress)
            facts = {
                **run.key.model_dump(),
                **vars(progress),
                "started_at": run.started_at.isoformat(timespec="seconds"),
                "seconds": time.perf_counter() - started,
            }
            at = now().isoformat(timespec="seconds")
            file.tell(ProgressRecord(run.run_id, os.getpid(), at, json.dumps(facts)))

        try:
            yield report
        finally:
            for run_id in runs:
                file.end(run_id)
