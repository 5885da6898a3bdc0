"""What one document may take of a worker process: seconds, and memory."""

import signal
import sys
from pathlib import Path
from typing import NamedTuple

if sys.platform != "win32":
    import resource

_MEGABYTE = 2**20
_MAPPED_ON_TOP = 1024 * _MEGABYTE
"""Address space that libraries reserve and never fill: caches of allocators, stacks of threads."""
_STATM = Path("/proc/self/statm")
_OCR_SECONDS, _OCR_MEGABYTES = 10, 1200
"""Times as long, and megabytes more."""
_FROM_OUTSIDE = ("SIGKILL", "SIGTERM")


class Limits(NamedTuple):
    """What one document may take: so many `seconds` at a time, and so much memory in megabytes.

    Loading a file and reading its text count each for themselves. An ordinary bulletin takes some
    hundredths of a second and a few megabytes.
    """

    seconds: float = 25.0
    megabytes: int = 500

    def __str__(self) -> str:
        """Say what they are."""
        return f"{self.seconds:g} s, {self.megabytes:,} MB"

    def by_ocr(self) -> "Limits":
        """Give those of a file of which pages are read by OCR: its engine alone takes much."""
        return Limits(_OCR_SECONDS * self.seconds, _OCR_MEGABYTES + self.megabytes)

    def late(self) -> str:
        """Say that the time was over."""
        return f"took longer than {self.seconds:g} s"

    def large(self) -> str:
        """Say that the memory was used up."""
        return f"needed more than {self.megabytes:,} MB of memory"

    def explain(self, exit_code: int | None) -> str:
        """Say in one line why a process ended that was not to end."""
        if exit_code is None or exit_code >= 0:
            return f"its process ended (exit status {exit_code})"
        name = _name(exit_code)
        if name == "SIGALRM":
            return self.late()
        if name in _FROM_OUTSIDE:
            return f"its process was killed from outside ({name}), or for lack of memory"
        return f"broke its parser down ({name}), or {self.large()}"


def is_from_outside(exit_code: int | None) -> bool:
    """Tell whether the process may have ended for another's reasons than its document."""
    return exit_code is None or exit_code >= 0 or _name(exit_code) in _FROM_OUTSIDE


def hold_memory(limits: Limits) -> None:
    """Let this process have so much memory on top of what it has now, and leave no core files.

    What it fills is counted, and what it maps with some room: libraries reserve far more than they
    use. Does nothing where a system has no such limits.
    """
    if sys.platform == "win32" or not _STATM.exists():
        return
    more = limits.megabytes * _MEGABYTE
    mapped, filled = _memory()
    _lower(resource.RLIMIT_DATA, filled + more)
    _lower(resource.RLIMIT_AS, mapped + more + _MAPPED_ON_TOP)
    _lower(resource.RLIMIT_CORE, 0)


def used_memory() -> int:
    """Give the megabytes that this process may fill and has; 0 where a system does not say."""
    return _memory()[1] // _MEGABYTE if _STATM.exists() else 0


def _memory() -> tuple[int, int]:
    """Give the bytes that are mapped, and those of them that are this process's own to fill."""
    pages = [int(number) for number in _STATM.read_text(encoding="ascii").split()]
    size = resource.getpagesize()
    return pages[0] * size, pages[5] * size


def _lower(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(kind, (most, most))


def _name(exit_code: int) -> str:
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
