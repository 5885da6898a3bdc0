"""The command `jornada prompts`."""

from typing import Annotated

import typer

from eval.commands.options import DB, Db
from eval.report.prompt_list import collect_prompts, show_prompts
from pipeline.commands.options import Json, examples

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("jornada prompts", "jornada prompts ./mine.md --json"))
def list_prompts(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Prompt files of your own.")
    ] = None,
    *,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """List the prompts with form, hash and best score so far."""
    show_prompts(collect_prompts(files or (), db), as_json=as_json)
