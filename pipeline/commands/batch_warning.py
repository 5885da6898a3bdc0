"""A line for who is about to read at once what batches have been asked about."""

from typing import TYPE_CHECKING

from pipeline.lazy import lazy
from pipeline.store import Store
from schemas.reading import ReaderKey

if TYPE_CHECKING:
    from pipeline.batch import ledger
else:
    ledger = lazy("pipeline.batch.ledger")


def describe_unread_batches(store: Store, key: ReaderKey) -> str | None:
    """Say how many documents would be paid twice; None where none would."""
    if key.reader != "llm" or not store.path.exists():
        return None
    out = ledger.count_unread(store, key)
    if not out:
        return None
    return (
        f"{out:,} documents have been asked about in batches and are not read yet: those that "
        "are read now are paid twice. `jornada batch collect` fetches what is there."
    )
