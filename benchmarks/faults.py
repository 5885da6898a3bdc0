"""What a run ends with when many requests go wrong: the same backlog with faults and without.

    python -m benchmarks.faults [--documents 2000] [--faults 0.3] [--in-flight 100] [--latency 0.1]

Invented bulletins are read twice by `jornada extract`, each time into a database of its own, from a
local server that is no model. The second time, a share of its requests goes wrong. What the
databases say is compared with each other, and with what the server says of itself; where anything
differs, the exit status is 1.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from examples.make_backlog import bulletins, write
from pipeline.documents import read_all
from pipeline.store import Store

ROOT = Path(__file__).parents[1]
JORNADA = str(Path(sys.executable).with_name("jornada"))
MODEL, FORM = "faulty", "anchored"  # the form is that of the usual prompt
CONTENTS = {
    name: f"FROM {name} SELECT * EXCLUDE (reading_id) ORDER BY ALL"
    for name in ("figures", "jornadas", "set_aside", "specialties", "places", "findings")
} | {
    "readings": "FROM readings SELECT document_id, reader, model, prompt, prompt_hash, schema_hash,"
    """ json_merge_patch(parameters::JSON, '{"server": null}'), status,"""
    " title, published_on, bulletin_kind, programme, report, error, derived"
    " ORDER BY ALL",
    "documents": "FROM documents SELECT * EXCLUDE (run_id, added_at) ORDER BY ALL",
    "sources": "FROM sources SELECT * EXCLUDE (run_id, seen_at) ORDER BY ALL",
}
"""What two runs over the same bulletins have in common.

All but IDs, times, the server's address, and what it took.
"""
TAKEN = """SELECT count(*) AS attempts, count(raw_answer) AS answers,
    coalesce(sum(input_tokens), 0)::BIGINT AS input_tokens,
    coalesce(sum(output_tokens), 0)::BIGINT AS output_tokens FROM attempts"""


class Ran(NamedTuple):
    """A run: its exit status, its summary, its database, the server's own book, and seconds."""

    status: int
    summary: dict[str, Any]
    store: Store
    log: dict[str, Any]
    seconds: float


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """Run the server while the block runs, with the answers to a folder; gives its base URL."""
    command = [sys.executable, "-m", "examples.fault_server", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own
        [*command, "--prepare", str(folder), "--form", FORM, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = ""
            for said in process.stdout or ():
                if said.startswith("http"):
                    break
            else:
                raise SystemExit(f"the server did not start: {said}")
            yield said.split()[0]
        finally:
            process.terminate()


def log_of(base_url: str) -> dict[str, Any]:
    """Ask the server what it has done."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=60)
    try:
        connection.request("GET", "/log")
        told: dict[str, Any] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return told


def extracted(folder: Path, base_url: str, db: Path, in_flight: int, *more: str) -> Ran:
    """Run `jornada extract` on a folder."""
    command = [JORNADA, "extract", str(folder), "--db", str(db), "--json"]
    configured = {"OPENAI_BASE_URL": base_url, "JORNADA_MODEL": MODEL, "NO_PROXY": "127.0.0.1"}
    started = time.perf_counter()
    ran = subprocess.run(  # noqa: S603 - our own
        [*command, "--concurrency", str(in_flight), *more],
        env={**os.environ, **configured},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if not ran.stdout:
        raise SystemExit(f"jornada ended with {ran.returncode}: {ran.stderr}")
    return Ran(ran.returncode, json.loads(ran.stdout), Store(db), log_of(base_url), seconds)


def differing(one: Ran, other: Ran) -> list[str]:
    """Name the tables that do not say the same."""
    return [
        name
        for name, sql in CONTENTS.items()
        if one.store.read(sql).rows != other.store.read(sql).rows
    ]


def lost_and_double(folder: Path, ran: Ran) -> tuple[int, int]:
    """Count the documents of a folder without a usable reading, and the readings too many."""
    wanted = {one.document.id for one in read_all([str(folder)]) if one.document}
    (read,) = ran.store.read("SELECT list(document_id) FROM readings WHERE status <> 'failed'").rows
    return len(wanted - set(read[0] or ())), len(read[0] or ()) - len(set(read[0] or ()))


def asked_again(log: dict[str, Any]) -> int:
    """Count how often a question was asked although its answer had been delivered whole."""
    return sum(len(question["times"]) - 1 for question in log["answers"])


def taken(ran: Ran) -> dict[str, int]:
    """Sum up the attempts that a database has: calls, answers, tokens."""
    answer = ran.store.read(TAKEN)
    return dict(zip(answer.columns, answer.rows[0], strict=True))


def delivered(log: dict[str, Any]) -> dict[str, int]:
    """Give the same as the server has it; see `taken`."""
    return {
        "attempts": log["requests"],
        "answers": log["delivered"],
        "input_tokens": log["prompt_tokens"],
        "output_tokens": log["completion_tokens"],
    }


def wrong(folder: Path, calm: Ran, faulty: Ran) -> list[str]:
    """Say what should be the same and is not, or should not be and is."""
    found = [f"{name} differ" for name in differing(calm, faulty)]
    for name, ran in (("without faults", calm), ("with faults", faulty)):
        lost, double = lost_and_double(folder, ran)
        summary = ran.summary
        counts = {
            "exit status": ran.status,
            "documents lost": lost,
            "documents double": double,
            "asked again": asked_again(ran.log),
            "failed": summary["failed"],
            "partial": summary["partial"],
            "not read": summary["documents"] - summary["read"],
        }
        found += [f"{name}: {what} {count}" for what, count in counts.items() if count]
        stored, server = taken(ran), delivered(ran.log)
        found += [
            f"{name}: {what} {stored[what]} by the database, {server[what]} by the server"
            for what in stored
            if stored[what] != server[what]
        ]
        found += [
            f"{name}: {what} {summary[what]} by the summary, {stored[what]} by the database"
            for what in ("input_tokens", "output_tokens")
            if summary[what] != stored[what]
        ]
    return found


def show(folder: Path, calm: Ran, faulty: Ran) -> None:
    """Print a table."""
    print(f"{'':<38}{'without faults':>16}{'with faults':>16}")
    rows: dict[str, Sequence[object]] = {
        "seconds": [f"{ran.seconds:.1f}" for ran in (calm, faulty)],
        "figures": [ran.summary["figures"] for ran in (calm, faulty)],
        "documents lost, double": [
            "{}, {}".format(*lost_and_double(folder, ran)) for ran in (calm, faulty)
        ],
        "asked again in spite of an answer": [asked_again(ran.log) for ran in (calm, faulty)],
        "requests answered with 429": [ran.log["statuses"].get("429", 0) for ran in (calm, faulty)],
    }
    for what in taken(calm):
        rows[f"{what.replace('_', ' ')}, by the database"] = [
            taken(ran)[what] for ran in (calm, faulty)
        ]
        rows[f"{what.replace('_', ' ')}, by the server"] = [
            delivered(ran.log)[what] for ran in (calm, faulty)
        ]
    for kind in sorted(faulty.log["faults"]):
        rows[f"fault: {kind}"] = [ran.log["faults"].get(kind, 0) for ran in (calm, faulty)]
    for name, (one, other) in rows.items():
        print(f"{name:<38}{one!s:>16}{other!s:>16}")
    print(f"the same figures: {'no' if 'figures' in differing(calm, faulty) else 'yes'}")


def main() -> None:
    """Make the bulletins, read them twice, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--faults", type=float, default=0.3, metavar="SHARE")
    parser.add_argument("--in-flight", type=int, default=100)
    parser.add_argument("--latency", type=float, default=0.1, metavar="SECONDS")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "bulletins"
        write(folder, "txt", bulletins(given.documents))
        runs: list[Ran] = []
        for share in (0.0, given.faults):
            options = ("--latency", str(given.latency), "--faults", str(share))
            with serving(folder, *options) as base_url:
                more = ("--workers", str(given.workers))
                db = place / f"{len(runs)}.duckdb"
                runs.append(extracted(folder, base_url, db, given.in_flight, *more))
        calm, faulty = runs
        show(folder, calm, faulty)
        if found := wrong(folder, calm, faulty):
            sys.exit("\n".join(found))
        print("nothing lost, nothing double, every table the same")


if __name__ == "__main__":
    main()
