"""Processes that tests start. Every wait for one has an end: it is killed, and the test fails."""

import asyncio
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 150.0
"""Seconds that anything may take that is waited for; pytest gives a whole test twice as many."""


class Process(subprocess.Popen[str]):
    """A process whose pipes carry text. A block waits for its end, or ends it where it fails."""

    def __init__(self, command: Sequence[str | Path], **options: Any) -> None:  # noqa: ANN401 - of Popen
        super().__init__(command, encoding="utf-8", **options)

    def wait(self, timeout: float | None = PATIENCE) -> int:
        """Wait as `Popen` does, but kill the process where it takes too long."""
        try:
            return super().wait(PATIENCE if timeout is None else timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def communicate(
        self,
        input: str | None = None,  # noqa: A002 - its name there
        timeout: float | None = PATIENCE,
    ) -> tuple[str, str]:
        """Read all that comes, as `Popen` does, but kill the process where it takes too long."""
        try:
            return super().communicate(input, timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def line(self) -> str:
        """Read one line of its standard output."""
        assert self.stdout is not None
        return self.stdout.readline()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, error, trace)


def run_program(
    command: Sequence[str | Path],
    *,
    check: bool = True,
    stdin: str = "",
    **options: Any,  # noqa: ANN401 - of Popen
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; `check` has it end well."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with Process(command, **(pipes | options)) as process:
        out, err = process.communicate(stdin)
    assert not check or process.returncode == 0, err
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def wait_until(condition: Callable[[], T], what: str = "it") -> T:
    """Ask until it is so, for what no event tells of; give what the condition gave."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not come to pass in {PATIENCE:.0f} s"
        time.sleep(0.02)
    return value


async def until(condition: Callable[[], T], what: str = "it") -> T:
    """Do the same as `wait_until` while other tasks go on."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not come to pass in {PATIENCE:.0f} s"
        await asyncio.sleep(0.01)
    return value
