"""Rows of eval runs as they are stored, and a database as older versions made it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline.store import MIGRATIONS, Store

BEFORE, AFTER = "aaaa1111", "bbbb2222"
BEFORE_PROMPTS = 17
"""The version of the tables that kept no prompts, and whose verdicts named no reading."""


def old_store(path: Path, version: int = BEFORE_PROMPTS) -> Store:
    """Make a database of an older version, which may be read but not written any more."""
    with duckdb.connect(path) as con:
        for file in MIGRATIONS[:version]:
            con.execute(file.read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (?, now()::TIMESTAMP)", [version])
    return Store(path)


def take_back(store: Store) -> None:
    """Make of a database one of that version, with what it holds."""
    with duckdb.connect(store.path) as con:
        for column in ("decided", "decided_by", "decided_at"):
            con.execute(f"ALTER TABLE figures DROP COLUMN {column}")
        con.execute("ALTER TABLE eval_verdicts DROP COLUMN reading_id")
        for table in ("prompts", "decisions"):
            con.execute(f"DROP TABLE {table}")
        con.execute("DELETE FROM store_version")
        con.execute("INSERT INTO store_version VALUES (?, now()::TIMESTAMP)", [BEFORE_PROMPTS])


def run(run_id: str, day: int = 1, **changes: object) -> dict[str, Any]:
    return (
        {
            "eval_run_id": run_id,
            "created_at": datetime(2026, 1, day),  # noqa: DTZ001 - UTC
            "name": f"prompt-{run_id[:1]} · m",
            "reader": "llm",
            "model": "m",
            "prompt": f"prompt-{run_id[:1]}",
            "prompt_hash": "h",
            "schema_hash": "s",
            "gold": "gold",
            "gold_hash": "g",
            "bulletins": 1,
            "repeats": 1,
            "partial": 0,
            "failed": 0,
            "strict_f1": 0.5,
            "strict_f1_low": None,
            "strict_f1_high": None,
            "first_try_f1": None,
            "input_tokens": None,
            "output_tokens": None,
            "cost_usd": None,
            "seconds": 1.0,
            "software": "0",
        }
        | changes
    )


def verdict(
    run_id: str,
    outcome: str,
    *,
    gold: int | None = None,
    read: float | None = None,
    wrong: tuple[str, ...] = (),
    document: str = "d1",
    **labels: object,
) -> dict[str, Any]:
    return {
        "eval_run_id": run_id,
        "document_id": document,
        "bulletin": f"bulletin-{document}",
        "repeat": 1,
        "number": 1,
        "outcome": outcome,
        "wrong": list(wrong),
        "gold_number": gold,
        "read_number": None,
        "gold_value": gold,
        "read_value": read,
        "gold_quote": None,
        "read_quote": None,
        "gold": None if gold is None else figure(gold, **labels),
        "read": None if read is None else figure(read, **labels),
    }


def figure(value: float, **labels: object) -> str:
    fields = {
        "value": value,
        "unit": "count",
        "service": "surgery",
        "status": "performed",
        "period": "jornada",
        "place": "national",
        "approximate": False,
        "quote": f"{value} words",
    }
    return json.dumps(fields | labels)


def document_score(run_id: str, document: str, right: int, read: int, gold: int) -> dict[str, Any]:
    return {
        "eval_run_id": run_id,
        "slice": "document",
        "part": document,
        "measure": "strict",
        "correct": right,
        "read": read,
        "gold": gold,
        "precision": None,
        "recall": None,
        "f1": None,
    }
