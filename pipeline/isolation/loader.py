"""In the worker process: the files that are asked for, loaded one after the other."""

import io
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.documents.loading import Begin, LoadedSource, PartNumbers, read_from
from pipeline.documents.opening import open_source
from pipeline.documents.records import RecordFields, Stream
from pipeline.isolation.limits import Limits, hold_memory, used_memory
from pipeline.isolation.process import begin_work, silence_libraries
from pipeline.isolation.slot import Slot
from schemas.document import Source

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Given(NamedTuple):
    """A stream that the parent has open, and reads for this process; `size` where it can seek."""

    size: int | None


class Task(NamedTuple):
    """A file to load, a pipe only where it `is_named` outright; `given` where the parent reads it.

    After another process died of it: the parts that are `refused` are not tried again, each for
    its reason, and so many sources of it have been `received`.
    """

    source: Source
    fields: RecordFields
    is_named: bool
    given: Given | None
    refused: Mapping[int, str]
    received: int


class Wanted(NamedTuple):
    """Bytes that are wanted of a given stream: so many, from this position; fewer may come."""

    position: int
    size: int


class Done(NamedTuple):
    """A file has been loaded; what was passed over in it is counted by kind.

    A process that `retires` has grown: another is to take its place.
    """

    passed_over: Counter[str]
    retires: bool


class OutOfMemory(NamedTuple):
    """What is in hand needs more memory than there is; the process ends."""


Message = LoadedSource | Wanted | Done | OutOfMemory


def serve(parent: Connection, slot: Slot, limits: Limits) -> None:
    """Load what the parent asks for, until it is gone."""
    begin_work()
    silence_libraries()
    hold_memory(limits)
    with suppress(EOFError, OSError):
        while True:
            try:
                _load(parent.recv(), parent, slot, limits)
            except MemoryError:
                slot.end()
                parent.send(OutOfMemory())
                return


def _load(task: Task, parent: Connection, slot: Slot, limits: Limits) -> None:
    name = str(task.source)

    def begin(number: int, source: Source | None) -> None:
        slot.begin(number, name if source is None else str(source), limits.seconds)

    passed_over: Counter[str] = Counter()
    opening: AbstractContextManager[Stream]
    if task.given is None:
        opening = open_source(task.source.path, is_named=task.is_named)
    else:
        opening = nullcontext(io.BufferedReader(_Remote(parent, task.given, slot, limits)))
    parts = PartNumbers(begin, task.refused)
    loaded = read_from(opening, task.source, task.fields, passed_over, parts)
    for number, item in enumerate(_timed(loaded, begin, slot)):
        if number >= task.received:
            parent.send(item)
    grown = used_memory() > limits.megabytes // 2
    parent.send(Done(passed_over, grown))
    if grown:
        raise EOFError


def _timed(loaded: Iterator[LoadedSource], begin: Begin, slot: Slot) -> Iterator[LoadedSource]:
    """Have the time run while the next is loaded, and not while the last is taken."""
    while True:
        begin(0, None)
        item = next(loaded, None)
        slot.end()
        if item is None:
            return
        yield item


class _Remote(io.RawIOBase):
    """A stream that the parent has open. Its time does not run while that one waits for bytes."""

    def __init__(self, parent: Connection, given: Given, slot: Slot, limits: Limits) -> None:
        self._parent = parent
        self._given = given
        self._slot = slot
        self._limits = limits
        self._position = 0

    def readable(self) -> Literal[True]:
        return True

    def seekable(self) -> bool:
        return self._given.size is not None

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if self._given.size is None:
            raise io.UnsupportedOperation("seek")
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._given.size}
        self._position = max(0, start[whence] + offset)
        return self._position

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer).cast("B")
        number, name = self._slot.number, self._slot.name
        self._slot.end()
        self._parent.send(Wanted(self._position, len(view)))
        answer = self._parent.recv()
        self._slot.begin(number, name, self._limits.seconds)
        if isinstance(answer, Exception):
            raise answer
        view[: len(answer)] = answer
        self._position += len(answer)
        return len(answer)
