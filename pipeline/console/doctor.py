"""What is installed, configured and within reach, which reader would run, and what a server takes.

What a server takes is seen by asking it one question, as a run would.
"""

import asyncio
import importlib.metadata
import platform
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.console.fact import Fact
from pipeline.console.terminal import console, say, table
from pipeline.errors import JornadaError
from pipeline.lazy import lazy
from pipeline.plain_text import one_line, to_json
from pipeline.runs.reader_choice import choose
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from pipeline.urls import shown_url

if TYPE_CHECKING:
    from pipeline.console import trial_facts
    from pipeline.llm import model_list
    from pipeline.runs import trial
else:
    trial_facts = lazy("pipeline.console.trial_facts")
    model_list = lazy("pipeline.llm.model_list")
    trial = lazy("pipeline.runs.trial")

TIMEOUT_SECONDS = 5.0
_OK = 200
_PACKAGES = ("jornada", "duckdb", "openai", "instructor", "pydantic", "pyarrow")


def examine(
    settings: Settings, tell: Callable[[str], None], *, with_call: bool
) -> tuple[Fact, ...]:
    """Look at everything; nothing is changed, and a key is never shown.

    If `with_call`, a model that a run would ask is asked one question, which is told before.
    """
    llm = settings.llm
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    reader = _reader(settings)
    asks = reader.values.get("reader") == "llm"
    return (
        Fact(name="versions", said=f"{versions}, Python {platform.python_version()}"),
        _openai_key(llm),
        Fact(name="key", said=_describe_key(llm), values={"variable": llm.key_name}),
        Fact(name="base URL", said="not set" if llm.base_url is None else shown_url(llm.url)),
        Fact(name="model", said=llm.model or "not set"),
        Fact(name="prompt", said=llm.prompt),
        *_server(llm, tell, with_call=with_call and asks),
        _database(settings),
        reader,
    )


def show(facts: Sequence[Fact], *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        say(to_json({it.name: {"said": it.said, "well": it.well, **it.values} for it in facts}))
        return
    marks = {True: "ok", False: "PROBLEM", None: ""}
    rows = [(fact.name, marks[fact.well], one_line(fact.said)) for fact in facts]
    console().print(table(("", "", ""), rows))


def _openai_key(llm: LlmSettings) -> Fact:
    is_own = llm.key_name == "OPENAI_API_KEY"
    used = "set" if is_own else "not sent to this server"
    return Fact(name="OPENAI_API_KEY", said=used if llm.api_key else "not set")


def _describe_key(llm: LlmSettings) -> str:
    if llm.api_key is None:
        return "none is sent"
    return f"of {llm.key_name}, sent in the header {llm.key_header}"


def _reader(settings: Settings) -> Fact:
    try:
        choice = choose(settings)
    except JornadaError as error:
        return Fact(name="reader", said=str(error), well=False, values={"reader": None})
    said = f"{choice.reader} would run: {choice.why}"
    return Fact(name="reader", said=said, well=True, values={"reader": choice.reader})


def _database(settings: Settings) -> Fact:
    store = Store(settings.db, patience=2.0)
    if not settings.db.exists():
        return Fact(name="database", said=f"{settings.db} does not exist yet")
    try:
        answer = store.read(
            """SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM current_readings),
                (SELECT count(*) FROM current_figures), (SELECT max(version) FROM store_version)"""
        )
    except JornadaError as error:
        return Fact(name="database", said=str(error), well=False)
    documents, readings, figures, version = answer.rows[0]
    said = (
        f"{settings.db}: {documents:,} documents, {readings:,} of them read, {figures:,} figures "
        f"(tables of version {version})"
    )
    return Fact(name="database", said=said, well=True)


def _server(llm: LlmSettings, tell: Callable[[str], None], *, with_call: bool) -> Iterator[Fact]:
    """Say whether the server answers, and what it took of a question if it was asked one."""
    if llm.base_url is None and llm.api_key is None:
        yield Fact(name="server", said="none configured; the baseline reader needs none")
        return
    if llm.obstacles:
        yield Fact(name="server", said=f"{shown_url(llm.url)} is not asked, see reader")
        return
    try:
        listed = asyncio.run(model_list.fetch_models(llm, TIMEOUT_SECONDS))
    except JornadaError as error:
        yield Fact(name="server", said=str(error), well=False)
        return
    server = _judge(shown_url(llm.url), listed.status, listed.names, llm.model)
    if not with_call:
        yield server
        return
    tell(
        f"Asking {llm.model} at {shown_url(llm.url)} one short question, which costs a call "
        "(--no-call leaves it out)."
    )
    try:
        tried = asyncio.run(trial.read_tiny_bulletin(llm))
    except JornadaError as error:
        yield server
        yield Fact(name="call", said=str(error), well=False)
        return
    facts = list(trial_facts.describe_trial(tried, llm))
    lists = listed.status == _OK and llm.key_header != "api-key"
    if facts[0].well is not False and not lists:
        # Many list no models, or not to every key, and Azure none of its deployments: what counts
        # is that they answer.
        server = server.model_copy(update={"well": None})
    yield from (server, trial_facts.describe_headers(llm), *facts)


def _judge(url: str, status: int, names: Sequence[str], model: str | None) -> Fact:
    values = {"status": status, "models": [*names]}
    if status in (401, 403):
        said = f"{url} refuses the key (HTTP {status}) for a list of its models"
        return Fact(name="server", said=said, well=False, values=values)
    if status != _OK:
        said = f"{url} answers HTTP {status} when asked for its models"
        return Fact(name="server", said=said, well=False, values=values)
    if model is None or not names:
        return Fact(name="server", said=f"{url} answers", well=True, values=values)
    if model in names:
        said = f"{url} answers and offers {model}"
        return Fact(name="server", said=said, well=True, values=values)
    said = f"{url} answers, but does not list {model}"
    return Fact(name="server", said=said, well=False, values=values)
