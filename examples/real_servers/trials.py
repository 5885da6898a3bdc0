"""Running `jornada` against a server, and saying whether it ended as it should."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from examples.real_servers.findings import Taken, taken
from examples.real_servers.recorder import recording
from examples.real_servers.servers import Started, Trial
from pipeline.store import Store

_BULLETINS = Path(__file__).parents[1] / "bulletins"
SHORT = (_BULLETINS / "63-hidalgo-2a-2024.txt",)
"""What a small model on a CPU reads within minutes."""
FEW = (
    *SHORT,
    _BULLETINS / "01-4a-2021-invitacion.txt",
    _BULLETINS / "23-yucatan-6a-2023-sin-cifras.txt",
    _BULLETINS / "67-tlaxcala-letras-2024.txt",
)
_LONGEST_SECONDS = 3600
_ENDS = (0, 1, 2)
_SETTINGS = ("OPENAI_", "AZURE_OPENAI_", "JORNADA_")
_FIGURES = """SELECT document_id, value, unit, service, detail, status, period, quote, char_start
    FROM current_figures ORDER BY ALL"""
Figures = tuple[tuple[object, ...], ...]


class Outcome(NamedTuple):
    """What came of a trial; `wrong` says in which way it did not end as it should, if so."""

    trial: Trial
    taken: Taken
    statuses: tuple[int, ...]
    summary: Mapping[str, Any]
    figures: Figures
    said: str
    wrong: tuple[str, ...]


def run_trial(server: Started, trial: Trial, folder: Path, right: Figures | None) -> Outcome:
    """Run a trial in a folder of its own; `right` are the figures that it has to end with."""
    folder.mkdir(parents=True)
    trial.before()
    with recording(server.address) as recorder:
        model = ["--base-url", f"{recorder.url}{trial.path}", "--model", trial.model]
        files = [str(path) for path in (SHORT if trial.short else FEW)]
        if trial.batch:
            commands = [
                ["batch", "submit", *files, *model, *trial.options, "--rounds", "1", "--json"],
                ["batch", "collect", "--wait", "--poll", "1", "--json"],
            ]
        else:
            given = [*model, *trial.options, "--json"]
            commands = [["extract", *files, "--reader", "llm", *given]]
        ran = [_jornada(command, server.key, trial, folder) for command in commands]
    what = taken(recorder.exchanges)
    figures = _figures(folder / "jornada.duckdb")
    statuses = tuple(one.returncode for one in ran)
    said = " ".join(line for one in ran for line in one.stderr.splitlines()[-1:])
    return Outcome(
        trial=trial,
        taken=what,
        statuses=statuses,
        summary=_summary(ran[-1].stdout),
        figures=figures,
        said=f"{said} {trial.after()}".strip(),
        wrong=_wrong(ran, what, figures, right, batches=int(trial.batch)),
    )


def _jornada(
    command: list[str], key: str, trial: Trial, folder: Path
) -> subprocess.CompletedProcess[str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(_SETTINGS)}
    root = str(Path(__file__).parents[2])
    env = {**kept, "PYTHONPATH": root, "OPENAI_API_KEY": key, **trial.env}
    return subprocess.run(  # noqa: S603 - jornada
        [sys.executable, "-P", "-c", "from pipeline.cli import main; main()", *command],
        cwd=folder,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=_LONGEST_SECONDS,
    )


def _wrong(
    ran: list[subprocess.CompletedProcess[str]],
    what: Taken,
    figures: Figures,
    right: Figures | None,
    *,
    batches: int,
) -> tuple[str, ...]:
    found = []
    for one in ran:
        if one.returncode not in _ENDS:
            found.append(f"exit status {one.returncode}")
        if "Traceback" in one.stderr:
            found.append("a traceback")
    if what.twice:
        found.append(f"{what.twice} answered questions were asked again")
    if what.batches != batches:
        found.append(f"{what.batches} batches were made")
    if right is not None and figures != right:
        found.append(f"{len(figures)} figures where {len(right)} are right")
    return tuple(found)


def _figures(db: Path) -> Figures:
    return tuple(map(tuple, Store(db, patience=5.0).read(_FIGURES).rows)) if db.exists() else ()


def _summary(printed: str) -> Mapping[str, Any]:
    try:
        told = json.loads(printed)
    except ValueError:
        return {}
    one = told[0] if isinstance(told, list) and told else told
    return one if isinstance(one, dict) else {}
