"""Requests on their way into files, as the Batch API wants them, never more than one in memory.

A file has a line for each request, and an index beside it that says whose each line is. What is
spooled is nothing yet: only when the store has it as planned does it count, and what a killed
process leaves behind is thrown away.
"""

import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from pipeline.batch.dialect import LONG_ENDPOINT, other_endpoint
from pipeline.batch.options import BatchOptions
from pipeline.calls.journal import Question
from pipeline.errors import StoreError

_BREAKS = re.compile("[\x85\u2028\u2029]")
"""What JSON may hold as it is, but some take for the end of a line."""


class BatchRequest(NamedTuple):
    """One line of a batch: its name there, and the place that its answer will have."""

    custom_id: str
    document_id: str
    reading_id: str
    number: int
    question: str


@dataclass
class SpoolFile:
    """A file of requests; `usd` is what they may cost at most, None where no price is known."""

    batch: str
    round: int
    folder: Path
    reader_key: str = ""
    requests: int = 0
    size: int = 0
    tokens: int = 0
    usd: float | None = 0.0
    lines: IO[bytes] | None = field(default=None, repr=False)
    index: IO[bytes] | None = field(default=None, repr=False)

    @property
    def path(self) -> Path:
        """Tell where its lines are."""
        return lines_path(self.folder, self.batch)

    def read_requests(self) -> Iterator[BatchRequest]:
        """Read its index."""
        with _index_path(self.folder, self.batch).open("rb") as index:
            for line in index:
                yield BatchRequest(*json.loads(line))

    def delete_index(self) -> None:
        """Let go of the index: the store has it."""
        _index_path(self.folder, self.batch).unlink(missing_ok=True)


def spool_folder(db: Path) -> Path:
    """Tell where the files of a database's batches lie."""
    return db.with_name(f"{db.name}.batches")


def lines_path(folder: Path, batch: str) -> Path:
    """Tell where the requests of a batch are."""
    return folder / f"{batch}.jsonl"


def _index_path(folder: Path, batch: str) -> Path:
    return folder / f"{batch}.index"


class Spool:
    """Packs requests into files, under the limits of the options; a file has requests of one round.

    Raises `StoreError` where a file cannot be written. Close it when done.
    """

    def __init__(self, folder: Path, options: BatchOptions) -> None:
        self._folder = folder
        self._options = options
        self._open: dict[int, SpoolFile] = {}
        self._full: list[SpoolFile] = []

    def add(self, body: dict[str, Any], tokens: int, usd: float | None, question: Question) -> None:
        """Write one request; `question` says whose answer it will be."""
        try:
            self._add(body, tokens, usd, question)
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror or error}") from error

    def _add(
        self, body: dict[str, Any], tokens: int, usd: float | None, question: Question
    ) -> None:
        file = self._open.get(question.number)
        custom_id = f"{(file.requests if file else 0) + 1}-{question.document_id[:12]}"
        line = _encode_line(custom_id, body)
        if file is not None and self._is_full_for(file, len(line), tokens):
            self._seal_file(file)
            file, custom_id = None, f"1-{question.document_id[:12]}"
            line = _encode_line(custom_id, body)
        if file is None:
            file = self._begin_file(question)
        request = BatchRequest(
            custom_id, question.document_id, question.reading_id, question.number, question.hash
        )
        assert file.lines is not None and file.index is not None  # noqa: S101, PT018 - for mypy
        file.lines.write(line)
        file.index.write(json.dumps(request).encode() + b"\n")
        file.requests += 1
        file.size += len(line)
        file.tokens += tokens
        file.usd = None if file.usd is None or usd is None else file.usd + usd

    def seal(self) -> list[SpoolFile]:
        """Close all files; they are on disk when this returns."""
        try:
            for file in list(self._open.values()):
                self._seal_file(file)
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror or error}") from error
        full, self._full = self._full, []
        return full

    def close(self) -> None:
        """Let go of what was not sealed: it counts for nothing."""
        for file in self._open.values():
            for stream in (file.lines, file.index):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()

    def _is_full_for(self, file: SpoolFile, size: int, tokens: int) -> bool:
        limits = self._options
        return (
            file.requests >= limits.requests
            or file.size + size > limits.file_bytes
            or (limits.tokens is not None and file.tokens + tokens > limits.tokens)
        )

    def _begin_file(self, question: Question) -> SpoolFile:
        self._folder.mkdir(exist_ok=True)
        file = SpoolFile(uuid.uuid4().hex, question.number, self._folder, question.reader_key)
        file.lines = file.path.open("xb")
        file.index = _index_path(self._folder, file.batch).open("xb")
        self._open[file.round] = file
        return file

    def _seal_file(self, file: SpoolFile) -> None:
        for stream in (file.lines, file.index):
            if stream is not None:
                stream.flush()
                os.fsync(stream.fileno())
                stream.close()
        file.lines = file.index = None
        self._full.append(self._open.pop(file.round))


def set_endpoint(path: Path, endpoint: str) -> None:
    """Write a file of requests anew where they are not to this URL.

    Raises `StoreError` where that cannot be done.
    """
    before, after = (_encode_url(url) for url in (other_endpoint(endpoint), endpoint))
    anew = path.with_suffix(".anew")
    try:
        with path.open("rb") as lines:
            if before not in lines.readline():
                return
            lines.seek(0)
            with anew.open("wb") as written:
                written.writelines(line.replace(before, after, 1) for line in lines)
                written.flush()
                os.fsync(written.fileno())
        anew.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from error


def delete_leftovers(folder: Path, planned: set[str]) -> None:
    """Throw away the files of batches that the store does not know, or is done with."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.partition(".")[0] not in planned or not path.name.endswith(".jsonl"):
            path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _encode_url(endpoint: str) -> bytes:
    """Give what stands before the body in each line."""
    return f'"method": "POST", "url": "{endpoint}", '.encode()


def _encode_line(custom_id: str, body: dict[str, Any]) -> bytes:
    request = {"custom_id": custom_id, "method": "POST", "url": LONG_ENDPOINT, "body": body}
    text = _BREAKS.sub(
        lambda match: f"\\u{ord(match[0]):04x}", json.dumps(request, ensure_ascii=False)
    )
    return text.encode("utf-8", "replace") + b"\n"
