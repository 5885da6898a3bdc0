"""Paths, folders, globs and `-` -> the files they name, in order."""

import glob
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple

STDIN = "-"
_OF_THE_SYSTEM = ("/proc", "/sys", "/sys/kernel/debug", "/sys/kernel/tracing", "/sys/fs/cgroup")

# Passed over in a folder, and by a pattern: no bulletin has such a name. Word processor,
# spreadsheet and unknown files are not among them: they are reported, so that none is missed.
_NO_BULLETIN = re.compile(
    r"[.]|~\$|README|LICENSE|__MACOSX|.*(?:~|\.(?:gold\.json|duckdb|wal|db|sqlite3?|journal(?:-wal|-shm)?))$",
    re.DOTALL | re.IGNORECASE,
)
_OTHER_KIND = re.compile(
    r".*(\.(?:png|jpe?g|gif|bmp|tiff?|webp|svg|ico|heic|mp[34]|m4a|wav|ogg|avi|mov|mkv|webm"
    r"|zip|gz|bz2|xz|7z|rar|tar|tgz|zst|py|js|css|exe|dll|so|woff2?|ttf|otf"
    r"|ics|vcf|p7s|asc|ini|lock|log|ya?ml|toml|bak|tmp|part))$",
    re.DOTALL | re.IGNORECASE,
)


class SourceFile(NamedTuple):
    """A file to read, or why what was asked for cannot be; a pipe may be read that `is_named`."""

    path: str
    error: str | None = None
    is_named: bool = False


def is_passed_over(name: str, kinds: Counter[str]) -> bool:
    """Tell whether a file of this name is passed over in a folder, and count it by its kind.

    Hidden files, gold labels, databases and READMEs are nothing that anybody would miss, and are
    not counted.
    """
    return _NO_BULLETIN.match(name) is not None or is_of_another_kind(name, kinds)


def is_of_another_kind(name: str, kinds: Counter[str]) -> bool:
    """Tell whether the end of a name says that it is no text, and count it by its kind."""
    if (other := _OTHER_KIND.match(name)) is None:
        return False
    kinds[other[1].lower()] += 1
    return True


def kind_of_no_file(about: os.stat_result) -> str | None:
    """Name what is no ordinary file, None for one; reading it may wait, or have no end.

    What the system shows of itself looks like files.
    """
    kinds = {stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
    if about.st_dev in _devices_of_the_system():
        return "file of the system"
    if stat.S_ISREG(about.st_mode):
        return None
    return kinds.get(stat.S_IFMT(about.st_mode), "device")


@cache
def _devices_of_the_system() -> frozenset[int]:
    devices = set()
    for path in _OF_THE_SYSTEM:
        with suppress(OSError):
            devices.add(os.stat(path).st_dev)  # noqa: PTH116 - the same
    return frozenset(devices)


def find_sources(
    paths: Sequence[str], passed_over: Counter[str] | None = None
) -> Iterator[SourceFile]:
    """Yield the files that `paths` name; folders are walked in order of names, links followed.

    A file named outright is always yielded. In a folder, and for a pattern that the shell left
    to us, hidden files, gold labels, databases, READMEs, media and archives are passed over; in
    `passed_over` are counted those that are so for the end of their names.
    """
    kinds = Counter[str]() if passed_over is None else passed_over
    for path in paths:
        if path == STDIN:
            yield SourceFile(path, is_named=True)
        elif os.path.isdir(path):  # noqa: PTH112 - paths stay as the caller wrote them
            yield from _or_error(_walk(path, kinds), path, "no bulletin in this folder")
        elif os.path.lexists(path):
            yield SourceFile(path, is_named=True)
        elif glob.has_magic(path):
            yield from _or_error(_matches(path, kinds), path, "no file matches this pattern")
        else:
            yield SourceFile(path, "no such file or folder")


def _or_error(found: Iterator[SourceFile], path: str, error: str) -> Iterator[SourceFile]:
    is_empty = True
    for item in found:
        is_empty = False
        yield item
    if is_empty:
        yield SourceFile(path, error)


def _matches(pattern: str, kinds: Counter[str]) -> Iterator[SourceFile]:
    """Yield the files that a pattern matches; a folder that it names by itself is walked."""
    for path in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - as written
        if not os.path.isdir(path):  # noqa: PTH112 - the same
            if not is_passed_over(os.path.basename(path), kinds):  # noqa: PTH119 - the same
                yield from _walk(path, kinds)
        elif "**" not in pattern:  # which matches the files within on its own
            yield from _walk(path, kinds)


def _walk(top: str, kinds: Counter[str]) -> Iterator[SourceFile]:
    """Walk a folder, or take one file, and count by its kind what is neither.

    With a stack of its own: folders nest deeper than Python's calls may.
    """
    seen: set[tuple[int, int]] = set()
    pending = [top]
    while pending:
        path = pending.pop()
        try:
            about = os.stat(path)  # noqa: PTH116 - the same
            is_folder = stat.S_ISDIR(about.st_mode)
            if (not is_folder or about.st_dev in _devices_of_the_system()) and (
                kind := kind_of_no_file(about)
            ):
                kinds[kind] += 1
                continue
            if not is_folder:
                yield SourceFile(path)
                continue
            if (about.st_dev, about.st_ino) in seen:
                continue  # a link back into what was walked already
            seen.add((about.st_dev, about.st_ino))
            names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208 - the same
        except FileNotFoundError:
            yield SourceFile(path)  # a dead link, or gone by now: opening it will say so
            continue
        except OSError as error:
            yield SourceFile(path, f"cannot be looked at: {error.strerror}")
            continue
        read = [name for name in names if not is_passed_over(name, kinds)]
        pending.extend(os.path.join(path, name) for name in read)  # noqa: PTH118 - the same
