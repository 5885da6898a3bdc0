"""Gold files begun: a label file for each text, tied to it, with the text as it was read beside it.

Labels are of words and offsets in the text that is read from a file. What a PDF, a page or a
record gives may be other words with the next version of a library; so the text stands beside its
labels as plain text, which is read as it is.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from eval.labels.gold import find_gold_files, name_source
from pipeline.console.destination import find_target, write_file
from pipeline.documents import LoadedSource, read_all
from pipeline.errors import GoldError, JornadaError, UsageError
from pipeline.plain_text import one_line, storable, to_json
from schemas.document import Document, Source

ENDING = ".gold.json"

_NO_NAME = re.compile(r"[^\w.() -]+|^[. -]+")
_LONGEST_NAME = 150  # characters
_MOST_BYTES = 200  # file systems take 255, with endings and what an unfinished file is called by
_TEXT_FORMATS = ("txt", "md")

Begin = Callable[[Document, Source, str], dict[str, Any]]
"""Makes the labels to begin with; raises `GoldError` where there are none."""


class NewFile(NamedTuple):
    """A label file that was begun, or why there is none; `is_failed` where one was wanted."""

    source: Source
    path: Path | None
    figures: int
    why_not: str | None = None
    is_failed: bool = False


def begin_files(
    loaded: Iterable[LoadedSource],
    folder: Path,
    begin: Begin,
    *,
    only: Iterable[str] = (),
    force: bool = False,
) -> Iterator[NewFile]:
    """Begin a label file for each text in `folder`; what fails costs its own file alone.

    `only` are patterns of names. Files that are there stay unless `force` is given, and a text
    that is labelled already under another name is passed over. Raises `UsageError` for a folder
    whose labels have other endings.
    """
    globs, labelled = tuple(only), dict(list_labelled(folder))
    require_endings(folder, labelled.values(), "--to")
    begun: dict[Path, str] = {}
    for one in loaded:
        name = name_safely(name_source(one.source, whole=True))
        if one.source.path.endswith(ENDING) or (globs and not _matches(name, globs)):
            continue
        if one.document is None:
            yield NewFile(one.source, None, 0, one.error, is_failed=True)
            continue
        path = folder / f"{name}{ENDING}"
        other = labelled.setdefault(one.document.id, path)
        if other != path:
            yield NewFile(one.source, None, 0, f"the same text as {other.name} labels")
            continue
        if begun.get(path) == one.document.id:
            continue  # the copy beside labels that were begun from another format
        if path in begun:
            why = f"another text of its name is labelled in {path.name}; use another folder"
            yield NewFile(one.source, None, 0, why, is_failed=True)
            continue
        begun[path] = one.document.id
        yield _begin_file(one.source, one.document, path, begin, force=force)


def _begin_file(
    source: Source, document: Document, path: Path, begin: Begin, *, force: bool
) -> NewFile:
    try:
        target = find_target(path, force=force)
        labels = begin(document, source, path.name.removesuffix(ENDING))
        keep_text(source, document, path)
        written = storable(to_json(labels, indent=1) + "\n")
        write_file(target, partial(_write, written))
    except JornadaError as error:
        return NewFile(source, None, 0, str(error), is_failed=True)
    return NewFile(source, path, len(labels["figures"]))


def keep_text(source: Source, document: Document, labels: Path) -> Path | None:
    """Put the text beside its labels, unless the bulletin is a text file there already.

    Returns the file where there was none. Raises `UsageError` where another text stands there: none
    is ever replaced.
    """
    path = text_beside(labels)
    original = Path(source.path)
    is_text = source.record is None and document.metadata.format in _TEXT_FORMATS
    is_there = is_text and original.resolve().parent == path.resolve().parent
    if is_there and text_id(original) == document.id:
        return None
    if path.exists():
        if text_id(path) != document.id:
            raise UsageError(f"{path}: another text stands there; give another folder by --to")
        return None
    target = find_target(path, force=False)
    write_file(target, partial(_write, f"{document.text}\n"))
    try:
        if not _says_all(path, document):
            head = f"---\ndate: {document.metadata.published_on}\n---\n\n"
            target = target._replace(force=True)  # it is ours now
            write_file(target, partial(_write, f"{head}{document.text}\n"))
        if not _says_all(path, document):
            raise GoldError(f"{path}: its text cannot be kept as plain text")
    except JornadaError:
        path.unlink(missing_ok=True)
        raise
    return path


def _says_all(path: Path, document: Document) -> bool:
    """Tell whether a file is read as this text, with its day."""
    read, day = _read_text(path), document.metadata.published_on
    return bool(read and read.id == document.id and (not day or read.metadata.published_on == day))


def _write(text: str, file: BinaryIO) -> None:
    file.write(text.encode())


def text_beside(labels: Path) -> Path:
    """Give the file that the text of a label file is kept in."""
    return labels.with_name(f"{labels.name.removesuffix(ENDING)}.txt")


def text_id(path: Path) -> str | None:
    """Give the ID of the text that a file holds, None where it holds none that can be read."""
    document = _read_text(path)
    return document.id if document else None


def _read_text(path: Path) -> Document | None:
    return next((one.document for one in read_all([str(path)])), None)


def list_labelled(folder: Path) -> Iterator[tuple[str, Path]]:
    """List which texts are labelled in a folder already, finished or not."""
    for path in find_gold_files(folder):
        try:
            known = json.loads(path.read_bytes())["document_id"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            continue
        if isinstance(known, str):
            yield known, path


def require_endings(folder: Path, labelled: Iterable[Path], option: str) -> None:
    """See that labels which are there stay readable beside new ones. Raises `UsageError`."""
    if hidden := next((path for path in labelled if not path.match(f"*{ENDING}")), None):
        raise UsageError(
            f"{option} {folder}: has labels that end otherwise ({hidden.name}), and are read no "
            f"more where a *{ENDING} stands beside them: give another folder, or rename them"
        )


def _matches(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def name_safely(name: str) -> str:
    """Make a name of a file out of what a record is called, which may be anything."""
    composed = unicodedata.normalize("NFC", one_line(name))  # some systems part accents and letters
    cut = _NO_NAME.sub("_", composed)[:_LONGEST_NAME].encode()[:_MOST_BYTES]
    safe = cut.decode("utf-8", "ignore")
    digest = sha256(name.encode("utf-8", "replace")).hexdigest()
    return safe if safe == name else f"{safe}-{digest[:8]}"
