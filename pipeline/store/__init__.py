"""The store: what a DuckDB database holds, how it gets in, and how it comes out again."""

from pipeline.store.database import (
    ANSWERED,
    SAME_KEY,
    VERSION,
    Answer,
    Store,
    key_columns,
    new_run,
)

__all__ = ["ANSWERED", "SAME_KEY", "VERSION", "Answer", "Store", "key_columns", "new_run"]
