"""Paths, folders, globs and `-` -> the files they name, in order."""

import glob
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

STDIN = "-"

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
    """A file to read, or why what was asked for cannot be."""

    path: str
    error: str | None = None


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
            yield SourceFile(path)
        elif os.path.isdir(path):  # noqa: PTH112 - paths stay as the caller wrote them
            yield from _or_error(_walk(path, kinds), path, "no bulletin in this folder")
        elif os.path.lexists(path):
            yield SourceFile(path)
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
                yield SourceFile(path)
        elif "**" not in pattern:  # which matches the files within on its own
            yield from _walk(path, kinds)


def _walk(top: str, kinds: Counter[str]) -> Iterator[SourceFile]:
    """Walk a folder with a stack of its own: folders nest deeper than Python's calls may."""
    seen: set[tuple[int, int]] = set()
    pending = [top]
    while pending:
        path = pending.pop()
        try:
            about = os.stat(path)  # noqa: PTH116 - the same
            if not stat.S_ISDIR(about.st_mode):
                if stat.S_ISREG(about.st_mode):
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
