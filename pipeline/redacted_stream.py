"""Standard error without secrets, whoever writes there: a traceback, or the log of a library."""

import logging
import sys
from typing import Any, TextIO

from pipeline.redaction import Secrets, redact


class RedactedStream:
    """A text stream that writes to another, without secrets; in all else it is that one."""

    def __init__(self, stream: TextIO, secrets: Secrets) -> None:
        self._stream = stream
        self._secrets = secrets

    def write(self, text: str) -> int:
        """Write a text, and give its length: what is written may be shorter."""
        self._stream.write(redact(text, self._secrets))
        return len(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def redact_errors(secrets: Secrets) -> None:
    """Have nothing written to standard error from now on that holds one of these."""
    former, sys.stderr = sys.stderr, RedactedStream(sys.stderr, secrets)
    for handler in logging.getLogger().handlers:
        # A library that was asked to log may have been loaded before.
        if isinstance(handler, logging.StreamHandler) and handler.stream is former:
            handler.setStream(sys.stderr)
