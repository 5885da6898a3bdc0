"""How storing slows down as a database grows: the look-ups of a batch, at several sizes.

    python -m benchmarks.growth [--sizes 0 250000 1000000]

The database is filled with rows that stand for earlier documents, of the right width and number.
Then invented bulletins, read by the baseline, are looked up, compared with all, and stored.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import duckdb

from examples.make_backlog import bulletins
from pipeline.documents.text import document_from
from pipeline.extract import extract
from pipeline.near import search
from pipeline.rules.reader import BaselineReader
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Metadata, Source

BATCH = 256
FLUSH = 500
BANDS = 20
EARLIER = "FROM range({size}) AS earlier(i)"


def fill(path: Path, size: int) -> None:
    """Insert what so many earlier documents would have left."""
    key = BaselineReader().key
    values = {
        "document_id": "sha256(i::VARCHAR)",
        "reading_id": "md5(i::VARCHAR)",
        "reader": f"'{key.reader}'",
        "schema_hash": f"'{key.schema_hash}'",
        "status": "'ok'",
    }
    with duckdb.connect(path) as con:
        needed = con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "WHERE table_name = 'readings' AND NOT is_nullable"
        ).fetchall()
        for name, kind in needed:
            plain = {"TIMESTAMP": "now()::TIMESTAMP", "VARCHAR": "'r'"}.get(kind, "0")
            values.setdefault(name, plain)
        listed = ", ".join(f"{value} AS {name}" for name, value in values.items())
        earlier = EARLIER.format(size=size)
        for statement in (
            f"readings BY NAME SELECT {listed} {earlier}",
            (
                "sources BY NAME SELECT sha256(i::VARCHAR) AS document_id, 'r' AS run_id, "
                "'b.jsonl' AS path, i::VARCHAR AS record, 'read' AS status, "
                f"now()::TIMESTAMP AS seen_at {earlier}"
            ),
            (
                "signatures SELECT sha256(i::VARCHAR), unhex(repeat(md5(i::VARCHAR), 16)), "
                f"unhex(repeat(md5(i::VARCHAR), 4)), 'r' {earlier}"
            ),
            (
                f"signature_bands SELECT hash(i * {BANDS} + band), sha256(i::VARCHAR) "
                f"{earlier}, range({BANDS}) AS bands(band)"
            ),
        ):
            con.execute(f"INSERT INTO {statement}")


async def made() -> list[Entry]:
    """Read new bulletins."""
    reader, entries = BaselineReader(), []
    for _, text in bulletins(FLUSH):
        document = document_from(text, Metadata(format="txt"))
        entries.append(Entry(document, await extract(document, reader), now()))
    return entries


def measure(size: int, entries: list[Entry]) -> None:
    """Time each step of a batch in a database of this size."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.for_a_backlog(Path(folder, "growth.duckdb"))
        store.prepare()
        fill(store.path, size)
        run = new_run(entries[0].reading.key)
        documents = [entry.document for entry in entries[:BATCH]]
        named = [(Source(path="z", record=one.document.id), one.document.id) for one in entries]
        sightings = [Sighting(source, document_id, "read") for source, document_id in named]
        steps = {
            "looked up": (lambda: store.find_read({one.id for one in documents}, run.key), BATCH),
            "compared": (lambda: search.find_near(store, run, documents), BATCH),
            "stored": (lambda: store.append(run, entries, sightings), FLUSH),
        }
        told, total = [], 0.0
        for name, (step, count) in steps.items():
            began = time.perf_counter()
            step()
            each = 1000 * (time.perf_counter() - began) / count
            total += each
            told.append(f"{name} {each:.2f}")
        print(f"{size:>10,} documents stored: ms a new one: {', '.join(told)}; in all {total:.2f}")


def main() -> None:
    """Measure at each size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 250_000, 1_000_000])
    entries = asyncio.run(made())
    for size in parser.parse_args().sizes:
        measure(size, entries)


if __name__ == "__main__":
    main()
