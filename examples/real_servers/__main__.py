"""The command line: which servers, where to install them, and the table of what each took."""
# ruff: noqa: T201 - a script; it prints

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from examples.real_servers.installs import Missing
from examples.real_servers.servers import SERVERS, Started
from examples.real_servers.trials import Figures, Outcome, run_trial
from pipeline.errors import JornadaError

_USUAL = ("direct", "llama", "litellm", "aimock", "llmock")
_COLUMNS = (
    *("server", "trial", "calls", "schema", "room", "usage", "limits told", "refused"),
    *("read", "partial", "failed", "figures", "exit", "as it should"),
)


def main() -> int:
    """Try the servers one after the other; 1 where a run did not end as it should."""
    given = _arguments()
    names = list(dict.fromkeys(("direct", *given.servers)))
    rows: list[tuple[str, ...]] = []
    right: Figures | None = None
    is_well = True
    with _folder(given.folder) as installs, tempfile.TemporaryDirectory() as runs:
        for name in names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            try:
                with SERVERS[name](installs / name) as server:
                    _tell(name, server)
                    for number, trial in enumerate(server.trials):
                        print(f"  {trial.name}", file=sys.stderr, flush=True)
                        folder = Path(runs, name, str(number))
                        wanted = right if trial.right else None
                        outcome = run_trial(server, trial, folder, wanted)
                        if name == "direct":
                            right = outcome.figures
                        is_well = is_well and not outcome.wrong
                        rows.append(_row(name, server, outcome))
                        if outcome.said:
                            print(f"    {outcome.said}", file=sys.stderr, flush=True)
            except (Missing, JornadaError) as missing:
                print(f"{name}: {missing}", file=sys.stderr, flush=True)
                is_well = False
    _show(rows)
    return 0 if is_well else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="real_servers", description=__doc__)
    names = [name for name in SERVERS if name != "direct"]
    parser.add_argument("servers", nargs="*", choices=[*names, []], default=_USUAL[1:])
    parser.add_argument(
        "--folder", type=Path, help="where servers are installed, to be there the next time"
    )
    return parser.parse_args()


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.resolve()
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def _tell(name: str, server: Started) -> None:
    if server.installed is not None:
        took = f"{server.installed.seconds:.0f} s, {server.installed.megabytes} MB"
        print(f"  {name} {server.version}, installed in {took}", file=sys.stderr, flush=True)


def _row(name: str, server: Started, outcome: Outcome) -> tuple[str, ...]:
    what, summary = outcome.taken, outcome.summary
    refused = ", ".join(f"{count} x {kind}" for kind, count in what.refused.items())
    counts = (str(summary.get(key, "")) for key in ("read", "partial", "failed"))
    return (
        f"{name} {server.version}".strip(),
        outcome.trial.name,
        f"{what.answered} of {what.calls}",
        ", ".join(what.schemas),
        ", ".join(what.rooms),
        "yes" if what.usage else "no",
        ", ".join(what.limits),
        refused,
        *counts,
        str(len(outcome.figures)),
        ", ".join(map(str, outcome.statuses)),
        "; ".join(outcome.wrong) or "yes",
    )


def _show(rows: list[tuple[str, ...]]) -> None:
    table = Table(*_COLUMNS)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 250).print(table)


if __name__ == "__main__":
    sys.exit(main())
