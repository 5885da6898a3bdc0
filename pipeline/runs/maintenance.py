"""Work on what is stored: by one process at a time, and others can ask how far it is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.runs.lock import lock_database
from pipeline.runs.progress import Progress, Watch
from pipeline.runs.progress_file import ProgressFile, describe_progress, progress_path
from pipeline.store.rows import Run


@contextmanager
def work_alone(db: Path, watch: Watch) -> Iterator[Callable[[Run, Progress], None]]:
    """Hold the lock of a database; what the function is given is told here and to whoever asks.

    Raises `UsageError` if another run holds it, `StoreError` if its folder cannot be written, and
    from that function once the lock is not there any more.
    """
    started = time.perf_counter()
    runs: set[str] = set()
    file = ProgressFile(progress_path(db))
    with lock_database(db) as require_held:

        def report(run: Run, progress: Progress) -> None:
            runs.add(run.run_id)
            require_held()
            watch.step(progress)
            file.tell(describe_progress(run, progress, time.perf_counter() - started))

        try:
            yield report
        finally:
            for run_id in runs:
                file.end(run_id)
