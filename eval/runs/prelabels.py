"""Readings in a database to pre-label gold with: of an eval run, a run, a reading, or a variant."""

from collections.abc import Callable
from typing import Any

from eval.runs.history import choose_run, fetch_eval_runs
from eval.runs.names import name_variant
from pipeline.errors import GoldError, UsageError
from pipeline.plain_text import one_line
from pipeline.store import SAME_KEY, UNDECIDED, Store
from pipeline.store.fetch import fetch_readable
from schemas.reading import ReaderKey, Reading

_FEWEST = 4  # characters of an ID: fewer would match by chance
_COLUMNS = "reading_id, document_id, reader, prompt, model"
_BY_KEY = f"""
SELECT {_COLUMNS} FROM readings
WHERE status <> 'failed' AND {UNDECIDED} AND {SAME_KEY} ORDER BY read_at
"""  # noqa: S608 - conditions of ours
_BY_NAME = f"""
SELECT {_COLUMNS} FROM readings
WHERE status <> 'failed' AND {UNDECIDED} AND (
    length($1) >= {_FEWEST} AND (starts_with(reading_id, $1) OR starts_with(run_id, $1))
    OR $1 IN (reader, prompt, reader || ' · ' || model, prompt || ' · ' || model)
)
ORDER BY read_at, reading_id
"""  # noqa: S608 - names of ours
_KEY = f"SELECT {', '.join(ReaderKey.model_fields)} FROM eval_runs WHERE eval_run_id = ?"  # noqa: S608 - names of ours


def find_prelabels(store: Store, wanted: str) -> Callable[[str], Reading]:
    """Find the readings that `wanted` names: the beginning of an ID, or a variant or prompt.

    What is given back finds the newest of them by document, or raises `GoldError`.
    Raises `UsageError` where it names none, or those of several readers.
    """
    with store.keep_open(read_only=True):
        rows = _find_rows(store, wanted)
    if not rows:
        raise UsageError(
            f"{store.path} has no reading by {one_line(wanted)!r}: give the beginning of the ID of "
            "an eval run (`jornada eval runs`), of a run (`jornada runs`), or a prompt or reader"
        )
    names = sorted({name_variant(reader, prompt, model) for _, _, reader, prompt, model in rows})
    if len(names) > 1:
        raise UsageError(f"{one_line(wanted)!r} is of several readers: {', '.join(names)}")
    by_document = {document_id: reading_id for reading_id, document_id, *_ in rows}

    def find(document_id: str) -> Reading:
        reading_id = by_document.get(document_id, "")
        reading = fetch_readable(store, [reading_id] if reading_id else []).get(reading_id)
        if reading is None or reading.report is None:
            raise GoldError(f"{names[0]} has no usable reading of it in {store.path}")
        return reading

    return find


def _find_rows(store: Store, wanted: str) -> list[tuple[Any, ...]]:
    runs = fetch_eval_runs(store)
    if any(wanted in (run.name, run.prompt) for run in runs) or (
        len(wanted) >= _FEWEST and any(run.eval_run_id.startswith(wanted) for run in runs)
    ):
        run = choose_run(runs, wanted, str(store.path)).run
        key = store.read(_KEY, [run.eval_run_id]).rows[0]
        if rows := store.read(_BY_KEY, list(key)).rows:
            return rows
    return store.read(_BY_NAME, [wanted]).rows
