"""The options that several commands share, and the settings that follow from them.

Options that go together are the fields of a class; `with_options` puts them into the signature of
each command that takes the class, so that a command asks for the class alone.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from pipeline.configuration.headers import parse_headers
from pipeline.configuration.layer import Layer, describe_error
from pipeline.configuration.params import parse_params
from pipeline.configuration.resolution import DATABASE, real_database, resolve
from pipeline.errors import UsageError
from pipeline.redacted_stream import redact_errors
from pipeline.settings import SchemaMode, Settings

MODEL = "Model and server"
LIMITS = "Pace and money"

Db = Annotated[
    Path,
    typer.Option(
        "--db",
        metavar="FILE",
        envvar=DATABASE,
        help="The DuckDB database.",
        callback=real_database,
    ),
]
ReaderName = Annotated[
    str | None, typer.Option("--reader", help="auto (the default), baseline or llm.")
]
Local = Annotated[
    str | None,
    typer.Option(
        "--local",
        metavar="MODEL.gguf",
        help="Run this model here for as long as it takes; smollm2 is one from a package.",
        rich_help_panel=MODEL,
    ),
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
Ocr = Annotated[
    bool,
    typer.Option("--ocr", help="Read pages of a PDF that are pictures by OCR, on this machine."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

Profile = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME", help="A profile of jornada.toml.", rich_help_panel=MODEL
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="Of an OpenAI-compatible server, else OPENAI_BASE_URL.",
        rich_help_panel=MODEL,
    ),
]
Header = Annotated[
    list[str] | None,
    typer.Option(
        "--header",
        metavar="NAME=VALUE",
        help="A further header of each request; repeatable.",
        rich_help_panel=MODEL,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="SECONDS", help="How long a call may take.", rich_help_panel=MODEL
    ),
]
Budget = Annotated[
    float | None,
    typer.Option(
        "--budget",
        min=0,
        metavar="USD",
        help="Stop before this run costs more.",
        rich_help_panel=LIMITS,
    ),
]
PriceFile = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        metavar="FILE",
        help="TOML with prices of models of your own.",
        rich_help_panel=LIMITS,
    ),
]

DB = Settings().db


@dataclass(frozen=True)
class ModelOptions:
    """Which model is asked: one, by one prompt."""

    profile: Profile = None
    model: Annotated[
        str | None,
        typer.Option("--model", help="Model to ask, else JORNADA_MODEL.", rich_help_panel=MODEL),
    ] = None
    prompt: Annotated[
        str | None,
        typer.Option(
            "--prompt",
            help="Name of a prompt, or the path of a prompt file.",
            rich_help_panel=MODEL,
        ),
    ] = None


@dataclass(frozen=True)
class ReachOptions:
    """How a server is reached; none of it is stored but plain headers."""

    base_url: BaseUrl = None
    header: Header = None
    timeout: Timeout = None


@dataclass(frozen=True)
class AnswerOptions:
    """What an answer depends on, and how many there may be."""

    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            metavar="NAME=VALUE",
            help="A further key of each request, e.g. temperature=0; repeatable.",
            rich_help_panel=MODEL,
        ),
    ] = None
    max_output_tokens: Annotated[
        int | None,
        typer.Option(
            "--max-output-tokens",
            min=1,
            metavar="N",
            help="Room of an answer, thoughts before it counted.",
            rich_help_panel=MODEL,
        ),
    ] = None
    reasks: Annotated[
        int | None,
        typer.Option(
            "--reasks",
            min=0,
            metavar="N",
            help="How often an answer that does not hold is sent back, at most (2).",
            rich_help_panel=MODEL,
        ),
    ] = None
    token_budget: Annotated[
        int | None,
        typer.Option(
            "--token-budget",
            min=1,
            metavar="N",
            help="Tokens that a document may take, in all its answers.",
            rich_help_panel=MODEL,
        ),
    ] = None
    schema_mode: Annotated[
        SchemaMode | None,
        typer.Option(
            "--schema-mode",
            help="How the server is held to the schema.",
            rich_help_panel=MODEL,
        ),
    ] = None


@dataclass(frozen=True)
class LimitOptions:
    """How fast a model is asked, and what that may cost."""

    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency", min=1, help="Documents at once, for an LLM.", rich_help_panel=LIMITS
        ),
    ] = None
    rpm: Annotated[
        float | None,
        typer.Option(
            "--rpm",
            min=1,
            help="Requests a minute, at most, for all together.",
            rich_help_panel=LIMITS,
        ),
    ] = None
    tpm: Annotated[
        float | None,
        typer.Option(
            "--tpm",
            min=1,
            help="Tokens a minute, at most, for all together.",
            rich_help_panel=LIMITS,
        ),
    ] = None
    budget: Budget = None
    prices: PriceFile = None


Options = ModelOptions | ReachOptions | AnswerOptions | LimitOptions


def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of the classes among its parameters, in place of the classes."""
    signature = inspect.signature(command)
    groups: dict[str, Any] = {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if is_dataclass(parameter.annotation)
    }
    expanded: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        if name not in groups:
            expanded.append(parameter)
            continue
        expanded += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=field.type,
            )
            for field in fields(groups[name])
        ]

    @functools.wraps(command)
    def run(*arguments: Any, **given: Any) -> Any:  # noqa: ANN401 - whatever the command takes
        made = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        return command(*arguments, **given, **made)

    changed: Any = run
    changed.__signature__ = signature.replace(parameters=expanded)
    changed.__annotations__ = {each.name: each.annotation for each in expanded}
    return run


def is_given(*options: Options) -> bool:
    """Tell whether any of these options was given."""
    given = [getattr(each, field.name) for each in options for field in fields(each)]
    return any(value not in (None, []) for value in given)


def examples(*lines: str) -> str:
    """Make the end of a help page."""
    return "\n\n".join(("[bold]Examples[/bold]", *lines))


def settings_from(
    db: Path,
    *options: Options,
    reader: str | None = None,
    local: str | None = None,
    workers: int = 1,
    **said: Any,  # noqa: ANN401 - options of their own types
) -> Settings:
    """Make settings of options, above those of the settings' file and of the environment.

    `said` are options by name that stand in no class. Raises `UsageError`, in one line, for what
    cannot be, or for a local model together with another model or server.
    """
    given = {field.name: getattr(each, field.name) for each in options for field in fields(each)}
    given |= said | {"reader": reader}
    if local and any(given.get(name) for name in ("model", "base_url", "header")):
        raise UsageError(
            "--local brings its own model and server: leave out --model, --base-url and --header"
        )
    given = {name: it for name, it in given.items() if it not in (None, "")}
    profile = given.pop("profile", None)
    settings = resolve(_layer_of(given), profile)
    redact_errors(settings.llm.secrets)
    return settings.model_copy(update={"db": db, "workers": workers})


def _layer_of(given: dict[str, Any]) -> Layer:
    params, headers = given.pop("param", ()), given.pop("header", ())
    try:
        given["params"] = parse_params(params)
    except ValueError as error:
        raise UsageError(f"--param {error}") from error
    try:
        given["headers"] = parse_headers(headers)
    except ValueError as error:
        raise UsageError(f"--header {error}") from error
    try:
        return Layer.model_validate(given)
    except ValidationError as error:
        (name, *_), said = describe_error(error)
        option = {"params": "param", "headers": "header"}.get(name, name.replace("_", "-"))
        raise UsageError(f"--{option} {said}") from error
