"""How soon the review page answers over a large database, beside the same asked of DuckDB.

    python -m benchmarks.review [--documents 100000] [--read 1000] [--db FILE] [--rounds 5]

Invented bulletins (`--read` of them) are read by the baseline and stored; each then stands in the
database many times, with other IDs and a text that ends in a number of its own. Some have failed, some
are partial or irrelevant, some have a second reading that differs. FILE is used as it is where it is
there, and kept. The server runs as a person starts it; each answer is waited for over HTTP.
"""

import argparse
import http.client
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import duckdb

from examples.make_backlog import bulletins, write
from pipeline.store import Store

JORNADA = str(Path(sys.executable).with_name("jornada"))
QUEUE = {
    "first page": {},
    "last page": {"page": "1000000"},
    "failed": {"state": "failed"},
    "with errors": {"findings": "error"},
    "readers differ": {"differ": "yes"},
    "not relevant": {"relevant": "no"},
    "one reader": {"reader": "baseline"},
    "one format": {"format": "parquet"},
    "one year": {"year": "2022"},
    "one service": {"service": "transplant"},
    "done": {"reviewed": "yes"},
    "a word in nearly all": {"q": "imss"},
    "a word in some": {"q": "catarata"},
    "a word in one": {"q": "ejemplar77777"},
    "three words": {"q": "cirugía Jalisco jornada"},
    "a word and two filters": {"q": "cirugías", "year": "2022", "findings": "warning"},
}
OWN_TEXT = "text || chr(10) || chr(10) || 'Ejemplar' || n || '.'"
COPIES = {
    "documents": {"document_id": "sha256(document_id || n)", "text": OWN_TEXT},
    "sources": {"document_id": "sha256(document_id || n)", "record": "record || '-' || n"},
    "readings": {
        "document_id": "sha256(document_id || n)",
        "reading_id": "md5(reading_id || n)",
        "status": (
            "CASE hash(document_id, n) % 100 WHEN 0 THEN 'failed' WHEN 1 THEN 'partial' "
            "ELSE status END"
        ),
        "relevant": "relevant AND hash(document_id, n) % 100 <> 2",
    },
    "figures": {
        "document_id": "sha256(document_id || n)",
        "reading_id": "md5(reading_id || n)",
    },
    "findings": {
        "document_id": "sha256(document_id || n)",
        "reading_id": "md5(reading_id || n)",
    },
}
SECOND_READER = (
    # One in ten was read by a second reader, which gives one figure in ten another service.
    """INSERT INTO readings SELECT * REPLACE (md5(reading_id || 'b') AS reading_id,
    'llm' AS reader, 'second' AS model, 'anchored-v2' AS prompt,
    read_at + INTERVAL 1 SECOND AS read_at)
    FROM readings WHERE hash(document_id) % 10 = 0 AND status <> 'failed'""",
    """INSERT INTO figures SELECT * REPLACE (md5(reading_id || 'b') AS reading_id,
    CASE WHEN hash(document_id, number) % 10 = 0 THEN 'other' ELSE service END AS service)
    FROM figures WHERE hash(document_id) % 10 = 0""",
)


def fill(db: Path, documents: int, read: int) -> None:
    """Make the database."""
    with tempfile.TemporaryDirectory() as folder:
        backlog = Path(folder, "backlog.parquet")
        write(backlog, "parquet", bulletins(read, seed=1, near=0))
        command = ("extract", str(backlog), "--reader", "baseline", "--db", str(db))
        subprocess.run([JORNADA, *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    with duckdb.connect(db) as con:
        con.execute("SET enable_progress_bar = false")
        for table, changed in COPIES.items():
            replaced = ", ".join(f"{value} AS {name}" for name, value in changed.items())
            con.execute(
                f"INSERT INTO {table} SELECT t.* REPLACE ({replaced}) FROM {table} AS t, "  # noqa: S608 - our own
                f"range(1, {documents // read}) AS copies(n) ORDER BY n"
            )
        for statement in SECOND_READER:
            con.execute(statement)
