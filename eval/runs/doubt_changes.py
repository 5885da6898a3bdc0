"""Doubts settled: the label changed as the readers have it, or kept and marked so."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from eval.labels.gold import GoldBulletin
from eval.labels.gold_file import Labels, change_gold_file, parse_gold_file
from eval.labels.gold_text import delete_item, insert_item, set_labels
from eval.labels.labelled import is_labelled
from eval.labels.seen import is_beginning, mark_seen
from eval.labels.skeleton import write_figure
from eval.runs.doubts import Doubt
from eval.scoring.agreement import tell_label
from pipeline.errors import UsageError
from pipeline.plain_text import one_line
from pipeline.quotes import locate, locate_figure
from schemas.report import Figure, JornadaReport

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = {"days": ("starts_on", "ends_on"), "value": ("value", "quote")}
_HANGS_ON = {"period": ("edition",), "service": ("detail",), "unit": ("basis",)}
"""What may be no label any more when another changes: then it is taken from the same reading."""
_SPAN = ("char_start", "char_end")


def pick_doubts(doubts: Sequence[Doubt], ids: Sequence[str]) -> list[Doubt]:
    """Pick doubts by the beginnings of their marks, each once. Raises `UsageError`."""
    picked: dict[str, Doubt] = {}
    for given in ids:
        found = [one for one in doubts if is_beginning(given, one.mark)]
        if len(found) != 1:
            said = "several doubts begin so: give more of it" if found else "is no doubt's ID"
            raise UsageError(f"{one_line(given)}: {said}; `jornada gold doubt` lists them")
        picked[found[0].mark] = found[0]
    return list(picked.values())


def require_apart(changed: Sequence[Doubt], kept: Sequence[Doubt]) -> None:
    """See that nothing is kept of what changes: its mark would stand for labels that are gone.

    Raises `UsageError`.
    """
    for one in kept:
        for other in changed:
            if one.mark == other.mark:
                raise UsageError(f"{one.mark}: either accept it or keep it")
            is_same_file = one.bulletin.path == other.bulletin.path
            if is_same_file and one.gold and other.gold and one.at == other.at:
                raise UsageError(
                    f"{one.mark}: is about the figure that {other.mark} changes, and gets another "
                    "ID by that: accept first, then keep what `jornada gold doubt` lists"
                )


def keep(doubts: Sequence[Doubt]) -> None:
    """Mark doubts in their gold files as looked at: the labels are right as they are."""
    by_file: dict[Path, dict[str, str]] = defaultdict(dict)
    for one in doubts:
        said = f"doubt: {one.figure.quote if one.figure else ''}: {describe_doubt(one)}"
        by_file[one.bulletin.path][one.mark] = said
    for path, seen in by_file.items():
        mark_seen(path, seen)


def accept(doubts: Sequence[Doubt]) -> None:
    """Change gold files as the readers have it; all else in them stays as it is written.

    Raises `UsageError` where that would make no valid labels, or where the labels are others than
    were looked at, before any file is changed.
    """
    by_file: dict[Path, list[Doubt]] = defaultdict(list)
    for one in doubts:
        by_file[one.bulletin.path].append(one)
    changes = {path: (_merge_labels(own), own) for path, own in by_file.items()}
    for own in by_file.values():
        _require_unchanged(own[0].bulletin)
    for path, (labels, own) in changes.items():
        change_gold_file(path, partial(_apply, labels, own))


def _require_unchanged(bulletin: GoldBulletin) -> None:
    """See that nobody has edited the labels since they were read: items may have moved."""
    labels = parse_gold_file(bulletin.path)
    is_same = isinstance(labels, Labels) and _dump(labels.report) == _dump(bulletin.gold)
    if not is_same:
        raise UsageError(
            f"{bulletin.path}: was changed meanwhile, and is left as it is: run the command again"
        )


def _dump(report: JornadaReport) -> dict[str, Any]:
    return report.model_dump(exclude_unset=True)


def _apply(
    labels: Mapping[int, Mapping[str, object]], doubts: Sequence[Doubt], written: str
) -> str:
    for index, changed in labels.items():
        written = set_labels(written, "figures", index, changed)
    # From the last, so that the places of those before stay what they are.
    for one in sorted(doubts, key=lambda one: (-one.at, one.kind)):
        if one.kind == "omitted":
            written = delete_item(written, "figures", one.at)
    for one in sorted(doubts, key=lambda one: (one.at, _start(one)), reverse=True):
        if one.kind == "invented" and one.read:
            gone = sum(other.kind == "omitted" and other.at < one.at for other in doubts)
            written = insert_item(written, "figures", one.at - gone, _new_figure(one, one.read))
    return written


def _start(doubt: Doubt) -> int:
    figure = doubt.figure
    spans = locate_figure(doubt.bulletin.document.text, figure) if figure else ()
    return spans[0].start if spans else 0


def _merge_labels(doubts: Sequence[Doubt]) -> dict[int, dict[str, Any]]:
    """Put the changes of each figure together, and see that it stays a valid one."""
    merged: dict[int, dict[str, Any]] = defaultdict(dict)
    for one in doubts:
        if one.kind == "labels" and one.gold and one.read:
            changed = _changed_labels(one, one.gold, one.read)
            clash = [
                key for key, value in changed.items() if merged[one.at].get(key, value) != value
            ]
            if clash:
                raise UsageError(
                    f"{one.bulletin.path.name}: figures[{one.at}].{clash[0]} cannot become two "
                    "things: accept one of these doubts"
                )
            merged[one.at] |= changed
    for one in doubts:
        if one.kind == "labels" and one.gold and one.read:
            _require_valid(one, one.gold, one.read, merged[one.at])
    return dict(merged)


def _changed_labels(doubt: Doubt, gold: Figure, read: Figure) -> dict[str, Any]:
    whole = read.model_dump(mode="json")
    keys = [key for label in doubt.labels for key in _KEYS.get(label, (label,))]
    if "quote" in keys and gold.char_start is not None:
        keys += _SPAN
    return {key: whole[key] for key in keys}


def _require_valid(doubt: Doubt, gold: Figure, read: Figure, changed: dict[str, Any]) -> None:
    """See that changed labels go together; what hangs on one of them follows it where it must."""
    whole = read.model_dump(mode="json")
    for follow in (False, True):
        if follow:
            hanging = [key for label in doubt.labels for key in _HANGS_ON.get(label, ())]
            changed |= {key: whole[key] for key in hanging if key not in changed}
        try:
            Figure.model_validate(gold.model_dump(exclude_unset=True) | changed)
        except ValidationError as error:
            fault = error.errors()[0]["msg"]
        else:
            return
    name = f"{doubt.bulletin.path.name}: figures[{doubt.at}]"
    raise UsageError(f"{name}: {one_line(fault)}; change the file by hand")


def _new_figure(doubt: Doubt, read: Figure) -> dict[str, Any]:
    """Give a figure as the others of its file are written: without what none of them says."""
    figure = write_figure(read)
    others = doubt.bulletin.gold.figures
    for label, keys in (("days", _KEYS["days"]), ("basis", ("basis",))):
        if others and not any(is_labelled(other, label) for other in others):
            figure = {key: value for key, value in figure.items() if key not in keys}
    if len(locate(doubt.bulletin.document.text, read.quote)) == 1:
        figure = {key: value for key, value in figure.items() if key not in _SPAN}
    return figure


def describe_doubt(doubt: Doubt) -> str:
    """Say in a line what the readers have against the gold."""
    return (
        "; ".join(f"{label} {old} -> {new}" for label, old, new in list_changes(doubt))
        or {
            "omitted": "no figure, as all read it",
            "invented": "a figure, as all read it",
            "labels": "",
        }[doubt.kind]
    )


def list_changes(doubt: Doubt) -> Iterator[tuple[str, str, str]]:
    """List the labels that are doubted: as the gold has each, and as the readers do."""
    if doubt.gold and doubt.read:
        for label in doubt.labels:
            yield label, tell_label(doubt.gold, label), tell_label(doubt.read, label)
