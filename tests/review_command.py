"""`jornada review`, run for real on a database."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.command import start
from tests.processes import Process


@dataclass(frozen=True)
class ReviewServer:
    """A running `jornada review`: its address, which ends in a slash, and its process."""

    url: str
    process: Process

    def interrupt(self) -> int:
        """End it as Ctrl-C does; give its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait()

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def run_review(folder: Path, *arguments: str, **env: str) -> Iterator[ReviewServer]:
    """Run `jornada review ARGUMENTS...` in a folder while the block runs.

    Where it is still running then, it is ended by Ctrl-C, and has to end well.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        start(
            folder, "review", "--no-browser", *arguments, pipes={"stderr": said.fileno()}, **env
        ) as process,
    ):
        url = process.line().strip()
        if not url.startswith("http://127.0.0.1:"):
            process.kill()
            said.seek(0)
            raise AssertionError(f"no address: {url!r} {said.read()}")
        server = ReviewServer(url, process)
        yield server
        if process.poll() is None:
            assert server.interrupt() in (0, 130)
