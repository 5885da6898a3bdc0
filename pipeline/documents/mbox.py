"""A mailbox file -> its mails, one in memory at a time."""

import re
from collections.abc import Iterator

from pipeline.documents.records import Stream

_FROM = re.compile(rb"From \S+.{0,60}\d{4}\s*$")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def split(stream: Stream, most: int) -> Iterator[bytes | None]:
    """Yield each mail as it was sent, None for one of more than `most` bytes.

    A mail ends where a line "From ADDRESS DAY" follows a blank one.
    """
    lines: list[bytes] = []
    size = 0
    is_after_blank = True
    while line := stream.readline(most + 1):
        if is_after_blank and line.startswith(b"From ") and _FROM.match(line):
            if size:
                yield _mail(lines, size, most)
            lines, size = [], 0
        else:
            size += len(line)
            if size <= most:
                lines.append(line)
            else:
                lines.clear()
        is_after_blank = not line.strip()
    if size:
        yield _mail(lines, size, most)


def _mail(lines: list[bytes], size: int, most: int) -> bytes | None:
    return _QUOTED_FROM.sub(rb"\1", b"".join(lines)) if size <= most else None
