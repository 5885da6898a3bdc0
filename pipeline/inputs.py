"""What was asked for, before anything is read: whether it is there, and how much it is."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.documents.sources import STDIN, find
from pipeline.errors import UsageError

_OF_MANY = {".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".pq", ".json"}


def require_some(paths: Sequence[str]) -> None:
    """Raise `UsageError` if `paths` name nothing at all that could be read."""
    errors = []
    for found in find(paths):
        if found.error is None:
            return
        errors.append(f"{found.path}: {found.error}")
    raise UsageError("nothing to read: " + "; ".join(errors or ["no path was given"]))


def count(paths: Sequence[str]) -> int | None:
    """Count the sources, None where a file among them may hold many."""
    total = 0
    for found in find(paths):
        if found.path == STDIN or Path(found.path).suffix.lower() in _OF_MANY:
            return None
        total += 1
    return total
