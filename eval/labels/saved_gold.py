"""Decided labels saved as a gold file: where it goes, what it would replace, and written whole."""

import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from eval.labels.gold import GoldBulletin, match_text, name_source, read_texts
from eval.labels.gold_file import SEEN, UNFINISHED, GoldFault, Labels, parse_gold_file
from eval.labels.label_check import LabelFinding, check_bulletins
from eval.labels.new_files import (
    ENDING,
    keep_text,
    list_labelled,
    name_safely,
    require_endings,
    text_beside,
    text_id,
)
from eval.labels.skeleton import DecidedLabels, write_decided
from pipeline.console.destination import find_target, replace_file
from pipeline.errors import GoldError, JornadaError, UsageError
from pipeline.plain_text import storable, to_json
from schemas.document import Document, Source
from schemas.finding import Finding, Severity
from schemas.report import JornadaReport

_OPTION = "--gold"
_KEPT = ("id", "note", "noise", SEEN)
"""What only a file has, by a person's hand: it stays when the labels are replaced."""
_SHOWN_ID = 8

_writing = threading.Lock()
"""Two windows of one server may save at once; between two servers it is a matter of the system."""


class GoldToSave(NamedTuple):
    """A gold file as it would be: `labels` as JSON, and what stands there now.

    `there` is the text of the file that is there, None where there is none; `digest` is what it is
    known by when it is to be replaced. `is_saved` says that it holds these labels already.
    """

    path: Path
    document: Document
    source: Source
    labels: Mapping[str, Any]
    there: str | None
    digest: str | None

    @property
    def written(self) -> str:
        """Give the text of the file."""
        return storable(to_json(dict(self.labels), indent=1) + "\n")

    @property
    def is_saved(self) -> bool:
        """Whether the file that is there says the same."""
        return self.there is not None and _parse(self.there) == self.labels

    @property
    def is_finished(self) -> bool:
        """Whether it is gold, and not a beginning of it."""
        return UNFINISHED not in self.labels


def plan_gold(
    folder: Path, document: Document, source: Source, decided: DecidedLabels
) -> GoldToSave:
    """Find where labels of a text go, and what they are to be written beside or instead of.

    It is the file that labels this text already, else one named as `jornada gold new` names it.
    Raises `UsageError` for a folder whose labels have other endings, or that cannot be looked into.
    """
    try:
        path = _find_path(folder, document, source)
        raw = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise _unusable(folder, error) from error
    labels = write_decided(document, source, path.name.removesuffix(ENDING), decided)
    there = None if raw is None else raw.decode("utf-8", "replace")
    known = _parse(there) if there else None
    if isinstance(known, dict):
        labels |= {key: known[key] for key in _KEPT if key in known}
    digest = None if raw is None else hashlib.sha256(raw).hexdigest()
    return GoldToSave(path, document, source, labels, there, digest)


def save_gold(gold: GoldToSave, *, replacing: str | None = None) -> None:
    """Write a gold file with its text beside it, whole or not at all.

    `replacing` is the digest of the file that may be replaced, as `plan_gold` gave it and a person
    has seen it. Raises `UsageError` where another stands there, or where it cannot be written.
    """
    path = gold.path

    def require_known() -> None:
        if _digest(path) != replacing:
            raise UsageError(
                f"{path}: was written by somebody else meanwhile: look at the difference first"
            )

    with _writing:
        new_text = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            require_known()
            target = find_target(path, force=True, option=_OPTION)
            new_text = keep_text(gold.source, gold.document, path)
            written = gold.written.encode()
            replace_file(target.path, lambda file: file.write(written), require_known)
        except (OSError, JornadaError) as error:
            if new_text is not None:
                new_text.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _unusable(path, error) from error
            raise


def check_to_save(gold: GoldToSave) -> tuple[LabelFinding, ...]:
    """Check labels before they are written, as `jornada gold check` does."""
    report = JornadaReport.model_validate(gold.labels)
    seen = gold.labels.get(SEEN, {})
    stem = gold.path.name.removesuffix(ENDING)
    bulletin = GoldBulletin(
        stem, gold.path, gold.document, report, (), gold.source, is_tied=True, seen=seen
    )
    return check_bulletins([bulletin])


def check_saved(gold: GoldToSave) -> tuple[LabelFinding, ...]:
    """Check the file as it was written, with the text that `eval` will find."""
    path, text = gold.path, text_beside(gold.path)
    labels = parse_gold_file(path)
    if not isinstance(labels, Labels):
        return tuple(LabelFinding(path, _describe(fault)) for fault in labels)
    beside = text if text.exists() else Path(gold.source.path)
    try:
        bulletin = match_text(labels, read_texts(path.parent, [path], [beside]))
    except GoldError as error:
        return (LabelFinding(path, _describe(GoldFault(None, str(error)))),)
    return check_bulletins([bulletin])


def _find_path(folder: Path, document: Document, source: Source) -> Path:
    labelled = dict(list_labelled(folder))
    require_endings(folder, labelled.values(), _OPTION)
    if known := labelled.get(document.id):
        return known
    name = name_safely(name_source(source, whole=True))
    own = {path: document_id for document_id, path in labelled.items()}
    for each in (name, f"{name}-{document.id[:_SHOWN_ID]}", f"{name}-{document.id}"):
        path = folder / f"{each}{ENDING}"
        beside = text_beside(path)
        is_text_free = not beside.exists() or text_id(beside) == document.id
        if path not in own and is_text_free:
            return path
    raise UsageError(f"{_OPTION} {folder}: other texts are labelled there under this name")


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _parse(written: str) -> object:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None


def _describe(fault: GoldFault) -> Finding:
    return Finding(check="form", severity=Severity.ERROR, field=fault.field, message=fault.message)


def _unusable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{_OPTION} {path}: cannot be used: {error.strerror or error}")
