"""A `jornada` that prints on a terminal: a real one, of so many columns."""

import fcntl
import os
import pty
import re
import struct
import termios
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.command import Ran, jornada_here, start

_STYLES = re.compile(r"\x1b\[[0-9;]*m")


def run_on_a_terminal(folder: Path, *arguments: str, columns: int = 80, **env: str) -> Ran:
    """Run `jornada ARGUMENTS...` in `folder`; what is bold or in colour is given as plain text."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {"COLUMNS": str(columns), "TERM": "xterm", **env}
    with start(folder, *arguments, pipes={"stdout": theirs}, **env) as process:
        os.close(theirs)
        printed = _read_all(ours)
        assert process.stderr is not None
        told = process.stderr.read()
    os.close(ours)
    return Ran(arguments, process.returncode, _plain(printed), told)


def print_on_a_terminal(folder: Path, *arguments: str, columns: int = 80) -> Ran:
    """Do the same without a process of its own: the terminal alone is a real one."""
    ours, theirs = pty.openpty()
    with ThreadPoolExecutor(1) as reading:
        printed = reading.submit(_read_all, ours)
        with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
            jornada = jornada_here(folder, stdout=terminal)
            ran = jornada(*arguments, COLUMNS=str(columns), TERM="xterm")
    os.close(ours)
    return Ran(arguments, ran.returncode, _plain(printed.result()), ran.stderr)


def _plain(printed: bytes) -> str:
    return _STYLES.sub("", printed.decode()).replace("\r\n", "\n")


def _read_all(terminal: int) -> bytes:
    parts = []
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # how Linux says that nobody has the other end open any more
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)
