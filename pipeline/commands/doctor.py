"""The command `jornada doctor`."""

import typer

from pipeline.commands.options import (
    DB,
    BaseUrl,
    Db,
    Json,
    Model,
    Prompt,
    ReaderName,
    examples,
    settings_from,
)
from pipeline.console import doctor as examination
from pipeline.console.exit_status import FAILED

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada doctor",
        "jornada doctor --base-url http://127.0.0.1:8080/v1 --model qwen3-8b",
    )
)
def doctor(
    *,
    db: Db = DB,
    reader: ReaderName = "auto",
    prompt: Prompt = None,
    model: Model = None,
    base_url: BaseUrl = None,
    as_json: Json = False,
) -> int:
    """Tell what is configured, what can be reached, and which reader would run."""
    settings = settings_from(db, reader=reader, prompt=prompt, model=model, base_url=base_url)
    facts = examination.examine(settings)
    examination.show(facts, as_json=as_json)
    return FAILED if any(fact.well is False for fact in facts) else 0
