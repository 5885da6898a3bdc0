"""How soon the review page answers over a large database, beside the same asked of DuckDB.

    python -m benchmarks.review [--documents 100000] [--read 1000] [--db FILE] [--rounds 5]

Invented bulletins (`--read` of them) are read by the baseline and stored; each then stands in the
database many times, with other IDs and a text that ends in a number of its own. Some have failed,
some are partial or not relevant, some have a second reading that differs. FILE is used as it is
where it is there, and kept. The server runs as a person starts it; each answer is waited for over
HTTP, on a connection of its own, as a browser's first.
"""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import duckdb

from examples.make_backlog import bulletins, write
from pipeline.review.queue.index import index_path
from pipeline.store import Store

# The same list by the database alone.
DIRECTLY = """
WITH counted AS (
    SELECT reading_id, count(*) AS figures FROM current_figures GROUP BY reading_id
), found AS (
    SELECT reading_id, count(*) FILTER (severity = 'error') AS errors,
        count(*) FILTER (severity = 'warning') AS warnings
    FROM current_findings GROUP BY reading_id
)
SELECT d.document_id, path, r.status, coalesce(r.title, d.title), figures, errors, warnings
FROM documents AS d JOIN current_documents USING (document_id)
LEFT JOIN current_readings AS r USING (document_id)
LEFT JOIN counted USING (reading_id) LEFT JOIN found USING (reading_id)
WHERE {where}
ORDER BY r.status IS NOT NULL, r.status = 'ok', errors DESC, warnings DESC, d.rowid LIMIT 50
"""
DIRECT = {
    "first page": "TRUE",
    "one year": "year(r.published_on) = 2022",
    "a word in some": "contains(strip_accents(lower(text)), 'catarata')",
    "a rare word": "contains(strip_accents(lower(text)), 'ejemplar77')",
}
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
    "a rare word": {"q": "ejemplar77"},
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


class Server:
    """A running review of a database."""

    def __init__(self, db: Path) -> None:
        command = (JORNADA, "review", "--no-browser", "--db", str(db))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        line = self.process.stdout.readline() if self.process.stdout else ""
        self.address = urlsplit(line.strip())

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask for what is at a path behind the token."""
        with closing(http.client.HTTPConnection(self.address.netloc)) as connection:
            connection.request("GET", self.address.path + path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def wait_for_index(self) -> float:
        """Wait until all is listed and searched; give the seconds that it took."""
        began = time.perf_counter()
        while not json.loads(self.get("progress")[1])["is_done"]:
            time.sleep(1)
        return time.perf_counter() - began

    def stop(self) -> None:
        """End it."""
        self.process.terminate()  # Ctrl-C is ignored by what a shell has in its background
        self.process.wait()


def time_of(work: Callable[[], object]) -> float:
    """Give the milliseconds that something takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def measure(server: Server, db: Path, rounds: int) -> None:
    """Ask each question in turns; print the median and the worst of it."""
    store = Store.for_questions(db)
    sql = "SELECT document_id FROM current_readings ORDER BY hash(document_id) LIMIT ?"
    documents = [each for (each,) in store.read(sql, [rounds]).rows]
    taken: dict[str, list[float]] = defaultdict(list)
    directly: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        for name, asked in QUEUE.items():
            path = f"?{urlencode(asked)}"
            taken[name].append(time_of(partial(server.get, path)))
        for name in ("document", "compare"):
            path = f"{name}/{documents[number]}"
            taken[f"{name}, opened"].append(time_of(partial(server.get, path)))
        for name, where in DIRECT.items():
            asked_directly = DIRECTLY.format(where=where)
            directly[name].append(time_of(partial(store.read, asked_directly)))
    print(f"{'':28} median  worst ms   by DuckDB alone")
    for name, times in taken.items():
        median, alone = statistics.median(times), directly.get(name)
        beside = ""
        if alone:
            direct = statistics.median(alone)
            beside = f"{direct:9.0f} = {direct / median:.0f} x"
        print(f"{name:28} {median:6.0f} {max(times):6.0f} {beside}")


def main() -> None:
    """Make the database where there is none, serve it, and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--read", type=int, default=1000)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = given.db or Path(folder, "review.duckdb")
        if not db.exists():
            fill(db, given.documents, given.read)
        server = Server(db)
        try:
            seconds = server.wait_for_index()
            counts = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM figures)"
            ((documents, figures),) = Store(db).read(counts).rows
            size = index_path(db).stat().st_size / 1_000_000
            print(f"{documents:,} documents, {figures:,} figures")
            print(f"index: {seconds:.0f} s until all is in it, {size:.0f} MB\n")
            measure(server, db, given.rounds)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
