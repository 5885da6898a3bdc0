"""What changed from one eval run to another: figures that got better or worse, by bulletin."""

import json
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from pydantic import ValidationError

from eval.runs.history import EvalRun, fetch_document_scores
from eval.scoring.align import COMPARED, FigureOutcome, comparable_fields
from eval.scoring.changes import DIRECTIONS, Direction, judge_change, judge_label_change
from eval.scoring.score import Score
from pipeline.errors import UsageError
from pipeline.store import Store
from schemas.report import Figure

_VERDICTS = """
SELECT document_id, bulletin, repeat, gold_number, outcome, wrong, gold, "read"
FROM eval_verdicts WHERE eval_run_id = ? ORDER BY document_id, repeat, number
"""


class FigureResult(NamedTuple):
    """What a run made of one figure: its outcome, the labels that were wrong, the figure read."""

    outcome: FigureOutcome
    wrong: tuple[str, ...]
    read: dict[str, Any] | None


class FigureChange(NamedTuple):
    """One figure that two runs judge differently; None where a run did not have it."""

    bulletin: str
    repeat: int
    verdict: Direction
    quote: str
    gold: dict[str, Any] | None
    before: FigureResult | None
    after: FigureResult | None


class RunDiff(NamedTuple):
    """All changes, and each changed bulletin's strict score before and after."""

    changes: tuple[FigureChange, ...]
    scores: dict[str, tuple[Score, Score]]
    common: int
    same_gold: bool


class DiffFilter(NamedTuple):
    """Which changes to list; without any of it, all.

    With a `label`, those of that label alone, each better or worse by it. `bulletins` are globs of
    names. `stable`: what each run judges alike in all its repeats.
    """

    label: str | None = None
    directions: Collection[Direction] = DIRECTIONS
    bulletins: Collection[str] = ()
    stable: bool = False


_ALL = DiffFilter()


def diff(store: Store, before: EvalRun, after: EvalRun, only: DiffFilter = _ALL) -> RunDiff:
    """Compare the stored verdicts of two runs on the bulletins that both scored.

    Raises `UsageError` for a filter that nothing can pass: an unknown label, a bulletin that not
    both have, or stability of runs that have read each bulletin once.
    """
    _require_usable(only, before, after)
    with store.keep_open(read_only=True):
        first, second = _fetch_verdicts(store, before), _fetch_verdicts(store, after)
        strict = fetch_document_scores(store, before), fetch_document_scores(store, after)
    common = strict[0].keys() & strict[1].keys()
    named = (*first.items(), *second.items())
    names = {slot.document_id: row.bulletin for slot, row in named if slot.document_id in common}
    wanted = _select_documents(names, only.bulletins)
    repeats = 1 if only.stable else min(before.repeats, after.repeats)
    changes: list[FigureChange] = []
    scores: dict[str, tuple[Score, Score]] = {}
    for slot in dict.fromkeys((*first, *second)):
        if slot.document_id not in wanted or slot.repeat > repeats:
            continue
        steady = _is_steady(first, slot, before.repeats) and _is_steady(second, slot, after.repeats)
        if only.stable and not steady:
            continue
        name = names[slot.document_id]
        change = _change(name, slot.repeat, first.get(slot), second.get(slot), only.label)
        if change is not None and change.verdict in only.directions:
            changes.append(change)
            scores[name] = (strict[0][slot.document_id], strict[1][slot.document_id])
    changes.sort(key=lambda c: (c.bulletin, c.repeat, DIRECTIONS.index(c.verdict), c.quote))
    same_gold = _gold_of(first, common) == _gold_of(second, common)
    return RunDiff(tuple(changes), scores, len(common), same_gold)


def _require_usable(only: DiffFilter, before: EvalRun, after: EvalRun) -> None:
    if only.label not in (None, *COMPARED):
        raise UsageError(f"--label {only.label}: is no label; one of {', '.join(COMPARED)}")
    if only.stable and before.repeats == after.repeats == 1:
        raise UsageError(
            "--stable: both runs have read each bulletin once; `jornada eval --repeat 3` reads "
            "each three times"
        )


def _select_documents(names: Mapping[str, str], globs: Collection[str]) -> set[str]:
    """Give the documents whose bulletins have a name like one of the globs; without any, all."""
    found = {
        document_id
        for document_id, name in names.items()
        if not globs or any(fnmatchcase(name, glob) for glob in globs)
    }
    if globs and names and not found:
        raise UsageError(f"--bulletin {' '.join(globs)}: no bulletin of both runs has such a name")
    return found


class _Slot(NamedTuple):
    """What verdicts of two runs are paired by: a gold figure, or an invented one's labels."""

    document_id: str
    repeat: int
    figure: Hashable
    copy: int


class _Row(NamedTuple):
    bulletin: str
    result: FigureResult
    gold: dict[str, Any] | None


def _is_steady(verdicts: Mapping[_Slot, _Row], slot: _Slot, repeats: int) -> bool:
    """Tell whether a run judges a figure alike in all its repeats, or has it in none."""
    rows = [verdicts.get(slot._replace(repeat=repeat)) for repeat in range(1, repeats + 1)]
    return len({row and (row.result.outcome, row.result.wrong) for row in rows}) == 1


def _fetch_verdicts(store: Store, run: EvalRun) -> dict[_Slot, _Row]:
    verdicts: dict[_Slot, _Row] = {}
    copies: dict[tuple[object, ...], int] = defaultdict(int)
    for document_id, bulletin, repeat, number, outcome, wrong, gold, read in store.read(
        _VERDICTS, [run.eval_run_id]
    ).rows:
        labels = json.loads(gold) if gold else None
        figure = json.loads(read) if read else None
        name = _comparable_labels(read) if number is None else number
        copies[document_id, repeat, name] += 1
        slot = _Slot(document_id, repeat, name, copies[document_id, repeat, name])
        result = FigureResult(FigureOutcome(outcome), tuple(wrong), figure)
        verdicts[slot] = _Row(bulletin, result, labels)
    return verdicts


def _gold_of(verdicts: Mapping[_Slot, _Row], common: Collection[str]) -> set[tuple[_Slot, str]]:
    """List the gold figures of the bulletins that both runs scored, with their labels."""
    return {
        (slot, json.dumps(row.gold, sort_keys=True))
        for slot, row in verdicts.items()
        if row.gold is not None and slot.repeat == 1 and slot.document_id in common
    }


def _comparable_labels(figure: str) -> Hashable:
    try:
        return comparable_fields(Figure.model_validate_json(figure))
    except ValidationError:  # of a run with an older schema
        return figure


def _change(
    bulletin: str, repeat: int, before: _Row | None, after: _Row | None, label: str | None
) -> FigureChange | None:
    old, new = before and before.result, after and after.result
    verdict = judge_change(old, new) if label is None else judge_label_change(old, new, label)
    row = after or before
    if verdict is None or row is None:
        return None
    quote = str((row.gold or row.result.read or {}).get("quote", ""))
    return FigureChange(bulletin, repeat, verdict, quote, row.gold, old, new)


def count_changes(changes: Iterable[FigureChange]) -> dict[str, int]:
    """Count the changes by verdict."""
    counts: dict[str, int] = dict.fromkeys(("better", "worse", "other"), 0)
    for change in changes:
        counts[change.verdict] += 1
    return counts
