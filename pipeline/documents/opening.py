"""A path -> its bytes, as they are asked for."""

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from pipeline.documents.records import Stream
from pipeline.documents.sources import STDIN, kind_of_no_file
from pipeline.errors import DocumentError


@contextmanager
def open_source(path: str, *, is_named: bool = False) -> Iterator[Stream]:
    """Open a file, or standard input; a pipe only where it `is_named` outright."""
    if path in (STDIN, "/dev/stdin"):
        if sys.stdin is None:
            raise DocumentError("there is no standard input")
        # A reader of our own, as what stands in for standard input may not be able to peek.
        stream: Stream = io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
        try:
            yield stream
        finally:
            stream.detach()
        return
    opener = _open_named if is_named else _open_listed
    with open(path, "rb", opener=opener) as file:
        yield file


def _open_named(path: str, flags: int) -> int:
    """Open what was named outright: a pipe too, where the first byte is waited for."""
    if not stat.S_ISFIFO(os.stat(path).st_mode):  # noqa: PTH116 - as it was written
        return _open_listed(path, flags)
    return os.open(path, flags)


def _open_listed(path: str, flags: int) -> int:
    """Open a file without waiting, as it may have become something else since it was listed."""
    _require_file(os.stat(path))  # noqa: PTH116 - the same; some devices do something when opened
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    try:
        _require_file(os.fstat(descriptor))
    except DocumentError:
        os.close(descriptor)
        raise
    return descriptor


def _require_file(about: os.stat_result) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise DocumentError("became a folder while others were read")
    if kind := kind_of_no_file(about):
        raise DocumentError(f"a {kind}, not a file: give what is read as a file or a pipe")
