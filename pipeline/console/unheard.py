"""Output that nobody listens to any more: the work goes on, and what it prints goes nowhere."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import IO, Any, cast


@contextmanager
def outlive_listeners() -> Iterator[None]:
    """Let nobody who stops listening (`| head -1`) stop the work while the block runs.

    It is for a command whose worth is what it stores, what it writes and its exit status.
    """
    with (
        redirect_stdout(cast("IO[str]", _Outliving(sys.stdout))),
        redirect_stderr(cast("IO[str]", _Outliving(sys.stderr))),
    ):
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()


class _Outliving:
    """A stream whose reader may leave: it is led to the null device then."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._led_away():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._led_away():
            self._stream.flush()

    @contextmanager
    def _led_away(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            # What the stream still holds back goes there, too: its next flush would fail again.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
