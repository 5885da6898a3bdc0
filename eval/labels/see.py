"""Findings of `gold check` that a person has looked at, marked in their gold files."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from eval.labels.gold import list_gold_files
from eval.labels.gold_file import stem_of
from eval.labels.label_check import LabelFinding, check_folder
from eval.labels.seen import is_beginning, mark_seen
from pipeline.errors import UsageError
from pipeline.plain_text import one_line


def see(gold: Path, texts: Sequence[Path], names: Sequence[str]) -> Iterator[tuple[Path, int]]:
    """Mark findings by the beginnings of their marks, or all of gold files by a name or pattern.

    Yields each file that was written, and how many of its findings were marked. Raises UsageError
    for what names no finding, or several, before any file is written.
    """
    found = check_folder(gold, texts)
    stems = {stem_of(path) for path in list_gold_files(gold)}
    chosen: dict[Path, dict[str, str]] = defaultdict(dict)
    for name in names:
        for one in _find(found, name, stems):
            if one.mark and not one.is_seen:
                chosen[one.path][one.mark] = f"{one.finding.check}: {one.finding.message}"
    for path, seen in chosen.items():
        mark_seen(path, seen)
        yield path, len(seen)


def _find(found: Sequence[LabelFinding], name: str, stems: Iterable[str]) -> list[LabelFinding]:
    if meant := {stem for stem in stems if fnmatchcase(stem, name)}:
        of_files = [one for one in found if stem_of(one.path) in meant]
        if of_files and not any(one.mark for one in of_files):
            raise UsageError(
                f"{one_line(name)}: has errors, which are to be mended and not to be marked; "
                "`jornada gold check` shows them"
            )
        return of_files
    by_mark = [one for one in found if one.mark and is_beginning(name, one.mark)]
    if len({one.mark for one in by_mark}) > 1:
        raise UsageError(f"{one_line(name)}: several marks begin so: give more of it")
    if not by_mark:
        raise UsageError(
            f"{one_line(name)}: is no mark of a finding, nor the name of a gold file; "
            "`jornada gold check` shows them"
        )
    return by_mark
