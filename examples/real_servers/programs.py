"""A server's process: started, waited for, and ended with the block."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from examples.real_servers.installs import Missing

_BETWEEN_LOOKS_SECONDS = 0.5
_STOP_SECONDS = 20.0
_LOOK_SECONDS = 5.0


def free_port() -> int:
    """Give a port of loopback that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str | Path],
    ready: str,
    *,
    env: Mapping[str, str] | None = None,
    seconds: float = 180.0,
) -> Iterator[None]:
    """Run a server from when the URL `ready` answers until the block ends.

    Raises `Missing` where it ends before, or does not answer within `seconds`.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - a server that was just installed
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        try:
            limit = time.monotonic() + seconds
            while not _answers(ready):
                if process.poll() is not None or time.monotonic() > limit:
                    log.seek(0)
                    said = log.read().decode("utf-8", "replace").split("\n")
                    last = next((line for line in reversed(said) if line.strip()), "nothing")
                    raise Missing(f"does not start; it said last: {last.strip()[:200]}")
                time.sleep(_BETWEEN_LOOKS_SECONDS)
            yield
        finally:
            _stop(process)


def post(url: str, told: object) -> None:
    """Tell a server something about the way in which it shall answer."""
    asked = urllib.request.Request(  # noqa: S310 - loopback
        url, json.dumps(told).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=_LOOK_SECONDS):  # noqa: S310 - loopback
        pass


def get(url: str) -> str:
    """Read what a server says of itself."""
    with urllib.request.urlopen(url, timeout=_LOOK_SECONDS) as answer:  # noqa: S310 - loopback
        return str(answer.read().decode())


def _answers(url: str) -> bool:
    try:
        get(url)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server with all that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        os.killpg(process.pid, how)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
