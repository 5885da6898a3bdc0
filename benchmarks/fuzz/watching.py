"""What files take while they are loaded and read: seconds, and memory of the processes."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.documents import LoadedSource
from pipeline.isolation.loading import Loader
from pipeline.runs.run import SetUp

_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 0.02


class Taken:
    """Seconds and megabytes that each file took, by its path.

    `together` are those of all processes, `of_these` of the one that stores.
    """

    def __init__(self) -> None:
        self.loading: Counter[str] = Counter()
        self.reading: Counter[str] = Counter()
        self.megabytes: Counter[str] = Counter()
        self.together = self.of_these = 0.0
        self._paths: dict[str, str] = {}

    def seconds(self, path: str) -> float:
        """Give the seconds that a file took, to be loaded and for its slowest text to be read."""
        return self.loading[path] + self.reading[path]

    def watch_loading(self, loaded: Iterator[LoadedSource]) -> Iterator[LoadedSource]:
        """Give what is loaded, and note for how long one waits for it."""
        while True:
            started = time.perf_counter()
            if (item := next(loaded, None)) is None:
                return
            self.loading[item.source.path] += time.perf_counter() - started
            if item.document is not None:
                self._paths.setdefault(item.document.id, item.source.path)
            yield item

    def watch_processes(self, loader: Loader, setup: SetUp, done: threading.Event) -> None:
        """Look at the processes every so often, until `done`."""
        while not done.wait(_EVERY):
            sizes = {pid: size for pid in _descendants(os.getpid()) if (size := _size(pid))}
            own_size = _size(os.getpid())
            if (together := own_size + sum(sizes.values())) > self.together:
                self.together, self.of_these = together, own_size
            worker = loader._worker  # noqa: SLF001 - nobody else has to know its number
            own = None if worker is None else worker._process.pid  # noqa: SLF001 - the same
            in_hand = loader.in_hand
            if in_hand is not None and own in sizes:
                self._note(in_hand.name.partition("#")[0], sizes[own])
            others = max((size for pid, size in sizes.items() if pid != own), default=0.0)
            for one in setup.computing():
                path = self._paths.get(one.name, one.name)
                self.reading[path] = max(self.reading[path], one.seconds)  # type: ignore[assignment]
                self._note(path, others)

    def _note(self, path: str, megabytes: float) -> None:
        self.megabytes[path] = max(self.megabytes[path], megabytes)  # type: ignore[assignment]


def _descendants(pid: int) -> Iterator[int]:
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text("ascii").split():
                yield int(child)
                yield from _descendants(int(child))


def _size(pid: int) -> float:
    """Give the megabytes that a process has filled and shares with no file; 0 if it is gone."""
    try:
        _, filled, shared, *_ = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except (OSError, ValueError):
        return 0.0
    return (int(filled) - int(shared)) * _PAGE / 2**20
