"""The sources of a run, for workers elsewhere: files on shared paths, or URLs of object stores."""

import io
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import quote

from pyarrow import ArrowException, fs  # type: ignore[import-untyped]

from pipeline.documents import LoadedSource, RecordFields
from pipeline.documents.formats import OF_MANY
from pipeline.documents.loading import refuse
from pipeline.documents.records import Stream
from pipeline.documents.sources import STDIN, SourceFile, find_sources, is_passed_over
from pipeline.errors import DocumentError, UsageError
from pipeline.isolation.loading import Loader
from schemas.document import Source

_FILES_AT_ONCE = 16
_DOUBLED_AFTER = 64
_MOST_AT_ONCE = 4096


class InputFile(NamedTuple):
    """A path or URL, for whoever works elsewhere; why it cannot be read, if that is known.

    A pipe may be read that `is_named` outright.
    """

    where: str
    error: str | None = None
    is_named: bool = False


def bundles(
    paths: Sequence[str], passed_over: Counter[str] | None = None
) -> Iterator[list[InputFile]]:
    """Yield what is to be read, in bundles for one task: a file of many bulletins is one alone.

    The driver knows each, so they grow: ten million files make some 3,000. `passed_over` is as in
    `find_sources`. Raises `UsageError` for standard input, which no worker can read.
    """
    kinds = Counter[str]() if passed_over is None else passed_over
    bundle: list[InputFile] = []
    full = 0
    for path in paths:
        if path == STDIN:
            raise UsageError("the ray engine reads files, and not standard input")
        listed = _list(path, kinds) if _is_url(path) else find_sources([path], kinds)
        for found in listed:
            where = found.path if _is_url(path) else os.path.abspath(found.path)  # noqa: PTH100 - links stay
            file = InputFile(where, found.error, found.is_named)
            if found.path.lower().endswith(OF_MANY):
                yield [file]
                continue
            bundle.append(file)
            if len(bundle) == min(_FILES_AT_ONCE << full // _DOUBLED_AFTER, _MOST_AT_ONCE):
                yield bundle
                bundle, full = [], full + 1
    if bundle:
        yield bundle


def load_file(file: InputFile, fields: RecordFields, loader: Loader) -> Iterator[LoadedSource]:
    """Read the bulletins of one file, on whichever machine."""
    source = Source(path=file.where)
    if file.error is not None:
        yield refuse(source, file.error)
        return
    opening = _open(file.where) if _is_url(file.where) else None
    yield from loader.read(source, fields, opening=opening, is_named=file.is_named)


def _is_url(path: str) -> bool:
    return "://" in path


def _list(url: str, kinds: Counter[str]) -> Iterator[SourceFile]:
    """List the files of a URL; like that of a folder, all that lie below it."""
    try:
        system, path = fs.FileSystem.from_uri(url)
        about = system.get_file_info(path)
        if about.type is not fs.FileType.Directory:
            yield SourceFile(url)
            return
        below = system.get_file_info(fs.FileSelector(path, recursive=True))
    except (ArrowException, OSError, ValueError) as error:
        yield SourceFile(url, f"cannot be reached: {_first_line(error)}")
        return
    start = url.rstrip("/")
    files = (each.path for each in below if each.type is fs.FileType.File)
    names = sorted(each.removeprefix(path.rstrip("/")) for each in files)
    names = [
        each for each in names if not any(is_passed_over(part, kinds) for part in each.split("/"))
    ]
    yield from (SourceFile(start + quote(name)) for name in names)
    if not names:
        yield SourceFile(url, "no bulletin in this folder")


@contextmanager
def _open(url: str) -> Iterator[Stream]:
    try:
        system, path = fs.FileSystem.from_uri(url)
        file = system.open_input_file(path)
    except (ArrowException, OSError, ValueError) as error:
        raise DocumentError(f"cannot be read: {_first_line(error)}") from error
    with file, io.BufferedReader(file) as stream:
        yield stream


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
