"""Sources on record that are not there any more, of those that a run was asked for.

A file is gone where the system says that there is none, and the folder that was asked for could be
read and gave something: one whose disk is not mounted is empty. A record is gone where its file was
read to its end without it.
"""

import glob
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pipeline.documents import LoadedSource
from pipeline.runs.forgetting import Known, forget, list_known
from pipeline.store import Store
from pipeline.store.rows import Run, is_file, stored_name, stored_path

_AT_ONCE = 20_000


class Asked(NamedTuple):
    """The paths that all sources of a run come from, and whether what is gone is forgotten."""

    paths: Sequence[str]
    prune: bool = False


class GoneCounts(NamedTuple):
    """How many sources are gone, and how many of these were forgotten."""

    gone: int
    forgotten: int


class SeenSources:
    """The sources that a run has come by, by their hashes: some 16 bytes each."""

    def __init__(self) -> None:
        self._sources = array("q")
        self._files = array("q")
        self._unread: set[int] = set()
        self._last = ""

    def watch(self, loaded: Iterable[LoadedSource]) -> Iterator[LoadedSource]:
        """Hand on what is loaded, and note it."""
        for item in loaded:
            path, record = stored_name(item.source)
            self._sources.append(hash((path, record)))
            if path != self._last:
                self._files.append(hash(path))
                self._last = path
            if item.document is None and (record is None or item.is_lost):
                self._unread.add(hash(path))
            yield item

    def close(self) -> None:
        """Put in order what was noted, so that it can be asked for."""
        self._sources = array("q", sorted(self._sources))
        self._files = array("q", sorted(self._files))

    def has(self, path: str, record: str | None) -> bool:
        """Tell whether a source was there."""
        return _holds(self._sources, hash((path, record)))

    def was_read(self, path: str) -> bool:
        """Tell whether a file was read to its end."""
        return _holds(self._files, hash(path)) and not self.is_unread(path)

    def is_unread(self, path: str) -> bool:
        """Tell whether a file could not be read to its end, or a folder or pattern gave nothing."""
        return hash(path) in self._unread


def find_gone(store: Store, run: Run, asked: Asked, seen: SeenSources) -> GoneCounts:
    """Count the sources that are gone, and forget them where that was asked for.

    Only for a run that came by all that it was asked for. Raises `StoreError`.
    """
    seen.close()
    scope = _Scope([path for path in asked.paths if is_file(path)], seen)
    if scope.root is None or not store.path.exists():
        return GoneCounts(0, 0)
    known = list_known(store, scope.root)
    found = (each for each in known if _is_gone(each, seen, scope))
    gone = 0
    while some := list(islice(found, _AT_ONCE)):
        gone += len(some)
        if asked.prune:
            forget(store, run, some)
    return GoneCounts(gone, gone if asked.prune else 0)


class _Scope:
    """The folders, files and patterns that a run was asked for, without those that gave nothing.

    `root` is the folder that all of it lies in, None where there is nothing.
    """

    def __init__(self, paths: Sequence[str], seen: SeenSources) -> None:
        self._whole: set[str] = set()
        self._patterns: list[list[str]] = []
        roots = []
        for path in paths:
            where = stored_path(path)
            if seen.is_unread(where):
                continue
            if os.path.lexists(where):
                self._whole.add(where)
                roots.append(where)
            elif glob.has_magic(where):
                self._patterns.append(list(Path(where).parts))
                roots.append(_before_magic(where))
        self.root = os.path.commonpath(roots) if roots else None

    def __contains__(self, path: str) -> bool:
        """Tell whether a file was asked for, itself or by a folder or pattern."""
        names = Path(path).parts
        return any(each in self._whole for each in _with_parents(path)) or any(
            _fits(names, each) for each in self._patterns
        )


def _with_parents(path: str) -> Iterator[str]:
    yield path
    while (parent := os.path.dirname(path)) != path:  # noqa: PTH120 - paths are text as stored
        yield (path := parent)


def _before_magic(pattern: str) -> str:
    """Give the folder that all matches of a pattern lie in."""
    return next(each for each in _with_parents(pattern) if not glob.has_magic(each))


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Tell whether a path, split into names, matches a pattern, or lies in a folder that does."""
    if not parts:
        return True
    if parts[0] == "**":
        return any(_fits(names[below:], parts[1:]) for below in range(len(names) + 1))
    return bool(names) and fnmatch(names[0], parts[0]) and _fits(names[1:], parts[1:])


def _is_gone(known: Known, seen: SeenSources, scope: _Scope) -> bool:
    path = stored_path(known.path)
    if seen.has(path, known.record) or path not in scope:
        return False
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return seen.was_read(path)


def _holds(numbers: "array[int]", number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number
