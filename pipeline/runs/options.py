"""How a run goes about its work."""

from typing import NamedTuple


class RunOptions(NamedTuple):
    """How much at once. A batch of documents is loaded and looked up in the store together."""

    concurrency: int = 16
    flush_readings: int = 500
    flush_seconds: float = 2.0
    batch_documents: int = 256
    batch_characters: int = 4_000_000
    batch_seconds: float = 0.5
    times: int = 1
    """How many readings by equal readers a document is to have."""
    anew: bool = False
    """Whether documents that have been read are read again."""
    from_store: bool = False
    """Whether the documents come out of the store, and nobody looks at their files."""
    reuse_near: bool = False
    """Whether one of several nearly identical documents is read, and its reading made over."""
