"""How far the run under way is, in a file beside the database, for whoever asks meanwhile.

`<database>.progress` holds one JSON object: what each run last told by its ID. A run removes its
own at its end; what is left is of runs that were killed.
"""

import json
import os
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from pipeline.calls.rate_limiter import Rates
from pipeline.errors import StoreError
from pipeline.runs.progress import Progress
from pipeline.store.rows import Run, now


class ProgressRecord(NamedTuple):
    """How far a run was when it last told: `facts` is JSON, `updated_at` UTC in ISO format."""

    run_id: str
    pid: int
    updated_at: str
    facts: str


def describe_progress(
    run: Run, progress: Progress, seconds: float, rates: Rates | None = None
) -> ProgressRecord:
    """Describe how far a run of this process is now, `seconds` after it began."""
    facts = {
        **run.key.model_dump(),
        **asdict(replace(progress, sample=[])),
        "expected_usd": progress.expected_usd,
        "started_at": run.started_at.isoformat(timespec="seconds"),
        "seconds": seconds,
        "rates": rates and rates._asdict(),
    }
    at = now().isoformat(timespec="seconds")
    return ProgressRecord(run.run_id, os.getpid(), at, json.dumps(facts))


def progress_path(db: Path) -> Path:
    """Tell where the progress of runs over a database lies."""
    return db.with_name(f"{db.name}.progress")


def read_progress(path: Path) -> tuple[ProgressRecord, ...]:
    """Give how far each run was that has not ended, the latest first. Changes nothing.

    Nothing where there is no file, where it cannot be read, or where it holds something else: it
    says nothing that anybody depends on.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        records = [ProgressRecord(run_id, *rest) for run_id, rest in told.items()]
        return tuple(sorted(records, key=lambda record: record.updated_at, reverse=True))
    except (OSError, ValueError, AttributeError, TypeError):
        return ()


class ProgressFile:
    """The progress of runs over one database. One process at a time may write it.

    Safe to use from several threads. What cannot be written is a `StoreError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mine = threading.Lock()

    def tell(self, record: ProgressRecord) -> None:
        """Note how far a run is."""
        with self._mine:
            self._write({**self._records(), record.run_id: record})

    def end(self, run_id: str) -> None:
        """Drop what a run told: the database says how it ended."""
        with self._mine:
            records = self._records()
            records.pop(run_id, None)
            self._write(records)

    def clear(self) -> None:
        """Drop what runs told that were killed."""
        with self._mine:
            self._write({})

    def _records(self) -> dict[str, ProgressRecord]:
        return {record.run_id: record for record in read_progress(self._path)}

    def _write(self, records: dict[str, ProgressRecord]) -> None:
        """Replace the file as a whole, so that nobody reads half of it; without records, none."""
        begun = self._path.with_name(f"{self._path.name}.part")
        try:
            if not records:
                self._path.unlink(missing_ok=True)
                begun.unlink(missing_ok=True)
                return
            told = {run_id: list(record[1:]) for run_id, record in records.items()}
            begun.write_text(json.dumps(told), encoding="utf-8")
            begun.replace(self._path)
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot be written ({error.strerror or error}): how far a run is, "
                "is told there"
            ) from error
