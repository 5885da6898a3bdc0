"""Paths -> documents, loaded in a worker process: what breaks it costs its own document.

In the parent. The worker is started when the first file is asked for, and replaced when it dies:
what it died of is one source that says why, and the rest of the file is loaded by the next.
"""

import os
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, suppress
from multiprocessing import Pipe
from types import MappingProxyType, TracebackType
from typing import BinaryIO, NamedTuple, Self

from pipeline.documents import LoadedSource, RecordFields
from pipeline.documents.loading import GivenUp, refuse
from pipeline.documents.opening import open_source
from pipeline.documents.records import Stream
from pipeline.documents.sources import STDIN, find_sources
from pipeline.errors import DocumentError
from pipeline.isolation import loader
from pipeline.isolation.limits import Limits, is_from_outside
from pipeline.isolation.loader import Done, Given, Message, OutOfMemory, Task, Wanted
from pipeline.isolation.process import start_process
from pipeline.isolation.slot import InHand, Slot
from schemas.document import Source

_DEATHS = 3
"""How often a process may be killed from outside over one part of a file."""
_BEFORE = "before; `jornada retry` tries it again"
Known = Mapping[str, Sequence[tuple[GivenUp, str]]]
"""What passed the limits before, with what happened then, by the absolute path of the file."""
_OURS = ("/dev/", "/proc/")
"""Paths that mean another thing to each process."""


def read_all(
    paths: Sequence[str],
    fields: RecordFields | None = None,
    passed_over: Counter[str] | None = None,
    limits: Limits | None = None,
) -> Iterator[LoadedSource]:
    """Read every bulletin that `paths` name, as `pipeline.documents.read_all`, but within limits.

    The process ends when the iterator does, or is closed.
    """
    with closing(Loader(limits or Limits())) as worker:
        yield from worker.read_all(paths, fields or RecordFields(), passed_over)


class Loader:
    """A worker process that loads files. Close it when done. Not to be shared by threads.

    Any thread may ask what is `in_hand`, and close it: then what is being read ends. Files that
    are `known` to pass the limits, by their absolute paths, are not tried again while they are as
    they were.
    """

    def __init__(self, limits: Limits, known: Known = MappingProxyType({})) -> None:
        self.known = known
        self._limits = limits
        self._worker: _Worker | None = None
        self._closed = False

    @property
    def in_hand(self) -> InHand | None:
        """Tell what is being loaded, and how long."""
        worker = self._worker
        seconds = None if worker is None else worker.slot.seconds
        return None if worker is None or seconds is None else InHand(worker.slot.name, seconds)

    def read_all(
        self, paths: Sequence[str], fields: RecordFields, passed_over: Counter[str] | None = None
    ) -> Iterator[LoadedSource]:
        """Read every bulletin that `paths` name; see the function of this name."""
        for path, error, is_named in find_sources(paths, passed_over):
            source = Source(path=path)
            if error is None:
                opening = open_source(path, is_named=is_named) if _is_ours(path) else None
                yield from self.read(source, fields, passed_over, opening, is_named=is_named)
            else:
                yield refuse(source, error)

    def read(
        self,
        source: Source,
        fields: RecordFields,
        passed_over: Counter[str] | None = None,
        opening: AbstractContextManager[Stream] | None = None,
        *,
        is_named: bool = False,
    ) -> Iterator[LoadedSource]:
        """Read the bulletins of one file; with `opening`, of a stream that is opened here.

        A pipe is read only where it `is_named` outright. What cannot be read is an error in its
        `LoadedSource`.
        """
        if opening is not None:
            with _Tape(opening) as tape:
                task = Task(source, fields, is_named, tape.given, {}, 0)
                yield from self._read(task, passed_over, tape)
            return
        state = _state(source.path, fields, str(self._limits))
        known = self.known.get(os.path.abspath(source.path), ())  # noqa: PTH100 - links stay
        refused = {each.part: f"{error} ({_BEFORE})" for each, error in known if _same(each, state)}
        task = Task(source, fields, is_named, None, refused, 0)
        for item in self._read(task, passed_over):
            if item.given_up is None or item.given_up.part in refused:
                yield item._replace(given_up=None)
            else:
                yield item._replace(given_up=state._replace(part=item.given_up.part))

    def close(self) -> None:
        """End the process, and all reading."""
        self._closed = True
        self._end_worker()

    def _have_worker(self, fields: RecordFields) -> "_Worker":
        """Give the process at work, or a new one; that for OCR has limits of its own."""
        limits = self._limits.by_ocr() if fields.ocr else self._limits
        if self._worker is not None and self._worker.limits != limits:
            self._end_worker()
        self._worker = self._worker or _Worker(limits)
        return self._worker

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def _read(
        self, task: Task, passed_over: Counter[str] | None, tape: "_Tape | None" = None
    ) -> Iterator[LoadedSource]:
        """Have a file loaded, by one process after the other, until there is no more to refuse."""
        refused = dict(task.refused)
        deaths: Counter[int] = Counter()
        received = 0
        while 0 not in refused and not self._closed:
            worker = self._have_worker(task.fields)
            worker.ask(task._replace(refused=refused, received=received))
            while isinstance(message := worker.receive(), LoadedSource | Wanted):
                if isinstance(message, Wanted):
                    worker.give(tape, message)
                else:
                    received += 1
                    yield message
            if isinstance(message, Done):
                if passed_over is not None:
                    passed_over.update(message.passed_over)
                if message.retires:
                    self._end_worker()
                return
            self._end_worker()
            deaths[message.part] += 1
            if message.own or deaths[message.part] == _DEATHS:
                part = 0 if message.part in refused else message.part
                refused[part] = message.reason
        if not self._closed:
            yield refuse(task.source, refused[0])._replace(given_up=GivenUp(0))


class _Death(NamedTuple):
    """A worker's end: the part of the file it had in hand, why, and whether that was its own."""

    part: int
    reason: str
    own: bool


class _Worker:
    """The process, and this end of the line to it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.slot = Slot()
        self._line, theirs = Pipe()
        with closing(theirs):
            self._process = start_process(loader.serve, (theirs, self.slot, limits))

    def ask(self, task: Task) -> None:
        self._send(task)

    def receive(self) -> "LoadedSource | Wanted | Done | _Death":
        try:
            message: Message = self._line.recv()
        except (EOFError, OSError):
            return self._die()
        if isinstance(message, OutOfMemory):
            return _Death(self.slot.number, self.limits.large(), own=True)
        return message

    def give(self, tape: "_Tape | None", wanted: Wanted) -> None:
        try:
            answer: bytes | Exception = b"" if tape is None else tape.read(wanted)
        except (OSError, DocumentError) as error:
            answer = error
        self._send(answer)

    def end(self) -> None:
        self._process.kill()
        self._process.join()

    def _send(self, message: object) -> None:
        with suppress(OSError):  # it has died, which `receive` tells
            self._line.send(message)

    def _die(self) -> _Death:
        self._process.join()
        code = self._process.exitcode
        part = self.slot.number if self.slot.seconds is not None else 0
        return _Death(part, self.limits.explain(code), own=not is_from_outside(code))


class _Tape:
    """A stream that is read here for the worker; what cannot be read twice is kept on disk."""

    def __init__(self, opening: AbstractContextManager[Stream]) -> None:
        self._opening = opening
        self._stream: Stream | None = None
        self._fault: Exception | None = None
        self._kept: BinaryIO | None = None
        self.given = Given(None)

    def __enter__(self) -> Self:
        try:
            self._stream = self._opening.__enter__()
        except (OSError, DocumentError) as error:
            self._fault = error  # told where the worker begins to read
            return self
        if self._stream.seekable():
            self.given = Given(self._stream.seek(0, os.SEEK_END))
        else:
            self._kept = tempfile.TemporaryFile()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._kept is not None:
            self._kept.close()
        if self._stream is not None:
            self._opening.__exit__(kind, fault, trace)

    def read(self, wanted: Wanted) -> bytes:
        """Read as much of what is wanted as is there. Raises as opening and reading do."""
        if self._stream is None:
            raise self._fault or OSError
        if self._kept is None:
            self._stream.seek(wanted.position)
            return self._stream.read(wanted.size)
        self._kept.seek(wanted.position)
        if known := self._kept.read(wanted.size):
            return known
        new = self._stream.read1(wanted.size)
        self._kept.write(new)
        return new


def _is_ours(path: str) -> bool:
    """Tell whether only this process can open what a path means: a pipe, or standard input."""
    if path == STDIN or path.startswith(_OURS):
        return True
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - paths stay as written
    except OSError:
        return False  # the worker says why


def _state(path: str, fields: RecordFields, limits: str) -> GivenUp:
    try:
        about = os.stat(path)  # noqa: PTH116 - the same
    except OSError:
        return GivenUp(0, fields, limits)
    return GivenUp(0, fields, limits, about.st_size, about.st_mtime_ns)


def _same(one: GivenUp, other: GivenUp) -> bool:
    return one._replace(part=0) == other._replace(part=0)
