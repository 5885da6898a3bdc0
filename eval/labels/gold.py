"""Gold: bulletins with hand-made labels, each tied to the text that was labelled."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from eval.labels.gold_file import Labels, parse_gold_file, stem_of
from pipeline.documents import LoadedSource
from pipeline.errors import GoldError
from pipeline.isolation.loading import read_all
from schemas.document import Document, Source
from schemas.report import JornadaReport

_HERE = Path(__file__).parents[1]


class GoldBulletin(NamedTuple):
    """One labelled bulletin: `gold` is what a person read in `document`.

    `path` is the gold file, `stem` its name without endings, `source` where the text was found,
    `is_tied` whether the labels name the text by its id and not by its file's name alone.
    `prelabelled_by` names the reader whose labels a person began with, None where there was none.
    `seen` are the marks of what a person has looked at, each with a few words on what it is about.
    What is not in `gold.model_fields_set` was not labelled, which is not the same as empty.
    """

    stem: str
    path: Path
    document: Document
    gold: JornadaReport
    noise: tuple[str, ...]
    source: Source
    is_tied: bool = False
    seen: Mapping[str, str] = MappingProxyType({})
    prelabelled_by: str | None = None


class GoldTexts(NamedTuple):
    """The bulletins to find texts among; `unreadable` are those that gave an error."""

    read: tuple[LoadedSource, ...]
    unreadable: tuple[LoadedSource, ...]


def locate_gold(
    gold: Path | None = None, texts: Sequence[Path] | None = None
) -> tuple[Path, tuple[Path, ...]]:
    """Tell where labels and texts are; without `gold`, those of the project.

    The project's texts lie elsewhere in a checkout than where it is installed.
    """
    if gold is not None:
        return gold, tuple(texts or ())
    installed = _HERE / "bulletins"
    own = installed if installed.is_dir() else _HERE.parent / "examples" / "bulletins"
    return _HERE / "gold", tuple(texts or (own,))


def load_gold(
    gold: Path, texts: Sequence[Path] = (), only: Sequence[str] = ()
) -> tuple[GoldBulletin, ...]:
    """Read every gold file of a folder, and find its text in `texts` or else beside it.

    With `only`, those whose names match one of these patterns; the others may be anything.
    The text is the one with the labels' `document_id`; without one, that of the same name.
    Raises GoldError, which names the file, where labels or text cannot be used.
    """
    paths = list_gold_files(gold)
    chosen = _choose(paths, only)
    return _load(chosen, read_texts(gold, paths, texts)) if chosen else ()


def load_usable(
    gold: Path, texts: Sequence[Path] = ()
) -> tuple[tuple[GoldBulletin, ...], tuple[GoldError, ...]]:
    """Read what of a folder is gold, and tell why the rest is none.

    Raises GoldError where the folder holds no gold files at all.
    """
    paths = list_gold_files(gold)
    at_hand = read_texts(gold, paths, texts)
    usable: dict[str, GoldBulletin] = {}
    faults: list[GoldError] = []
    for path in paths:
        try:
            bulletin = match_text(_read_labels(path), at_hand)
        except GoldError as error:
            faults.append(error)
            continue
        first = usable.setdefault(bulletin.document.id, bulletin)
        if first is not bulletin:
            faults.append(GoldError(f"{path}: labels the same text as {first.path.name}"))
    return tuple(usable.values()), tuple(faults)


def load_two(
    first: Path, second: Path, texts: Sequence[Path] = (), only: Sequence[str] = ()
) -> tuple[tuple[GoldBulletin, ...], tuple[GoldBulletin, ...]]:
    """Read two folders of gold as `load_gold` does; texts may lie in either, or in `texts`."""
    folders = list_gold_files(first), list_gold_files(second)
    at_hand = read_texts(first, (*folders[0], *folders[1]), texts or (first, second))
    return _load(_choose(folders[0], only), at_hand), _load(_choose(folders[1], only), at_hand)


def _choose(paths: Sequence[Path], only: Sequence[str]) -> list[Path]:
    return [
        path for path in paths if not only or any(fnmatchcase(stem_of(path), each) for each in only)
    ]


def _load(paths: Sequence[Path], at_hand: GoldTexts) -> tuple[GoldBulletin, ...]:
    bulletins = tuple(match_text(_read_labels(path), at_hand) for path in paths)
    by_id: dict[str, GoldBulletin] = {}
    for bulletin in bulletins:
        first = by_id.setdefault(bulletin.document.id, bulletin)
        if first is not bulletin:
            raise GoldError(f"{bulletin.path}: labels the same text as {first.path.name}")
    return bulletins


def hash_gold(bulletins: Iterable[GoldBulletin]) -> str:
    """Hash all labels and texts, whatever the files' names and order: hex sha256."""
    rows = sorted(
        json.dumps(
            [
                bulletin.document.id,
                sorted(bulletin.noise),
                bulletin.gold.model_dump(mode="json", exclude_unset=True),
            ],
            sort_keys=True,
        )
        for bulletin in bulletins
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def list_gold_files(folder: Path) -> tuple[Path, ...]:
    """List a folder's gold files: `*.gold.json`, or `*.json` where there is none such."""
    if not folder.is_dir():
        raise GoldError(f"{folder}: no such folder of gold labels")
    paths = find_gold_files(folder)
    if not paths:
        raise GoldError(f"{folder}: holds no gold labels (*.gold.json or *.json)")
    return paths


def find_gold_files(folder: Path) -> tuple[Path, ...]:
    """List what may be gold files of a folder, as `list_gold_files` does; there may be none."""
    return tuple(sorted(folder.glob("*.gold.json")) or sorted(folder.glob("*.json")))


def _read_labels(path: Path) -> Labels:
    labels = parse_gold_file(path)
    if isinstance(labels, Labels):
        return labels
    field, message = labels[0]
    more = f" (and {len(labels) - 1} more: jornada gold check)" if len(labels) > 1 else ""
    raise GoldError(f"{path}: {f'{field}: ' if field else ''}{message}{more}")


def read_texts(gold: Path, labels: Sequence[Path], texts: Sequence[Path]) -> GoldTexts:
    """Read all bulletins of `texts`, or of the gold's folder; gold files are no bulletins."""
    own = {path.resolve() for path in labels}
    loaded = [
        one
        for one in read_all([str(path) for path in texts or (gold,)])
        if Path(one.source.path).resolve() not in own
    ]
    return GoldTexts(
        tuple(one for one in loaded if one.document), tuple(one for one in loaded if one.error)
    )


def match_text(labels: Labels, texts: GoldTexts, *, by_name: bool = False) -> GoldBulletin:
    """Find the text of a gold file; `by_name` leaves its `document_id` out of account."""
    named = _find_by_name(labels.stem, texts.read)
    if labels.document_id is None or by_name:
        if not named:
            raise GoldError(f"{labels.path}: {_explain_missing(labels.stem, texts)}")
        if len({document.id for _, document in named}) > 1:
            first, second = _find_two_that_differ(named)
            raise GoldError(f"{labels.path}: two texts have its name: {first} and {second}")
        source, document = named[0]
    else:
        source, document = _find_identical(labels, named, texts)
    is_tied = labels.document_id == document.id
    return GoldBulletin(
        labels.stem,
        labels.path,
        document,
        labels.report,
        labels.noise,
        source,
        is_tied,
        labels.seen,
        labels.prelabelled_by,
    )


_Text = tuple[Source, Document]


def _find_identical(labels: Labels, named: Sequence[_Text], texts: GoldTexts) -> _Text:
    """Find the text that was labelled; of several copies the one that has the gold's name."""
    everywhere = [(one.source, one.document) for one in texts.read if one.document]
    for source, document in (*named, *everywhere):
        if document.id == labels.document_id:
            return source, document
    if not named:
        raise GoldError(f"{labels.path}: {_explain_missing(labels.stem, texts)}")
    raise GoldError(
        f"{labels.path}: its text, {named[0][0]}, has changed since it was labelled: label it "
        "again, then run jornada gold tie --refresh"
    )


def _find_by_name(stem: str, texts: Sequence[LoadedSource]) -> list[_Text]:
    """List the texts of this name: the whole one first, else that up to the first dot."""
    for whole in (True, False):
        wanted = stem if whole else stem.split(".", maxsplit=1)[0]
        matches = [
            (one.source, one.document)
            for one in texts
            if one.document and name_source(one.source, whole=whole) == wanted
        ]
        if matches:
            return matches
    return []


def name_source(source: Source, *, whole: bool) -> str:
    """Name a text as its gold file is called: by its file, or that up to the first dot."""
    path = Path(source.path)
    name = path.stem if whole else path.name.split(".")[0]
    return name if source.record is None else f"{name}__{source.record}"


def _find_two_that_differ(texts: Sequence[_Text]) -> tuple[Source, Source]:
    first, document = texts[0]
    return first, next(source for source, other in texts if other.id != document.id)


def _explain_missing(stem: str, texts: GoldTexts) -> str:
    for each in texts.unreadable:
        if stem in [name_source(each.source, whole=whole) for whole in (True, False)]:
            return f"its text, {each.source}, cannot be read: {each.error}"
    if not texts.read and texts.unreadable:
        first = texts.unreadable[0]
        return f"no text found: {first.source}: {first.error} (say where: --texts)"
    return f"no text is called {stem}.* among the {len(texts.read)} found (say where: --texts)"
