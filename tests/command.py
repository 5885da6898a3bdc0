"""The command line, run for real, and a model that answers for it."""

import asyncio
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import pytest

from pipeline.calls.gateway import Gateway
from pipeline.cli import run_command
from pipeline.documents import LoadedSource, RecordFields, document_from, read_all
from pipeline.extract import extract
from pipeline.forms.numbering import number_document, write_marks
from pipeline.isolation.limits import Limits
from pipeline.isolation.slot import InHand
from pipeline.runs import set_up, workers
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import build_reader
from pipeline.settings import Settings
from pipeline.store import Store
from schemas.document import Document, Metadata
from schemas.reading import Reading
from tests.http_server import send_json, serve_http
from tests.processes import PATIENCE, Process, run_program, wait_until

if TYPE_CHECKING:
    from pipeline.llm.transport import Transport
    from pipeline.reader import Reader

JORNADA = str(Path(sys.executable).with_name("jornada"))
Ran = subprocess.CompletedProcess[str]


class Jornada(Protocol):
    """Runs `jornada ARGUMENTS...` in a folder of the test's own; `env` adds to the environment."""

    def __call__(self, *arguments: str, stdin: str = "", **env: str) -> Ran: ...


def environment(**changes: str) -> dict[str, str]:
    """Give the environment without what configures a model and its way, and with `changes`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENAI_", "AZURE_OPENAI_", "JORNADA_", "SSL_CERT_"))
    }
    return kept | {"COLUMNS": "200", "NO_PROXY": "127.0.0.1"} | changes


def jornada_in(folder: Path) -> Jornada:
    """Give a `jornada` that runs in `folder`."""

    def jornada(*arguments: str, stdin: str = "", **env: str) -> Ran:
        command = [JORNADA, *arguments]
        return run_program(command, check=False, stdin=stdin, cwd=folder, env=environment(**env))

    return jornada


def jornada_here(folder: Path, *, stdout: TextIO | None = None) -> Jornada:
    """Give a `jornada` that runs in `folder` and in this process.

    Most of what a real one costs is its start. What the start and the end of a process do not touch
    is seen as well without them. What it prints goes to `stdout`, if that is given.
    """

    def jornada(*arguments: str, stdin: str = "", **env: str) -> Ran:
        printed, err = io.StringIO(), io.StringIO()
        out = stdout or printed
        with pytest.MonkeyPatch.context() as change, redirect_stdout(out), redirect_stderr(err):
            change.chdir(folder)
            kept = environment(**env)
            for name in set(os.environ) - set(kept):
                change.delenv(name)
            for name, value in kept.items():
                change.setenv(name, value)
            # For a run to walk all that tests hold takes longer than the run.
            change.setattr(set_up, "_freeze_garbage", nullcontext)
            change.setattr(workers, "Workers", _workers_here)
            change.setattr(set_up, "Loader", _LoadHere)
            change.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
            status = run_command(arguments)
        return Ran(arguments, status, printed.getvalue(), err.getvalue())

    return jornada


class _LoadHere:
    """Stands for the process that loads files, where that it is one makes no difference."""

    in_hand = None

    def __init__(self, limits: Limits, known: object) -> None:
        pass

    def read_all(
        self, paths: Sequence[str], fields: RecordFields, passed_over: Counter[str] | None = None
    ) -> Iterator[LoadedSource]:
        return read_all(paths, fields, passed_over)

    def close(self) -> None:
        pass


class ReadHere:
    """Stands for one process that reads, where that it is one makes no difference."""

    def __init__(
        self,
        settings: Settings,
        choice: Choice,
        gateway: Gateway | None,
        transport: "Transport | None" = None,
    ) -> None:
        self._building = build_reader(settings, choice, gateway, transport)
        self._reader: Reader | None = None
        self._first = asyncio.Lock()

    async def read(self, document: Document) -> Reading:
        async with self._first:
            if self._reader is None:
                self._reader = await self._building.__aenter__()
        return await extract(document, self._reader)

    def find_in_hand(self) -> list[InHand]:
        return []

    async def aclose(self) -> None:
        if self._reader is not None:
            await self._building.__aexit__(None, None, None)


_Workers = workers.Workers


def _workers_here(
    settings: Settings, choice: Choice, gateway: Gateway | None
) -> ReadHere | workers.Workers:
    made = ReadHere if settings.workers == 1 else _Workers
    return made(settings, choice, gateway)


def start(
    folder: Path,
    *arguments: str,
    model: "Model | None" = None,
    command: Sequence[str | Path] = (JORNADA,),
    pipes: Mapping[str, int] | None = None,
    **env: str,
) -> Process:
    """Start a `jornada` that runs in `folder`, and may ask `model`; it is to be used as a block.

    `env` adds to the environment; `pipes` changes what its streams are, by their names.
    """
    configured = environment(**(model.configured if model else {}), **env)
    streams = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE) | dict(pipes or {})
    return Process([*command, *arguments], cwd=folder, env=configured, **streams)


@contextmanager
def held_up(
    folder: Path,
    model: "Model",
    *arguments: str,
    free: int,
    command: Sequence[str | Path] = (JORNADA,),
) -> Iterator[Process]:
    """Run `jornada ARGUMENTS...` until `free` calls are answered and two more wait for the model.

    The block begins then; what still runs when it ends is killed.
    """
    model.free = free
    with start(folder, *arguments, model=model, command=command) as process:
        try:
            wait_until(lambda: model.stuck.is_set() or process.poll() is not None)
            assert model.stuck.is_set(), process.communicate()[1]
            yield process
        finally:
            process.kill()
            model.let_go.set()


def wait_until_stored(folder: Path, count: int) -> None:
    """Wait, while a run goes on, until its flush has come; ask only a file that has changed."""
    db = folder / "jornada.duckdb"
    looked_at = 0

    def is_stored() -> bool:
        nonlocal looked_at
        if (changed_at := db.stat().st_mtime_ns) == looked_at:
            return False
        looked_at = changed_at
        ((stored,),) = Store(db).read("SELECT count(*) FROM current_readings").rows
        return bool(stored >= count)

    wait_until(is_stored, "the flush")


LETTERS = "ABCDEFGHIJKL"


def sound(number: int) -> str:
    """A bulletin that rules read without a finding."""
    return f"Boletín {LETTERS[number]}\n\nSe otorgaron {100 + number} consultas en la jornada.\n"


def contradictory(number: int) -> str:
    """A bulletin that prints one fact with two values, which is a warning whoever reads it."""
    title = f"Boletín {LETTERS[number]}: IMSS otorgó {101 + number} consultas"
    return f"{title}\n\nEn la jornada se otorgaron {121 + number} consultas de todo tipo.\n"


def lay_out(folder: Path, *texts: str) -> None:
    """Write each text to a file of its own, 00.txt, 01.txt ...: else twelve of one figure each."""
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts or map(sound, range(12))):
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")


def right_answer(text: str, *, only: int | None = None, form: str = "anchored") -> str:
    """Write the answer that claims each "N consultas" of a text, or so many of them only.

    The text may be a bulletin, or one as a model is shown it.
    """
    if form == "anchored":
        return _by_marks(text, only)
    figures = [
        {
            "quote": match[0],
            "value": int(match[1]),
            "unit": "count",
            "service": "consultation",
            "detail": None,
            "status": "performed",
            "period": "jornada",
            "edition": None,
            "place": "national",
            "approximate": False,
        }
        for match in re.finditer(r"(\d+) consultas", text)
    ]
    return json.dumps(
        {
            "title": "Jornada",
            "published_on": None,
            "bulletin_kind": "results",
            "programme": None,
            "jornadas": [],
            "figures": figures[:only],
            "set_aside": [],
            "specialties": [],
            "places": [],
        }
    )


def _by_marks(text: str, only: int | None) -> str:
    if not re.search(r"\[\d+\] \d", text):
        text = write_marks(text, number_document(document_from(text, Metadata(format="txt"))))
    marks = [int(mark) for mark in re.findall(r"\[(\d+)\] \d+ consultas", text)]
    figures = [{"n": mark, "service": "consultation", "detail": []} for mark in marks[:only]]
    scope = {"status": "performed", "period": "jornada", "edition": None, "place": "national"}
    return json.dumps(
        {
            "title": "Jornada",
            "day": None,
            "kind": "results",
            "programme": None,
            "jornadas": [],
            "scopes": [{**scope, "figures": figures}] if figures else [],
            "aside": [],
            "approx": [],
            "percent": [],
            "specialties": {"consultation": [], "surgery": []},
            "places": {"participant": [], "highlighted": []},
        }
    )


@dataclass
class Model:
    """An OpenAI-compatible server: each "N consultas" of a bulletin is a figure to it.

    After `free` answers it keeps everybody waiting, and is `stuck` once two wait; with a `refusal`
    it refuses with that status.
    """

    base_url: str = ""
    free: int = 1_000_000
    refusal: int | None = None
    asked: int = 0
    stuck: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    keys: set[str | None] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def configured(self) -> dict[str, str]:
        """Give the environment in which it is asked."""
        return {"JORNADA_MODEL": "scripted", "OPENAI_BASE_URL": self.base_url}

    def wait(self) -> None:
        with self.lock:
            self.asked += 1
            is_free = self.asked <= self.free
            if self.asked == self.free + 2:
                self.stuck.set()
        if not is_free:
            self.let_go.wait(2 * PATIENCE)


def as_model(bulletin: str) -> dict[str, Any]:
    """Answer as the model does: each "N consultas" is a figure."""
    marked = "have the marks" in bulletin or "It holds no number" in bulletin
    form = "anchored" if marked else "quoted"
    message = {"role": "assistant", "content": right_answer(bulletin, form=form)}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    }


@contextmanager
def serve_model() -> Iterator[Model]:
    """Run a model on loopback while the block runs."""
    state = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.wait()
            if state.refusal:
                refused = {"error": {"message": "no", "code": "invalid_api_key"}}
                send_json(self, refused, state.refusal)
            else:
                send_json(self, as_model(asked["messages"][-1]["content"]))

        def do_GET(self) -> None:
            state.keys.add(self.headers.get("Authorization"))
            send_json(self, {"data": [{"id": "scripted"}]}, state.refusal or 200)

        def log_message(self, *_: object) -> None:
            pass

    with serve_http(Handler) as state.base_url:
        try:
            yield state
        finally:
            state.let_go.set()
