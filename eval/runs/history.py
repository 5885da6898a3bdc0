"""Earlier eval runs out of the store: found by ID or name, listed, and their scores."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eval.runs.names import name_at, server_in
from eval.scoring.ratio import Interval
from eval.scoring.score import Score
from pipeline.console.terminal import tell
from pipeline.errors import UsageError
from pipeline.store import Store
from schemas.reading import ReaderKey

_COLUMNS = (
    "eval_run_id",
    "created_at",
    "name",
    "reader",
    "model",
    "prompt",
    "prompt_hash",
    "schema_hash",
    "gold",
    "gold_hash",
    "bulletins",
    "repeats",
    "partial",
    "failed",
    "strict_f1",
    "strict_f1_low",
    "strict_f1_high",
    "cost_usd",
    "parameters",
)
_RUNS = f"""
WITH scored AS (
    SELECT eval_run_id, any_value(f1) FILTER (measure = 'place') AS place_f1,
        any_value(f1) FILTER (measure = 'days') AS days_f1
    FROM eval_scores WHERE slice = 'all' GROUP BY eval_run_id
)
SELECT {", ".join(_COLUMNS)}, place_f1, days_f1 FROM eval_runs LEFT JOIN scored USING (eval_run_id)
ORDER BY created_at DESC, eval_run_id
"""  # noqa: S608 - names of ours
_DOCUMENTS = """
SELECT part, correct, "read", gold FROM eval_scores
WHERE eval_run_id = ? AND slice = 'document' AND measure = 'strict'
"""
_FEWEST = 4  # characters of an ID: fewer would match by chance
SHOWN_ID = 8
BACK = re.compile(r"(.+)~(\d{1,6})")
"""What is written for an earlier run of a name: the name, and how many steps back."""


class EvalRun(NamedTuple):
    """One row of `eval_runs`, without the tokens."""

    eval_run_id: str
    created_at: Any
    name: str
    reader: str
    model: str | None
    prompt: str | None
    prompt_hash: str | None
    schema_hash: str
    gold: str
    gold_hash: str
    bulletins: int
    repeats: int
    partial: int
    failed: int
    strict_f1: float | None
    strict_f1_low: float | None
    strict_f1_high: float | None
    cost_usd: float | None
    parameters: str | None
    place_f1: float | None
    days_f1: float | None

    @property
    def key(self) -> ReaderKey:
        """Give the key of its reader; runs of older versions do not say the parameters."""
        return ReaderKey(**{name: getattr(self, name) for name in ReaderKey.model_fields})

    @property
    def short_id(self) -> str:
        """Give the beginning of the ID, as tables show it."""
        return self.eval_run_id[:SHOWN_ID]

    @property
    def name_with_id(self) -> str:
        """Name the run apart from others of its variant."""
        return f"{self.name} ({self.short_id})"

    @property
    def server(self) -> str | None:
        """Give the server that was asked; None where nobody was, or it is not on record."""
        return server_in(self.parameters)

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the strict F1; None where it has none."""
        low, high = self.strict_f1_low, self.strict_f1_high
        return None if low is None or high is None else Interval(low, high)


def open_eval_store(db: Path) -> Store:
    """Open a database of evals. Raises `UsageError` if there is none."""
    if not db.exists():
        raise UsageError(f"{db}: there is no such database; `jornada eval` makes one")
    store = Store(db, patience=5)
    store.try_to_upgrade()
    return store


def name_runs(runs: Sequence[EvalRun]) -> list[str]:
    """Name runs for a table, with their servers where runs of one name asked several."""
    servers: dict[str, set[str]] = {}
    for run in runs:
        if run.server is not None:
            servers.setdefault(run.name, set()).add(run.server)
    return [
        name_at(run.name, run.server) if len(servers.get(run.name, ())) > 1 else run.name
        for run in runs
    ]


def fetch_eval_runs(store: Store) -> tuple[EvalRun, ...]:
    """List all eval runs, the newest first; none where the database is older than evals."""
    with store.keep_open(read_only=True):
        known = store.has_table("eval_runs")
        return tuple(EvalRun(*row) for row in store.read(_RUNS).rows) if known else ()


class ChosenRun(NamedTuple):
    """The run that was meant, and how many of them what was written stands for."""

    run: EvalRun
    among: int


def find_run(store: Store, wanted: str) -> EvalRun:
    """Find a run by the beginning of its ID, or the newest by its name or its prompt's.

    `~1` behind either stands for the run before that of the same name, `~2` for the one before that
    one. Of a name that stands for several a line on stderr tells which is taken.

    Raises `UsageError` where there is none, several IDs begin so, or runs of that name asked
    several servers: what one of them scored says nothing of another.
    """
    chosen = choose_run(fetch_eval_runs(store), wanted, str(store.path))
    if chosen.among > 1:
        tell(describe_choice(wanted, chosen))
    return chosen.run


def describe_choice(wanted: str, chosen: ChosenRun) -> str:
    """Say in one line which run is taken for what was written."""
    run = chosen.run
    return (
        f"{wanted}: of {chosen.among} runs of that name {run.short_id} is meant, "
        f"{run.name} of {run.created_at:%Y-%m-%d %H:%M} UTC"
    )


def choose_run(runs: Sequence[EvalRun], wanted: str, where: str) -> ChosenRun:
    """Choose a run among these, the newest first; see `find_run`."""
    name, steps = wanted, 0
    found = _list_meant(runs, name)
    if not found and (back := BACK.fullmatch(wanted)):
        name, steps = back[1], int(back[2])
        found = _list_meant(runs, name)
    if not found:
        raise UsageError(
            f"{where} has no eval run {name!r}: `jornada eval runs` lists their IDs and names"
        )
    if not steps:
        return ChosenRun(found[0], len(found))
    line = [run for run in runs if _is_alike(run, found[0])]
    line = line[line.index(found[0]) :]
    if steps >= len(line):
        last = f"{name}~{len(line) - 1}" if len(line) > 1 else name
        raise UsageError(
            f"{where} has no eval run {wanted!r}: the oldest of {line[0].name} is {last} "
            "(`jornada eval runs` lists them)"
        )
    return ChosenRun(line[steps], len(line))


def _list_meant(runs: Sequence[EvalRun], wanted: str) -> list[EvalRun]:
    """List the runs that a name or the beginning of an ID stands for, the newest first.

    A name comes first: `decade` may be a prompt, and the beginning of any ID as well.
    """
    named = [run for run in runs if wanted in (run.name, run.prompt, name_at(run.name, run.server))]
    by_id = [run for run in runs if run.eval_run_id.startswith(wanted)]
    if not named and len(wanted) >= _FEWEST:
        if len(by_id) > 1:
            raise UsageError(f"the IDs of several eval runs begin with {wanted}: give more of it")
        return by_id
    alike = [run for run in named if (run.prompt, run.model) == (named[0].prompt, named[0].model)]
    servers = dict.fromkeys(name_at(run.name, run.server) for run in alike if run.server)
    if len({run.server for run in alike if run.server}) > 1:
        raise UsageError(
            f"runs {wanted!r} are of several servers: name one by its ID, or one of "
            f"{', '.join(servers)}"
        )
    return named


def _is_alike(run: EvalRun, other: EvalRun) -> bool:
    """Tell whether two runs are of one variant; older ones do not say which server they asked."""
    servers = {run.server, other.server} - {None}
    return run.name == other.name and len(servers) <= 1


def pick_best_run(runs: Iterable[EvalRun], prompt_hash: str) -> EvalRun | None:
    """Pick the run with the best strict F1 of the prompt with this hash, None without any.

    Of few bulletins any score may come: the runs on the most of them count.
    """
    scored = [run for run in runs if run.prompt_hash == prompt_hash and run.strict_f1 is not None]
    return max(scored, key=lambda run: (run.bulletins, run.strict_f1 or 0), default=None)


def fetch_document_scores(store: Store, run: EvalRun) -> dict[str, Score]:
    """Give the strict score of each document that a run scored."""
    rows = store.read(_DOCUMENTS, [run.eval_run_id]).rows
    return {document_id: Score(*triple) for document_id, *triple in rows}
