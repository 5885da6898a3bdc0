"""The options that several commands share, and the settings that follow from them."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.calls.prices import load_prices
from pipeline.errors import UsageError
from pipeline.settings import Settings, from_environment

Db = Annotated[Path, typer.Option("--db", metavar="FILE", help="The DuckDB database.")]
ReaderName = Annotated[str, typer.Option("--reader", help="auto, baseline or llm.")]
Prompt = Annotated[
    str | None, typer.Option("--prompt", help="Name of a prompt, or the path of a prompt file.")
]
Model = Annotated[str | None, typer.Option("--model", help="Model to ask, else JORNADA_MODEL.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", help="URL of an OpenAI-compatible server, else OPENAI_BASE_URL."),
]
Local = Annotated[
    str | None,
    typer.Option(
        "--local",
        metavar="MODEL.gguf",
        help="Run this model here for as long as it takes; smollm2 is one from a package.",
    ),
]
Concurrency = Annotated[
    int | None, typer.Option("--concurrency", min=1, help="Documents at once, for an LLM.")
]
Rpm = Annotated[
    float | None, typer.Option("--rpm", min=1, help="Requests a minute, at most, for all together.")
]
Tpm = Annotated[
    float | None, typer.Option("--tpm", min=1, help="Tokens a minute, at most, for all together.")
]
Budget = Annotated[
    float | None,
    typer.Option("--budget", min=0, metavar="USD", help="Stop before this run costs more."),
]
PriceFile = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="TOML with prices of models of your own."),
]
NumberOfWorkers = Annotated[
    int, typer.Option("--workers", min=1, help="Processes that read, for more than one core.")
]
EscalateTo = Annotated[
    str | None,
    typer.Option(
        "--escalate-to", metavar="MODEL", help="Then ask this better model where it failed."
    ),
]
TextField = Annotated[
    str, typer.Option("--text-field", help="Where a record of JSONL, CSV or Parquet has its text.")
]
IdField = Annotated[str | None, typer.Option("--id-field", help="Where such a record has its ID.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

DB = Settings().db


def examples(*lines: str) -> str:
    """Make the end of a help page."""
    return "\n\n".join(("[bold]Examples[/bold]", *lines))


def settings_from(  # noqa: PLR0913 - an option each
    db: Path,
    *,
    reader: str = "auto",
    prompt: str | None = None,
    model: str | None = None,
    base_url: str | None = None,
    local: str | None = None,
    concurrency: int | None = None,
    prices: Path | None = None,
    **limits: float | None,
) -> Settings:
    """Take the environment's settings, and put in their place what the command line says.

    `limits` are those of `Settings` by name: rpm, tpm, budget, workers.
    Raises `UsageError` for a local model together with another model or server.
    """
    if local and (model or base_url):
        raise UsageError(
            "--local brings its own model and server: leave out --model and --base-url"
        )
    settings = from_environment()
    given = {"prompt": prompt, "model": model, "base_url": base_url}
    llm = settings.llm.model_copy(update={name: said for name, said in given.items() if said})
    if prices is not None:
        llm = llm.model_copy(update={"prices": load_prices(prices)})
    return settings.model_copy(
        update={
            "db": db,
            "reader": reader,
            "llm": llm,
            "concurrency": concurrency or settings.concurrency,
            **limits,
        }
    )
