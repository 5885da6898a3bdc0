"""The command `jornada eval diff`."""

from typing import Annotated

import typer

from eval.commands.options import DB, Db
from eval.report.diff_table import show_diff
from eval.report.prompt_text import show_prompt_difference
from eval.runs.diff import DiffFilter, diff
from eval.runs.history import find_run, open_eval_store
from eval.runs.run_prompts import compare_prompts
from eval.scoring.changes import DIRECTIONS, Direction
from pipeline.commands.options import Json, examples
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError

_MOST_CHANGES = 40
_MOST_LINES = 20

EPILOG = examples(
    "jornada eval diff 3fa9c1d2 77b0e4aa",
    "jornada eval diff quoted-v1 mine --worse --limit 100",
    "jornada eval diff mine~1 mine --label detail --bulletin '4*'",
    "jornada eval diff quoted-v1 mine --stable --json",
    "A RUN is the beginning of an ID of `jornada eval runs`, or the name of a variant or of "
    "its prompt, which stands for its newest run; RUN~1 is the one before it.",
)

Run = Annotated[str, typer.Argument(metavar="RUN", help="Beginning of its ID, or a name.")]


def diff_eval_runs(  # noqa: PLR0913 - a parameter an option
    before: Run,
    after: Run,
    *,
    label: Annotated[
        str | None, typer.Option("--label", help="Changes of this label alone, e.g. detail.")
    ] = None,
    worse: Annotated[bool, typer.Option("--worse", help="What got worse.")] = False,
    better: Annotated[bool, typer.Option("--better", help="What got better.")] = False,
    bulletin: Annotated[
        list[str] | None,
        typer.Option("--bulletin", metavar="GLOB", help="Bulletins of these names; repeatable."),
    ] = None,
    stable: Annotated[
        bool, typer.Option("--stable", help="What is the same in all repeats of each run.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, help=f"So many figures; {_MOST_CHANGES} on a screen, all as JSON."
        ),
    ] = None,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """Show how the prompts of two runs differ, and the figures that got better or worse."""
    asked: dict[Direction, bool] = {"worse": worse, "better": better}
    directions = [name for name, wanted in asked.items() if wanted] or DIRECTIONS
    only = DiffFilter(label, directions, bulletin or (), stable)
    store = open_eval_store(db)
    with store.keep_open(read_only=True):
        first, second = find_run(store, before), find_run(store, after)
        changes = diff(store, first, second, only)
        prompts = compare_prompts(store, first, second)
    if first == second:
        tell(
            f"{before} and {after} are one run: a name stands for its newest, and {after}~1 for "
            "the one before"
        )
    if not changes.common:
        raise UsageError("the two runs have no bulletin in common")
    if not changes.same_gold:
        tell("The gold was not the same for both runs: some changes may be its own.")
    if as_json:
        show_diff(changes, first, second, limit, as_json=True)
        return
    whole = f": jornada eval prompt {first.eval_run_id[:8]} {second.eval_run_id[:8]}"
    show_prompt_difference(prompts, _MOST_LINES, whole)
    say("")
    show_diff(changes, first, second, limit or _MOST_CHANGES, as_json=False)
