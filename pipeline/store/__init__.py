"""The store: what a DuckDB database holds, how it gets in, and how it comes out again."""

from pipeline.store.conditions import ANSWERED, OF_A_READER, SAME_KEY, UNDECIDED, key_columns
from pipeline.store.database import Store, new_run
from pipeline.store.queries import QueryResult
from pipeline.store.upgrade import MIGRATIONS, VERSION

__all__ = [
    "ANSWERED",
    "MIGRATIONS",
    "OF_A_READER",
    "SAME_KEY",
    "UNDECIDED",
    "VERSION",
    "QueryResult",
    "Store",
    "key_columns",
    "new_run",
]
