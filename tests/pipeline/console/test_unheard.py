"""Nobody listens any more, and the work goes on."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import IO

import pytest

from pipeline.console.terminal import console, say, tell
from pipeline.console.unheard import outlive_listeners


@contextmanager
def closed_pipes() -> Iterator[None]:
    """Have stdout and stderr lead to pipes that nobody reads from."""
    with ExitStack() as stack:
        for redirect in (redirect_stdout, redirect_stderr):
            reading, writing = os.pipe()
            os.close(reading)
            stream = os.fdopen(writing, "w", encoding="utf-8")
            stack.callback(close, stream)
            stack.enter_context(redirect(stream))
        yield


def close(stream: IO[str]) -> None:
    """Close a stream which may hold back what nobody takes."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    stream.close()


def test_without_it_the_first_line_stops_the_work() -> None:
    with closed_pipes(), pytest.raises(BrokenPipeError):
        tell("a line")
    with closed_pipes():
        say("a line")
        with pytest.raises(BrokenPipeError):
            sys.stdout.flush()


def test_what_is_printed_to_nobody_goes_nowhere() -> None:
    done = []
    with closed_pipes():
        with outlive_listeners():
            tell("a line on stderr")
            say("a line " * 10_000)
            console().print("a table")
            console(stderr=True).print("a bar")
            done.append("all of it")
        sys.stdout.flush()  # as the program does at its end
        sys.stderr.flush()
    assert done


def test_who_listens_hears_all(capfd: pytest.CaptureFixture[str]) -> None:
    with outlive_listeners():
        say("one")
        console().print("two")
        tell("three")
        assert not sys.stdout.isatty()
    assert capfd.readouterr() == ("one\ntwo\n", "three\n")
