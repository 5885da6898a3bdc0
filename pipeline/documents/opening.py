"""A path -> its bytes, as they are asked for."""

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from pipeline.documents.records import Stream
from pipeline.documents.sources import STDIN
from pipeline.errors import DocumentError


@contextmanager
def open_source(path: str) -> Iterator[Stream]:
    """Open a file, or standard input."""
    if path == STDIN:
        if sys.stdin is None:
            raise DocumentError("there is no standard input")
        # A reader of our own, as what stands in for standard input may not be able to peek.
        stream: Stream = io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
        try:
            yield stream
        finally:
            stream.detach()
        return
    mode = os.stat(path).st_mode  # noqa: PTH116 - paths stay as the caller wrote them
    if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
        raise DocumentError("neither a file nor a folder")
    with open(path, "rb") as file:  # noqa: PTH123 - the same
        yield file
