"""What is installed, configured and within reach, and which reader would run."""

import asyncio
import importlib.metadata
import platform
from collections.abc import Sequence
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict

from pipeline.console.terminal import console, say, table
from pipeline.errors import JornadaError
from pipeline.plain_text import one_line, to_json
from pipeline.runs.reader_choice import choose
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from pipeline.urls import mask_password, without_password

TIMEOUT_SECONDS = 5.0
OPENAI_URL = "https://api.openai.com/v1"
_PACKAGES = ("jornada", "duckdb", "openai", "instructor", "pydantic", "pyarrow")


class Fact(BaseModel):
    """One thing that was looked at; `well` is None where it is neither well nor ill."""

    model_config = ConfigDict(frozen=True)

    name: str
    said: str
    well: bool | None = None


def examine(settings: Settings) -> tuple[Fact, ...]:
    """Look at everything; nothing is changed, and a key is never shown."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    return (
        Fact(name="versions", said=f"{versions}, Python {platform.python_version()}"),
        Fact(name="OPENAI_API_KEY", said="set" if settings.llm.api_key else "not set"),
        Fact(name="base URL", said=mask_password(settings.llm.base_url or "not set")),
        Fact(name="model", said=settings.llm.model or "not set"),
        Fact(name="prompt", said=settings.llm.prompt),
        _server(settings.llm),
        _database(settings),
        _reader(settings),
    )


def show(facts: Sequence[Fact], *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        say(to_json({fact.name: {"said": fact.said, "well": fact.well} for fact in facts}))
        return
    marks = {True: "ok", False: "PROBLEM", None: ""}
    rows = [(fact.name, marks[fact.well], one_line(fact.said)) for fact in facts]
    console().print(table(("", "", ""), rows))


def _reader(settings: Settings) -> Fact:
    try:
        choice = choose(settings)
    except JornadaError as error:
        return Fact(name="reader", said=str(error), well=False)
    return Fact(name="reader", said=f"{choice.reader} would run: {choice.why}", well=True)


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


def _server(llm: LlmSettings) -> Fact:
    if llm.base_url is None and llm.api_key is None:
        return Fact(name="server", said="none configured; the baseline reader needs none")
    url = (llm.base_url or OPENAI_URL).rstrip("/") + "/models"
    try:
        status, answer = asyncio.run(_get(url, llm))
    except Exception as error:  # noqa: BLE001 - whatever keeps a server from answering is the finding
        said = f"{mask_password(url)} does not answer: {str(error) or type(error).__name__}"
        return Fact(name="server", said=said, well=False)
    return _judge(mask_password(url), status, answer, llm.model)


async def _get(url: str, llm: LlmSettings) -> tuple[int, Any]:
    headers = {}
    if llm.api_key:
        headers["Authorization"] = f"Bearer {llm.api_key.get_secret_value()}"
        url = without_password(url)  # a request carries one of the two, and the key wins
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
        # The key goes nowhere but to the server that was named.
        session.get(url, headers=headers, allow_redirects=False) as response,
    ):
        try:
            return response.status, await response.json(content_type=None)
        except ValueError:
            return response.status, None


def _judge(url: str, status: int, answer: object, model: str | None) -> Fact:
    if status in (401, 403):
        return Fact(
            name="server",
            said=f"{url} refuses the key (HTTP {status}): set OPENAI_API_KEY",
            well=False,
        )
    if status != 200:  # noqa: PLR2004 - the one status that says yes
        return Fact(name="server", said=f"{url} answers HTTP {status}", well=False)
    models = answer.get("data") if isinstance(answer, dict) else None
    names = [item.get("id") for item in models if isinstance(item, dict)] if models else []
    if model is None or not names:
        return Fact(name="server", said=f"{url} answers", well=True)
    if model in names:
        return Fact(name="server", said=f"{url} answers and offers {model}", well=True)
    return Fact(name="server", said=f"{url} answers, but does not list {model}", well=False)
