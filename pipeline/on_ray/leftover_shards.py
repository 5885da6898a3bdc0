"""Shards: those that are in the store are removed, those that a killed run left are loaded."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.calls.journal import Journal
from pipeline.on_ray import rows
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now


class Shard(NamedTuple):
    """A shard that has been handed on, and the readings that it holds."""

    path: Path
    reading_ids: tuple[str, ...]


def folder_of(db: Path) -> Path:
    """Tell where the shards of a database lie."""
    return db.with_name(f"{db.name}.shards")


def sweep(store: Store, shards: Sequence[Shard]) -> list[Shard]:
    """Remove the shards whose readings are all stored, and give the others."""
    stored = store.find_stored([each for shard in shards for each in shard.reading_ids])
    left = [shard for shard in shards if not stored.issuperset(shard.reading_ids)]
    for shard in shards:
        if shard not in left:
            shard.path.unlink(missing_ok=True)
    return left


def load_leftovers(store: Store, journal: Journal | None, say: Callable[[str], None]) -> None:
    """Store what a run left that was killed before it had loaded its shards.

    As often as that is done, each reading is stored once. Raises `StoreError`.
    """
    folder = folder_of(store.path)
    shards = rows.paths(folder)
    if shards:
        store.prepare()
        say(f"Loading {len(shards):,} shards that an earlier run left.")
    for path in shards:
        try:
            _load(store, journal, path)
        except (OSError, ValueError, KeyError) as error:  # KeyError: of another version
            told = " ".join(str(error).split())[:200]
            say(f"{path} is damaged and left out; its answers are in the journal: {told}")
        path.unlink(missing_ok=True)
    clear(folder)


def clear(folder: Path) -> None:
    """Remove a folder of shards if it holds none; what a killed task began goes with it."""
    for begun in folder.rglob("*.part"):
        begun.unlink(missing_ok=True)
    for each in [*folder.glob("*/"), folder]:
        with suppress(OSError):
            each.rmdir()


def _load(store: Store, journal: Journal | None, path: Path) -> None:
    found = {row.reading.reading_id: row for row in rows.read(path) if row.reading is not None}
    stored = store.find_stored(list(found))
    for key in {row.reading.key for row in found.values() if row.reading is not None}:
        had = store.find_read({row.document.id for row in found.values() if row.document}, key)
        entries, sightings = [], []
        for reading_id, row in found.items():
            document, reading = row.document, row.reading
            if document is None or reading is None or reading.key != key:
                continue
            if reading_id not in stored and document.id not in had:
                entries.append(Entry(document, reading, now()))
                sightings.append(Sighting(row.source, document.id, "read"))
        if entries:
            store.append(new_run(key), entries, sightings)
    if journal is not None:
        journal.forget(list(found))
