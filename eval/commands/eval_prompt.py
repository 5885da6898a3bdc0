"""The command `jornada eval prompt`."""

from pathlib import Path
from typing import Annotated

import typer

from eval.commands.options import DB, Db
from eval.report.prompt_text import show_prompt, show_prompt_difference
from eval.runs.history import EvalRun, find_run, open_eval_store
from eval.runs.run_prompts import compare_prompts, explain_lost, find_texts
from pipeline.commands.options import Json, examples
from pipeline.console.destination import find_target, write_file
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError
from pipeline.plain_text import to_json
from pipeline.store import Store
from pipeline.store.kept_prompts import KeptPrompt

EPILOG = examples(
    "jornada eval prompt 3fa9c1d2",
    "jornada eval prompt mine --to mine-as-it-was.md",
    "jornada eval prompt quoted-v1 mine",
    "With one RUN the prompt that it read with, as it was then; with two, how the second's differs "
    "from the first's. A RUN is named as for jornada eval diff.",
)


def show_run_prompt(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Beginning of its ID, or a name.")],
    other: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Another, to be compared with it.")
    ] = None,
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Write the prompt to FILE, byte for byte."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """Show the prompt that a run read with, as it was, or how two runs' prompts differ."""
    if other is not None and to is not None:
        raise UsageError("--to writes one prompt: give one RUN")
    target = None if to is None else find_target(to, db, force=force)
    store = open_eval_store(db)
    with store.keep_open(read_only=True):
        first = find_run(store, run)
        if other is None:
            kept = _require_kept(store, first)
        else:
            difference = compare_prompts(store, first, find_run(store, other))
    if other is not None:
        if as_json:
            say(to_json(difference._asdict()))
        else:
            show_prompt_difference(difference)
    elif target is None:
        show_prompt(kept, as_json=as_json)
    else:
        write_file(target, lambda file: file.write(kept.text.encode()))
        tell(f"Prompt {kept.name} written to {target.to}")


def _require_kept(store: Store, run: EvalRun) -> KeptPrompt:
    if run.prompt_hash is None:
        raise UsageError(f"run {run.name}: {run.reader} reads without a prompt")
    (kept,) = find_texts(store, [run])
    if kept is None:
        raise UsageError(explain_lost(run))
    return kept
