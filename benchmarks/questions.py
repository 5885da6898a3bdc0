"""What questions to a large database cost: seconds, CPU and peak memory of the whole command.

    python -m benchmarks.questions [--documents 100000] [--db FILE] [--rounds 3]

Invented bulletins are read by the baseline into a new database, or FILE is asked as it is. Beside
the views stands the same question put to `current_figures` by hand, which knows no jornadas.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from examples.make_backlog import bulletins, write

JORNADA = str(Path(sys.executable).with_name("jornada"))
BY_STATE = """SELECT state, year, sum(value) FROM facts
WHERE service = 'screening' AND detail = 'mammography' GROUP BY ALL"""
BY_HAND = """SELECT state, year(ends_on) AS year, sum(value) FROM current_figures
WHERE service = 'screening' AND detail = 'mammography' GROUP BY ALL"""
QUESTIONS = {
    "facts by state and year": ("query", BY_STATE),
    "current_figures by state and year, by hand": ("query", BY_HAND),
    "facts, counted": ("query", "SELECT count(*) FROM facts"),
    "jornada_totals, the widest": ("query", "SELECT count(*) FROM jornada_totals WHERE widest"),
    "jornada conflicts": ("conflicts", "--json"),
    "jornada coverage": ("coverage",),
    "jornada report": ("report", "--to", "-"),
}


class Cost(NamedTuple):
    """What a command took."""

    seconds: float
    cpu: float
    megabytes: float


def run(*arguments: str) -> Cost:
    """Run a command of jornada; raises where it fails."""
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own
        [JORNADA, *arguments], stdout=subprocess.DEVNULL
    ) as program:
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise SystemExit(f"jornada {arguments[0]} ended with {program.returncode}")
    seconds = time.perf_counter() - started
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def make(folder: Path, documents: int) -> Path:
    """Read so many invented bulletins into a new database."""
    backlog, db = folder / "backlog.parquet", folder / "backlog.duckdb"
    write(backlog, "parquet", bulletins(documents, seed=1, near=0.05))
    took = run("extract", str(backlog), "--reader", "baseline", "--workers", "2", "--db", str(db))
    print(f"{documents:,} documents read in {took.seconds:.0f} s, {took.megabytes:.0f} MB\n")
    return db


def main() -> None:
    """Ask each question in turns, and print the median of what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = given.db or make(Path(folder), given.documents)
        taken: dict[str, list[Cost]] = {name: [] for name in QUESTIONS}
        for _ in range(given.rounds):
            for name, arguments in QUESTIONS.items():
                taken[name].append(run(*arguments, "--db", str(db)))
    print(f"{'':44} seconds    CPU     MB")
    for name, costs in taken.items():
        seconds, cpu, most = (statistics.median(them) for them in zip(*costs, strict=True))
        print(f"{name:44} {seconds:7.2f} {cpu:6.2f} {most:6.0f}")


if __name__ == "__main__":
    main()
